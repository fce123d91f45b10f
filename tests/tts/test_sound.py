"""Clips: one level, no silence around them, ready to be joined."""

import numpy as np
import pytest

from tts.sound import LEVEL, MARGIN_MS, PEAK, Sound, finish, level, silence, trim

RATES = [8000, 16000]


def tone(seconds: float, rate: int, amplitude: float = 0.5) -> Sound:
    return (amplitude * np.sin(2 * np.pi * 300 * np.arange(int(seconds * rate)) / rate)).astype(np.float32)


def padded(sound: Sound, seconds: float, rate: int) -> Sound:
    gap = np.zeros(int(seconds * rate), np.float32)
    return np.concatenate([gap, sound, gap])


@pytest.mark.parametrize("rate", RATES)
@pytest.mark.parametrize("source", [8000, 22050, 44100, 48000])
def test_any_rate_becomes_a_clip_of_the_same_length(source: int, rate: int) -> None:
    clip = finish(padded(tone(0.5, source), 0.3, source), source, rate)
    assert clip.dtype == np.int16
    assert len(clip) / rate == pytest.approx(0.5, abs=2.2 * MARGIN_MS / 1000)


@pytest.mark.parametrize("amplitude", [0.003, 0.1, 1.0])
def test_quiet_and_loud_come_out_equally_loud(amplitude: float) -> None:
    clip = finish(tone(1, 8000, amplitude), 8000, 8000).astype(float) / 32768
    assert np.sqrt(np.mean(clip**2)) == pytest.approx(LEVEL, rel=0.05)


def test_pauses_inside_do_not_make_the_speech_louder() -> None:
    word = tone(0.4, 8000)
    halting = level(np.concatenate([word, np.zeros(8000, np.float32), word]), 8000)
    assert np.abs(halting).max() == pytest.approx(np.abs(level(word, 8000)).max(), rel=0.02)


def test_no_peak_comes_near_full_scale() -> None:
    click = np.zeros(8000, np.float32)
    click[4000] = 1
    assert np.abs(finish(click, 8000, 8000)).max() <= PEAK * 32768


def test_ends_are_faded_so_that_joining_does_not_click() -> None:
    clip = finish(np.ones(8000, np.float32), 8000, 8000)
    assert abs(int(clip[0])) < 100
    assert abs(int(clip[-1])) < 100
    assert np.abs(np.diff(clip.astype(int))).max() < 400


def test_the_sound_given_is_left_as_it_was() -> None:
    sound = tone(0.1, 8000)
    before = sound.copy()
    finish(sound, 8000, 8000)
    np.testing.assert_array_equal(sound, before)


@pytest.mark.parametrize("sound", [np.zeros(0, np.float32), np.zeros(8000, np.float32)])
def test_silence_is_no_clip(sound: Sound) -> None:
    with pytest.raises(ValueError, match="silence"):
        trim(sound, 8000)


def test_silence_is_counted_in_samples() -> None:
    assert len(silence(90, 16000)) == 1440
