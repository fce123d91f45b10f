"""The catalogue of speech recognition models: what is bundled, and what can be fetched."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

HERE = Path(__file__).resolve().parent
FETCHED = HERE / "fetched"


@dataclass(frozen=True)
class Entry:
    """A model of catalogue.toml, where its fields are explained."""

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
        return (HERE if self.bundled else FETCHED) / self.name


def catalogue() -> dict[str, Entry]:
    """Name → entry, in the order of catalogue.toml."""
    import tomllib  # here, because the recipe's own environment imports this package too

    raw = tomllib.loads((HERE / "catalogue.toml").read_text("utf-8"))
    return {name: Entry(name=name, **fields) for name, fields in raw.items()}
