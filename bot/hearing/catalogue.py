"""The catalogue of speech recognition models: what is bundled, and what can be fetched."""

from __future__ import annotations

import tomllib
from dataclasses import dataclass
from pathlib import Path

from bot.places import HOME, PACKAGES

MODELS = PACKAGES / "asr_models"
"""What is bundled; read only."""

FETCHED = HOME / "asr_models" / "fetched"


@dataclass(frozen=True)
class Entry:
    """A model of asr_models/catalogue.toml, where its fields are explained."""

    name: str
    description: str
    licence: str
    rate: int
    kind: str = "vosk"
    bundled: bool = False
    url: str = ""
    size: int = 0
    sha256: str = ""

    @property
    def folder(self) -> Path:
        """Where the model is, or would be."""
        return (MODELS if self.bundled else FETCHED) / self.name


def catalogue() -> dict[str, Entry]:
    """Name → entry, in the order of asr_models/catalogue.toml."""
    raw = tomllib.loads((MODELS / "catalogue.toml").read_text("utf-8"))
    return {name: Entry(name=name, **fields) for name, fields in raw.items()}
