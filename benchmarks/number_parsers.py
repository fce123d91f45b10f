"""Other public readers of Vietnamese numbers on the cases of tests/cases/numbers.tsv; prints Markdown.

They were made for amounts, not for codes: most return ints, so lost leading zeros are not counted as errors. Codes are
ten random digits, said in the ways of `benchmarks.numbers`; amounts are numbers up to 10^12 said in full.
"""

from __future__ import annotations

import random
import time
from collections.abc import Callable
from pathlib import Path

from vietnam_number import w2n, w2n_couple, w2n_single
from vn_numberwords import words_to_number

from benchmarks.numbers import KINDS
from vietnamese_numbers import Dialect, read, speak_number

TABLE = Path(__file__).parents[1] / "tests" / "cases" / "numbers.tsv"
AMOUNTS = CODES = 1000

Parser = Callable[[str], object]
PARSERS: dict[str, Parser] = {
    "vietnamese_numbers": lambda text: read(text).digits,
    "vietnam-number `w2n`": w2n,
    "vietnam-number `w2n_single`": w2n_single,
    "vietnam-number `w2n_couple`": w2n_couple,
    "vn-numberwords `words_to_number`": words_to_number,
}


def digits_of(parser: Parser, text: str) -> str | None:
    """A parser's result for a text, without leading zeros; None if it raises an error or returns nothing."""
    try:
        answer = parser(text)
    except (ValueError, IndexError, KeyError, TypeError):
        return None
    return str(answer).lstrip("0") if answer is not None else None


def compare() -> None:
    """Measures and prints."""
    cases = [line.split("\t") for line in TABLE.read_text(encoding="utf-8").splitlines() if not line.startswith("#")]
    numbers = [(text, digits.lstrip("0")) for text, status, digits, _ in cases if status == "ok"]
    others = [text for text, status, _, _ in cases if status != "ok"]
    rng = random.Random(1)
    amounts = [str(rng.randrange(1, 10 ** rng.randint(1, 12))) for _ in range(AMOUNTS)]
    spoken = [(speak_number(amount, rng.choice(list(Dialect))), amount) for amount in amounts]
    codes = ["".join(rng.choices("0123456789", k=10)) for _ in range(CODES)]
    sayings = list(KINDS.values())
    coded = [(sayings[i % len(sayings)](code, rng), code.lstrip("0")) for i, code in enumerate(codes)]
    titles = (
        *("reader", f"{len(numbers)} numbers: right", "**wrong**", "refused"),
        f"{len(others)} that are no number: **read as digits**",
        *(f"{CODES} codes: right", "**wrong**", f"{AMOUNTS} amounts: right", "phrases a second"),
    )
    print(f"| {' | '.join(titles)} |\n|{'---|' * len(titles)}")
    for name, parser in PARSERS.items():
        answers = [(digits_of(parser, text), digits) for text, digits in numbers]
        right = sum(answer == digits for answer, digits in answers)
        refused = sum(answer is None for answer, _ in answers)
        guessed = sum(digits_of(parser, text) is not None for text in others)
        amount = sum(digits_of(parser, text) == digits for text, digits in spoken)
        heard = [(digits_of(parser, text), digits) for text, digits in coded]
        code = sum(answer == digits for answer, digits in heard)
        wrong = sum(answer not in (digits, None) for answer, digits in heard)
        started = time.process_time()
        for text, *_ in cases:
            digits_of(parser, text)
        speed = len(cases) / (time.process_time() - started)
        print(
            f"| {name} | {right / len(numbers):.0%} | {(len(numbers) - right - refused) / len(numbers):.0%}"
            f" | {refused / len(numbers):.0%} | {guessed / len(others):.0%}"
            f" | {code / CODES:.0%} | {wrong / CODES:.0%} | {amount / AMOUNTS:.0%} | {speed:,.0f} |"
        )


if __name__ == "__main__":
    compare()
