"""`voicebot speak`."""

import json
from pathlib import Path

import pytest
import soundfile
import typer
from typer.testing import CliRunner, Result

from bot.commands.speak import speak
from bot.errors import VoicebotError
from tts.espeak import Espeak

app = typer.Typer()
app.command()(speak)


@pytest.fixture(autouse=True)
def no_recordings(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (tmp_path / "recorded").mkdir()
    monkeypatch.setenv("VOICEBOT_PROMPTS", str(tmp_path / "recorded"))


def run(*arguments: object) -> Result:
    return CliRunner().invoke(app, [str(argument) for argument in arguments])


@pytest.mark.parametrize(
    ("options", "rate"),
    [([], 16000), (["--rate", "8000"], 8000), (["--voice", "vi-vn-x-south"], 16000)],
)
def test_a_prompt_becomes_a_wav(tmp_path: Path, options: list[str], rate: int) -> None:
    file = tmp_path / "a.wav"
    result = run("Xin chào, bấm phím 8.", "-o", file, *options)
    assert result.exit_code == 0, result.output
    info = soundfile.info(file)
    assert (info.samplerate, info.channels, info.subtype, info.format) == (rate, 1, "PCM_16", "WAV")
    assert 0.8 < info.duration < 3


def test_json(tmp_path: Path) -> None:
    file = tmp_path / "a.wav"
    [line] = run("Xin chào.", "-o", file, "--json").output.splitlines()
    spoken = json.loads(line)
    assert set(spoken) == {"path", "rate", "seconds"}
    assert (spoken["path"], spoken["rate"]) == (str(file), 16000)
    assert spoken["seconds"] == pytest.approx(soundfile.info(file).duration, abs=0.01)


def test_a_recording_is_what_callers_hear_unless_a_voice_is_named(tmp_path: Path) -> None:
    folder = tmp_path / "recorded"
    (folder / "prompts.toml").write_text('[prompts]\n"Xin chào" = "a.wav"', "utf-8")
    soundfile.write(folder / "a.wav", [0.1, -0.1] * 20000, 8000)
    run("xin chào", "-o", tmp_path / "a.wav")
    assert soundfile.info(tmp_path / "a.wav").duration == pytest.approx(5, abs=0.05)
    run("xin chào", "-o", tmp_path / "b.wav", "--voice", "vi")
    assert soundfile.info(tmp_path / "b.wav").duration < 2


@pytest.mark.parametrize(
    ("text", "message"), [("", "nothing to speak"), ("…", "nothing to speak"), ("0123456789", "digits in a row")]
)
def test_what_cannot_be_spoken_is_an_error_and_no_file(tmp_path: Path, text: str, message: str) -> None:
    result = run(text, "-o", tmp_path / "a.wav")
    assert isinstance(result.exception, VoicebotError)
    assert message in str(result.exception)
    assert not (tmp_path / "a.wav").exists()


def test_a_file_that_cannot_be_written_is_an_error(tmp_path: Path) -> None:
    result = run("xin chào", "-o", tmp_path / "nowhere" / "a.wav")
    assert isinstance(result.exception, VoicebotError)
    assert "nowhere/a.wav: cannot be written (No such file or directory)" in str(result.exception)


@pytest.mark.parametrize("options", [["--voice", "klingon"], ["--rate", "44100"]])
def test_an_unknown_voice_or_rate_is_bad_usage(tmp_path: Path, options: list[str]) -> None:
    assert run("xin chào", "-o", tmp_path / "a.wav", *options).exit_code == 2


def test_without_espeak_ng_the_error_says_so(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def missing(voice: Espeak, text: str, rate: int) -> None:
        raise VoicebotError("espeak-ng is missing")

    monkeypatch.setattr(Espeak, "render", missing)
    result = run("xin chào", "-o", tmp_path / "a.wav")
    assert isinstance(result.exception, VoicebotError)
    assert not (tmp_path / "a.wav").exists()
