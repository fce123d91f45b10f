"""How sure a piece of speech is, as an answer or a wish. Pure.

What confirms is held to a strict bar, for a false yes costs the caller the call; what denies or wishes for something to
an easier one, for it only asks again or hands on.
"""

# ruff: noqa: SIM905 - lists of words are easiest to read and change as sentences
from __future__ import annotations

from collections.abc import Callable

from bot.events import UNKNOWN, FinalResult
from bot.hearing.calibration import Answers
from rasa_components.negation import holds_negation

CONFIRMS = frozenset(
    "đúng phải chính xác chuẩn khớp trúng vâng dạ ừ ok được rồi đồng nhất trí nhận có một y hợp lệ".split()
)
"""Words of which every yes in the graph has one (a test compares the two)."""


def words_of(text: str) -> str:
    """What was said in words of the grammar."""
    return " ".join(word for word in text.split() if word != UNKNOWN)


def confirms(text: str) -> bool:
    """Whether it is a yes, in whatever words."""
    return not CONFIRMS.isdisjoint(text.split()) and not holds_negation(text)


def certain(piece: FinalResult, fit: Answers) -> bool:
    """Whether an answer at yes or no can be taken: a yes in whatever words, a no (whatever holds a negation is one), or
    a wish, which confirms nothing."""
    if holds_negation(piece.text):
        return alike(piece, holds_negation) >= fit.no
    if confirms(piece.text):
        return _confirmed(piece, fit)
    return wish_of(piece, fit) == words_of(piece.text) or alike(piece, holds_negation) >= fit.yes


def _confirmed(piece: FinalResult, fit: Answers) -> bool:
    """Whether a yes can be taken. One that is the likeliest of many by little is sure only with others that confirm;
    and beside "phải" there must be hardly a "chả phải": the first pass hears it in neither "phải" nor "dạ phải"."""
    heard = _alternatives(piece)
    if words_of(piece.text) == "phải":
        contrary = sum(share for text, share in heard if text.endswith(" phải") and holds_negation(text))
        if contrary >= fit.contrary:
            return False
    if heard[0][1] >= fit.likely:
        return alike(piece, holds_negation) >= fit.yes
    return sum(share for text, share in heard if confirms(text)) >= fit.yes


def alike(piece: FinalResult, meaning: Callable[[str], object]) -> float:
    """The probability of all alternatives that mean the same as the first."""
    first = meaning(piece.text)
    return sum(share for text, share in _alternatives(piece) if meaning(text) == first)


def wish_of(piece: FinalResult, fit: Answers) -> str:
    """The longest, and of equally long ones the likeliest, of the alternatives that are likely enough where all that
    hold its words count, in their order, with others between them: of "nhân viên" and "gặp nhân viên" the first is sure
    though neither is likely. Empty where none is. What denies does not count for what does not.
    """
    heard = [(words_of(text).split(), holds_negation(text), share) for text, share in _alternatives(piece)]
    found: tuple[int, float, str] = (0, 0.0, "")
    for words, negated, _ in heard:
        likely = sum(share for other, denies, share in heard if denies == negated and _in_order(words, other))
        if words and likely >= fit.wish ** len(words) and (len(words), likely) > found[:2]:
            found = len(words), likely, " ".join(words)
    return found[2]


def _alternatives(piece: FinalResult) -> list[tuple[str, float]]:
    """What may have been said, and how likely each is; the likeliest first."""
    return list(zip(piece.texts, piece.probabilities or (piece.confidence,), strict=False))


def _in_order(fewer: list[str], words: list[str]) -> bool:
    """Whether `fewer` are among the words, in their order."""
    rest = iter(words)
    return all(word in rest for word in fewer)
