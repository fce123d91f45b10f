"""What the page keeps of a turn holds no digit of a number."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.events import (
    Chosen,
    Number,
    OwnPhone,
    Said,
    Silence,
    TooFew,
    TooMany,
    Uncertain,
    Unintelligible,
    Utterance,
)
from bot.masking import DOT, NUMBER_WORDS, masked
from vietnamese_numbers import DIGIT_WORDS

NUMBERS: list[Utterance] = [Number("0123456789", True), OwnPhone(), TooFew(3), TooMany(14), Uncertain(4)]


@pytest.mark.parametrize(
    ("text", "utterance", "kept"),
    [
        ("không một hai ba", Number("0123", True), "• • • •"),
        ("mã số là Hai mươi lăm nhé", TooFew(8), "mã số là • • • nhé"),
        ("tám", Uncertain(1), "•"),
        ("0 1 2 3 #", Number("0123", False), "• • • • •"),
        ("0123", TooFew(6), "••••"),
        ("không một hai", Unintelligible(), "• • •"),
        ("cấp lại mật khẩu", Said("cấp lại mật khẩu"), "cấp lại mật khẩu"),
        ("không đúng", Said("không đúng"), "không đúng"),
        ("8", Chosen("ask_reset"), "8"),
        ("", Silence(), ""),
    ],
)
def test_numbers_are_masked_and_words_are_not(text: str, utterance: Utterance, kept: str) -> None:
    assert masked(text, utterance) == kept


@given(
    st.lists(st.sampled_from([*DIGIT_WORDS, *"0123456789", "mươi", "mốt", "dạ", "à nhầm"])), st.sampled_from(NUMBERS)
)
def test_whatever_gave_a_number_keeps_none(words: list[str], utterance: Utterance) -> None:
    kept = masked(" ".join(words), utterance)
    assert not {*kept.split()} & {*NUMBER_WORDS, *"0123456789"}
    assert kept.count(DOT) == sum(word in NUMBER_WORDS or word.isdigit() for word in words)


def test_every_digit_word_is_known() -> None:
    assert set(DIGIT_WORDS) <= NUMBER_WORDS
