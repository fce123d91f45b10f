"""Replaces the numbers in a sentence, so that Rasa reads no digits. Pure; for the bot and for Rasa."""

from __future__ import annotations

import re
from collections.abc import Callable, Sequence

from vietnamese_numbers import find

NUMBER_WORD = "number"
"""Replaces a number that is no insurance number; while a sentence is classified, every number."""

TOKEN = re.compile(r"\bsealed[a-z2-7]{117,}\b")
"""A sealed token inside a text (bot/sealing.py): the prefix, then base32 of a Fernet token, which has 73 bytes or
more."""

_WRITTEN = re.compile(r"\d[\d .,-]*\d")
_SPOKEN = re.compile(
    r"\b(?:(?:không|một|mốt|hai|ba|bốn|tư|năm|lăm|nhăm|sáu|bảy|bẩy|tám|chín|mười|mươi|chục|linh|lẻ|trăm|nghìn|ngàn"
    r"|khong|mot|bon|tu|nam|lam|sau|bay|tam|chin|muoi|tram|nghin|ngan)\b[ ,.]*){4,}"
)


def hide_numbers(text: str, stand_in: Callable[[str], str], lengths: Sequence[int]) -> str:
    """The text with `stand_in(digits)` in place of each insurance number, and `NUMBER_WORD` in place of every other
    number of two digits or more, also if its words have two readings. `lengths`: digits of an insurance number. Sealed
    tokens stay as they are."""
    hidden, end = "", 0
    for token in TOKEN.finditer(text):
        hidden += _hide(text[end : token.start()], stand_in, lengths) + token[0]
        end = token.end()
    return hidden + _hide(text[end:], stand_in, lengths)


def _hide(text: str, stand_in: Callable[[str], str], lengths: Sequence[int]) -> str:
    hidden, end = "", 0
    for number in find(text):
        whole = len(number.digits) in lengths
        hidden += _mask(text[end : number.start])
        hidden += stand_in(number.digits) if whole else NUMBER_WORD
        end = number.end
    return hidden + _mask(text[end:])


def _mask(text: str) -> str:
    return _SPOKEN.sub(f"{NUMBER_WORD} ", _WRITTEN.sub(NUMBER_WORD, text))
