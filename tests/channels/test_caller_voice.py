"""The scripted caller's mouth."""

import shutil
from pathlib import Path

import numpy as np
import pytest
import soundfile

from bot.audio.level import active_level
from bot.errors import VoicebotError
from bot.events import RATE
from bot.simulation.caller_script import CallerVoice, Play, Say
from bot.simulation.caller_voice import sound_of
from tests.channels.contract import tone

needs_espeak = pytest.mark.skipif(
    shutil.which("espeak-ng") is None, reason="needs espeak-ng, the caller's voice (Debian: apt install espeak-ng)"
)
DIGITS = Say("không một hai ba")


@needs_espeak
class TestSaying:
    def test_each_dialect_sounds_its_own_way(self, tmp_path: Path) -> None:
        sounds = [sound_of(DIGITS, CallerVoice(dialect=d), tmp_path) for d in ("north", "central", "south")]
        assert len({sound.tobytes() for sound in sounds}) == 3
        assert all(active_level(sound) > 1000 for sound in sounds)

    def test_speed_pitch_and_variant_are_heard(self, tmp_path: Path) -> None:
        plain = sound_of(DIGITS, CallerVoice(), tmp_path)
        assert sound_of(DIGITS, CallerVoice(speed=2), tmp_path).size < 0.7 * plain.size
        assert sound_of(DIGITS, CallerVoice(pitch=90), tmp_path).tobytes() != plain.tobytes()
        assert sound_of(DIGITS, CallerVoice(variant="f3"), tmp_path).tobytes() != plain.tobytes()

    def test_speech_begins_and_ends_within_a_twentieth_of_a_second(self, tmp_path: Path) -> None:
        sound = sound_of(DIGITS, CallerVoice(), tmp_path)
        loud = np.flatnonzero(np.abs(sound) > active_level(sound) / 10)
        assert loud[0] < 0.1 * RATE
        assert sound.size - loud[-1] < 0.1 * RATE

    def test_what_was_said_once_is_kept(self, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
        first = sound_of(DIGITS, CallerVoice(), tmp_path)
        monkeypatch.setenv("PATH", "")
        np.testing.assert_array_equal(sound_of(DIGITS, CallerVoice(), tmp_path), first)
        assert [path.suffix for path in tmp_path.iterdir()] == [".wav"]

    def test_text_that_looks_like_an_option_is_spoken(self, tmp_path: Path) -> None:
        assert sound_of(Say("--version một"), CallerVoice(), tmp_path).size > 0.2 * RATE

    def test_nothing_to_say_is_told(self, tmp_path: Path) -> None:
        with pytest.raises(VoicebotError, match="nothing to speak"):
            sound_of(Say("\u200b"), CallerVoice(), tmp_path)


def test_without_espeak_the_way_to_get_it_is_told(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("PATH", "")
    with pytest.raises(VoicebotError, match="apt install espeak-ng"):
        sound_of(DIGITS, CallerVoice(), tmp_path)


class TestRecordings:
    @pytest.mark.parametrize(("rate", "suffix"), [(8000, "wav"), (16000, "flac"), (44100, "wav"), (48000, "flac")])
    def test_any_rate_arrives_at_8_khz(self, tmp_path: Path, rate: int, suffix: str) -> None:
        soundfile.write(tmp_path / f"tone.{suffix}", tone(rate, 1.0), rate)
        sound = sound_of(Play((tmp_path / f"tone.{suffix}",)), CallerVoice())
        assert sound.size == pytest.approx(RATE, abs=2)
        assert np.argmax(np.abs(np.fft.rfft(sound, RATE))) == pytest.approx(1000, abs=1)
        assert active_level(sound) == pytest.approx(active_level(tone(RATE, 1.0)), rel=0.02)

    def test_two_channels_are_mixed(self, tmp_path: Path) -> None:
        stereo = np.stack([tone(RATE, 0.5), np.zeros(RATE // 2, np.int16)], axis=1)
        soundfile.write(tmp_path / "stereo.wav", stereo, RATE)
        sound = sound_of(Play((tmp_path / "stereo.wav",)), CallerVoice())
        assert active_level(sound) == pytest.approx(active_level(tone(RATE, 0.5)) / 2, rel=0.02)

    @pytest.mark.parametrize("content", [b"", b"no sound at all", b"RIFF\x00\x00\x00\x00WAVE"])
    def test_what_is_no_sound_is_told(self, tmp_path: Path, content: bytes) -> None:
        (tmp_path / "broken.wav").write_bytes(content)
        with pytest.raises(VoicebotError, match=r"broken\.wav: no readable sound"):
            sound_of(Play((tmp_path / "broken.wav",)), CallerVoice())


def test_several_recordings_are_one_utterance_equally_loud(tmp_path: Path) -> None:
    soundfile.write(tmp_path / "loud.wav", np.full(RATE, 0.4), RATE)
    soundfile.write(tmp_path / "soft.wav", np.full(RATE, 0.1), RATE)
    sound = sound_of(Play((tmp_path / "loud.wav", tmp_path / "soft.wav")), CallerVoice())
    assert 2 * RATE < sound.size < 2.2 * RATE
    assert active_level(sound[:RATE]) == pytest.approx(active_level(sound[-RATE:]), rel=0.01)
