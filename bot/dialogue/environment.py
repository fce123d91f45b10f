"""Rasa's own Python environment (3.10), and how a program runs in it.

Rasa loads the packages `LENT` of this program. They are linked into a folder of their own, because the folder that they
lie in may be the bot's site-packages, whose libraries are not Rasa's.
"""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path

from bot.errors import VoicebotError
from bot.places import PACKAGES, link
from bot.settings import Settings

LENT = ("rasa_components", "vietnamese_numbers")

QUIET = {
    "RASA_TELEMETRY_ENABLED": "false",
    "SQLALCHEMY_SILENCE_UBER_WARNING": "1",
    "TF_CPP_MIN_LOG_LEVEL": "3",  # TensorFlow comes with Rasa and greets on stderr
}

MISSING = (
    "Rasa's environment is not there; run `voicebot setup` (in a checkout, `make setup`), or set VOICEBOT_RASA_URL"
)


def rasa_python(settings: Settings) -> Path:
    """The Python of Rasa's environment. Raises VoicebotError where that is missing."""
    folder = settings.path(settings.rasa_environment) / "bin"
    if not (folder / "rasa").exists():
        raise VoicebotError(f"{folder}: {MISSING}")
    return folder / "python"


def rasa_environ(environ: Mapping[str, str], packages: Path, secret: str) -> dict[str, str]:
    """The variables of a program in Rasa's environment, which is told no secret but the one between it and this bot.

    packages  a folder that `lend` filled
    secret    empty: none"""
    ours = {name: value for name, value in environ.items() if not name.startswith(("VOICEBOT_", "PYTHON"))}
    told = {"VOICEBOT_RASA_SECRET": secret} if secret else {}
    return {**ours, **QUIET, **told, "PYTHONPATH": str(packages)}


def lend(folder: Path) -> Path:
    """Put the packages that Rasa loads into `folder`, and nothing else; returns it.

    Symbolic links where the system has them, else copies."""
    folder.mkdir(parents=True, exist_ok=True)
    for name in LENT:
        link(PACKAGES / name, folder / name)
    return folder
