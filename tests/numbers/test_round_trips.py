"""A hundred thousand numbers, said in every way that `speaking` and people have: read back exactly, or refused."""

import random
import unicodedata
from typing import Literal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from benchmarks.numbers import KINDS, TRAPS
from vietnamese_numbers import Dialect, Status, find, groups, read, speak, speak_number
from vietnamese_numbers.words import LONGEST_WORD

NUMBERS = 100_000
LENGTHS = (*range(1, 13), 10, 10, 10, 12, 12)  # digits; codes have 10 or 12


def numbers(seed: int, count: int) -> list[str]:
    """Random digits, zeros more often than others: that is where numerals differ."""
    rng = random.Random(seed)
    return ["".join(rng.choices("00123456789", k=rng.choice(LENGTHS))) for _ in range(count)]


def test_digit_by_digit_in_groups_every_number_reads_back() -> None:
    for digits in numbers(1, NUMBERS):
        assert read(speak(digits)).digits == digits


@pytest.mark.parametrize("dialect", list(Dialect))
def test_as_one_number_every_number_reads_back_in_each_dialect(dialect: Dialect) -> None:
    for digits in numbers(2, NUMBERS // 3 + 1):
        assert read(speak_number(digits, dialect)).digits == digits


@pytest.mark.parametrize("dialect", list(Dialect))
def test_groups_said_as_numbers_read_back_or_are_refused(dialect: Dialect) -> None:
    """ "một trăm hai mươi, ba nghìn …" is refused: 120 3000, or 123000."""
    refused = 0
    for digits in numbers(3, NUMBERS // 3 + 1):
        spoken = ", ".join(speak_number(group, dialect) for group in groups(digits))
        reading = read(spoken)
        assert reading.digits in (digits, None), spoken
        refused += reading.digits is None
    assert refused < 0.15 * NUMBERS / 3


@pytest.mark.parametrize("kind", KINDS)
def test_what_the_benchmark_reads_is_read_right_or_refused(kind: str) -> None:
    rng = random.Random(4)
    for digits in ("".join(rng.choices("0123456789", k=10)) for _ in range(NUMBERS // 50)):
        phrase = KINDS[kind](digits, rng)
        assert read(phrase).digits in (digits, None), phrase


@given(st.binary(max_size=200), st.sampled_from(["utf-8", "utf-16", "latin-1", "cp1258"]))
def test_any_bytes_taken_for_text_have_a_status(data: bytes, encoding: str) -> None:
    text = data.decode(encoding, "replace")
    reading = read(text)
    assert (reading.digits is None) == (reading.status is not Status.OK)
    find(text)


@pytest.mark.parametrize("trap", TRAPS)
def test_a_hostile_text_of_100_kb_is_answered(trap: str) -> None:
    """That the time grows with the length alone is measured by the benchmark."""
    text = TRAPS[trap](100_000)
    assert read(text).status in Status
    find(text)


@pytest.mark.parametrize("trap", TRAPS)
def test_no_long_word_is_normalised(trap: str, monkeypatch: pytest.MonkeyPatch) -> None:
    """To compose a row of combining marks takes the square of its length: 100 kB of them once took eight seconds."""
    sizes, normalize = [0], unicodedata.normalize

    def measured(form: Literal["NFC", "NFD", "NFKC", "NFKD"], text: str) -> str:
        sizes.append(len(text))
        return normalize(form, text)

    monkeypatch.setattr(unicodedata, "normalize", measured)
    text = TRAPS[trap](5_000)
    read(text)
    find(text)
    assert max(sizes) <= LONGEST_WORD
