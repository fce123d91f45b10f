"""The digit collector: cells that voice and keys fill in any order, over as many turns as needed.

Speech arrives in pieces, because callers pause inside a number. Pieces that follow each other are read together, with
a pause between them, so that a correction reaches back and "một trăm linh" | "hai" is one numeral; a key ends what was
said before it.

A piece that cannot be read leaves the cells that are certain and makes the status `UNCLEAR`. Later digits have no known
place, so they are not taken (the gap would not be noticed) until the caller was told the digits so far: `resume`. Only
starting again ("đọc lại từ đầu", **, a whole number in one go) is taken before that.

A whole number that is given in one go replaces the digits before it. If it may also have been the rest of a longer
number, it is `doubtful`.

If there is a whole number when the caller is asked again, the caller called it wrong, or one digit of it is in
question: then a correction changes it, and other digits begin another number.
"""

from __future__ import annotations

from collections.abc import Sequence
from copy import copy
from enum import Enum

from vietnamese_numbers import pieces, question
from vietnamese_numbers.corrections import Outcome, Status, common_start, evaluate
from vietnamese_numbers.question import Asked
from vietnamese_numbers.row import Row, typed
from vietnamese_numbers.whole import Chosen, choose, repeats

_LETTER_KEYS = "ABCD"  # tones that a line can carry and that mean nothing here


class Collected(str, Enum):
    """How many of the cells are filled."""

    EMPTY = "empty"
    SHORT = "short"
    COMPLETE = "complete"  # an allowed length; a longer one is possible
    FULL = "full"  # the longest allowed length
    TOO_LONG = "too_long"  # also between two lengths: one digit too many is as likely as one too few
    UNCLEAR = "unclear"  # a piece was ambiguous, unfinished or no number


WHOLE = frozenset({Collected.COMPLETE, Collected.FULL})


class Collector:
    """Cells for one number of an allowed length (in digits). Pure: the result depends only on the inputs."""

    def __init__(self, lengths: tuple[int, ...], echo: str = "") -> None:
        """`echo`: the key that led to the question; pressed again, it is no digit. Raises ValueError without lengths,
        or with one under 1."""
        if not lengths or min(lengths) < 1:
            raise ValueError("a collector needs lengths of at least one digit")
        self.lengths = tuple(sorted(set(lengths)))
        self.ended = False
        self.in_question = False  # _base is a whole number, which may be corrected or given again
        self._echo = echo
        self._row = Row()
        self._guessed = False  # a whole number took the place of digits that may have belonged to it
        self._base = ""  # digits before the pieces in _text
        self._text = ""  # the newest pieces, read together
        self._unclear = False
        self._unfinished = False  # the text ends inside a numeral
        self._stars = 0  # in a row
        self._keys = ""  # digits that were keyed since the last prompt
        self._group = ""  # digits that were keyed since the last breath
        self._told = ""  # digits that the caller was told, and goes on from
        self._asked: Asked | None = None  # one digit of _base was asked for

    # the digits so far

    @property
    def digits(self) -> str:
        """The number so far."""
        return self._row.digits[self._chosen.start :]

    @property
    def row(self) -> str:
        """All digits so far, also those that are no part of the number."""
        return self._row.digits

    @property
    def spoken(self) -> bool:
        """Whether a digit of the number came by voice; those are read back."""
        return any(self._row.voiced[self._chosen.start :])

    @property
    def doubtful(self) -> bool:
        """Whether the caller may have meant other digits than these: then they are read back, even if all were
        keyed."""
        return self._guessed or self._chosen.doubtful

    @property
    def status(self) -> Collected:
        """The status of the number so far."""
        return Collected.UNCLEAR if self._unclear else self.reached

    @property
    def reached(self) -> Collected:
        """The status of what is certain: never `UNCLEAR`."""
        count = len(self.digits)
        if count == self.lengths[-1]:
            return Collected.FULL
        if count in self.lengths:
            return Collected.COMPLETE
        if count > self.lengths[0]:
            return Collected.TOO_LONG
        return Collected.SHORT if count else Collected.EMPTY

    @property
    def missing(self) -> int:
        """Digits to the next allowed length; 0 when one is reached or all are passed."""
        count = len(self.digits)
        return next((length - count for length in self.lengths if length >= count), 0)

    @property
    def repeats(self) -> bool:
        """Whether the last digits are equal to the first: the caller may be giving all of them again."""
        return repeats(self._row, self.lengths)

    @property
    def _chosen(self) -> Chosen:
        return choose(self._row, self.lengths, self._echo)

    # what comes

    def hear(self, text: str) -> None:
        """Takes one final piece of speech. If it has several readings, the only one that makes a whole number is
        taken."""
        ways = self.ways(text)
        if len(ways) > 1:
            whole = [each for each in ways if each.status in WHOLE]
            ways = whole if len(whole) == 1 else [self._at_a_loss(ways)]
        vars(self).update(vars(ways[0]))

    def ways(self, text: str) -> list[Collector]:
        """The collectors that are possible after a piece of speech: several if it has several readings."""
        new = copy(self)
        new._stars, new._group = 0, ""
        if new._echo:
            new._drop_extra()
            new._base = new.row
        new._take_whole(text)
        restarts = pieces.restarts(text)
        if new._stuck and not restarts:
            return [new]
        joined = f"{new._text}, {text}" if new._text else text
        outcome = new._read(joined)
        new._unclear = outcome.status is not Status.OK
        new._unfinished = outcome.status is Status.INCOMPLETE
        if outcome.status is Status.NONE:
            return [new]
        if restarts:
            new._clear()
        new.ended = outcome.ended or (new.ended and outcome.digits == new.row)
        if outcome.readings:
            return [new._reading(digits) for digits in outcome.readings]
        if outcome.status is Status.AMBIGUOUS:
            new._base, new._text, new.in_question = outcome.digits, "", False
        else:
            new._text = joined
        new._row = new._row.heard(outcome.digits)
        new._begin_again()
        return [new]

    @staticmethod
    def concerns(text: str) -> bool:
        """Whether a piece is meant for the collector, readable or not, rather than a wish in other words."""
        return pieces.concerns(text)

    @staticmethod
    def corrects(text: str) -> bool:
        """Whether a piece takes something back."""
        return pieces.corrects(text)

    def breath(self) -> None:
        """The caller was silent for about a second: the next keys are a group of their own."""
        self._group = ""

    def resume(self, echo: str = "") -> None:
        """The caller was told the digits so far and goes on from there: nothing is unclear, ended or half a numeral.
        `echo` as in the constructor."""
        self._drop_extra()
        self._close()
        self._keys = self._group = ""
        self._guessed = False
        self._echo = "" if self.row else echo
        self.in_question = self.status not in (Collected.EMPTY, Collected.SHORT)
        self._told = "" if self.in_question else self.digits

    def answered(self, key: str) -> None:
        """This key comes next. It may have been an answer ("no") before another number in place of the one that was
        read back: it is no digit if the keys after it are a whole number, and with it they are not."""
        if self.in_question:
            self._drop_extra()
            self._close()
            self._clear()
            self._echo = key

    def ask(self, cell: int, others: Sequence[str] = ()) -> None:
        """The caller was asked for one digit of a whole number, counted from 1; the others stay. `others`: further
        possible numbers, the likeliest first; the first that has the digit of the answer is taken."""
        self._drop_extra()
        self._close()
        self._keys = self._group = ""
        self.in_question = True
        self._told, self._asked = "", Asked(cell - 1, tuple(others))

    def preview(self, text: str) -> str:
        """The digits as they would be if this partial piece were final."""
        other = copy(self)
        other.hear(text)
        return other.digits

    def press(self, key: str) -> None:
        """Takes one key: a digit, '*' to delete the last digit, '**' to delete all, '#' to end; A to D mean nothing.

        Raises ValueError for anything else.
        """
        if len(key) != 1 or key not in "0123456789*#" + _LETTER_KEYS:
            raise ValueError("a key is one of 0 to 9, *, # and A to D")
        if key in _LETTER_KEYS:
            return
        self._stars = self._stars + 1 if key == "*" else 0
        if key == "#":
            self._end()
            return
        if self._stars > 1:
            self._keys = self._group = ""
            self._clear()
        else:
            self._keys, self._group = typed(self._keys, key), typed(self._group, key)
            if self._asked:
                self._answer_by_keys(self._asked.pressed(key))
                return
            if not (self._delete() if key == "*" else self._add(key)):
                return
        self._close()
        self._begin_again()

    # keys

    def _add(self, key: str) -> bool:
        """Takes a keyed digit; False if it is not taken. A whole number keyed in one go replaces the digits before it.
        If it may also have been the rest of a longer number, that is a guess, unless the caller was told how few digits
        are missing."""
        if self.in_question:
            self._clear()
        before = self.row if self._unclear else self.row[: len(self._row) - len(self._group) + 1]
        if len(self._group) in self.lengths and (before or self._unclear):
            rest = len(before + self._group) in self.lengths and before != self._told
            guessed = bool(before) and (self._unclear or rest)
            self._clear()
            self._row, self._guessed = Row.keyed(self._group), guessed
            return True
        if self._unclear:
            return False
        self._row = self._row.pressed(key, after_breath=len(self._group) == 1)
        return True

    def _delete(self) -> bool:
        """Takes the last digit back; False if its place is not known."""
        if self._unclear:
            return False
        if not self._echo:
            self._drop_extra()
        self._row = self._row.first(max(0, len(self._row) - 1))
        return True

    def _end(self) -> None:
        """If the keys alone are a whole number, that is the number: speech between them that would spoil it is
        dropped."""
        if self.status not in WHOLE and not self._asked and len(self._keys) in self.lengths:
            self._clear()
            self._row = Row.keyed(self._keys)
            self._close()
        self.ended = True

    def _answer_by_keys(self, asked: Asked) -> None:
        self._asked = asked
        self._row, clear = asked.keyed(self._base, self.lengths)
        self._text, self._unclear, self._unfinished = "", not clear, False

    # speech

    @property
    def _stuck(self) -> bool:
        """Whether it is unclear, and not only because the rest of a numeral is missing."""
        return self._unclear and not self._unfinished

    def _take_whole(self, text: str) -> None:
        """A whole number that is said in one go replaces all digits before it."""
        fresh = self.in_question and not self._text  # then it does so anyway
        if self._asked or fresh or not (self.row or self._unclear):
            return
        alone = evaluate(text)
        if alone.status is Status.OK and len(alone.digits) in self.lengths and not self.corrects(text):
            longer = self._stuck or len(self.row + alone.digits) in self.lengths
            guessed = bool(self.row) and longer and self.digits != alone.digits
            self._clear()
            self._base, self._text, self._guessed = "", "", guessed
            self._unclear = self._unfinished = self.in_question = False

    def _read(self, text: str) -> Outcome:
        """The result of a text after the digits of the base."""
        if self.in_question:
            return question.said(text, self._base, self.lengths, self._asked)
        return evaluate(text, self._base)

    def _reading(self, digits: str) -> Collector:
        """A collector for one of several readings, to go on from there."""
        new = copy(self)
        new._base, new._text, new.in_question, new._asked = digits, "", False, None
        new._unclear = new._unfinished = False
        new._row = new._row.heard(digits)
        new._begin_again()
        return new

    def _at_a_loss(self, ways: list[Collector]) -> Collector:
        """A collector for several readings without a way to choose: the digits that they begin with are certain."""
        new = ways[0]
        new._row = new._row.heard(common_start(each.row for each in ways))
        new._base, new._unclear = new.row, True
        return new

    # both

    def _close(self) -> None:
        """Ends the text so far: what comes next is read by itself."""
        self._base, self._text = self.row, ""
        self._unclear = self._unfinished = self.ended = False
        self.in_question = False
        self._asked = None

    def _begin_again(self) -> None:
        """A whole number where only the rest was asked for begins the number again."""
        told = len(self._told)
        new = len(self._row) - told
        if self._told and new in self.lengths and len(self._row) > self.lengths[-1] and not self._unclear:
            self._row = self._row.since(told)
            self._base, self._told = self._base[told:], ""

    def _drop_extra(self) -> None:
        """Drops digits that are no part of the number."""
        start, doubtful = self._chosen
        self._row = self._row.since(start)
        self._guessed = self._guessed or doubtful
        self._echo = ""

    def _clear(self) -> None:
        self._row = Row()
        self._told = self._echo = ""
        self._guessed = False
