"""A project folder of one's own: what `voicebot init` lays down.

domain.yml config.yml data/        what callers hear, may say, and what happens next (Rasa's files)
endpoints.yml credentials.yml      Rasa's servers
voicebot.toml                      every setting, commented
calls/demo.yml                     a scripted caller
demo-accounts.csv                  the accounts that `voicebot accounts init --demo` adds
.gitignore                         what is made here, keys and accounts among it
"""

from __future__ import annotations

import shutil
from pathlib import Path

from bot.accounts.demo import DEMO
from bot.errors import VoicebotError
from bot.places import PACKAGES
from bot.settings_text import commented_toml

LAID_DOWN = ("domain.yml", "config.yml", "data", "endpoints.yml", "credentials.yml", "calls/demo.yml")
"""Files and folders that are copied. They lie in the root of the checkout; pyproject.toml puts them into the wheel."""

IN_WHEEL = "bot/project_files"

GITIGNORE = "/var/\n/models/\n/results/\n/.rasa/\n/.venv-rasa/\n/asr_models/fetched/\nvoicebot.toml\n"


def lay_down(folder: Path) -> None:
    """Make a project in `folder`, which must be new or empty. Raises VoicebotError where it is not, or where something
    cannot be written."""
    try:
        folder.mkdir(parents=True, exist_ok=True)
        if any(folder.iterdir()):
            raise VoicebotError(f"{folder} is not empty; name a new folder")
        for name in LAID_DOWN:
            source, target = _originals() / name, folder / name
            target.parent.mkdir(exist_ok=True)
            (shutil.copytree if source.is_dir() else shutil.copyfile)(source, target)
        (folder / "voicebot.toml").write_text(commented_toml(), "utf-8")
        (folder / "demo-accounts.csv").write_text(_accounts_csv(), "utf-8")
        (folder / ".gitignore").write_text(GITIGNORE, "utf-8")
    except OSError as error:
        raise VoicebotError(f"{folder}: cannot make a project there ({error.strerror}); name another folder") from None


def _originals() -> Path:
    installed = PACKAGES / IN_WHEEL
    return installed if installed.is_dir() else PACKAGES


def _accounts_csv() -> str:
    rows = (("phone", "insurance_number"), *DEMO)
    return "".join(f"{phone},{number}\n" for phone, number in rows)
