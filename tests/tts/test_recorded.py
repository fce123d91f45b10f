"""Recorded prompts take the synthesiser's place; a recording that cannot be used never takes a prompt away."""

import logging
from pathlib import Path

import numpy as np
import pytest
import soundfile

from bot.errors import VoicebotError
from bot.settings import Settings
from tts.recorded import MANIFEST, open_recorded, recorded_of
from tts.sound import LEVEL
from vietnamese_numbers import DIGIT_WORDS


def record(path: Path, seconds: float = 0.5, rate: int = 44100, channels: int = 1, amplitude: float = 0.1) -> None:
    """A tone of `seconds` between silences."""
    tone = amplitude * np.sin(2 * np.pi * 300 * np.arange(int(seconds * rate)) / rate)
    gap = np.zeros(rate // 2)
    soundfile.write(path, np.stack([np.concatenate([gap, tone, gap])] * channels, axis=1), rate)


def manifest(folder: Path, prompts: dict[str, str]) -> None:
    lines = [f'"{text}" = "{name}"' for text, name in prompts.items()]
    (folder / MANIFEST).write_text("\n".join(["[prompts]", *lines]), "utf-8")


@pytest.mark.parametrize("rate", [8000, 16000])
@pytest.mark.parametrize(
    ("name", "source", "channels"), [("a.wav", 8000, 1), ("a.flac", 44100, 2), ("a.wav", 48000, 2)]
)
def test_any_recording_becomes_a_clip(tmp_path: Path, name: str, source: int, channels: int, rate: int) -> None:
    record(tmp_path / name, 0.5, source, channels)
    manifest(tmp_path, {"Xin chào.": name})
    clip = open_recorded(tmp_path).get("Xin chào.", rate)
    assert clip is not None
    assert len(clip) / rate == pytest.approx(0.5, abs=0.04)
    assert np.sqrt(np.mean((clip / 32768) ** 2)) == pytest.approx(LEVEL, rel=0.1)


def test_the_words_must_agree_not_capitals_punctuation_or_abbreviations(tmp_path: Path) -> None:
    record(tmp_path / "a.wav")
    manifest(tmp_path, {"Mã số BHXH, bấm phím 8.": "a.wav"})
    recorded = open_recorded(tmp_path)
    assert recorded.get("mã số bảo hiểm xã hội bấm phím tám", 8000) is not None
    assert recorded.get("Mã số BHXH, bấm phím 9.", 8000) is None


def test_a_folder_without_a_list_records_nothing(tmp_path: Path) -> None:
    assert open_recorded(tmp_path).get("Xin chào.", 8000) is None
    assert open_recorded(tmp_path / "nowhere").get("Xin chào.", 8000) is None


def test_a_folder_that_was_named_and_is_not_there_is_told(tmp_path: Path) -> None:
    nowhere = tmp_path / "nowhere"
    with pytest.raises(VoicebotError, match=f"setting prompts: there is no folder {nowhere}"):
        recorded_of(Settings(prompts=str(nowhere)))
    nowhere.mkdir()
    assert recorded_of(Settings(prompts=str(nowhere))).get("Xin chào.", 8000) is None


def test_the_default_folder_need_not_be_there(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("bot.settings.HOME", tmp_path)
    assert recorded_of(Settings()).get("Xin chào.", 8000) is None


def test_a_file_is_read_once(tmp_path: Path) -> None:
    record(tmp_path / "a.wav")
    manifest(tmp_path, {"Xin chào.": "a.wav"})
    recorded = open_recorded(tmp_path)
    first = recorded.get("Xin chào.", 8000)
    (tmp_path / "a.wav").unlink()
    assert recorded.get("Xin chào.", 8000) is first


@pytest.mark.parametrize("content", [None, b"", b"not sound at all", "silence"])
def test_a_broken_file_is_named_once_and_not_used(
    tmp_path: Path, caplog: pytest.LogCaptureFixture, content: bytes | str | None
) -> None:
    if content == "silence":
        record(tmp_path / "a.wav", amplitude=0)
    elif isinstance(content, bytes):
        (tmp_path / "a.wav").write_bytes(content)
    manifest(tmp_path, {"Xin chào.": "a.wav"})
    recorded = open_recorded(tmp_path)
    with caplog.at_level(logging.WARNING):
        assert recorded.get("Xin chào.", 8000) is None
        assert recorded.get("Xin chào.", 16000) is None
    assert caplog.text.count("a.wav: cannot be used") == 1
    assert "the synthesiser speaks" in caplog.text


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("no toml", "correct it or remove it"),
        ("prompts = 3", "write lines such as"),
        ('[prompts]\n"Xin chào" = 3', "write lines such as"),
        ('[prompts]\n"số 0123456789" = "a.wav"', "digits in a row"),
        ('[prompts]\n"…" = "a.wav"', "nothing to speak"),
    ],
)
def test_a_list_that_cannot_be_read_is_an_error_that_names_it(tmp_path: Path, text: str, message: str) -> None:
    (tmp_path / MANIFEST).write_text(text, "utf-8")
    with pytest.raises(VoicebotError, match=message) as error:
        open_recorded(tmp_path)
    assert str(tmp_path / MANIFEST) in str(error.value)
    assert "\n" not in str(error.value)


def test_digits_that_are_still_to_be_recorded_are_named(tmp_path: Path, caplog: pytest.LogCaptureFixture) -> None:
    manifest(tmp_path, {word: f"{word}.wav" for word in DIGIT_WORDS[:8]})
    with caplog.at_level(logging.WARNING):
        open_recorded(tmp_path)
    assert "tám, chín" in caplog.text
