"""Keys are found in tones as telephones send them, and never in speech, noise or what is too short."""

from pathlib import Path

import numpy as np
import pytest
import soundfile
from hearing_tools import blocks, cut, joined, mixed, noise, silence, tone, voice
from hypothesis import given, settings
from hypothesis import strategies as st

from bot.events import KEYS, RATE, Samples
from bot.hearing.dtmf import Dtmf
from bot.hearing.front import Front

PHASES = range(0, 80, 16)
"""Samples by which a tone begins after a block does: the result must not hang on it."""


def keys(sound: Samples, rate: int = RATE) -> str:
    return "".join(each.key for each in Dtmf().feed(Front(rate).feed(sound)))


def within_silence(sound: Samples, phase: int) -> Samples:
    return joined(silence(0.1), np.zeros(phase, np.int16), sound, silence(0.1))


@pytest.mark.parametrize("key", KEYS)
@pytest.mark.parametrize("phase", PHASES)
class TestEveryKey:
    def test_of_40_ms_is_found(self, key: str, phase: int) -> None:
        assert keys(within_silence(tone(key, 0.04), phase)) == key

    def test_held_down_counts_once(self, key: str, phase: int) -> None:
        assert keys(within_silence(tone(key, 1.5), phase)) == key

    def test_of_25_ms_is_no_key(self, key: str, phase: int) -> None:
        assert keys(within_silence(tone(key, 0.025), phase)) == ""

    def test_twice_with_40_ms_between_counts_twice(self, key: str, phase: int) -> None:
        assert keys(within_silence(joined(tone(key, 0.05), silence(0.04), tone(key, 0.05)), phase)) == 2 * key

    def test_interrupted_for_10_ms_counts_once(self, key: str, phase: int) -> None:
        assert keys(within_silence(joined(tone(key, 0.06), silence(0.01), tone(key, 0.06)), phase)) == key

    @pytest.mark.parametrize("hole", [0.01, 0.02, 0.025, 0.03])
    def test_with_a_hole_of_lost_sound_counts_once(self, key: str, phase: int, hole: float) -> None:
        assert keys(within_silence(joined(tone(key, 0.06), silence(hole), tone(key, 0.06)), phase)) == key

    @pytest.mark.parametrize("hole", [0.02, 0.03])
    def test_with_several_holes_counts_once(self, key: str, phase: int, hole: float) -> None:
        part = joined(tone(key, 0.04), silence(hole))
        assert keys(within_silence(joined(*[part] * 4, tone(key, 0.02)), phase)) == key

    @pytest.mark.parametrize("pause", [0.04, 0.045, 0.05, 0.06, 0.07, 0.08])
    def test_after_a_pause_counts_anew(self, key: str, phase: int, pause: float) -> None:
        assert keys(within_silence(joined(tone(key, 0.06), silence(pause), tone(key, 0.06)), phase)) == 2 * key

    @pytest.mark.parametrize(("between", "count"), [(0.02, 1), (0.03, 1), (0.04, 2), (0.05, 2)])
    def test_hole_and_pause_are_told_apart_in_noise(self, key: str, phase: int, between: float, count: int) -> None:
        sound = within_silence(joined(tone(key, 0.08), silence(between), tone(key, 0.08)), phase)
        assert keys(mixed(sound, noise(1.0, -35, seed=phase))) == count * key

    @pytest.mark.parametrize("off", [-0.015, 0.015])
    def test_one_and_a_half_percent_off_is_found(self, key: str, phase: int, off: float) -> None:
        assert keys(within_silence(tone(key, 0.06, off=off), phase)) == key

    @pytest.mark.parametrize("off", [-0.035, 0.035])
    def test_three_and_a_half_percent_off_is_no_key(self, key: str, phase: int, off: float) -> None:
        assert keys(within_silence(tone(key, 0.06, off=off), phase)) == ""

    @pytest.mark.parametrize("twist", [-8, -4, 4, 6])
    def test_with_one_tone_weaker_is_found(self, key: str, phase: int, twist: float) -> None:
        assert keys(within_silence(tone(key, 0.06, twist=twist), phase)) == key

    @pytest.mark.parametrize("twist", [-12, 10])
    def test_with_one_tone_nearly_missing_is_no_key(self, key: str, phase: int, twist: float) -> None:
        assert keys(within_silence(tone(key, 0.06, twist=twist), phase)) == ""

    @pytest.mark.parametrize("level", [-3, -30, -40])
    def test_loud_or_soft_is_found(self, key: str, phase: int, level: float) -> None:
        assert keys(within_silence(tone(key, 0.06, level=level), phase)) == key

    @pytest.mark.parametrize("below", [20, 10])
    def test_in_noise_is_found(self, key: str, phase: int, below: float) -> None:
        sound = within_silence(tone(key, 0.1), phase)
        assert keys(mixed(sound, noise(1.0, -20 - below, seed=phase))) == key


def test_keys_dialled_fast_arrive_in_order() -> None:
    dialled = joined(*(joined(tone(key, 0.05), silence(0.05)) for key in "0123456789*#"))
    assert keys(joined(silence(0.1), dialled)) == "0123456789*#"


def test_keys_without_a_pause_between_them_are_told_apart() -> None:
    assert keys(joined(tone("1", 0.08), tone("2", 0.08), tone("1", 0.08), silence(0.1))) == "121"


def test_keys_come_through_a_16_khz_channel() -> None:
    import soxr

    wide = np.rint(soxr.resample(joined(silence(0.1), tone("8"), silence(0.2)).astype(np.float64), RATE, 16000))
    assert keys(wide.astype(np.int16), rate=16000) == "8"


@settings(max_examples=20, deadline=None)
@given(st.lists(st.integers(0, 40), max_size=12))
def test_keys_do_not_depend_on_the_cut(sizes: list[int]) -> None:
    sound = blocks(joined(silence(0.05), tone("4"), silence(0.05), tone("4"), voice(0.2), tone("#"), silence(0.1)))
    detector = Dtmf()
    assert [each for part in cut(sound, sizes) for each in detector.feed(part)] == Dtmf().feed(sound)


@pytest.mark.parametrize("seed", range(5))
def test_noise_dials_nothing(seed: int) -> None:
    assert keys(noise(20, -20, seed)) == ""


def test_one_tone_alone_is_no_key() -> None:
    time = np.arange(RATE) / RATE
    for frequency in (350, 440, 697, 941, 1209, 1477):
        assert keys((8000 * np.sin(2 * np.pi * frequency * time)).astype(np.int16)) == ""


def test_the_dial_tone_is_no_key() -> None:
    time = np.arange(RATE) / RATE
    assert keys((6000 * (np.sin(2 * np.pi * 350 * time) + np.sin(2 * np.pi * 440 * time))).astype(np.int16)) == ""


def test_the_fourth_column_is_not_taken_for_the_third() -> None:
    time = np.arange(RATE) / RATE
    assert keys((6000 * (np.sin(2 * np.pi * 697 * time) + np.sin(2 * np.pi * 1633 * time))).astype(np.int16)) == ""


def test_recorded_keypads_are_read(shared: Path) -> None:
    names = {"star": "*", "pound": "#"}
    for file in sorted((shared / "dtmf").glob("*.wav")):
        sound, rate = soundfile.read(file, dtype="int16")
        name = file.stem.removeprefix("dtmf-")
        assert keys(sound, rate) == names.get(name, name)


def test_real_speech_dials_nothing(shared: Path) -> None:
    files = sorted((shared / "speech").rglob("*.flac"))
    files = [files[at] for at in np.random.default_rng(0).permutation(len(files))[:300]]
    # Three of 8,000 recordings whose voice sits on 697 and 1209 Hz: by energy alone they dial a 1.
    files += [shared / f"speech/phone-words/KHOONG{number}.flac" for number in ("0123", "0125", "0127")]
    dialled = {}
    for file in files:
        sound, rate = soundfile.read(file, dtype="int16")
        if found := keys(sound, rate):
            dialled[file.name] = found
    assert dialled == {}
