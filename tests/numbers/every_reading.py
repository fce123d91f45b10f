"""Every reading of a row of number words, by generating what people say instead of parsing it.

Slow and simple on purpose, and with nothing in common with `vietnamese_numbers`: all ways to say the numbers under a
thousand are written into one table, and a row of words is cut into numerals in every possible way. A way of saying is
*clear* (no one means anything else by it: "hai mươi ba") or loose ("một trăm hai" for 120, "hai mươi năm" for 25).

A cut is heard only if no two neighbours in one breath would clearly be one numeral together: who says "hai mươi ba"
means 23, not 20 and 3. Across a pause both are heard; after nghìn, triệu, tỷ and linh a pause is only a pause.
"""

from collections import defaultdict
from collections.abc import Iterator
from functools import cache, lru_cache
from itertools import product

PAUSE = ","
DIGITS = ("không", "một", "hai", "ba", "bốn", "năm", "sáu", "bảy", "tám", "chín")
LATE = {"mốt": "1", "tư": "4", "lăm": "5", "nhăm": "5"}  # units that need a ten before them
ZERO_TENS = ("linh", "lẻ")
SCALES = {"tỷ": 9, "tỉ": 9, "triệu": 6, "nghìn": 3, "ngàn": 3}

SIGNS = (("con",), ("con", "số"), ("số",), ("lần",), ("lần", "số"))

Words = tuple[str, ...]
Ways = set[tuple[str, bool]]  # digits, clear


def _units(after_ten: str) -> Iterator[tuple[str, str, bool]]:
    """Word, digit and whether it is clear there."""
    for digit, word in enumerate(DIGITS):
        if digit:
            clear = word not in {"mười": ("năm",), "mươi": ("một", "năm")}.get(after_ten, DIGITS)
            yield word, str(digit), clear
    for word, one in LATE.items():
        if not (after_ten == "mười" and word == "mốt"):
            yield word, one, after_ten != "chục"


def _under_hundred() -> Iterator[tuple[Words, str, bool]]:
    yield ("mười",), "10", True
    for word, unit, clear in _units("mười"):
        yield ("mười", word), "1" + unit, clear
    for ten in range(1, 10):
        yield (DIGITS[ten], "chục"), f"{ten}0", True
        for word, unit, clear in _units("chục"):
            yield (DIGITS[ten], "chục", word), f"{ten}{unit}", clear
        if ten > 1:
            yield (DIGITS[ten], "mươi"), f"{ten}0", True
            for word, unit, clear in _units("mươi"):
                yield (DIGITS[ten], "mươi", word), f"{ten}{unit}", clear
    for contracted, ten in (("hăm", 2), ("băm", 3)):
        for word, unit, _ in _units("mươi"):
            yield (contracted, word), f"{ten}{unit}", True
    for ten, (word, unit) in product(range(10), LATE.items()):
        if word != "mốt" or ten > 1:
            yield (DIGITS[ten], word), f"{ten}{unit}", True
    yield ("tư", "tư"), "44", True  # said twice it is no unit, but the digit
    for digit, word in enumerate(DIGITS):
        yield (word, "tư", "tư"), f"{digit}44", True


def _under_thousand() -> Iterator[tuple[Words, str, bool]]:
    below = list(_under_hundred())
    late_or_not = [*((word, str(digit)) for digit, word in enumerate(DIGITS) if digit), *LATE.items()]
    for digit, word in enumerate(DIGITS):
        yield (word,), str(digit), True
    yield from below
    for hundred in range(10):
        said = (DIGITS[hundred], "trăm")
        yield said, f"{hundred}00", True
        for word, unit in late_or_not:
            if word != "mốt":
                for zero in ZERO_TENS:
                    yield (*said, zero, word), f"{hundred}0{unit}", True
            yield (*said, word), f"{hundred}0{unit}", False
            yield (*said, word), f"{hundred}{unit}0", False
        for words, digits, clear in below:
            if digits[0] != "0":
                yield (*said, *words), f"{hundred}{digits}", clear
        for (ten, first), (unit, second) in product(enumerate(DIGITS), repeat=2):
            if ten:
                yield (*said, first, second), f"{hundred}{ten}{unit}", False
    for digit, (word, unit) in product(range(10), late_or_not):
        if word != "mốt":
            for zero in ZERO_TENS:
                yield (DIGITS[digit], zero, word), f"{digit}0{unit}", True
    for words, digits, _ in below:
        yield (*words, "trăm"), f"{digits}00", False  # twenty-three hundred


GROUPS: dict[Words, Ways] = defaultdict(set)
for _words, _digits, _clear in _under_thousand():
    GROUPS[_words].add((_digits, _clear))


def _filling(words: Words, places: int) -> Ways:
    """The words as what fills the last places of a larger number."""
    if not words:
        return {("0" * places, True)}
    ways = {
        (head.zfill(places - level) + rest, clear and clear_rest)
        for scale, level in SCALES.items()
        if level < places and scale in words
        for head, clear in GROUPS.get(words[: words.index(scale)], ())
        for rest, clear_rest in _filling(words[words.index(scale) + 1 :], level)
    }
    for digits, clear in GROUPS.get(words, ()):
        if len(digits) <= 3:
            ways.add((digits.zfill(places), clear and places == 3 and "trăm" in words[1:2]))
            ways.add((digits.zfill(3).ljust(places, "0"), False))
            ways.add((digits.ljust(places, "0"), False))
    if words[0] in ZERO_TENS and len(words) == 2:
        unit = LATE.get(words[1]) or str(DIGITS.index(words[1]) if words[1] in DIGITS[1:] else "")
        if unit and words[1] != "mốt":
            ways.add((unit.zfill(places), places == 3))
    return ways


def _number(words: Words) -> Ways:
    """The words as one number, with or without nghìn, triệu and tỷ."""
    return GROUPS.get(words, set()) | {
        (head + rest, clear and clear_rest)
        for scale, level in SCALES.items()
        if scale in words
        for head, clear in GROUPS.get(words[: words.index(scale)], ())
        for rest, clear_rest in _filling(words[words.index(scale) + 1 :], level)
    }


def _repeat(words: Words) -> Iterator[tuple[str, bool]]:
    """The words as a count and what it counts."""
    for sign in SIGNS:
        count, one = words[: -1 - len(sign)], words[-1]
        if words[-1 - len(sign) : -1] == sign and one in DIGITS:
            for number, _ in GROUPS.get(count, ()) if len(count) == 1 else ():
                if number != "0":
                    yield str(DIGITS.index(one)) * int(number), 1 < int(number) < 10
    if len(words) == 3 and words[2] == "lần" and words[0] in DIGITS and words[1] in DIGITS[2:]:
        yield str(DIGITS.index(words[0])) * DIGITS.index(words[1]), False


@lru_cache(maxsize=100_000)
def numeral(words: Words) -> frozenset[tuple[str, bool]]:
    """What the words say as one numeral."""
    ways = _number(words) | set(_repeat(words))
    while len(words) > 1 and words[0] == "số":
        words = words[1:]
        ways |= _number(words)
    return frozenset(ways)


def readings(said: list[str]) -> set[str]:
    """Every string of digits that the words may mean; `PAUSE` may stand between words."""
    words = tuple(word for word in said if word != PAUSE)
    paused = {at - said[:at].count(PAUSE) for at, word in enumerate(said) if word == PAUSE}  # before these words
    parting = {at for at in paused if 0 < at < len(words) and words[at - 1] not in (*SCALES, *ZERO_TENS)}
    whole = {
        (start, end)
        for start in range(len(words))
        for end in range(start + 2, len(words) + 1)
        if not parting & set(range(start + 1, end)) and any(clear for _, clear in numeral(words[start:end]))
    }

    @cache
    def cuts(start: int) -> tuple[tuple[tuple[int, ...], str], ...]:
        """From a word on: the beginnings of the numerals, and their digits."""
        if start == len(words):
            return (((start,), ""),)
        found = []
        for end in range(start + 1, len(words) + 1):
            after_hundred = words[max(start - 1, 0)] == "trăm" and start not in paused  # "năm trăm mười sáu trăm"
            ways = {digits for digits, clear in numeral(words[start:end]) if clear or not after_hundred}
            crossed = [at for at in parting if start < at < end]
            if any((crossed[0], later) in whole for later in range(end + 1, len(words) + 1) if crossed):
                continue  # "số, mười một": what follows the pause stays together
            if end == start + 1 and start and start not in paused and words[start - 1] in DIGITS:
                ways |= {LATE[word] for word in words[start:end] if word in LATE}  # lăm for năm: one sound to many
            for starts, digits in cuts(end) if ways else ():
                if not any((start, later) in whole for later in {*starts[1:], *parting} if later > end):
                    found += [((start, *starts), way + digits) for way in ways]
        return tuple(dict.fromkeys(found))

    return {digits for _, digits in cuts(0)} if words else set()
