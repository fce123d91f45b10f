"""mười or mươi: what may have been said where the other was heard."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from vietnamese_numbers.tens import MOST, ways


def texts(text: str) -> list[str]:
    return [way for way, _ in ways(text)]


@pytest.mark.parametrize(
    ("heard", "said"),
    [
        ("hai ba bốn", ["hai ba bốn"]),
        ("không mươi hai", ["không mười hai"]),  # never said otherwise
        ("một mươi", ["một mười"]),
        ("không mười hai", ["không mười hai"]),
        ("mười hai", ["mười hai"]),  # no digit before it
        ("số thứ mười là hai", ["số thứ mười là hai"]),
        ("hai mươi ba", ["hai mươi ba", "hai mười ba"]),
        ("không chín mươi hai", ["không chín mươi hai", "không chín mười hai"]),
        ("không chín mười hai", ["không chín mười hai", "không chín mươi hai"]),
    ],
)
def test_the_ways_the_likeliest_first(heard: str, said: list[str]) -> None:
    assert texts(heard) == said


def test_where_the_count_is_the_same_both_are_as_likely() -> None:
    (first, share), (second, other) = ways("bảy mươi chín mươi")[:2]
    assert {first, second} == {"bảy mươi chín mươi", "bảy mươi chín mười"}
    assert share == pytest.approx(other)


def test_behind_a_pair_it_is_likelier_than_behind_half_of_one() -> None:
    behind_a_pair, behind_half = (dict(ways(text)) for text in ("không chín mươi hai", "không chín ba mươi hai"))
    assert behind_a_pair["không chín mười hai"] > behind_half["không chín ba mười hai"]


def test_digits_that_stand_singly_before_tens_are_less_likely() -> None:
    probabilities = dict(ways("bảy chín mươi hai ba mươi bốn năm mươi sáu bảy mươi tám"))  # 79 12 34 56 78
    others = [
        "bảy chín mươi hai ba mười bốn năm mươi sáu bảy mươi tám",
        "bảy chín mươi hai ba mươi bốn năm mười sáu bảy mươi tám",
        "bảy chín mươi hai ba mươi bốn năm mươi sáu bảy mười tám",
    ]
    right = probabilities["bảy chín mười hai ba mươi bốn năm mươi sáu bảy mươi tám"]
    assert all(right > 5 * probabilities.get(other, 0.0) for other in others)


@given(st.lists(st.sampled_from(["không", "hai", "ba", "tư", "mươi", "mười", "trăm", "à nhầm"]), max_size=14))
def test_the_shares_of_all_ways_are_one(words: list[str]) -> None:
    found = ways(" ".join(words))
    assert 0 < len(found) <= 2 * MOST
    assert sum(share for _, share in found) == pytest.approx(1.0)
    assert all(len(way.split()) == len(" ".join(words).split()) for way, _ in found)
