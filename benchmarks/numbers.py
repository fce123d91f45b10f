"""How fast number words are read: phrases a second on one core, and what a text twice as long takes; prints Markdown.

Every phrase says another random string of ten digits, so no result can be reused. Several passes
are made, and the fastest counts, in CPU seconds of this process.
"""

from __future__ import annotations

import random
import re
import time
from collections.abc import Callable

from vietnamese_numbers import DIGIT_WORDS, Dialect, Status, find, read, speak, speak_number

PHRASES = 2000  # of each kind
PASSES = 5
HOSTILE = (100_000, 200_000)  # characters

_DIGITS = ("0123456789", "0008889")  # the second has repeats to say
Saying = Callable[[str, random.Random], str]


def _digit_by_digit(digits: str, rng: random.Random) -> str:
    return speak(digits).replace(",", "")


def _in_groups(digits: str, rng: random.Random) -> str:
    return speak(digits)


def _cut(digits: str, size: int) -> list[str]:
    return [digits[i : i + size] for i in range(0, len(digits), size)]


def _pairs(digits: str, rng: random.Random) -> str:
    return " ".join(speak_number(pair, rng.choice(list(Dialect))) for pair in _cut(digits, 2))


def _threes(digits: str, rng: random.Random) -> str:
    return ", ".join(speak_number(three, rng.choice(list(Dialect))) for three in _cut(digits, 3))


def _one_number(digits: str, rng: random.Random) -> str:
    return speak_number(digits, rng.choice(list(Dialect)))


def _repeats(digits: str, rng: random.Random) -> str:
    runs = [match[0] for match in re.finditer(r"(.)\1*", digits)]
    counted = [f"{DIGIT_WORDS[len(run)]} {rng.choice(('con', 'số'))} " if len(run) > 1 else "" for run in runs]
    return ", ".join(count + DIGIT_WORDS[int(run[0])] for count, run in zip(counted, runs, strict=True))


def _corrected(digits: str, rng: random.Random) -> str:
    at = rng.randrange(10)
    wrong = str((int(digits[at]) + rng.randint(1, 9)) % 10)
    before, after = speak(digits[:at] + wrong).replace(",", ""), speak(digits[at + 1 :]).replace(",", "")
    return f"{before} à nhầm {DIGIT_WORDS[int(digits[at])]}{', ' if after else ''}{after}"


def _with_fillers(digits: str, rng: random.Random) -> str:
    begin = rng.choice(("dạ mã số của em là", "vâng, số bảo hiểm xã hội của tôi là", "ờ mã của cháu là"))
    return f"{begin} {speak(digits)} {rng.choice(('ạ', 'nhé', 'hết ạ'))}"


def _mixed(digits: str, rng: random.Random) -> str:
    return ", ".join(
        rng.choice((speak, speak_number))(part) for part in (digits[:3], digits[3:5], digits[5:7], digits[7:])
    )


def _written(digits: str, rng: random.Random) -> str:
    return f"{digits[:4]} {digits[4:7]} {digits[7:]}"


KINDS: dict[str, Saying] = {
    "digit by digit": _digit_by_digit,
    "digit by digit, a comma between groups": _in_groups,
    "pairs": _pairs,
    "threes": _threes,
    "one number, hundreds to billions": _one_number,
    "repeats": _repeats,
    "with a correction": _corrected,
    "with polite and introducing words": _with_fillers,
    "digits, pairs and threes mixed": _mixed,
    "already written": _written,
}

_NOISE = ("không", "năm", "mươi", "trăm", "linh", "nghìn", "con", "số", "là", "nhầm", "xóa", ",", "muoi", "9", "´", "x")
TRAPS: dict[str, Callable[[int], str]] = {
    "digit words": lambda size: "không chín " * (size // 11),
    "half numerals": lambda size: "một trăm hai mươi linh " * (size // 23),
    "millions without end": lambda size: "một triệu " * (size // 10),
    "signs": lambda size: "số " * (size // 3) + ", là một",
    "corrections": lambda size: "một nhầm hai " * (size // 13),
    "corrections of cells": lambda size: "một, số thứ nhất là hai, " * (size // 25),
    "commas": lambda size: "một" + "," * size,
    "combining marks": lambda size: "a" + "\u0301\u0323" * (size // 2),
    "one long word": lambda size: "ộ" * size,
    "digits in figures": lambda size: "9" * size,
    "no diacritics": lambda size: "hai muoi " * (size // 9),
    "anything": lambda size: " ".join(random.Random(1).choices(_NOISE, k=size // 5)),
}


def measure() -> None:
    """Measures and prints."""
    rng = random.Random(1)
    print("## Number words\n")
    _print_head("ten digits, as they are said", "words", "phrases a second", "read", "refused", "wrong")
    total = 0.0
    for name, saying in KINDS.items():
        numbers = ["".join(rng.choices(_DIGITS[name == "repeats"], k=10)) for _ in range(PHRASES)]
        pairs = [(digits, saying(digits, rng)) for digits in numbers]
        phrases = [phrase for _, phrase in pairs]
        seconds = min(_seconds(read, phrases) for _ in range(PASSES))
        total += seconds
        readings = [read(phrase) for phrase in phrases]
        right = sum(reading.digits == digits for reading, (digits, _) in zip(readings, pairs, strict=True))
        refused = sum(reading.status is not Status.OK for reading in readings)
        words = sum(len(phrase.split()) for phrase in phrases) / PHRASES
        shares = f"{right / PHRASES:.1%} | {refused / PHRASES:.1%} | {PHRASES - right - refused}"
        print(f"| {name} | {words:.1f} | {PHRASES / seconds:,.0f} | {shares} |")
    print(f"| **all, the same number of each** | | **{PHRASES * len(KINDS) / total:,.0f}** | | | |")
    print()
    _print_head("hostile text", "read, 100 kB, ms", "200 kB, as long", "find, 100 kB, ms", "200 kB, as long")
    for name, trap in TRAPS.items():
        cells = []
        for function in (read, find):
            once, twice = (min(_seconds(function, [trap(size)]) for _ in range(PASSES)) for size in HOSTILE)
            cells.append(f"{once * 1000:.1f} | {twice / once:.1f} ×")
        print(f"| {name} | {' | '.join(cells)} |")


def _print_head(*titles: str) -> None:
    print(f"| {' | '.join(titles)} |\n|{'---|' * len(titles)}")


def _seconds(function: Callable[[str], object], texts: list[str]) -> float:
    started = time.process_time()
    for text in texts:
        function(text)
    return time.process_time() - started


if __name__ == "__main__":
    measure()
