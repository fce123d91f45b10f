"""Spoken Vietnamese to digits: `read` for a text that is one number or code, `find` for numbers inside a sentence.

A result is digits as text, so leading zeros live. A text with two readings that differ in digits is never guessed: it
has a status and no digits. The rules are where they are applied: words in `words`, numerals and what makes them
ambiguous in `grammar`, corrections in `corrections`.
"""

from dataclasses import dataclass

from bot.numbers.corrections import Status, evaluate, evaluate_tokens
from bot.numbers.words import Kind, Token, tokenize

__all__ = ["Found", "Reading", "Status", "find", "read"]


@dataclass(frozen=True)
class Reading:
    """A text and its digits; `digits` is None unless `status` is `ok`."""

    text: str
    digits: str | None
    status: Status


@dataclass(frozen=True)
class Found:
    """A number in a sentence: the characters `start` to `end` of the text, and the digits they say."""

    start: int
    end: int
    digits: str


def read(text: str) -> Reading:
    """The whole text as one number or code. Never raises, whatever the text."""
    outcome = evaluate(text)
    if outcome.status is Status.OK and outcome.digits:
        return Reading(text, outcome.digits, Status.OK)
    return Reading(text, None, Status.NONE if outcome.status is Status.OK else outcome.status)


_NUMBER = frozenset(
    {
        *(Kind.DIGIT, Kind.WRITTEN, Kind.UNIT, Kind.TEN, Kind.TENS, Kind.CHUC, Kind.TWENTY, Kind.LINH),
        *(Kind.HUNDRED, Kind.SCALE, Kind.TIMES, Kind.NUMBER, Kind.PLUS, Kind.UNSURE),
    }
)
_BRIDGES = frozenset(
    {Kind.PAUSE, Kind.WRONG, Kind.NOT, Kind.RATHER, Kind.INTO, Kind.IS}
)  # inside a number, not at its ends
_NEVER_FIRST = frozenset({Kind.TIMES, Kind.NUMBER})  # "con", "số"
_ALSO_WORDS = frozenset("015")  # một, không, năm: "one", "no", "year"


def find(text: str, min_digits: int = 2) -> list[Found]:
    """The numbers of at least `min_digits` digits inside a sentence, spoken or written, in order.

    A number with two readings is left out, and no part of it is returned. Short runs that are more likely words than
    digits are left out too: "không", "một", "năm" by themselves, "ba năm" (three years), "hai con không".
    """
    found = []
    for run in _runs(tokenize(text)):
        outcome = evaluate_tokens(run)
        if outcome.status is Status.OK and len(outcome.digits) >= min_digits and not _words(run):
            found.append(Found(run[0].start, run[-1].end, outcome.digits))
    return found


def _runs(tokens: list[Token]) -> list[list[Token]]:
    """The longest stretches of number words, from their first to their last."""
    runs: list[list[Token]] = []
    bridge: list[Token] = []
    open_run = False
    for token in tokens:
        if token.kind in _NUMBER:
            if open_run and not _parts(runs[-1][-1], token):
                runs[-1] += [*bridge, token]
            elif token.kind not in _NEVER_FIRST:
                runs.append([token])
                open_run = True
            bridge = []
        elif token.kind in _BRIDGES:
            bridge.append(token)
        else:
            open_run, bridge = False, []
    return runs


def _parts(last: Token, token: Token) -> bool:
    """Whether a number ends between two tokens: "năm 2023" is a year, "0912345678 không" a question."""
    return (last.kind is Kind.DIGIT and last.value == "5" and token.kind is Kind.WRITTEN) or (
        last.kind is Kind.WRITTEN and token.kind is Kind.DIGIT and token.value == "0"
    )


def _words(run: list[Token]) -> bool:
    """Whether a run is more likely words than digits."""
    said = [token for token in run if token.kind in _NUMBER]
    if any(token.kind is Kind.WRITTEN for token in said):
        return False
    if len(said) <= 2 and all(token.kind is Kind.DIGIT and token.value in _ALSO_WORDS for token in said):
        return True
    years = said[-1].kind is Kind.DIGIT and said[-1].value == "5" and len(said) <= 3
    return years or (len(said) == 3 and said[1].kind in _NEVER_FIRST)
