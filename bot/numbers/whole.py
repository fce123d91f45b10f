"""Which of the digits that a caller gave are the number: some press a key too often, begin again or give it twice.

All rules choose one stretch of the row of digits. `doubtful` says that the caller may have meant another one: then even
a keyed number is read back.

| given, where 10 and 12 digits are allowed | the number |
|---|---|
| 8 (again the key that left the menu), then 10 digits | the ten, doubtful |
| 8 012345678 | all ten: a number may begin with that key |
| the same 10 digits twice | the ten |
| by voice 4 01, then 10 digits (health card; its two letters are not heard) | the ten, doubtful |
| 01, a breath, 01 23 45 67 89 | the twelve, doubtful |
| 0, a breath, 01 23 45 67 89 | the ten: eleven are no number |
"""

from typing import NamedTuple

CARD = 3
"""Digits of a health card before the insurance number: who pays how much (1 to 5), and the province."""


class Chosen(NamedTuple):
    """The number is `row[start:]`."""

    start: int
    doubtful: bool = False


def choose(row: str, breaths: tuple[int, ...], lengths: tuple[int, ...], echoes: int, spoken: bool) -> Chosen:
    """The number in a row of digits.

    breaths   where in the row the caller began anew after a silence, ascending
    echoes    how many keys at the beginning are the one that left the menu
    spoken    whether a digit of the row was spoken
    """
    count = len(row)
    whole = count in lengths
    if echoes == count:
        return Chosen(count)
    for extra in range(echoes, 0, -1):
        if count - extra in lengths and (not whole or extra > 1):
            return Chosen(extra, doubtful=True)
    if count == 2 * (half := count // 2) and half in lengths and row[:half] == row[half:]:
        return Chosen(half)
    if spoken and not whole and count - CARD in lengths and row[0] in "12345":
        return Chosen(CARD, doubtful=True)
    for at in breaths:
        if count - at in lengths and row.startswith(row[:at], at):
            if not whole:
                return Chosen(at)
            if at > 1:
                return Chosen(0, doubtful=True)
    return Chosen(0)


def repeats(row: str, breaths: tuple[int, ...], lengths: tuple[int, ...]) -> bool:
    """Whether the last digits are how the row begins: the caller may be giving the number again."""
    for at in (*breaths, *lengths):
        again = row[at : 2 * at]
        if at > 1 and len(again) > 1 and row.startswith(again):
            return True
    return False
