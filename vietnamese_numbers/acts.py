"""The digits so far ("standing"), and the acts of the caller that change them. `corrections.py` states the rules.

Some acts can be meant in several ways: "à nhầm năm sáu" corrects one digit and goes on, or corrects two. `Cells` runs a
text for one choice of these ways; if a choice is missing, it raises `OpenError` with the number of ways.
"""

import re
from collections.abc import Sequence

from vietnamese_numbers.grammar import AmbiguousError, BrokenError, Chunk, IncompleteError, ReadingError, numerals
from vietnamese_numbers.vocabulary import Kind

_MOST_ACTS = 64  # more than anybody makes in one number; keeps the work linear in the text
_CELLS = Kind.NTH.value
_LETTERS = f"WNRedif$+S{_CELLS}"
_CORRECT = frozenset(f"WNed{_CELLS}")  # they may follow "à nhầm", or a "no"
_SILENT = frozenset(",=")
_STRETCH = re.compile(f"[^{_LETTERS}]*")
_BEFORE_COUNT = {  # stops before "hai số cuối phải là …"; after a whole number, also before "hai số cuối là …"
    whole: re.compile(rf"(?:(?!(?<=[0-9,])[2-6][⓪①],?{into})[^{_LETTERS}])*")
    for whole, into in ((False, "i"), (True, "[=i]"))
}
_OLD = re.compile(f"[^={_LETTERS}]*")  # up to the "là" that introduces the new digits
_NOT_DONE = re.compile("0[ed]")  # "không sửa", "không xóa"
_LATE_UNIT = re.compile(f"[ADE](?=[,={_LETTERS}]|$)")
_UNITS = {"A": "1", "D": "4", "E": "5"}
_SEVERAL = re.compile("([2-6])([⓪①])[,]?([=i])")  # "hai số cuối phải là …"
_RATHER_NOT = re.compile("[,=]?(?:R|N(?=[,=]?[0-9](?![=i0-9ADElmctnryxws])))")
_VALUE_RATHER = re.compile("[0-9],?R")  # "số cuối chín chứ không phải tám"
_A_ZERO = Chunk("0", fresh=True, single=1)

ACT = re.compile(f"[{_LETTERS}]")
"""A letter that changes the standing digits."""


class OpenError(Exception):
    """An act can be meant in several ways, and no choice was made."""

    def __init__(self, ways: int) -> None:
        super().__init__()
        self.ways = ways


class Cells:
    """The standing digits, and the acts that change them, one after the other.

    `whole`: the standing digits are a whole number, so "số cuối là chín" corrects its last digit and adds none.
    `choices`: for each act that can be meant in several ways, the way to follow.
    """

    def __init__(self, letters: str, standing: str, whole: bool = False, choices: tuple[int, ...] = ()) -> None:
        self.letters = letters
        self.whole = whole
        self._choices = list(reversed(choices))
        self.at = 0
        self.standing = standing
        self.seams = "1" * len(standing)  # for each digit, whether what was said can be cut before it
        self.numeral = 0  # digits of the last numeral, if it was not said digit by digit
        self.ended = False
        self._slipped = False  # "à quên, số cuối chín": the cell is named directly after the slip

    def run(self) -> None:
        if len(ACT.findall(self.letters)) > _MOST_ACTS or _NOT_DONE.search(self.letters):
            raise AmbiguousError
        while self.at < len(self.letters):
            letter = self.letters[self.at]
            several = _SEVERAL.match(self.letters, self.at) if letter.isdecimal() else None
            if several and (self.whole or several[3] == "i"):
                if not self._set_several(several):
                    self._append(_STRETCH)
                continue
            if letter not in _LETTERS:
                self._append(_BEFORE_COUNT[self.whole])
                continue
            self.at += 1
            if letter == "W":
                self._replace_tail()
            elif letter == "N":
                self._substitute(direct=self.at > 1 and self.letters[self.at - 2] not in _SILENT)
            elif letter == "R":
                self._rather()
            elif letter == "e":
                self._edit()
            elif letter in _CELLS:
                self._set(_CELLS.index(letter), edit=False)
            elif letter == "d":
                self._drop()
            elif letter == "+":
                self._country_code()
            elif letter == "$":
                self.ended = True
            elif letter in "if":
                raise BrokenError  # "thành" with nothing to change
            elif self.standing and self._choose(2):  # "một hai ba, xin lỗi, bốn"; at the beginning it is polite
                self._replace_tail()

    def _choose(self, ways: int) -> int:
        """Which of this many ways to follow, counted from 0."""
        if ways == 1:
            return 0
        if not self._choices:
            raise OpenError(ways)
        return self._choices.pop()

    # reading on

    def _next(self) -> str:
        """The next letter; silence is skipped. Empty at the end."""
        if self.letters[self.at : self.at + 1] in _SILENT:  # never two in a row
            self.at += 1
        return self.letters[self.at : self.at + 1]

    def _chunks(self, until: "re.Pattern[str]" = _STRETCH) -> list[Chunk]:
        """The numerals up to the next act."""
        stretch = until.match(self.letters, self.at)[0]  # type: ignore[index]  # it matches nothing, too
        self.at += len(stretch)
        return numerals(stretch)

    def _append(self, until: "re.Pattern[str]" = _STRETCH) -> None:
        try:
            chunks = self._chunks(until)
        except ReadingError as refusal:
            self._add(refusal.chunks)
            raise
        self._add(chunks)
        self.ended = self.ended and not chunks
        if chunks[-1:] == [_A_ZERO] and len(self.standing) > 1 and self._next() in _CORRECT:
            raise AmbiguousError  # "một hai, không, à nhầm ba": a zero, or a "no"

    def _add(self, chunks: Sequence[Chunk]) -> None:
        if chunks:
            self.standing += _join(chunks)
            self.seams += "".join(map(_seams, chunks))
            self.numeral = _numeral(chunks[-1])

    def _breath(self) -> tuple[list[Chunk], list[Chunk]]:
        """The numerals that follow an act in its own breath, and those after the first pause."""
        self._next()
        chunks = self._chunks()
        if not chunks:
            raise IncompleteError
        size = 1
        while size < len(chunks) and not chunks[size].fresh:
            size += 1
        return chunks[:size], chunks[size:]

    def _old(self) -> str:
        """The digits that an act takes back, up to the word that introduces the new ones."""
        if self._next() == "f":
            self.at += 1
        old = _join(self._chunks(_OLD))
        if self.at >= len(self.letters):
            raise IncompleteError
        if not old or self.letters[self.at] not in "=i":
            raise BrokenError
        self.at += 1
        return old

    # the acts

    def _replace_tail(self) -> None:
        if (following := self._next()) in _CORRECT:
            self._slipped = following in _CELLS
            return  # "à nhầm, số thứ hai là ba": what follows says it all
        if self.numeral and self.seams[-1] == "1" and _LATE_UNIT.match(self.letters, self.at):  # "à nhầm tư"
            unit = _UNITS[self.letters[self.at]]
            self.letters = self.letters[: self.at] + unit + self.letters[self.at + 1 :]
        if self._next() == "i":  # "à nhầm, phải là bốn"
            self.at += 1
        new, rest = self._breath()
        if self._next() == "R" and not rest:
            self.at += 1
            old, rest = self._breath()
            self._swap(_join(old), _join(new), direct=True)
        else:
            self._replace(new)
        self._add(rest)

    def _replace(self, new: list[Chunk]) -> None:
        """New digits replace as many at the end. Digits after a pause continue the number; in one breath the
        continuation may begin earlier, after any digit or numeral."""
        size = 0
        sizes: list[int] = []
        for chunk in new:
            step = _numeral(chunk) or 1
            sizes += range(size + step, size + len(chunk.digits) + 1, step)
            size += len(chunk.digits)
        if self.standing:
            cuts = [cut for size in sizes if (cut := len(self.standing) - size) >= 0 and self.seams[cut] == "1"]
            other = len(new) == 1 and 0 < _numeral(new[0]) != self.numeral > 0  # "23 à nhầm một trăm linh hai"
            if not cuts or other:
                raise AmbiguousError
            again = [cut for cut in cuts if _alike(self.standing[cut:], _join(new))]
            cut = again[0] if len(again) == 1 else cuts[self._choose(len(cuts))]
            self.standing, self.seams = self.standing[:cut], self.seams[:cut]
        self._add(new)

    def _cut(self, start: int, end: int) -> None:
        self.standing = self.standing[:start] + self.standing[end:]
        self.seams = self.seams[:start] + self.seams[end:]

    def _substitute(self, direct: bool, cell: bool = False) -> None:
        """Replace old digits by new ones; with `cell` a single old digit may also be the number of a cell."""
        old = self._old()
        new, rest = self._breath()
        if cell and len(old) == 1 and self.standing[int(old) - 1 : int(old)] not in ("", old):
            raise AmbiguousError
        self._swap(old, _join(new), direct)
        self._add(rest)

    def _swap(self, old: str, new: str, direct: bool) -> None:
        """Old digits become new ones: those at the end if the act came directly after them, otherwise the only ones."""
        if len(old) != len(new):
            raise AmbiguousError
        if direct and self.standing.endswith(old):
            self.standing = self.standing[: -len(old)] + new
        elif self.standing.find(old) == self.standing.rfind(old) >= 0:
            self.standing = self.standing.replace(old, new)
        else:
            raise AmbiguousError

    def _rather(self) -> None:
        chunks, rest = self._breath()
        old = _join(chunks)
        before, new = self.standing[: -len(old)], self.standing[-len(old) :]
        if len(new) < len(old):
            raise AmbiguousError
        if before.endswith(old):
            self._cut(len(before) - len(old), len(before))
        elif old in before:
            raise AmbiguousError
        self._add(rest)

    def _edit(self) -> None:
        letter = self._next()
        if letter and letter in _CELLS:
            self.at += 1
            self._set(_CELLS.index(letter), edit=True)
        else:
            self._substitute(direct=False, cell=letter == "s")

    def _set(self, nth: int, edit: bool) -> None:
        """A cell gets a new digit."""
        start = self.at
        counted = nth <= 1 and self.letters[start - 2 : start - 1] in frozenset("23456")  # "hai số đầu là chín"
        letter = self._next()
        index = nth - 1 if nth else len(self.standing) - 1
        slipped, self._slipped = self._slipped, False
        amends = edit or self.whole or slipped
        if letter and letter in "Nf":
            self.at += 1
            if self.standing[index : index + 1] != self._old():
                raise AmbiguousError
            amends = True
        elif letter == "i":
            self.at += 1
            amends = True
        elif not (slipped or "=" in self.letters[start : self.at] or _VALUE_RATHER.match(self.letters, self.at)):
            raise BrokenError if letter else IncompleteError
        chunks, rest = self._breath()
        new = _join(chunks)
        rather = None if rest else _RATHER_NOT.match(self.letters, self.at)
        if rather:
            self.at = rather.end()
            old, rest = self._breath()
            if self.standing[index : index + 1] != _join(old):
                raise AmbiguousError
            amends = True
        if len(new) != 1 or (counted and not amends) or not 0 <= index <= len(self.standing):
            raise AmbiguousError
        if nth == 0 and not amends and self._choose(2):  # "số cuối là chín" may also introduce one more digit
            index = len(self.standing)
        self.standing = self.standing[:index] + new + self.standing[index + 1 :]
        self.seams = self.seams[:index] + "1" + self.seams[index + 1 :]
        self._add(rest)

    def _set_several(self, match: "re.Match[str]") -> bool:
        """The first or last cells get as many new digits; False if another number of digits follows."""
        before, self.at = self.at, match.end()
        count = int(match[1])
        chunks, rest = self._breath()
        new = _join(chunks)
        if len(new) != count or count > len(self.standing):
            if match.start() and self.letters[match.start() - 1] in _SILENT:
                raise AmbiguousError  # "một hai ba, hai số cuối phải là chín"
            self.at = before
            return False
        first = 0 if match[2] == "①" else len(self.standing) - count
        self.standing = self.standing[:first] + new + self.standing[first + count :]
        self.seams = self.seams[:first] + "1" * count + self.seams[first + count :]
        self._add(rest)
        return True

    def _drop(self) -> None:
        count = 1
        if self._next().isdecimal():
            count = int(self.letters[self.at])
            self.at += 1
        letter = self._next()
        if letter not in _CELLS or not letter:
            raise BrokenError if letter else IncompleteError
        self.at += 1
        nth = _CELLS.index(letter)
        first = nth - 1 if nth else len(self.standing) - count
        if not 0 <= first < first + count <= len(self.standing) or (nth > 1 and count > 1):
            raise AmbiguousError
        self._cut(first, first + count)

    def _country_code(self) -> None:
        before = self.standing
        self._next()
        self._append()
        if before or not self.standing.startswith("84"):
            raise BrokenError


def _alike(old: str, new: str) -> bool:
    """Whether new digits begin with the old ones, all but one of four or more: the caller says them again."""
    same = sum(before == after for before, after in zip(old, new, strict=False))
    return same == len(old) - 1 >= 3


def _numeral(chunk: Chunk) -> int:
    """The number of digits of a numeral; 0 for digits that were said one by one."""
    return len(chunk.digits) if chunk.single < len(chunk.digits) else 0


def _seams(chunk: Chunk) -> str:
    """For each digit, whether the numeral can be cut before it: at its beginning, and before single digit words."""
    size = _numeral(chunk)
    return "1" + "0" * (size - chunk.single - 1) + "1" * chunk.single if size else "1" * chunk.single


def _join(chunks: Sequence[Chunk]) -> str:
    return "".join([chunk.digits for chunk in chunks])
