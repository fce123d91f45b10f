"""The digit collector: cells that voice and keys fill in any order.

Speech arrives in pieces, because callers pause inside a number. Pieces that follow each other are read together, with
a pause between them, so that a correction reaches back and "một trăm linh" | "hai" is one numeral; a key closes what
was said before it.

A piece that cannot be read leaves the cells that are certain and makes the status `UNCLEAR`. What follows it has no
known place, so it is not taken (else digits would close ranks over the gap) until the caller was told what stands:
`resume`. Only starting again ("đọc lại từ đầu", **) needs no telling.
"""

from collections.abc import Sequence
from copy import copy
from enum import Enum
from itertools import takewhile

from bot.numbers.corrections import Outcome, Status, evaluate
from bot.numbers.words import Kind, tokenize

_POLITE = frozenset({Kind.PAUSE, Kind.FILLER, Kind.IS})
_LETTER_KEYS = "ABCD"  # tones that a line can carry and that mean nothing here


class Collected(str, Enum):
    """How far the cells are."""

    EMPTY = "empty"
    SHORT = "short"
    COMPLETE = "complete"  # an allowed length; a longer one is possible
    FULL = "full"  # the longest allowed length
    TOO_LONG = "too_long"
    UNCLEAR = "unclear"  # a piece was ambiguous, unfinished or no number


class Collector:
    """Cells for one number of an allowed length (in digits). Pure: the result depends on the inputs alone."""

    def __init__(self, lengths: tuple[int, ...]) -> None:
        """Raises ValueError without lengths, or with one under 1."""
        if not lengths or min(lengths) < 1:
            raise ValueError("a collector needs lengths of at least one digit")
        self.lengths = tuple(sorted(set(lengths)))
        self.digits = ""
        self.ended = False
        self._voiced: tuple[bool, ...] = ()  # for each cell, whether it came by voice
        self._base = ""  # digits before the pieces in _text
        self._text = ""  # the newest pieces, read together
        self._unclear = False
        self._unfinished = False  # the text ends inside a numeral
        self._stars = 0  # in a row

    @property
    def spoken(self) -> bool:
        """Whether a standing digit came by voice; those are read back."""
        return any(self._voiced)

    @property
    def status(self) -> Collected:
        count = len(self.digits)
        if self._unclear:
            return Collected.UNCLEAR
        if count > self.lengths[-1]:
            return Collected.TOO_LONG
        if count == self.lengths[-1]:
            return Collected.FULL
        if count in self.lengths:
            return Collected.COMPLETE
        return Collected.SHORT if count else Collected.EMPTY

    @property
    def missing(self) -> int:
        """Digits to the next allowed length; 0 when one is reached or all are passed."""
        count = len(self.digits)
        return next((length - count for length in self.lengths if length >= count), 0)

    def hear(self, text: str) -> None:
        """Takes one final piece of speech."""
        self._stars = 0
        if self._stuck and all(token.kind is not Kind.RESTART for token in tokenize(text)):
            return
        joined = f"{self._text}, {text}" if self._text else text
        outcome = evaluate(joined, self._base)
        self._unclear = outcome.status is not Status.OK
        self._unfinished = outcome.status is Status.INCOMPLETE
        if outcome.status is Status.NONE:
            return
        self.ended = outcome.ended or (self.ended and outcome.digits == self.digits)
        if outcome.status is Status.AMBIGUOUS:
            self._base, self._text = outcome.digits, ""
        else:
            self._text = joined
        self._stand(outcome)

    @staticmethod
    def concerns(text: str) -> bool:
        """Whether a piece is meant for the collector, readable or not, rather than a wish in other words."""
        kinds = [token.kind for token in tokenize(text) if token.kind not in _POLITE]
        known = len(kinds) - kinds.count(Kind.UNKNOWN)
        return known > 1 or known == len(kinds) > 0

    def resume(self) -> None:
        """The caller was told what stands and goes on from there: nothing is unclear, ended or half a numeral."""
        self._base, self._text = self.digits, ""
        self._unclear = self._unfinished = self.ended = False

    def preview(self, text: str) -> str:
        """The digits as they would stand if this partial piece were final."""
        return self._after(text).digits

    def press(self, key: str) -> None:
        """Takes one key: a digit, '*' to delete the last digit, '**' to delete all, '#' to end; A to D mean nothing.

        Raises ValueError for what is no key.
        """
        if len(key) != 1 or key not in "0123456789*#" + _LETTER_KEYS:
            raise ValueError("a key is one of 0 to 9, *, # and A to D")
        if key in _LETTER_KEYS:
            return
        self._stars = self._stars + 1 if key == "*" else 0
        if key == "#":
            self.ended = True
            return
        if self._stars > 1:
            self.digits, self._voiced = "", ()
        elif self._unclear:
            return
        elif key == "*":
            self.digits, self._voiced = self.digits[:-1], self._voiced[:-1]
        else:
            self.digits, self._voiced = self.digits + key, (*self._voiced, False)
        self.resume()

    def choose(self, alternatives: Sequence[str]) -> str:
        """Of a recogniser's alternatives for the newest piece (best first), the one to hear.

        That is the first that leads to an allowed length, else the first that reads at all, else the first; an empty
        string for no alternatives.
        """
        statuses = {text: self._after(text).status for text in alternatives}
        fits = [text for text, status in statuses.items() if status in (Collected.COMPLETE, Collected.FULL)]
        reads = [text for text, status in statuses.items() if status not in (Collected.UNCLEAR, Collected.EMPTY)]
        return next(iter([*fits, *reads, *alternatives]), "")

    @property
    def _stuck(self) -> bool:
        """Unclear, and not just for want of the rest of a numeral."""
        return self._unclear and not self._unfinished

    def _after(self, text: str) -> "Collector":
        other = copy(self)
        other.hear(text)
        return other

    def _stand(self, outcome: Outcome) -> None:
        pairs = zip(self.digits, outcome.digits, strict=False)
        kept = sum(1 for _ in takewhile(lambda pair: pair[0] == pair[1], pairs))
        self._voiced = self._voiced[:kept] + (True,) * (len(outcome.digits) - kept)
        self.digits = outcome.digits
