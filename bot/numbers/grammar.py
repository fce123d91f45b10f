"""The grammar of numerals: a stretch of tokens without acts of the caller becomes chunks of digits, or a refusal.

A spoken code is a row of numerals whose digits stand one after the other: "hai mươi ba bốn lăm" is 23 and 45. One pass
from left to right with one token of look-ahead finds them. Within one breath a numeral takes what completes it; where
what follows could complete it *or* start the next one with different digits, the stretch is ambiguous:

| heard | readings | |
|---|---|---|
| hai mươi ba bốn lăm | 23 45 | a unit straight after mươi belongs to it |
| năm trăm mười sáu trăm | 510 600 | sáu is the head of sáu trăm: nothing else makes sense |
| hai mươi, ba | 23 · 20 3 | across a pause both are said |
| hai mươi năm, mười năm, hai mươi một | 25 · 20 5, 21 · 20 1 | the unit would be lăm, mốt |
| hai mươi ba trăm, hai mươi bốn lăm | 20 300 · 23 hundred, 20 45 · 24 5 | |
| một trăm hai, một trăm hai ba, một trăm tư | 102 · 120 · 100 2 … | |
| một trăm, hai mươi | 120 · 100 20 | |
| hai nghìn ba, một triệu hai trăm | 2300 · 2003, 1200000 · 1000200 | the scale of the rest is not said |
| chín hai số không | 9 00 · 92 0 | a count needs a breath, or another repeat, before it |

After nghìn, triệu and tỷ a pause is only a pause, because long numbers are read with one there: "bảy triệu, tám trăm
nghìn" is 7800000.
"""

from collections.abc import Sequence
from typing import NamedTuple, NoReturn

from bot.numbers.words import Kind, Token


class ReadingError(Exception):
    """A stretch that is not read; `chunks` are the numerals before the one in doubt."""

    def __init__(self, chunks: "list[Chunk]") -> None:
        super().__init__()
        self.chunks = chunks


class AmbiguousError(ReadingError):
    """Two readings with different digits."""


class IncompleteError(ReadingError):
    """Something is still to come, or the beginning was lost."""


class BrokenError(ReadingError):
    """No reading."""


class Chunk(NamedTuple):
    """The digits of one numeral; `fresh` when a pause, or nothing, stood before it."""

    digits: str
    fresh: bool


_SILENT = frozenset({Kind.PAUSE, Kind.FILLER, Kind.IS})
_SUFFIXES = frozenset({Kind.UNIT, Kind.LINH, Kind.TENS, Kind.CHUC, Kind.HUNDRED, Kind.SCALE})  # never begin a numeral
_COUNTED = frozenset({Kind.TIMES, Kind.NUMBER})
_CLAIMS_A_UNIT = (_SUFFIXES - {Kind.SCALE}) | _COUNTED | {Kind.UNSURE}
_COUNTS = frozenset("23456789")
_PAUSE = Token(Kind.PAUSE, "", 0, 0)
_STOP = Token(Kind.END, "", 0, 0)


def numerals(tokens: Sequence[Token]) -> list[Chunk]:
    """The numerals of a stretch, in order. Raises a `ReadingError` at the first one that is not read."""
    return _Stretch(tokens).chunks()


class _Stretch:
    """One pass over a stretch. Every method is given a position and returns digits and the position after them."""

    def __init__(self, tokens: Sequence[Token]) -> None:
        self.tokens: list[Token] = []
        for token in tokens:  # pauses in a row are one
            if token.kind not in _SILENT:
                self.tokens.append(token)
            elif self.tokens and self.tokens[-1] is not _PAUSE:
                self.tokens.append(_PAUSE)
        self.tokens += [_STOP] * 4  # look-ahead never runs off the end
        self.done: list[Chunk] = []

    def chunks(self) -> list[Chunk]:
        i, fresh, repeated, marked = 0, True, False, False
        while (token := self.tokens[i]) is not _STOP:
            if token is _PAUSE:
                i, fresh, marked = i + 1, True, False
                continue
            if token.kind is Kind.NUMBER:  # "số tám": the next word is a digit, not a count
                i, marked = i + 1, True
                continue
            if token.kind is Kind.DIGIT and self._kind(i + 1) is Kind.DIGIT:  # by far the most common case, made quick
                self.done.append(Chunk(token.value, fresh))
                i, fresh, repeated, marked = i + 1, False, False, False
                continue
            counted = self._counts(i, fresh or repeated, marked)
            digits, i = self._repeat(i) if counted else self._numeral(i)
            self.done.append(Chunk(digits, fresh))
            fresh, repeated, marked = False, counted, False
        return self.done

    def ambiguous(self) -> NoReturn:
        raise AmbiguousError(self.done)

    def _kind(self, i: int) -> Kind:
        return self.tokens[i].kind

    def _missing(self, i: int) -> NoReturn:
        """Something else was needed at i."""
        raise (IncompleteError if self.tokens[self._after_pause(i)] is _STOP else BrokenError)(self.done)

    # repeats

    def _counts(self, i: int, allowed: bool, marked: bool) -> bool:
        """Whether the token at i counts what follows: "ba con tám", "hai số không"."""
        count, sign = self.tokens[i], self._kind(i + 1)
        if count.kind not in (Kind.DIGIT, Kind.WRITTEN):
            return False
        able = count.value in _COUNTS and not marked
        if sign is Kind.TIMES:
            if not able:
                self.ambiguous()
            return True
        if able and self.tokens[i + 1] is _PAUSE and self._kind(i + 2) is Kind.NUMBER:
            self.ambiguous()  # "hai, số không": a hesitation, or 2 and 0
        if sign is not Kind.NUMBER or not able:
            return False  # "số hai số ba" are two digits, each with its sign
        if not allowed:
            self.ambiguous()
        return True

    def _repeat(self, i: int) -> tuple[str, int]:
        count, j = self.tokens[i].value, self._after_pause(i + 2)
        if self._kind(i + 1) is Kind.TIMES and self._kind(j) is Kind.NUMBER:
            j = self._after_pause(j + 1)  # "ba lần số tám"
        token, after = self.tokens[j], self._kind(j + 1)
        if token.kind not in (Kind.DIGIT, Kind.WRITTEN) or len(token.value) != 1:
            self._missing(j)
        if after in _SUFFIXES or after is Kind.TIMES or (after is Kind.NUMBER and self._kind(i + 1) is Kind.NUMBER):
            self.ambiguous()  # "ba con tám mươi", "hai số ba số bốn"
        return token.value * int(count), j + 1

    # numerals

    def _numeral(self, i: int) -> tuple[str, int]:
        if self._kind(i) is Kind.WRITTEN:
            return self.tokens[i].value, i + 1
        digits, j, _ = self._group(i)
        if self._kind(j) is Kind.SCALE:
            return self._scaled(digits, j)
        return digits, j

    def _scaled(self, digits: str, i: int) -> tuple[str, int]:
        """A group whose scale word stands at i, with the lower groups that fill its zeros."""
        level = int(self.tokens[i].value)
        while True:
            i += 1
            j = self._after_pause(i)
            token = self.tokens[j]
            if token is _STOP:
                return digits + "0" * level, i
            if token.kind is Kind.LINH and level == 3:  # "hai nghìn lẻ năm"
                unit, j = self._after_linh(j)
                return digits + "00" + unit, j
            if token.kind in (Kind.LINH, Kind.UNIT, Kind.WRITTEN, Kind.NUMBER) or self._kind(j + 1) in _COUNTED:
                self.ambiguous()
            group, j, full = self._group(j)
            if self._kind(j) is Kind.SCALE and int(self.tokens[j].value) < level:
                lower = int(self.tokens[j].value)
                digits += "0" * (level - lower - 3) + group.zfill(3)
                level, i = lower, j
            elif level == 3 and full and self._kind(j) is not Kind.SCALE:
                return digits + group, j
            else:
                self.ambiguous()

    def _group(self, i: int) -> tuple[str, int, bool]:
        """A numeral under a thousand; the flag tells whether its hundreds were said ("không trăm linh hai")."""
        token, after = self.tokens[i], self._kind(i + 1)
        if token.kind is Kind.TEN:
            unit, j = self._unit(i + 1, teen=True)
            return "1" + (unit or "0"), j, False
        if token.kind is Kind.TWENTY:
            unit, j = self._needed_unit(i + 1)
            return token.value + unit, j, False
        if token.kind is Kind.UNSURE:
            self.ambiguous()
        if token.kind is not Kind.DIGIT:
            raise (IncompleteError if i == 0 and token.kind in _SUFFIXES else BrokenError)(self.done)
        if after is Kind.HUNDRED:
            rest, j = self._after_hundred(i + 2)
            return token.value + rest, j, True
        if after in (Kind.TENS, Kind.CHUC):
            return *self._tens(i), False
        if after is Kind.UNIT:
            return *self._pair(i), False
        if after is Kind.LINH:  # "phòng ba linh hai"
            unit, j = self._after_linh(i + 1)
            return token.value + "0" + unit, j, False
        return token.value, i + 1, False

    def _tens(self, i: int) -> tuple[str, int]:
        """hai mươi (ba), ba chục."""
        ten = self.tokens[i].value
        if ten == "0" or (ten == "1" and self._kind(i + 1) is Kind.TENS):
            raise BrokenError(self.done)  # "không mươi", "một mươi"
        unit, j = self._unit(i + 2)
        if unit and self._kind(i + 1) is Kind.CHUC:
            self.ambiguous()  # "ba chục hai": 32 in the South, 30 2 elsewhere
        return ten + (unit or "0"), j

    def _pair(self, i: int) -> tuple[str, int]:
        """bốn lăm, hai mốt, tám tư: mươi left out."""
        ten, unit = self.tokens[i].value, self.tokens[i + 1].value
        if unit == "1" and ten in "01":
            raise BrokenError(self.done)  # "một mốt"
        return ten + unit, i + 2

    def _after_linh(self, i: int) -> tuple[str, int]:
        unit, j = self._needed_unit(i + 1)
        if self.tokens[j - 1][:2] == (Kind.UNIT, "1"):
            raise BrokenError(self.done)  # "linh mốt"
        return unit, j

    def _needed_unit(self, i: int) -> tuple[str, int]:
        """The unit without which what stands before it is nothing, even if the caller pauses first."""
        i = self._after_pause(i)
        token = self.tokens[i]
        if token.kind not in (Kind.DIGIT, Kind.UNIT) or token.value == "0":
            self._missing(i)
        self._closed(i + 1)
        return token.value, i + 1

    def _after_pause(self, i: int) -> int:
        return i + (self.tokens[i] is _PAUSE)

    def _closed(self, i: int) -> None:
        """A unit stands before i and belongs to what is before it: i must not claim it too."""
        if self._kind(i) in _CLAIMS_A_UNIT:
            self.ambiguous()

    def _unit(self, i: int, teen: bool = False, in_hundred: bool = False) -> tuple[str, int]:
        """The unit after a ten; empty when the ten stays round."""
        paused = self.tokens[i] is _PAUSE
        j = i + paused
        token, after = self.tokens[j], self._kind(j + 1)
        if token.kind is Kind.UNIT:
            if teen and token.value == "1":
                raise BrokenError(self.done)  # "mười mốt"
            self._closed(j + 1)
            return token.value, j + 1
        if token.kind is Kind.UNSURE or (token.kind is Kind.WRITTEN and len(token.value) == 1 and token.value != "0"):
            self.ambiguous()
        if token.kind is not Kind.DIGIT or token.value == "0" or after in (Kind.TENS, Kind.CHUC):
            return "", i
        if after is Kind.HUNDRED and (paused or in_hundred):
            return "", i
        if paused and after in _COUNTED:
            return "", i
        if paused or token.value == "5" or (token.value == "1" and not teen):
            self.ambiguous()
        self._closed(j + 1)
        return token.value, j + 1

    def _after_hundred(self, i: int) -> tuple[str, int]:
        """The two digits after trăm."""
        paused = self.tokens[i] is _PAUSE
        j = i + paused
        token, after = self.tokens[j], self._kind(j + 1)
        if token.kind is Kind.LINH:
            unit, j = self._after_linh(j)
            return "0" + unit, j
        if token.kind is Kind.DIGIT and (
            after is Kind.HUNDRED or after is Kind.TIMES or (paused and after in _COUNTED)
        ):
            return "00", i  # a head of its own
        if token.kind is Kind.WRITTEN and len(token.value) > 2:
            return "00", i
        if paused and token.kind in (Kind.DIGIT, Kind.TEN, Kind.TWENTY):
            self.ambiguous()
        if token.kind is Kind.TEN:
            unit, j = self._unit(i + 1, teen=True, in_hundred=True)
            return "1" + (unit or "0"), j
        if token.kind is Kind.TWENTY:
            pair, j, _ = self._group(i)
            return pair, j
        if token.kind is Kind.DIGIT and after in (Kind.TENS, Kind.CHUC):
            if token.value in "01":
                raise BrokenError(self.done)
            unit, j = self._unit(i + 2, in_hundred=True)
            if unit and after is Kind.CHUC:
                self.ambiguous()
            return token.value + (unit or "0"), j
        if token.kind is Kind.DIGIT and after is Kind.UNIT and token.value != "0":
            return self._pair(i)
        if token.kind in (Kind.DIGIT, Kind.WRITTEN, Kind.UNIT, Kind.UNSURE):
            self.ambiguous()
        return "00", i
