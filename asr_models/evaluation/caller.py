"""A person who calls, knows a number and answers what the bot says: pure, move by move.

He takes the bot's words from its replies, not from its sound; all that he says goes through the sound. He speaks as
long as he can, and turns to the keypad where the bot offers it after something went wrong.
"""

from __future__ import annotations

from dataclasses import dataclass, field

from bot.events import Expect, Grammar
from vietnamese_numbers import read

_KEYPAD, _REST = "bấm", "tiếp"


@dataclass(frozen=True)
class Dictates:
    """One or more digits, spoken."""

    digits: str = field(repr=False)


@dataclass(frozen=True)
class Presses:
    """One or more keys."""

    keys: str = field(repr=False)


@dataclass(frozen=True)
class Answers:
    """A spoken yes or no."""

    agrees: bool


Move = Dictates | Presses | Answers


@dataclass
class Caller:
    """The caller of one call. `given`: how often he gave his whole number; `asked`: questions that wanted one digit or
    the rest of it; `repeated`: questions of yes or no put a second time; `keyed`: he turned to the keypad."""

    number: str = field(repr=False)
    given: int = 0
    asked: int = 0
    repeated: int = 0
    keyed: bool = False
    _agrees: bool = False

    def answer(self, words: str, digits: str, expect: Expect) -> Move | None:
        """What he does when the bot has said these words, and perhaps digits of a number, and expects this of him;
        None where he only listens."""
        if expect.kind is Grammar.MENU:
            return Presses("8")
        if expect.kind is Grammar.YESNO:
            return self._confirm(words, digits)
        if expect.kind is Grammar.NUMBER:
            return self._give(words, digits, expect.cell)
        return None

    def _confirm(self, words: str, digits: str) -> Move:
        if digits:
            self._agrees = digits == self.number
        else:
            self.repeated += 1
        if _KEYPAD in words:
            return Presses("1" if self._agrees else "2")
        return Answers(self._agrees)

    def _give(self, words: str, after: str, cell: int | None) -> Move:
        part, end = self.number, "#"
        if cell and cell <= len(self.number):
            part, end = self.number[cell - 1], ""
        elif _REST in words:
            part = self._rest(words, after)
        if part == self.number:
            self.given += 1
        else:
            self.asked += 1
        if end and _KEYPAD in words and (self.given > 1 or self.asked):
            self.keyed = True
            return Presses(part + end)
        return Dictates(part)

    def _rest(self, words: str, after: str) -> str:
        """What follows the digits he was told; the last ones, as many as are missing, where he was told none; all of
        it where they are not his."""
        if after:
            before, _, rest = self.number.rpartition(after)
            return rest if before or rest else self.number
        missing = read(words.partition("thiếu")[2].partition("số")[0]).digits or ""
        return self.number[-int(missing) :] if missing else self.number
