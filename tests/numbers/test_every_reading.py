"""A silent wrong reading is the one thing that must never happen: what is read has one reading, by another grammar.

`every_reading` cuts a row of words in every possible way. Whatever `read` reads must be the only reading there is; it
may refuse more than that (it asks again rather than guess), and how much is measured here.
"""

import random
from itertools import combinations, product

import pytest

from tests.numbers.every_reading import PAUSE, readings
from vietnamese_numbers import Status, read
from vietnamese_numbers.reading import LENGTHS

WORDS = [
    *("không", "một", "hai", "năm", "sáu", "mốt", "tư", "lăm", "mười", "mươi", "chục", "hăm", "linh", "trăm"),
    *("nghìn", "triệu", "con", "số", "lần", PAUSE),
]
SHORT, LONG = 4, 12  # words


def wrong(words: tuple[str, ...] | list[str]) -> str | None:
    """The phrase, where it is read otherwise than in its one way. A "số" may also be a mere sign ("bảy ba số một" is
    731 or 7111): then the length of a number tells."""
    text = " ".join(words)
    digits = read(text).digits
    if digits is None or readings(list(words)) == {digits}:
        return None
    counted = [at for at, word in enumerate(words[:-1]) if word == "số"]
    ways = {
        way
        for left_out in (set(some) for count in range(len(counted) + 1) for some in combinations(counted, count))
        for way in readings([word for at, word in enumerate(words) if at not in left_out])
        if len(way) in LENGTHS
    }
    return text if ways != {digits} else None


@pytest.mark.parametrize(
    ("text", "digits"),
    [
        ("hai mươi ba", {"23"}),
        ("hai mươi , ba", {"23", "203"}),
        ("hai mươi năm", {"25", "205"}),
        ("hai mươi ba mươi", {"2030"}),
        ("hai mươi ba trăm", {"20300", "2300"}),
        ("năm trăm mười sáu trăm", {"510600"}),
        ("một trăm hai", {"102", "120", "1002"}),
        ("hai nghìn ba", {"2003", "2300", "20003"}),
        ("bảy triệu , tám trăm nghìn", {"7800000"}),
        ("ba con tám", {"888"}),
        ("mười số không", {"100", "0000000000"}),
        ("mươi hai", set()),
        ("một trăm linh", set()),
    ],
)
def test_the_other_grammar_hears_every_reading(text: str, digits: set[str]) -> None:
    assert readings(text.split()) == digits


@pytest.mark.parametrize("length", range(1, SHORT + 1))
def test_no_short_row_of_words_is_misread(length: int) -> None:
    """All of them: 168,420."""
    assert [text for words in product(WORDS, repeat=length) if (text := wrong(words))] == []


def test_no_longer_row_of_words_is_misread() -> None:
    rng = random.Random(4)
    rows = [rng.choices(WORDS + 2 * WORDS[:5], k=rng.randint(SHORT + 1, LONG)) for _ in range(20_000)]
    assert [text for words in rows if (text := wrong(words))] == []
    assert sum(read(" ".join(words)).status is Status.OK for words in rows) > 500  # and they are not all refused


def test_what_people_say_is_seldom_refused_where_it_has_one_reading() -> None:
    """Pairs and threes in one breath, as in recordings of people who read codes."""
    rng = random.Random(4)
    pairs = ["hai mươi ba", "bốn lăm", "tám tư", "không năm", "mười hai", "sáu mươi mốt", "bảy mươi", "ba mươi"]
    threes = ["một trăm linh hai", "năm trăm mười sáu", "chín trăm", "hai trăm bảy mươi lăm", "không trăm mười một"]
    rows = [" ".join(rng.choices(pairs + threes, k=4)).split() for _ in range(1000)]
    clear = [words for words in rows if len(readings(words)) == 1]
    refused = [" ".join(words) for words in clear if read(" ".join(words)).digits is None]
    assert len(clear) > 500
    assert len(refused) < 0.2 * len(clear), refused[:5]


FOLDED = {
    **{"khong": ["không"], "mot": ["một", "mốt"], "hai": ["hai"], "nam": ["năm"], "sau": ["sáu"], "tu": ["tư"]},
    **{"lam": ["lăm"], "muoi": ["mười", "mươi"], "ham": ["hăm"], "linh": ["linh"], "tram": ["trăm"]},
    **{"nghin": ["nghìn"], "con": ["con"], "so": ["số"], PAUSE: [PAUSE]},
}


@pytest.mark.parametrize("length", range(1, SHORT + 1))
def test_no_short_row_without_diacritics_is_misread(length: int) -> None:
    """With diacritics put back in every way, there is still one reading."""
    for words in product(FOLDED, repeat=length):
        digits = read(" ".join(words)).digits
        if digits is not None:
            accented = product(*(FOLDED[word] for word in words))
            assert set().union(*(readings(list(row)) for row in accented)) == {digits}, words
