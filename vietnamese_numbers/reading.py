"""Spoken Vietnamese to digits: `read` for a text that is one number or code, `find` for numbers inside a sentence.

A result is digits as text, so leading zeros are kept. A text with two readings that differ in digits is never guessed:
it has a status and no digits, unless only one of the readings has as many digits as an insurance number. The rules are
where they are applied: words in `words`, numerals and their ambiguities in `grammar`, corrections in `corrections`.
"""

import re
from itertools import product
from typing import NamedTuple

from vietnamese_numbers import card
from vietnamese_numbers.corrections import Outcome, Status, evaluate, evaluate_letters
from vietnamese_numbers.vocabulary import Kind
from vietnamese_numbers.words import tokenize

_OK = Status.OK

__all__ = ["Found", "Reading", "Status", "find", "read"]


class Reading(NamedTuple):
    """A text and its digits; `digits` is None unless `status` is `ok`."""

    text: str
    digits: str | None
    status: Status


class Found(NamedTuple):
    """A number in a sentence: the characters `start` to `end` of the text, and their digits."""

    start: int
    end: int
    digits: str


LENGTHS = frozenset((10, 12))
"""Digits of an insurance number, and of the personal identity number that replaces it."""


def read(text: str) -> Reading:
    """The whole text as one number or code. Never raises, whatever the text."""
    outcome = evaluate(text)
    if outcome.status is Status.NONE and (rest := card.without_letters(text)) is not None:
        return Reading(text, *_of_card(evaluate(rest)))
    if outcome.status is _OK and len(outcome.digits) not in LENGTHS:
        outcome = _hesitating(text, outcome)
    status, digits = _settled(outcome) if outcome.readings else outcome[:2]
    if status is _OK:
        digits = _once(digits)
        return Reading(text, digits, status) if digits else Reading(text, None, Status.NONE)
    return Reading(text, None, status)


def _settled(outcome: Outcome) -> tuple[Status, str]:
    """Status and digits of an outcome; of several readings, those of the only one with the right length."""
    numbers = [digits for digits in outcome.readings if len(digits) in LENGTHS]
    return (_OK, numbers[0]) if len(numbers) == 1 else (outcome.status, outcome.digits)


def _of_card(outcome: Outcome) -> tuple[str | None, Status]:
    """The insurance number of a health insurance card, whose letters were found already."""
    if outcome.status is _OK and (number := card.number_of(outcome.digits)):
        return number, _OK
    begun = outcome.status is Status.INCOMPLETE or (outcome.status is _OK and card.begins(outcome.digits))
    return None, Status.INCOMPLETE if begun else Status.NONE


def _once(digits: str) -> str:
    """The digits; of a number that was said twice, only the first."""
    half = len(digits) // 2
    return digits[:half] if half in LENGTHS and digits[:half] == digits[half:] else digits


def _hesitating(text: str, plain: Outcome) -> Outcome:
    """An "à" between digits is normally a hesitation. But if the digits are a number only when the digit before the "à"
    is corrected, a correction was meant: "… bốn tám à năm sáu …"."""
    cuts = [match.end() for match in _HESITATION.finditer(text)][: _MOST_HESITATIONS + 1]
    if not cuts or len(cuts) > _MOST_HESITATIONS or len(plain.digits) <= min(LENGTHS):
        return plain
    readings: dict[str, None] = {}
    for slips in product((False, True), repeat=len(cuts)):
        corrected, begin = "", 0
        for cut, slip in zip(cuts, slips, strict=True):
            corrected, begin = corrected + text[begin:cut] + " nhầm " * slip, cut
        outcome = evaluate(corrected + text[begin:])
        found = outcome.readings or ((outcome.digits,) if outcome.status is _OK else ())
        readings |= dict.fromkeys(digits for digits in found if len(digits) in LENGTHS)
    return plain._replace(status=Status.AMBIGUOUS, readings=tuple(readings)) if readings else plain


_HESITATION = re.compile(r"(?<=\w)[\s,.…]+(?:à|a\u0300)(?=[\s,.…]+\w)", re.IGNORECASE)
_MOST_HESITATIONS = 3
"""More than this are not tried: each doubles the readings."""

_SAID = "".join(
    kind.value
    for kind in (
        *(Kind.DIGIT, Kind.WRITTEN, Kind.UNIT, Kind.TEN, Kind.TENS, Kind.CHUC, Kind.TWENTY, Kind.LINH),
        *(Kind.HUNDRED, Kind.SCALE, Kind.TIMES, Kind.NUMBER, Kind.PLUS, Kind.UNSURE, Kind.NO, Kind.OTHER),
    )
)
_BRIDGE = "[,WNRi=]*"  # inside a number, not at its ends
_RUN = re.compile(  # a token is one letter here; "năm 2023" is a year, "0912345678 không" a question
    rf"(?![xwsu])[{_SAID}]"
    rf"(?:(?:(?<=5){_BRIDGE}(?!<)|(?<=<){_BRIDGE}(?!0)|(?<![5<]){_BRIDGE})[{_SAID}]"
    rf"|{_BRIDGE}(?:e|d[2-9]?)?[{Kind.NTH.value}]|{_BRIDGE}e(?=s?[0-9<],?i))*"
)
_WHETHER = re.compile("Q[,~Ip=]*$")  # "có phải mã số là …"
_RATHER_WORDS = re.compile("[015]{1,2}|[^<]{0,2}5|[^<][xws][^<]")


def find(text: str, min_digits: int = 2) -> list[Found]:
    """The numbers of at least `min_digits` digits inside a sentence, spoken or written, in order.

    A number with two readings is left out, and no part of it is returned. Short runs that are more likely words than
    digits are left out too: "không", "một", "năm" by themselves, "ba năm" (three years), "hai con không".
    """
    tokens = tokenize(text)
    found: list[Found] = []
    behind = 0  # the run before
    letters = "".join(token.letters[0] for token in tokens)
    for match in _RUN.finditer(letters):
        start, end = match.span()
        if letters[end - 1] == "0" and letters[end : end + 1] == "!":  # "không nhớ": a "not"
            end -= 1
        run = tokens[start:end]
        sign = "s" if letters[max(start - 1, 0)] == "s" else ""  # "số năm là chín"
        whether = "Q" if _WHETHER.search(letters, behind, start) else ""
        behind = end
        status, digits = _settled(evaluate_letters(sign + whether + "".join(token.letters for token in run)))
        said = "".join(letter for letter in letters[start:end] if letter in _SAID)
        if status is _OK and len(digits) >= min_digits and not _RATHER_WORDS.fullmatch(said):
            begin, number = run[0].start, card.number_of(digits)
            letters_at = card.letters_before(text, begin) if number else None
            if number and letters_at is not None:
                begin, digits = letters_at, number
            found.append(Found(begin, run[-1].end, _once(digits)))
    return found
