"""Which parts of a classifier's ranking count. Pure."""

from __future__ import annotations

from typing import Any

from rasa_components.hiding import NUMBER_WORD
from rasa_components.negation import holds_negation

OUTSIDE, OUTSIDE_PARTS = "no_match", 4
"""The intent of everything outside the domain, and the intents that it is divided into for training."""

PART = "#"
"""Between `OUTSIDE` and the number of its part."""

AFFIRM = "affirm"

UNKNOWN = "<unk>"
"""Unknown speech in a text that the bot heard (bot.events.UNKNOWN)."""


def guarded(text: str, ranking: list[dict[str, Any]]) -> list[dict[str, Any]]:
    """`ranking` (intents with their confidence, best first), without `affirm` if `text` may not confirm."""
    if {NUMBER_WORD, UNKNOWN}.isdisjoint(text.split()) and not holds_negation(text):
        return ranking
    return [scored for scored in ranking if scored["name"] != AFFIRM]


def whole(ranking: list[dict[str, Any]]) -> list[dict[str, Any]]:
    """`ranking` with the parts of `OUTSIDE` added up, best first again."""
    shares: dict[str, float] = {}
    for scored in ranking:
        name = scored["name"].partition(PART)[0]
        shares[name] = shares.get(name, 0.0) + float(scored["confidence"])
    return [{"name": name, "confidence": shares[name]} for name in sorted(shares, key=lambda name: -shares[name])]
