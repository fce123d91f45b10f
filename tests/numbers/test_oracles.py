"""Other people's readers and writers of Vietnamese numbers as oracles, with their mistakes listed.

A listed mistake that its library has put right fails here, so the lists stay true.
"""

import random
from collections.abc import Callable

import pytest
from num2words import num2words
from vietnam_number import w2n, w2n_couple, w2n_single
from vn_numberwords import number_to_words, words_to_number

from vietnamese_numbers import Dialect, Status, read, speak_number

COUNT = 4000


def amounts(seed: int) -> list[int]:
    rng = random.Random(seed)
    return [*range(1, 1000), *(rng.randrange(1000, 10 ** rng.randint(4, 12)) for _ in range(COUNT))]


def in_num2words_words(number: int) -> str:
    """num2words mixes: linh is lẻ and 4 is bốn as in the South, 1000 is nghìn as in the North."""
    return speak_number(str(number), Dialect.SOUTH).replace("ngàn", "nghìn")


def has_all_hundreds(number: int) -> bool:
    """Whether every group after the first has hundreds: elsewhere num2words says "lẻ", or nothing."""
    return all(group[0] != "0" for group in f"{number:,}".split(",")[1:])


# words from figures


def test_num2words_says_what_we_say_where_every_group_has_hundreds() -> None:
    for number in filter(has_all_hundreds, amounts(1)):
        assert num2words(number, lang="vi") == in_num2words_words(number)


def test_what_num2words_says_is_read_as_its_number_or_refused() -> None:
    for number in amounts(2):
        reading = read(num2words(number, lang="vi"))
        assert reading.digits in (str(number), None)
        assert reading.digits is not None or not has_all_hundreds(number), number


@pytest.mark.parametrize(
    ("number", "said", "right"),
    [
        (1015, "một nghìn lẻ mười lăm", "một nghìn không trăm mười lăm"),
        (2024, "hai nghìn lẻ hai mươi bốn", "hai nghìn không trăm hai mươi bốn"),
        (77075, "bảy mươi bảy nghìn lẻ bảy mươi lăm", "bảy mươi bảy nghìn không trăm bảy mươi lăm"),
        (1_000_005, "một triệu lẻ năm", "một triệu không nghìn không trăm lẻ năm"),
        (1_000_200, "một triệu hai trăm", "một triệu không nghìn hai trăm"),  # or 1200000, as it is spoken
    ],
)
def test_mistakes_of_num2words(number: int, said: str, right: str) -> None:
    assert num2words(number, lang="vi") == said
    assert in_num2words_words(number) == right
    assert read(said).status is Status.AMBIGUOUS
    assert read(right).digits == str(number)


@pytest.mark.parametrize(
    ("number", "said", "right"),
    [
        (65, "sáu mươi năm", "sáu mươi lăm"),
        (75, "bảy mươi năm", "bảy mươi lăm"),
        (85, "tám mươi năm", "tám mươi lăm"),
        (1_000_200, "một triệu hai trăm", "một triệu không nghìn hai trăm"),
    ],
)
def test_mistakes_of_vn_numberwords_in_speaking(number: int, said: str, right: str) -> None:
    assert number_to_words(number) == said
    assert speak_number(str(number)) == right
    assert read(said).status is Status.AMBIGUOUS


def test_what_vn_numberwords_says_is_read_as_its_number_or_refused() -> None:
    for number in amounts(3):
        assert read(number_to_words(number)).digits in (str(number), None)


# figures from words


@pytest.mark.parametrize("parser", [w2n, words_to_number])
@pytest.mark.parametrize("dialect", list(Dialect))
def test_amounts_said_in_full_are_read_alike(parser: Callable[[str], object], dialect: Dialect) -> None:
    """What the other readers were made for, and are right in."""
    for number in amounts(4)[::4]:
        text = speak_number(str(number), dialect)
        assert str(parser(text)) == read(text).digits == str(number)


@pytest.mark.parametrize(
    ("parser", "text", "answer", "ours"),
    [
        (w2n, "không một hai ba", "0", "0123"),
        (w2n, "chín tám bảy sáu", "900", "9876"),
        (w2n, "không trăm linh năm", "5", "005"),
        (w2n, "hai mươi ba bốn lăm", "235", "2345"),
        (w2n, "ba con tám", "38", "888"),
        (w2n, "hăm lăm", "5", "25"),
        (w2n, "một hai ba à nhầm bốn", "100", "124"),
        (w2n, "một trăm hai", "120", "ambiguous"),
        (w2n, "mười hai trăm", "200", "ambiguous"),
        (w2n, "một con mèo", "1", "none"),
        (w2n_single, "hăm lăm", "5", "25"),
        (w2n_single, "không chín bẩy", "09", "097"),
        (w2n_couple, "không chín mười hai ba mươi tư", "1234", "091234"),
        (words_to_number, "không năm", "5", "05"),
        (words_to_number, "hai mươi ba bốn lăm", "23", "2345"),
        (words_to_number, "hai số không", "20", "00"),
        (words_to_number, "bẩy bẩy", "0", "77"),
        (words_to_number, "một hai ba à nhầm bốn", "1234", "124"),
        (words_to_number, "một trăm hai", "102", "ambiguous"),
        (words_to_number, "hai nghìn ba", "2003", "ambiguous"),
        (words_to_number, "mươi hai trăm", "200", "incomplete"),
        (words_to_number, "xin chào", "0", "none"),
    ],
)
def test_what_other_readers_make_of_codes(parser: Callable[[str], object], text: str, answer: str, ours: str) -> None:
    assert str(parser(text)) == answer
    reading = read(text)
    assert (reading.digits or reading.status.value) == ours
