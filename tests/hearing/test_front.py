"""Any rate in, blocks of 10 ms out, however the sound was cut."""

import numpy as np
import pytest
from hearing_tools import cut, noise
from hypothesis import given, settings
from hypothesis import strategies as st

from bot.audio.resampling import Resampler
from bot.events import RATE
from bot.hearing.front import BLOCK, Front

SOUND = noise(1.0, -20)


def test_telephone_sound_passes_unchanged() -> None:
    assert np.array_equal(Front(RATE).feed(SOUND).ravel(), SOUND)


@settings(max_examples=30, deadline=None)
@given(rate=st.sampled_from([8000, 16000, 44100, 48000]), sizes=st.lists(st.integers(0, 3000), max_size=30))
def test_blocks_do_not_depend_on_the_cut(rate: int, sizes: list[int]) -> None:
    whole, parts = Front(rate), Front(rate)
    assert np.array_equal(whole.feed(SOUND), np.concatenate([parts.feed(each) for each in cut(SOUND, sizes)]))


@pytest.mark.parametrize("rate", [8000, 16000, 44100, 48000])
def test_a_tone_keeps_its_pitch_and_level(rate: int) -> None:
    time = np.arange(2 * rate) / rate
    tone = (8000 * np.sin(2 * np.pi * 1000 * time)).astype(np.int16)
    heard = Front(rate).feed(tone).ravel().astype(np.float64)[RATE // 2 : RATE // 2 + RATE]
    spectrum = np.abs(np.fft.rfft(heard)) / len(heard) * 2
    assert int(np.argmax(spectrum)) == 1000  # a second of sound: a bin is a hertz
    assert spectrum[1000] == pytest.approx(8000, rel=0.02)


def test_what_8_khz_cannot_hold_does_not_fold_back() -> None:
    time = np.arange(16000) / 16000
    hiss = (8000 * np.sin(2 * np.pi * 6000 * time)).astype(np.int16)
    assert np.abs(Front(16000).feed(hiss).ravel()[800:]).max() < 80


def test_the_filter_holds_back_less_than_40_ms() -> None:
    assert len(Front(16000).feed(np.zeros(16000, np.int16))) * BLOCK > RATE * 0.96


def test_flushing_a_resampler_gives_all_of_the_sound() -> None:
    up = Resampler(RATE, 16000)
    assert len(up.feed(SOUND)) + len(up.flush()) == pytest.approx(2 * len(SOUND), abs=1)


def test_full_scale_is_clipped_not_wrapped() -> None:
    square = np.tile(np.repeat(np.array([32767, -32768], np.int16), 40), 400)
    heard = Front(16000).feed(square).ravel().astype(np.int32)
    assert np.abs(np.diff(heard)).max() < 40000 * 2
    assert heard.max() == 32767
