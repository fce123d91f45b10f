"""`voicebot prompts`."""

import json
from pathlib import Path

import numpy as np
import pytest
import soundfile
from typer.testing import CliRunner, Result

from bot.assembly import DOMAIN
from bot.commands.prompts import app
from bot.errors import VoicebotError
from tts.prompt_set import wanted

CLIPS = wanted(DOMAIN)
FIXED = [clip for clip in CLIPS if clip.kind != "variable"]


@pytest.fixture(autouse=True)
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.setenv("VOICEBOT_PROMPTS", str(tmp_path / "recorded"))
    return tmp_path / "recorded"


def run(*arguments: object, typed: str = "") -> Result:
    return CliRunner().invoke(app, [str(argument) for argument in arguments], input=typed)


def lines(result: Result) -> list[dict[str, object]]:
    return [json.loads(line) for line in result.stdout.splitlines()]


def speak(path: Path, words: int, level: float = 0.2) -> None:
    """A recording of so many words."""
    path.parent.mkdir(exist_ok=True)
    tone = level * np.sin(2 * np.pi * 300 * np.arange(int(0.35 * words * 16000)) / 16000)
    quiet = np.random.default_rng(1).normal(0, 0.0003, 8000)
    soundfile.write(path, np.concatenate([quiet, tone, quiet]), 16000)


def test_list_tells_every_clip_and_what_is_missing() -> None:
    told = lines(run("list", "--json"))
    assert [each["name"] for each in told] == [clip.name for clip in CLIPS]
    assert {each["recorded"] for each in told} == {False}
    assert f"none of {len(FIXED)} clips is recorded" in run("list").stdout


def test_nothing_recorded_is_nothing_wrong() -> None:
    assert run("check").exit_code == 0


def test_half_a_set_is_told(tmp_path: Path) -> None:
    speak(tmp_path / "source" / "digit-0.wav", 1)
    assert run("import", tmp_path / "source").exit_code == 0
    result = run("check")
    assert result.exit_code == 1
    assert f"{len(FIXED) - 1} of {len(FIXED)} clips are missing: callers hear two voices" in result.stdout
    assert "missing   digit-1" in result.stdout
    [told] = lines(run("check", "--json"))
    assert (told["name"], told["problems"]) == ("digit-0", [])


def test_a_whole_set_is_whole(tmp_path: Path, folder: Path) -> None:
    for clip in FIXED:
        speak(tmp_path / "source" / f"{clip.name}.flac", len(clip.text.split()))
    assert run("import", tmp_path / "source").exit_code == 0
    result = run("check")
    assert result.exit_code == 0, result.stdout
    assert f"all {len(FIXED)} clips are recorded" in result.stdout
    assert len(list(folder.glob("*.flac"))) == len(FIXED)


def test_import_leaves_what_is_wrong_or_unknown(tmp_path: Path, folder: Path) -> None:
    source = tmp_path / "source"
    speak(source / "digit-0.wav", 1, level=0.001)
    speak(source / "holiday.wav", 1)
    result = run("import", source, "--json")
    assert result.exit_code == 1
    quiet, unknown = lines(result)
    assert (quiet["name"], quiet["taken"]) == ("digit-0", False)
    assert "too quiet" in str(quiet["problems"])
    assert (unknown["name"], unknown["taken"]) == (None, False)
    assert not folder.exists()
    assert run("import", source, "--anyway").exit_code == 1
    assert (folder / "digit-0.wav").exists()


def test_import_of_a_folder_that_is_not_there_is_told(tmp_path: Path) -> None:
    assert isinstance(run("import", tmp_path / "nowhere").exception, VoicebotError)


def test_record_asks_for_each_clip_until_it_is_good(folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    levels = iter([0.001, 0.2])

    def record_until(file: Path, wait: object) -> None:
        assert callable(wait)
        wait()
        speak(file, 1, next(levels))

    monkeypatch.setattr("bot.channels.take.record_until", record_until)
    result = run("record", "digit-0", "digit-1", typed="\n\n\n\ns\n")
    assert result.exit_code == 0, result.output
    assert "once more, please: too quiet" in result.stdout
    assert [path.name for path in folder.glob("*.wav")] == ["digit-0.wav"]


def test_record_knows_no_other_clip_and_ends_with_the_keyboard() -> None:
    assert run("record", "digit-10").exit_code == 2
    assert isinstance(run("record", "digit-0").exception, VoicebotError)
