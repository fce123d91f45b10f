"""Digits to words: grouped for the ear, in each dialect's words, and read back exactly."""

import random

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from vietnamese_numbers import DIGIT_WORDS, Dialect, groups, read, speak, speak_number

DIGITS = st.text("0123456789", min_size=1, max_size=24)
DIALECTS = st.sampled_from(list(Dialect))
SHORT_UNITS = {"1": "mốt", "4": "tư", "5": "lăm"}


@pytest.mark.parametrize(
    ("digits", "expected"),
    [
        ("", ()),
        ("1", ("1",)),
        ("1234", ("1234",)),
        ("12345678", ("1234", "5678")),
        ("0123456789", ("012", "345", "6789")),
        ("84912345678", ("849", "1234", "5678")),
        ("079123456789", ("0791", "2345", "6789")),
    ],
)
def test_groups_for_the_ear(digits: str, expected: tuple[str, ...]) -> None:
    assert groups(digits) == expected


@given(DIGITS)
def test_groups_lose_nothing_and_hold_at_most_four(digits: str) -> None:
    assert "".join(groups(digits)) == digits
    assert all(1 <= len(group) <= 4 for group in groups(digits))


def test_a_number_is_read_back_digit_by_digit_with_a_pause_between_groups() -> None:
    assert speak("0123456789") == "không một hai, ba bốn năm, sáu bảy tám chín"


@pytest.mark.parametrize("dialect", list(Dialect))
def test_each_digit_word_reads_as_its_digit(dialect: Dialect) -> None:
    for digit, word in enumerate(DIGIT_WORDS):
        assert speak(str(digit), dialect) == word
        assert read(word).digits == str(digit)


@settings(max_examples=300)
@given(DIGITS, DIALECTS)
def test_what_is_spoken_reads_back(digits: str, dialect: Dialect) -> None:
    assert read(speak(digits, dialect)).digits == digits


@settings(max_examples=300)
@given(st.text("0123456789", min_size=1, max_size=12), DIALECTS)
def test_what_is_spoken_as_one_number_reads_back(digits: str, dialect: Dialect) -> None:
    assert read(speak_number(digits, dialect)).digits == digits


@pytest.mark.parametrize(
    ("digits", "dialect", "expected"),
    [
        ("102", Dialect.NORTH, "một trăm linh hai"),
        ("102", Dialect.SOUTH, "một trăm lẻ hai"),
        ("24000", Dialect.NORTH, "hai mươi tư nghìn"),
        ("24000", Dialect.SOUTH, "hai mươi bốn ngàn"),
        ("005", Dialect.NORTH, "không trăm linh năm"),
        ("05", Dialect.NORTH, "không năm"),
        ("5000005", Dialect.NORTH, "năm triệu không nghìn không trăm linh năm"),
        ("769832803", Dialect.NORTH, "bảy trăm sáu mươi chín triệu tám trăm ba mươi hai nghìn tám trăm linh ba"),
    ],
)
def test_numbers_in_each_dialects_words(digits: str, dialect: Dialect, expected: str) -> None:
    assert speak_number(digits, dialect) == expected


@pytest.mark.parametrize("bad", ["12a", "-1", "1.5", " ", "²", "١"])
def test_only_digits_are_spoken_and_the_error_does_not_repeat_them(bad: str) -> None:
    for speaker in (speak, speak_number):
        with pytest.raises(ValueError, match="digits") as error:
            speaker(bad)
        assert bad == " " or bad not in str(error.value)


def test_one_number_has_at_most_twelve_digits() -> None:
    with pytest.raises(ValueError, match="1 to 12"):
        speak_number("1" * 13)


def _as_people_group(rng: random.Random) -> tuple[str, list[str]]:
    """Digits cut at random into groups of up to nine, and each group in one of the ways it is said."""
    parts = [
        "".join(rng.choices("0123456789", k=rng.choice((1, 1, 2, 2, 3, 3, 4, 9)))) for _ in range(rng.randint(1, 5))
    ]
    spoken = []
    for part in parts:
        ways = [" ".join(DIGIT_WORDS[int(digit)] for digit in part)]
        if len(part) > 1 and part[0] != "0":
            ways.append(speak_number(part, rng.choice(list(Dialect))))
        if len(part) == 2 and part[0] not in "01" and part[1] in SHORT_UNITS:
            ways.append(f"{DIGIT_WORDS[int(part[0])]} {SHORT_UNITS[part[1]]}")
        if len(part) > 1 and len(set(part)) == 1:
            ways.append(f"{DIGIT_WORDS[len(part)]} số {DIGIT_WORDS[int(part[0])]}")
            ways.append(f"{DIGIT_WORDS[len(part)]} con {DIGIT_WORDS[int(part[0])]}")
        spoken.append(rng.choice(ways))
    return "".join(parts), spoken


def test_groups_with_pauses_are_never_read_as_other_digits() -> None:
    """Refusing is allowed, guessing is not. Left out: a pause after nghìn or triệu, which a long number may contain."""
    rng = random.Random(4)
    refused = 0
    for _ in range(3000):
        digits, spoken = _as_people_group(rng)
        if any("nghìn" in group or "ngàn" in group for group in spoken[:-1]):
            continue
        reading = read(", ".join(spoken))
        refused += reading.digits is None
        assert reading.digits in (digits, None), spoken
    assert 0 < refused < 300
