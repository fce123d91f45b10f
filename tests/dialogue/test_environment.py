"""What Rasa's environment is lent of this program: two packages, and nothing that lies beside them."""

from __future__ import annotations

import subprocess
from pathlib import Path

import pytest

from bot.dialogue.environment import LENT, lend, rasa_environ, rasa_python
from bot.errors import VoicebotError
from bot.settings import Settings
from rasa_components.absent import WITHOUT, components


def test_only_what_rasa_loads_is_lent(tmp_path: Path) -> None:
    folder = lend(tmp_path / "packages")
    assert sorted(path.name for path in folder.iterdir()) == sorted(LENT)


def test_rasa_finds_that_and_not_the_bot(tmp_path: Path) -> None:
    environ = rasa_environ({"PATH": "/usr/bin:/bin"}, lend(tmp_path / "packages"), "")
    program = "import rasa_components.hiding, vietnamese_numbers\ntry:\n import bot\nexcept ImportError: print('alone')"
    python = rasa_python(Settings())
    run = subprocess.run([python, "-c", program], cwd=tmp_path, env=environ, capture_output=True, text=True, check=True)
    assert run.stdout == "alone\n"


@pytest.mark.parametrize(("secret", "told"), [("", None), ("of-the-two", "of-the-two")])
def test_it_is_told_the_one_secret_where_there_is_one(secret: str, told: str | None, tmp_path: Path) -> None:
    ours = {"VOICEBOT_RASA_SECRET": "an older one", "VOICEBOT_SEAL_KEY": "x", "PYTHONHOME": "/", "PATH": "/bin"}
    environ = rasa_environ(ours, tmp_path, secret)
    assert environ.get("VOICEBOT_RASA_SECRET") == told
    assert not {"VOICEBOT_SEAL_KEY", "PYTHONHOME"} & set(environ)


def test_without_it_one_line_says_what_to_do(tmp_path: Path) -> None:
    with pytest.raises(VoicebotError, match="voicebot setup"):
        rasa_python(Settings(rasa_environment=str(tmp_path)))


def test_this_dialogue_is_served_without_tensorflow(dialogue_model: Path) -> None:
    assert [name for name in components(dialogue_model) if not name.startswith(WITHOUT)] == []
