"""A telephone line, measured: G.711 octet by octet, band, levels, noise, loss."""

import audioop

import numpy as np
import pytest

from bot.audio.g711 import Law, decode, encode
from bot.audio.keypad_tones import key_tone
from bot.audio.level import NOMINAL_LEVEL, active_level
from bot.events import KEYS, RATE, Samples
from bot.simulation.line import Line, noise_at, noise_loop, telephone_band
from tests.channels.contract import tone

ALL = np.arange(-32768, 32768).astype(np.int16)
OCTETS = np.arange(256).astype(np.uint8)


def decibels(ratio: float) -> float:
    return float(20 * np.log10(ratio))


def rms(samples: Samples) -> float:
    return float(np.sqrt((samples.astype(float) ** 2).mean()))


class TestG711:
    @pytest.mark.parametrize(
        ("law", "sample", "octet"),
        [
            ("u", 0, 0xFF), ("u", -1, 0x7F), ("u", 32767, 0x80), ("u", -32768, 0x00), ("u", 1000, 0xCE),
            ("a", 0, 0xD5), ("a", -1, 0x55), ("a", 32767, 0xAA), ("a", -32768, 0x2A), ("a", 1000, 0xFA),
        ],
    )  # fmt: skip
    def test_known_octets(self, law: Law, sample: int, octet: int) -> None:
        assert encode(np.array([sample], np.int16), law)[0] == octet

    def test_every_a_law_octet_agrees_with_another_implementation(self) -> None:
        assert encode(ALL, "a").tobytes() == audioop.lin2alaw(ALL.tobytes(), 2)
        assert decode(OCTETS, "a").tobytes() == audioop.alaw2lin(OCTETS.tobytes(), 2)

    def test_every_mu_law_octet_agrees_with_another_implementation(self) -> None:
        positive = ALL[32768:]
        assert encode(positive, "u").tobytes() == audioop.lin2ulaw(positive.tobytes(), 2)
        assert decode(OCTETS, "u").tobytes() == audioop.ulaw2lin(OCTETS.tobytes(), 2)

    def test_negative_values_mirror_positive_ones(self) -> None:
        for law in ("u", "a"):
            np.testing.assert_array_equal(encode(~ALL, law), encode(ALL, law) ^ 0x80)

    @pytest.mark.parametrize("law", ["u", "a"])
    def test_what_was_companded_once_is_not_changed_again(self, law: Law) -> None:
        once = decode(encode(ALL, law), law)
        np.testing.assert_array_equal(decode(encode(once, law), law), once)

    @pytest.mark.parametrize("law", ["u", "a"])
    @pytest.mark.parametrize("level", [0.01, 0.05, 0.3])
    def test_a_tone_keeps_33_decibels_over_its_distortion(self, law: Law, level: float) -> None:
        sound = tone(RATE, 1, 1020, level)  # ITU-T G.712, for tones from −30 to 0 dBm0
        wrong = decode(encode(sound, law), law).astype(float) - sound
        assert decibels(rms(sound) / float(np.sqrt((wrong**2).mean()))) > 33


class TestBand:
    @pytest.mark.parametrize(
        ("hertz", "passes"), [(100, False), (400, True), (1000, True), (3300, True), (3700, False)]
    )
    def test_passes_300_to_3400_hertz(self, hertz: float, passes: bool) -> None:
        sound = tone(RATE, 1, hertz)
        gain = decibels(max(rms(telephone_band(sound)), 1e-3) / rms(sound))
        assert abs(gain) < 0.1 if passes else gain < -40

    @pytest.mark.parametrize("size", [0, 1, 2, 159, 8001])
    def test_keeps_the_length(self, size: int) -> None:
        assert telephone_band(np.ones(size, np.int16)).shape == (size,)


class TestLevels:
    def test_pauses_do_not_count(self) -> None:
        speech, pause = tone(RATE, 1), np.zeros(RATE, np.int16)
        assert active_level(np.concatenate([pause, speech, pause])) == pytest.approx(rms(speech), rel=0.01)

    def test_silence_has_none(self) -> None:
        assert active_level(np.zeros(RATE, np.int16)) == 0
        assert active_level(np.zeros(0, np.int16)) == 0

    @pytest.mark.parametrize("kind", ["white", "pink", "babble"])
    def test_noise_is_made_at_the_nominal_level_and_depends_on_its_seed_alone(self, kind: str) -> None:
        noise = noise_loop(kind, 5)
        assert rms(noise) == pytest.approx(NOMINAL_LEVEL, rel=0.01)
        np.testing.assert_array_equal(noise, noise_loop(kind, 5))
        assert (noise != noise_loop(kind, 6)).any()

    def test_pink_noise_falls_by_three_decibels_an_octave(self) -> None:
        power = np.abs(np.fft.rfft(noise_loop("pink", 1).astype(float))) ** 2
        low, high = (power[30 * f : 60 * f].mean() for f in (500, 1000))
        assert 10 * np.log10(low / high) == pytest.approx(3, abs=0.3)

    def test_babble_comes_and_goes_with_syllables(self) -> None:
        def depth(kind: str) -> float:
            level = (noise_loop(kind, 1).astype(float).reshape(-1, 400) ** 2).mean(axis=1)
            return float(level.std() / level.mean())

        assert depth("babble") > 2 * depth("pink")

    @pytest.mark.parametrize("snr", [-5, 0, 10, 20])
    def test_noise_is_set_below_the_speech(self, snr: float) -> None:
        noise = noise_at(noise_loop("white", 1), 3000, snr)
        assert decibels(3000 / rms(noise)) == pytest.approx(snr, abs=0.1)


class TestKeyTones:
    @pytest.mark.parametrize("key", KEYS)
    def test_hold_two_frequencies(self, key: str) -> None:
        spectrum = np.abs(np.fft.rfft(key_tone(key, RATE).astype(float)))
        rows, columns = {"1": 697, "4": 770, "7": 852, "*": 941}, {"1": 1209, "2": 1336, "3": 1477}
        row = next(rows[line[0]] for line in ("123", "456", "789", "*0#") if key in line)
        column = next(columns[line[0]] for line in ("147*", "2580", "369#") if key in line)
        assert set(np.argsort(spectrum)[-2:]) == {row, column}


class TestLine:
    def test_a_clean_line_changes_nothing(self) -> None:
        sound = tone(RATE, 0.02)
        np.testing.assert_array_equal(Line().carry(sound), sound)

    def test_noise_goes_on_through_all_packets_and_starts_again_at_its_end(self) -> None:
        noise = np.arange(1, 401).astype(np.int16)
        line = Line(noise=noise)
        carried = np.concatenate([line.carry(np.zeros(160, np.int16)) for _ in range(5)])
        np.testing.assert_array_equal(carried, np.tile(noise, 2))

    def test_overload_is_clipped_not_wrapped(self) -> None:
        line = Line(noise=np.full(160, 20000, np.int16))
        assert line.carry(np.full(160, 20000, np.int16)).min() == 32767

    def test_companding_is_the_last_thing(self) -> None:
        carried = Line("u", noise_loop("white", 1)).carry(tone(RATE, 0.02))
        np.testing.assert_array_equal(decode(encode(carried, "u"), "u"), carried)

    def test_lost_packets_depend_on_the_seed_alone(self) -> None:
        def lost(seed: int) -> list[bool]:
            line = Line(loss=0.3, seed=seed)
            return [not line.carry(tone(RATE, 0.02)).any() for _ in range(1000)]

        assert lost(1) == lost(1) != lost(2)
        assert sum(lost(1)) == pytest.approx(300, abs=50)
