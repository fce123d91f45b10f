"""The level meter: exact, and the same however the sound is cut."""

import numpy as np
import pytest

from bot.audio.level import FLOOR_DB, LevelMeter

RATE = 8000


def square(level: float, count: int) -> np.ndarray:
    """A wave whose RMS is so many dBFS."""
    height = round(32768 * 10 ** (level / 20))
    return np.where(np.arange(count) % 2, height, -height).astype(np.int16)


@pytest.mark.parametrize("level", [-6.0, -20.0, -40.0])
def test_it_shows_how_loud_the_sound_is(level: float) -> None:
    meter = LevelMeter(RATE)
    meter.feed(square(level, 160))
    assert meter.level == pytest.approx(level, abs=0.02)


def test_silence_is_the_floor() -> None:
    meter = LevelMeter(RATE)
    assert meter.level == FLOOR_DB
    meter.feed(np.zeros(160, np.int16))
    meter.feed(np.zeros(0, np.int16))
    assert meter.level == FLOOR_DB


def test_it_rises_at_once_and_falls_by_sixty_decibels_a_second() -> None:
    meter = LevelMeter(RATE)
    meter.feed(square(-6.0, 160))
    meter.feed(np.zeros(1600, np.int16))  # 0.2 s
    assert meter.level == pytest.approx(-18.0, abs=0.02)
    meter.feed(square(-12.0, 160))
    assert meter.level == pytest.approx(-12.0, abs=0.02)
    meter.feed(np.zeros(8000, np.int16))
    assert meter.level == FLOOR_DB
