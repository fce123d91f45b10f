"""Which of the digits that a caller gave are the number: some callers press a key too often, begin again or give it
twice.

All rules choose one stretch of the row of digits. `doubtful` says that the caller may have meant another stretch: then
even a keyed number is read back.

| given, where 10 and 12 digits are allowed | the number |
|---|---|
| 8 (again the key that left the menu), then 10 digits | the ten, doubtful |
| 8 012345678 | all ten: a number may begin with that key |
| the same 10 digits twice | the ten |
| by voice 4 01, then 10 digits (health insurance card; its two letters are not heard) | the ten, doubtful |
| 01, a breath, 01 23 45 67 89 | the twelve, doubtful |
| 0, a breath, 01 23 45 67 89 | the ten: eleven digits are no number |
"""

from typing import NamedTuple

from vietnamese_numbers.row import Row

CARD = 3
"""Digits of a health insurance card before the insurance number: who pays how much (1 to 5), and the province."""


class Chosen(NamedTuple):
    """The number is the row from `start` on."""

    start: int
    doubtful: bool = False


def choose(row: Row, lengths: tuple[int, ...], echo: str = "") -> Chosen:
    """The number in a row of digits. `echo`: the key that led here."""
    digits, count = row.digits, len(row)
    whole = count in lengths
    echoes = _echoes(row, echo)
    if echoes == count:
        return Chosen(count)
    for extra in range(echoes, 0, -1):
        if count - extra in lengths and (not whole or extra > 1):
            return Chosen(extra, doubtful=True)
    half = count // 2
    if half in lengths and digits[:half] == digits[half:]:
        return Chosen(half)
    if any(row.voiced) and not whole and count - CARD in lengths and digits[0] in "12345":
        return Chosen(CARD, doubtful=True)
    for at in row.breaths:
        if count - at in lengths and digits.startswith(digits[:at], at):
            if not whole:
                return Chosen(at)
            if at > 1:
                return Chosen(0, doubtful=True)
    return Chosen(0)


def repeats(row: Row, lengths: tuple[int, ...]) -> bool:
    """Whether the last digits are equal to the first ones: the caller may be giving the number again."""
    for at in (*row.breaths, *lengths):
        again = row.digits[at : 2 * at]
        if at > 1 and len(again) > 1 and row.digits.startswith(again):
            return True
    return False


def _echoes(row: Row, echo: str) -> int:
    """How many keys at the beginning are equal to `echo`."""
    keyed = row.voiced.index(True) if any(row.voiced) else len(row)
    return next((at for at in range(keyed) if row.digits[at] != echo), keyed) if echo else 0
