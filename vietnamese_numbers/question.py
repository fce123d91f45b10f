"""A whole number that is in question: the caller called it wrong, or was asked for one digit of it. What words and keys
after that make of it.

| said, where the number is 0123456789 | the number after it |
|---|---|
| số thứ năm là chín | 0123956789: a correction changes it |
| chín tám bảy | 987, the beginning of another number |
| chín, where the fifth digit was asked for | 0123956789, or another possible number with this digit there |
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace

from vietnamese_numbers.corrections import Outcome, Status, evaluate
from vietnamese_numbers.pieces import CORRECTING, kinds_of
from vietnamese_numbers.row import Row, typed
from vietnamese_numbers.vocabulary import Kind


@dataclass(frozen=True)
class Asked:
    """One digit of the number was asked for.

    cell    its place, counted from 0
    others  further possible numbers, the likeliest first
    keys    digits that were keyed since then
    """

    cell: int
    others: tuple[str, ...] = ()
    keys: str = ""

    def pressed(self, key: str) -> Asked:
        """The same after one more key: a digit, or '*' to delete the last."""
        return replace(self, keys=typed(self.keys, key))

    def answered(self, number: str, digit: str) -> str:
        """The number with this digit in the cell."""
        for possible in (number, *self.others):
            if possible[self.cell : self.cell + 1] == digit:
                return possible
        return number[: self.cell] + digit + number[self.cell + 1 :]

    def keyed(self, number: str, lengths: Sequence[int]) -> tuple[Row, bool]:
        """The digits after the keys, and whether they are clear. One key is the digit that was asked for; as many as a
        whole number are another number; all else is unclear."""
        if len(self.keys) == 1:
            digits = self.answered(number, self.keys)
            return Row(digits, tuple(at != self.cell for at in range(len(digits)))), True
        if len(self.keys) in lengths:
            return Row.keyed(self.keys), True
        return Row.spoken(number), not self.keys


def said(text: str, number: str, lengths: Sequence[int], asked: Asked | None = None) -> Outcome:
    """The digits after a text: a correction of the number, another number, or the digit that was asked for."""
    kinds = kinds_of(text)
    if Kind.RATHER in kinds[1:3] and kinds[0] not in CORRECTING:
        return evaluate(f"nhầm {text}", number)  # "(phải là) bảy chứ không phải tám": the 8 in the number
    if not kinds or kinds[0] in CORRECTING or kinds[0] is Kind.END or kinds[1:2] == [Kind.NTH]:
        return evaluate(text, number, whole=True)
    another = evaluate(text)
    if asked is None or len(another.digits) in lengths:
        return another
    if another.status is Status.OK and len(set(another.digits)) == 1 and len(another.digits) < lengths[0]:
        return Outcome(Status.OK, asked.answered(number, another.digits[0]), another.ended)  # "tám", or "tám, tám"
    return Outcome(Status.INCOMPLETE, number, another.ended)
