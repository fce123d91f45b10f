"""The letters of a Vietnamese health insurance card, written ("DN", "T E") or by their names ("đê en nờ"). Pure.

A card has two letters and thirteen digits: who pays how much (1 to 5), the province, and the insurance number, which is
the last ten. By voice the letters are not heard: `whole.py` finds the number in the digits alone.
"""

from __future__ import annotations

import re
import unicodedata

from vietnamese_numbers.vocabulary import Kind
from vietnamese_numbers.whole import CARD
from vietnamese_numbers.words import LONGEST_WORD, spell

NUMBER = 10
"""Digits of the insurance number at the end of a card."""

_NAMES = (
    "bê|bờ|xê|cê|cờ|dê|dờ|đê|đờ|giê|gờ|ghê|hát|hờ|ca|ka|kờ|en nờ|nờ|em mờ|mờ|e lờ|lờ|pê|pờ|quy|cu|quờ|ét sì|ét|sờ|tê|tờ"
    "|vê|vờ|ích xì|ích|xờ"
)
_FIRST = rf"(?:{_NAMES}|[b-df-hj-np-tv-xđ])"  # no card begins with a vowel
_SECOND = rf"(?:{_NAMES}|y dài|i dài|[a-zđôơ])"
_WORD = re.compile(r"\S+")
_LETTERS = re.compile(rf"(?<!\w){_FIRST}[\s.-]*{_SECOND}(?=[\s.-]*\d|[\s,.-]+\w)", re.IGNORECASE)
_LETTERS_LAST = re.compile(rf"(?<!\w){_FIRST}[\s.-]*{_SECOND}[\s,.-]*$", re.IGNORECASE)


def without_letters(text: str) -> str | None:
    """The text without the letters of a card; None if it holds no pair of letters, or several."""
    text = _WORD.sub(lambda word: _composed(word[0]), text)
    found = [match.span() for match in _LETTERS.finditer(text) if Kind.UNKNOWN.value in spell(match[0])]
    return f"{text[: found[0][0]]} {text[found[0][1] :]}" if len(found) == 1 else None


def _composed(word: str) -> str:
    """Composed where it may be a Vietnamese word: to compose a long row of marks takes the square of its length."""
    return unicodedata.normalize("NFC", word) if len(word) <= LONGEST_WORD else word


def letters_before(text: str, end: int) -> int | None:
    """The position at which the letters of a card begin that end directly before position `end`; None if there are
    none."""
    found = _LETTERS_LAST.search(text, max(0, end - 16), end)
    return found.start() if found else None


def number_of(digits: str) -> str | None:
    """The insurance number in the thirteen digits of a card; None for other digits."""
    return digits[CARD:] if len(digits) == CARD + NUMBER and digits[0] in "12345" else None


def begins(digits: str) -> bool:
    """Whether these may be the first digits of a card."""
    return len(digits) < CARD + NUMBER and digits[:1] in tuple("12345")
