"""The menu graph that `voicebot phrases build` made of a model's own: where it is, and whether it still fits.

var/graphs/MODEL/menu/   HCLG.fst, words.txt; built.json: digests of this graph and of its source, phrases
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from bot.errors import VoicebotError
from bot.events import Grammar
from bot.places import HOME

ABOUT = "built.json"
GRAPHS = HOME / "var" / "graphs"


class StaleGraphError(VoicebotError):
    """The built graph does not belong to this model, or is damaged."""


def folder_of(model: Path) -> Path:
    """Where the built menu graph of the model in this folder is, or would be."""
    return GRAPHS / model.name / Grammar.MENU.value


def menu_of(model: Path) -> Path | None:
    """The built menu graph of the model in this folder, None where none was built. Raises StaleGraphError."""
    folder = folder_of(model)
    if not folder.is_dir():
        return None
    own = model / "graphs" / Grammar.MENU.value
    source = (own if own.is_dir() else model / "graph") / "HCLG.fst"
    about = _about(folder)
    if about.get("from") != _digest(source):
        raise StaleGraphError(f"{folder}: made from another model's graph; run `voicebot phrases build`")
    if about.get("sha256") != _digest(folder / "HCLG.fst"):
        raise StaleGraphError(f"{folder}/HCLG.fst: damaged; run `voicebot phrases build`")
    return folder


def phrases_of(model: Path) -> Mapping[str, list[str]]:
    """Intent → the phrases that the built graph has for it; none where no graph was built."""
    phrases: Mapping[str, list[str]] = _about(folder_of(model)).get("phrases", {})
    return phrases


def _about(folder: Path) -> Mapping[str, Any]:
    try:
        about = json.loads((folder / ABOUT).read_text("utf-8"))
    except (OSError, ValueError):
        return {}
    return about if isinstance(about, dict) else {}


def _digest(file: Path) -> str:
    return hashlib.sha256(file.read_bytes()).hexdigest() if file.is_file() else ""
