"""The digit collector: cells that voice and keys fill in any order, over as many turns as it takes.

Speech arrives in pieces, because callers pause inside a number. Pieces that follow each other are read together, with
a pause between them, so that a correction reaches back and "một trăm linh" | "hai" is one numeral; a key closes what
was said before it.

A piece that cannot be read leaves the cells that are certain and makes the status `UNCLEAR`. What follows it has no
known place, so it is not taken (else digits would close ranks over the gap) until the caller was told what stands:
`resume`. Only starting again ("đọc lại từ đầu", **) needs no telling.

A whole number that still stands when the caller is asked again was called wrong, or may be wrong in one digit: then a
correction changes it, and other digits begin another number.
"""

from copy import copy
from enum import Enum
from itertools import takewhile

from bot.numbers.corrections import Outcome, Status, evaluate
from bot.numbers.words import Kind, tokenize

_POLITE = frozenset({Kind.PAUSE, Kind.FILLER, Kind.IS})
_CORRECTING = frozenset({Kind.WRONG, Kind.NOT, Kind.RATHER, Kind.EDIT, Kind.NTH, Kind.DROP, Kind.RESTART})
_LETTER_KEYS = "ABCD"  # tones that a line can carry and that mean nothing here


class Collected(str, Enum):
    """How far the cells are."""

    EMPTY = "empty"
    SHORT = "short"
    COMPLETE = "complete"  # an allowed length; a longer one is possible
    FULL = "full"  # the longest allowed length
    TOO_LONG = "too_long"  # also between two lengths when spoken: one too many is as likely as one too few
    UNCLEAR = "unclear"  # a piece was ambiguous, unfinished or no number


WHOLE = frozenset({Collected.COMPLETE, Collected.FULL})


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
        self._keys = ""  # digits that were keyed since the last prompt
        self._told = ""  # digits that the caller was told stand, and is to go on from
        self.in_question = False  # _base is a whole number, to be corrected or given anew
        self._cell: int | None = None  # of _base, the one that was asked for alone
        self._answer = ""  # the keys that answered it

    @property
    def spoken(self) -> bool:
        """Whether a standing digit came by voice; those are read back."""
        return any(self._voiced)

    @property
    def status(self) -> Collected:
        """How far the number is, as it stands."""
        return Collected.UNCLEAR if self._unclear else self.reached

    @property
    def reached(self) -> Collected:
        """The status of what is certain: never `UNCLEAR`."""
        count = len(self.digits)
        if count == self.lengths[-1]:
            return Collected.FULL
        if count in self.lengths:
            return Collected.COMPLETE
        if count > self.lengths[-1] or (self.spoken and count > self.lengths[0]):
            return Collected.TOO_LONG
        return Collected.SHORT if count else Collected.EMPTY

    @property
    def missing(self) -> int:
        """Digits to the next allowed length; 0 when one is reached or all are passed."""
        count = len(self.digits)
        return next((length - count for length in self.lengths if length >= count), 0)

    @property
    def repeats(self) -> bool:
        """What came after the digits that stand is how these begin: the caller may be giving all of it again."""
        more = self.digits[len(self._told) :]
        return len(more) > 1 and self._told.startswith(more) and self.digits.startswith(self._told)

    def hear(self, text: str) -> None:
        """Takes one final piece of speech."""
        self._stars = 0
        restarts = Kind.RESTART in _kinds(text)
        if self._stuck and not restarts:
            return
        joined = f"{self._text}, {text}" if self._text else text
        outcome = self._read(joined)
        self._unclear = outcome.status is not Status.OK
        self._unfinished = outcome.status is Status.INCOMPLETE
        if outcome.status is Status.NONE:
            return
        if restarts:
            self._clear()
        self.ended = outcome.ended or (self.ended and outcome.digits == self.digits)
        if outcome.status is Status.AMBIGUOUS:
            self._base, self._text, self.in_question = outcome.digits, "", False
        else:
            self._text = joined
        self._stand(outcome.digits)
        self._begin_again()

    @staticmethod
    def concerns(text: str) -> bool:
        """Whether a piece is meant for the collector, readable or not, rather than a wish in other words."""
        kinds = _kinds(text)
        known = len(kinds) - kinds.count(Kind.UNKNOWN)
        return known > 1 or known == len(kinds) > 0

    @staticmethod
    def corrects(text: str) -> bool:
        """Whether a piece takes something back."""
        return not _CORRECTING.isdisjoint(_kinds(text))

    def resume(self) -> None:
        """The caller was told what stands and goes on from there: nothing is unclear, ended or half a numeral."""
        self._close()
        self._keys = ""
        self.in_question = self.status not in (Collected.EMPTY, Collected.SHORT)
        self._told = "" if self.in_question else self.digits

    def ask(self, cell: int) -> None:
        """The caller was asked for one digit of a whole number, counted from 1; the others stand."""
        self._close()
        self._keys = ""
        self.in_question = True
        self._told, self._cell = "", cell - 1

    def preview(self, text: str) -> str:
        """The digits as they would stand if this partial piece were final."""
        other = copy(self)
        other.hear(text)
        return other.digits

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
            self._end()
            return
        self._keys = "" if self._stars > 1 else self._keys[:-1] if key == "*" else self._keys + key
        if self._stars > 1:
            self._clear()
        elif self._cell is not None:
            self._answer = self._answer[:-1] if key == "*" else self._answer + key
            self._answer_by_keys(self._cell)
            return
        elif self._unclear:
            return
        elif key == "*":
            self._keep(self.digits[:-1])
        else:
            if self.in_question:
                self._clear()
            self.digits, self._voiced = self.digits + key, (*self._voiced, False)
        self._close()
        self._begin_again()

    def _end(self) -> None:
        """Who keyed a whole number gave it by keys alone: what was heard between them and spoils it was none of it."""
        if self.status not in WHOLE and self._cell is None and len(self._keys) in self.lengths:
            self.digits, self._voiced = self._keys, (False,) * len(self._keys)
            self._close()
        self.ended = True

    @property
    def _stuck(self) -> bool:
        """Unclear, and not just for want of the rest of a numeral."""
        return self._unclear and not self._unfinished

    def _read(self, text: str) -> Outcome:
        """What a text makes of the base."""
        amended = evaluate(text, self._base)
        kinds = _kinds(text)
        if not self.in_question or not kinds or kinds[0] in _CORRECTING or kinds[0] is Kind.END:
            return amended
        if Kind.RATHER in kinds[1:3]:
            return evaluate(f"nhầm {text}", self._base)  # "bảy chứ không phải tám": the 8 that stands
        another = evaluate(text)
        if self._cell is None or len(another.digits) in self.lengths:
            return another
        if another.status is Status.OK and len(set(another.digits)) == 1 and len(another.digits) < self.lengths[0]:
            return Outcome(Status.OK, self._with(another.digits[0]), another.ended)  # "tám", or "tám, tám"
        return Outcome(Status.INCOMPLETE, self._base, another.ended)

    def _with(self, digit: str) -> str:
        """The base with this digit in the cell that was asked for."""
        cell = self._cell or 0
        return self._base[:cell] + digit + self._base[cell + 1 :]

    def _answer_by_keys(self, cell: int) -> None:
        """One key is the digit that was asked for, a whole number another number, and anything between unclear."""
        keyed = len(self._answer)
        self._text, self._unclear, self._unfinished = "", keyed > 1 and keyed not in self.lengths, False
        self.digits, self._voiced = self._base, (True,) * len(self._base)
        if keyed == 1:
            self.digits = self._with(self._answer)
            self._voiced = (*self._voiced[:cell], False, *self._voiced[cell + 1 :])
        elif keyed in self.lengths:
            self.digits, self._voiced = self._answer, (False,) * keyed

    def _close(self) -> None:
        """What was said before is settled; what comes is read by itself."""
        self._base, self._text = self.digits, ""
        self._unclear = self._unfinished = self.ended = False
        self.in_question = False
        self._cell, self._answer = None, ""

    def _begin_again(self) -> None:
        """Whoever gives a whole number where only the rest was asked for has begun again."""
        told = len(self._told)
        new = len(self.digits) - told
        if self._told and new in self.lengths and len(self.digits) > self.lengths[-1] and not self._unclear:
            self.digits, self._voiced = self.digits[told:], self._voiced[told:]
            self._base, self._told = self._base[told:], ""

    def _clear(self) -> None:
        self._keep("")
        self._told = ""

    def _keep(self, digits: str) -> None:
        """Only these first digits are left."""
        self.digits, self._voiced = digits, self._voiced[: len(digits)]

    def _stand(self, digits: str) -> None:
        """These digits stand now; what is new among them came by voice."""
        if len(digits) == len(self.digits):
            same = [new == old for new, old in zip(digits, self.digits, strict=True)]
        else:
            pairs = zip(digits, self.digits, strict=False)
            kept = sum(1 for _ in takewhile(lambda pair: pair[0] == pair[1], pairs))
            same = [cell < kept for cell in range(len(digits))]
        self._voiced = tuple(self._voiced[cell] if stays else True for cell, stays in enumerate(same))
        self.digits = digits


def _kinds(text: str) -> list[Kind]:
    return [token.kind for token in tokenize(text) if token.kind not in _POLITE]
