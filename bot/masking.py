"""What a caller said, without the digits: for whatever outlives the turn. Pure."""

from __future__ import annotations

import re

from bot.events import Number, OwnPhone, TooFew, TooMany, Uncertain, Utterance

NUMBER_WORDS = frozenset(
    ("không", "một", "hai", "ba", "bốn", "năm", "sáu", "bảy", "bẩy", "tám", "chín", "mốt", "tư", "lăm", "nhăm", "linh",
     "lẻ", "mười", "mươi", "chục", "hăm", "băm", "trăm", "nghìn", "ngàn", "triệu", "tỷ", "tỉ", "rưỡi")
)  # fmt: skip
"""Words that make up spoken numbers."""

MOST = 2
"""Number words in a row of words that are no number yet: "không" is also a no, "năm" a year."""

DOT = "•"

_WORD = re.compile(r"[^\W\d_]+|[0-9*#]")


def masked(text: str, utterance: Utterance) -> str:
    """The words and keys of a turn. Where it gave a number or part of one, each number word and key becomes a dot."""
    found = [word for word in _WORD.findall(text) if _is_digit(word)]
    if len(found) <= MOST and not isinstance(utterance, (Number, OwnPhone, TooFew, TooMany, Uncertain)):
        return text
    return _WORD.sub(lambda word: DOT if _is_digit(word[0]) else word[0], text)


def hidden(text: str) -> str:
    """Words and keys with a dot for each number word and digit, whatever they meant: `*` and `#` stay."""
    return _WORD.sub(lambda word: DOT if _is_digit(word[0]) and word[0] not in "*#" else word[0], text)


def _is_digit(word: str) -> bool:
    return not word.isalpha() or word.lower() in NUMBER_WORDS
