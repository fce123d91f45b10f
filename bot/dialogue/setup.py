"""Makes what the dialogue needs beside this program, and runs Rasa's own commands: for people, not for calls."""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
import tempfile
from collections.abc import Callable, Sequence
from pathlib import Path

from bot.dialogue.environment import lend, rasa_environ, rasa_python
from bot.dialogue.freshness import check, newest
from bot.errors import VoicebotError
from bot.places import HOME, PACKAGES
from bot.settings import Settings

LOCK = PACKAGES / "rasa_components"
"""The folder of Rasa's pyproject.toml and uv.lock."""

MODEL, ENDING = "dialogue", ".tar.gz"

Tell = Callable[[str], None]


def set_up(settings: Settings, tell: Tell) -> None:
    """Make Rasa's environment where it is missing, and train the dialogue where it is missing or its files changed.

    `tell` hears what takes long. Raises VoicebotError where one of them fails."""
    try:
        rasa_python(settings)
    except VoicebotError:
        folder = settings.path(settings.rasa_environment)
        tell(f"making Rasa's environment in {folder} (2.5 GB, once) …")
        make_environment(folder)
    if _trained(settings):
        tell("the dialogue is trained, and its files have not changed")
        return
    tell("training the dialogue (about a minute) …")
    model = settings.path(settings.rasa_model)
    if not model.name.endswith(ENDING):
        model = model / f"{MODEL}{ENDING}"
    name = ("--fixed-model-name", model.name.removesuffix(ENDING))
    if run_rasa(settings, ["train", "--quiet", *name, "--out", str(model.parent)]) != 0 or not model.is_file():
        raise VoicebotError("the dialogue could not be trained; correct what Rasa names above")
    model.touch()  # Rasa leaves the file as it is where nothing that it uses has changed
    tell(f"trained: {model}")


def make_environment(folder: Path) -> None:
    """Install the locked Rasa with uv. Raises VoicebotError where uv is missing or fails."""
    command = ["uv", "sync", "--project", str(LOCK), "--locked", "--no-dev", "--compile-bytecode"]
    uv = find_uv()
    if uv is None:
        raise VoicebotError(
            "Rasa's environment is made by uv, which is not there: `pip install uv` and run `voicebot setup` again; "
            f"or with a Python 3.10 of yours: python3.10 -m venv {folder} && "
            f"{folder}/bin/pip install rasa==3.6.21 setuptools==70.3.0"
        )
    # pyenv's python3.10 works only where it is chosen; without pyenv the variable means nothing.
    environ = {**os.environ, "UV_PROJECT_ENVIRONMENT": str(folder), "PYENV_VERSION": "3.10"}
    environ.pop("VIRTUAL_ENV", None)  # uv would warn that it is another one
    if subprocess.run([uv, *command[1:]], env=environ, check=False).returncode != 0:
        raise VoicebotError("uv could not make Rasa's environment; correct what it says and run `voicebot setup` again")


def find_uv() -> str | None:
    """uv on the path, or beside this program's Python."""
    return shutil.which("uv") or shutil.which("uv", path=str(Path(sys.executable).parent))


def run_rasa(settings: Settings, arguments: Sequence[str]) -> int:
    """A command of Rasa's in the project folder; its exit status.

    Raises VoicebotError where Rasa's environment is missing."""
    command = [str(rasa_python(settings)), "-m", "rasa_components.quiet", *arguments]
    with tempfile.TemporaryDirectory(prefix="voicebot-rasa-") as folder:
        environ = rasa_environ(os.environ, lend(Path(folder)), settings.rasa_secret)
        return subprocess.run(command, cwd=HOME, env=environ, check=False).returncode


def _trained(settings: Settings) -> bool:
    try:
        return not check(newest(settings.path(settings.rasa_model)), HOME)
    except VoicebotError:
        return False
