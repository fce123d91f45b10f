"""What the dialogue's files say that callers may say in the menu."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import yaml

from bot.errors import VoicebotError

_ANNOTATION = re.compile(r"\[([^\]]+)\](?:\([^)]*\)|\{[^}]*\})")
"""An entity in an example of Rasa's: [words](entity) or [words]{"entity": …}."""


def menu_phrases(project: Path) -> dict[str, list[str]]:
    """Intent → its examples in data/nlu, in lower case, for each intent that a key of the menu has in domain.yml: what
    a key chooses can be said, too. `project`: the folder of domain.yml. Raises VoicebotError where a file cannot be
    read."""
    chosen = _menu_intents(_read(project / "domain.yml"))
    found: dict[str, list[str]] = {intent: [] for intent in chosen}
    for file in sorted((project / "data" / "nlu").rglob("*.yml")):
        for part in _read(file).get("nlu") or ():
            if part.get("intent") in found:
                found[part["intent"]] += [_plain(example) for example in _examples(part.get("examples"))]
    return {intent: list(dict.fromkeys(phrases)) for intent, phrases in found.items()}


def _menu_intents(domain: Mapping[str, Any]) -> list[str]:
    """In the order of the file."""
    found: dict[str, None] = {}
    for variations in (domain.get("responses") or {}).values():
        for variation in variations:
            expect = (variation.get("custom") or {}).get("expect") or {}
            if expect.get("kind") == "menu":
                found |= dict.fromkeys((expect.get("keys") or {}).values())
    return list(found)


def _examples(examples: Any) -> list[str]:
    """Rasa's two ways to write them: lines behind a dash, or a list."""
    if isinstance(examples, str):
        return [line.lstrip()[1:].strip() for line in examples.splitlines() if line.lstrip().startswith("-")]
    return [each["text"] if isinstance(each, Mapping) else str(each) for each in examples or ()]


def _plain(example: str) -> str:
    return " ".join(unicodedata.normalize("NFC", _ANNOTATION.sub(r"\1", example)).lower().split())


def _read(file: Path) -> Mapping[str, Any]:
    try:
        read = yaml.safe_load(file.read_text("utf-8"))
    except (OSError, UnicodeDecodeError, yaml.YAMLError) as error:
        reason = str(error).splitlines()[0]
        raise VoicebotError(f"{file}: cannot be read ({reason}); correct it") from None
    return read if isinstance(read, Mapping) else {}
