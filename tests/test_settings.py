"""Settings come from a file and the environment, and a wrong one is named."""

from pathlib import Path

import pytest

from bot.errors import VoicebotError
from bot.settings import Settings, load


@pytest.fixture
def file(tmp_path: Path) -> Path:
    return tmp_path / "voicebot.toml"


def test_without_file_and_variables_the_defaults_hold(file: Path) -> None:
    assert load({}, file) == Settings()


def test_the_file_is_read_and_a_variable_wins(file: Path) -> None:
    file.write_text('voice = "vi-vn-x-south"\nno_input_seconds = 4\nnumber_lengths = [12, 10]\n', "utf-8")
    settings = load({"VOICEBOT_NO_INPUT_SECONDS": "5.5"}, file)
    assert (settings.voice, settings.no_input_seconds, settings.number_lengths) == ("vi-vn-x-south", 5.5, (10, 12))


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("no_input_seconds", "soon"),
        ("no_input_seconds", "-1"),
        ("max_failures", "0"),
        ("max_failures", "2.5"),
        ("settle_seconds", "nan"),
        ("settle_seconds", "inf"),
        ("number_lengths", ""),
        ("number_lengths", "ten"),
        ("number_lengths", "3"),
        ("verstat", "perhaps"),
        ("verstat", ""),
    ],
)
def test_a_wrong_value_is_refused_by_name(name: str, value: str, file: Path) -> None:
    with pytest.raises(VoicebotError, match=name):
        load({f"VOICEBOT_{name.upper()}": value}, file)


@pytest.mark.parametrize("text", ["voise = 'vi'", "voice = ", "voice = 3", "max_failures = true"])
def test_a_wrong_file_is_refused_by_name(text: str, file: Path) -> None:
    file.write_text(text, "utf-8")
    with pytest.raises(VoicebotError, match=r"voicebot\.toml|voice|max_failures"):
        load({}, file)


def test_secrets_do_not_show() -> None:
    assert "hidden" not in repr(Settings(seal_key="hidden", caller="hidden", line_secret="hidden"))
