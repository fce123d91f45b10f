"""Two folders: where the program's code lies, and where the project lies that it works for.

PACKAGES   bot/, tts/, asr_models/ and the other packages with what is bundled in them; read only. After an
           installation it is site-packages.
HOME       the project folder: Rasa's files (domain.yml, config.yml, data/ …), voicebot.toml, and all that is made or
           fetched: the account store, keys, clips, models, reports.

A checkout is both.
"""

from __future__ import annotations

import os
import shutil
from pathlib import Path

from bot.errors import VoicebotError

PROJECT_FILE = "domain.yml"
"""The file by which a project folder is known."""

PACKAGES = Path(__file__).resolve().parents[1]


def find_home(named: str, current: Path, packages: Path) -> Path | None:
    """The project folder, None where there is none.

    named     VOICEBOT_HOME, empty where it is not set; it need not hold a project yet
    current   the current directory: the project is this folder or one above it
    packages  `PACKAGES`: elsewhere, the commands of a checkout work for that checkout
    """
    if named:
        return Path(named).resolve()
    folders = (current, *current.parents, packages)
    return next((folder for folder in folders if (folder / PROJECT_FILE).is_file()), None)


_FOUND = find_home(os.environ.get("VOICEBOT_HOME", ""), Path.cwd(), PACKAGES)

HOME = _FOUND or Path.cwd()
"""Found once, when the program starts. Nothing is written there before `require_home`."""


def require_home() -> None:
    """Raises VoicebotError where no project folder was found: state belongs in one, and nowhere else."""
    if _FOUND is None:
        raise VoicebotError(
            f"there is no {PROJECT_FILE} in {HOME} nor in a folder above it; make a project with `voicebot init DIR`, "
            "go to one, or let VOICEBOT_HOME name it"
        )
    if not _FOUND.is_dir():
        raise VoicebotError(f"VOICEBOT_HOME: {_FOUND} is not a folder; name a project folder, or make it")


def link(source: Path, target: Path) -> None:
    """Make `target` a symbolic link to the folder `source` where the system has them, else a copy of it."""
    try:
        target.symlink_to(source, target_is_directory=True)
    except (OSError, NotImplementedError):  # Windows without the right to make links, FAT
        shutil.copytree(source, target)
