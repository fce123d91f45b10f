"""What a number that is over means: whole, too short, too long, or in doubt. Pure."""

from __future__ import annotations

from itertools import groupby

from bot.events import Number, TooFew, TooMany, Uncertain, Utterance
from bot.hearing.second_pass import no_answer
from bot.masking import NUMBER_WORDS
from rasa_components.negation import holds_negation
from vietnamese_numbers import WHOLE, Collected, Collector, Hypotheses

NAMED_BY = 3
"""Digits that remind a caller where to go on, or which digit is meant."""

DENIALS = frozenset(("dạ", "à", "không", "phải", "đúng", "chưa", "sai", "rồi", "nhầm"))
"""Words before what is right: "sai rồi, số thứ năm là chín"."""


def number_of(cells: Collector) -> Number:
    """A number as it stands, to be read back where a digit was spoken or may have been another."""
    return Number(cells.digits, cells.spoken or cells.doubtful)


def meant_by(numbers: Hypotheses, stood: str, cell: int | None) -> Utterance | None:
    """What the caller of a settled number that is not whole, or not certain, is to be told; None where nothing of it is
    known. `stood`: its digits before this turn. `cell`: the one digit that was asked for."""
    best = numbers.best
    if best.status in WHOLE:
        at = numbers.uncertain or 1
        return Uncertain(at, best.digits[max(0, at - 1 - NAMED_BY) : at - 1] if at > 2 else "")
    if best.status is Collected.UNCLEAR:
        return _certain_part(best, stood, cell)
    if best.status is Collected.TOO_LONG:
        return TooMany(len(best.digits), keyed=not best.spoken)
    return _too_few(best, stood)


def _certain_part(best: Collector, stood: str, cell: int | None) -> Utterance | None:
    """Of a number with a piece that could not be read, what is certain stands."""
    if best.reached in WHOLE and (best.digits != stood or cell):
        return Number(best.digits, spoken=True)  # to be read back, whatever came after it
    if best.reached is Collected.TOO_LONG:
        return TooMany(len(best.digits))
    if best.reached is Collected.SHORT:
        return _too_few(best, stood, after=best.digits[-NAMED_BY:] if len(best.digits) > 1 else "")
    return None


def _too_few(best: Collector, stood: str, after: str = "") -> TooFew:
    return TooFew(best.missing, after, progress=len(best.digits) > len(stood))


def corrected(numbers: Hypotheses, text: str) -> bool:
    """A correction of the number that was read back, or another whole number, perhaps after a no."""
    words = text.split()
    if DENIALS.issuperset(words):
        return False  # "nhầm, không": its "không" is a no, too
    for start, word in enumerate(words):
        if numbers.correct(" ".join(words[start:])):
            return True
        if word not in DENIALS:
            break
    return False


def gives_digits(text: str) -> bool:
    """Whether a caller who was asked for a yes or no gives digits, and denies nothing beside them. A "không" among them
    is a digit: "không bốn một năm sáu"."""
    beside, found = [], False
    for digits, group in groupby(text.split(), NUMBER_WORDS.__contains__):
        words = list(group)
        found = found or (digits and no_answer(words))
        beside += words if not digits or words == ["không"] else []
    return found and not holds_negation(" ".join(beside))
