"""Whether a trained dialogue was trained from the files that lie here: yesterday's misleads, or ends calls, today."""

from __future__ import annotations

import json
import tarfile
from collections.abc import Mapping, Sequence
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import yaml

from bot.errors import VoicebotError
from bot.places import PACKAGES

AGAIN = "train it again with `voicebot setup` (in a checkout, `make setup`)"
NONE = "run `voicebot setup` (in a checkout, `make setup`), which trains it"

TRAINED_FROM = ("config.yml", "data/**/*.yml")
BY_PARTS = ("rasa_components/number_extractor.py", "rasa_components/folding.py")
"""Of the project, beside its domain, and of this program. A model holds what Rasa made of these and not the files, so
only their time can be compared."""

MOST_NAMED = 3

NAMES = ("intents", "entities", "actions", "slots", "forms")


def newest(path: Path) -> Path:
    """The model file at `path`: itself, or the newest in that folder. Raises VoicebotError where no model is there."""
    if path.is_file():
        return path
    models = sorted(path.glob("*.tar.gz"), key=lambda model: model.stat().st_mtime)
    if not models:
        raise VoicebotError(f"{path}: there is no trained dialogue; {NONE}")
    return models[-1]


def check(model: Path, project: Path, packages: Path = PACKAGES) -> list[str]:
    """The files of `TRAINED_FROM` and `BY_PARTS` that were written after the model was trained.

    Raises VoicebotError where the file is no model, or was trained from another domain.yml: its responses are not those
    that are read here."""
    kept = _metadata(model)
    domain = project / "domain.yml"
    if _told(kept["domain"]) != _told(_read(domain)):
        raise VoicebotError(f"{model}: this dialogue was trained from another {domain.name}; {AGAIN}")
    seconds = datetime.fromisoformat(kept["trained_at"]).replace(tzinfo=UTC).timestamp()
    sources = ((project, TRAINED_FROM), (packages, BY_PARTS))
    return sorted(
        str(path.relative_to(folder))
        for folder, patterns in sources
        for pattern in patterns
        for path in folder.glob(pattern)
        if path.stat().st_mtime > seconds
    )


def some_of(changed: Sequence[str]) -> str:
    """The names of files that changed, the first few of them where there are many."""
    more = len(changed) - MOST_NAMED
    return ", ".join(changed[:MOST_NAMED]) + (f" and {more} more" if more > 0 else "")


def _metadata(model: Path) -> Mapping[str, Any]:
    try:
        with tarfile.open(model) as archive:
            file = archive.extractfile("metadata.json")
            kept: Mapping[str, Any] = json.load(file) if file else {}
        kept["domain"], kept["trained_at"]  # are they there?
    except (OSError, tarfile.TarError, EOFError, ValueError, LookupError, TypeError) as error:
        raise VoicebotError(
            f"{model}: not a dialogue model that Rasa can load ({type(error).__name__}); {NONE}"
        ) from None
    return kept


def _read(domain: Path) -> Mapping[str, Any]:
    try:
        read: Mapping[str, Any] = yaml.safe_load(domain.read_text("utf-8"))
        _told(read)
    except (OSError, yaml.YAMLError, ValueError, AttributeError, TypeError, LookupError) as error:
        raise VoicebotError(f"{domain}: no domain that Rasa can read ({type(error).__name__}); correct it") from None
    return read


def _told(domain: Mapping[str, Any]) -> dict[str, Any]:
    """Of a domain what Rasa keeps as it is written: the responses; and the names of everything else."""
    return {"responses": domain["responses"], **{each: _names(domain.get(each) or []) for each in NAMES}}


def _names(listed: Any) -> list[str]:
    return sorted(str(next(iter(each)) if isinstance(each, dict) else each) for each in listed)
