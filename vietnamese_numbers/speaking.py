"""Digits to spoken Vietnamese, for read-backs and prompts. `read` turns the result into the same digits again."""

import re
from enum import Enum
from itertools import pairwise


class Dialect(str, Enum):
    """The region whose words are used."""

    NORTH = "north"
    CENTRAL = "central"
    SOUTH = "south"


DIGIT_WORDS: tuple[str, ...] = ("không", "một", "hai", "ba", "bốn", "năm", "sáu", "bảy", "tám", "chín")
_LINH = {Dialect.NORTH: "linh", Dialect.CENTRAL: "lẻ", Dialect.SOUTH: "lẻ"}
_THOUSAND = {Dialect.NORTH: "nghìn", Dialect.CENTRAL: "ngàn", Dialect.SOUTH: "ngàn"}
_FOUR = {Dialect.NORTH: "tư", Dialect.CENTRAL: "bốn", Dialect.SOUTH: "bốn"}  # after mươi
_LARGEST_GROUP = 4  # digits that an ear keeps together
_LONGEST_NUMBER = 12  # digits, up to tỷ


def groups(digits: str) -> tuple[str, ...]:
    """Digits in groups for the ear: as few groups of at most four as possible, longer ones last (10 → 3-3-4, 12 →
    4-4-4)."""
    count = -(-len(digits) // _LARGEST_GROUP)
    cuts = [len(digits) * i // count for i in range(count + 1)] if count else [0]
    return tuple(digits[start:end] for start, end in pairwise(cuts))


def speak(digits: str, dialect: Dialect = Dialect.NORTH) -> str:
    """Digit by digit, a comma between groups; the ten digit words are the same in every dialect.

    Raises ValueError for anything but digits.
    """
    _check(digits)
    return ", ".join(" ".join(DIGIT_WORDS[int(digit)] for digit in group) for group in groups(digits))


def speak_number(digits: str, dialect: Dialect = Dialect.NORTH) -> str:
    """As one number up to tỷ: "769832803" → "bảy trăm sáu mươi chín triệu tám trăm ba mươi hai nghìn tám trăm linh ba".

    Leading zeros are spoken ("005" → "không trăm linh năm"). Raises ValueError for anything but 1 to 12 digits.
    """
    _check(digits)
    if not 1 <= len(digits) <= _LONGEST_NUMBER:
        raise ValueError("a number of 1 to 12 digits is needed")
    first = len(digits) % 3 or 3
    parts = [digits[:first], *(digits[i : i + 3] for i in range(first, len(digits), 3))]
    scales = ("", _THOUSAND[dialect], "triệu", "tỷ")[: len(parts)][::-1]
    spoken = []
    for i, (part, scale) in enumerate(zip(parts, scales, strict=True)):
        if i and not "".join(parts[i:]).strip("0"):
            break  # only zeros follow, which the scale's word implies
        spoken += ["không" if i and part == "000" else _group(part, dialect), scale]
    return " ".join(filter(None, spoken))


def _group(digits: str, dialect: Dialect) -> str:
    """One to three digits as one group: "102" → "một trăm linh hai"."""
    hundred, ten, unit = digits[:-2], digits[-2:-1], digits[-1]
    if not ten or (ten == "0" and not hundred):
        return " ".join(DIGIT_WORDS[int(digit)] for digit in digits)
    words = [f"{DIGIT_WORDS[int(hundred)]} trăm"] if hundred else []
    if ten == "0":
        words += [_LINH[dialect], DIGIT_WORDS[int(unit)]] if unit != "0" else []
    else:
        words.append("mười" if ten == "1" else f"{DIGIT_WORDS[int(ten)]} mươi")
        words += [_unit(ten, unit, dialect)] if unit != "0" else []
    return " ".join(words)


def _unit(ten: str, unit: str, dialect: Dialect) -> str:
    """A unit's word after a ten: mốt, tư, lăm."""
    if unit == "5":
        return "lăm"
    if ten != "1" and unit == "1":
        return "mốt"
    if ten != "1" and unit == "4":
        return _FOUR[dialect]
    return DIGIT_WORDS[int(unit)]


def _check(digits: str) -> None:
    if not re.fullmatch("[0-9]*", digits):
        raise ValueError("only the digits 0 to 9 can be spoken")
