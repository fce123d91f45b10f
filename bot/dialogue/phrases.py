"""Which intent a sentence means: that of the example nearest to it. Pure.

Nearness is the Dice coefficient of the two sets of words (Dice 1945), each word weighted by how few intents it occurs
in (inverse document frequency, Spärck Jones 1972). Words of the sentence that no example has count against every
intent, so what the bot was not made for scores low instead of falling to the nearest class.
"""

from __future__ import annotations

import math
import unicodedata
from collections import defaultdict
from collections.abc import Iterable, Mapping

UNKNOWN = 0.9
"""Weight of a word that no example has, between a courtesy, which many intents have, and a key word."""


class Phrases:
    """Examples by intent. A sentence written wholly without diacritics is compared with examples without them."""

    def __init__(self, examples: Mapping[str, Iterable[str]]) -> None:
        self._accented = _Index(examples)
        self._plain = _Index({intent: [_fold(text) for text in texts] for intent, texts in examples.items()})

    def rank(self, text: str) -> list[tuple[str, float]]:
        """Intents and how near they are in 0…1, best first; 1 means the same words."""
        text = unicodedata.normalize("NFC", text).lower()
        return (self._plain if text == _fold(text) else self._accented).rank(text)


class _Index:
    def __init__(self, examples: Mapping[str, Iterable[str]]) -> None:
        self._phrases = [(intent, frozenset(text.lower().split())) for intent in examples for text in examples[intent]]
        intents_of: dict[str, set[str]] = defaultdict(set)
        for intent, words in self._phrases:
            for word in words:
                intents_of[word].add(intent)
        self._weights = {word: math.log(1 + len(examples) / len(of)) for word, of in intents_of.items()}

    def rank(self, text: str) -> list[tuple[str, float]]:
        words = frozenset(text.split())
        best: dict[str, float] = {}
        for intent, phrase in self._phrases:
            nearness = 2 * self._weigh(words & phrase) / (self._weigh(words) + self._weigh(phrase) or 1)
            best[intent] = max(nearness, best.get(intent, 0.0))
        return sorted(best.items(), key=lambda scored: -scored[1])

    def _weigh(self, words: frozenset[str]) -> float:
        return sum(self._weights.get(word, UNKNOWN) for word in words)


def _fold(text: str) -> str:
    """Vietnamese without its diacritics."""
    letters = unicodedata.normalize("NFD", text.replace("đ", "d").replace("Đ", "D"))
    return "".join(letter for letter in letters if not unicodedata.combining(letter))
