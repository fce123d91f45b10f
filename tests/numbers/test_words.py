"""Text to letters: one spelling for both ways in, and a quick way that is the same as the long one."""

import unicodedata

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from vietnamese_numbers.corrections import Outcome, Status, evaluate_letters
from vietnamese_numbers.grammar import numerals
from vietnamese_numbers.vocabulary import KINDS, VOCABULARY
from vietnamese_numbers.words import fold, spell, tokenize

PHRASES = [phrase.strip() for listing in VOCABULARY.values() for phrase in listing.split(",")]
WORDS = sorted({word for phrase in PHRASES for word in phrase.split()})
CONTEXT = {"Y": ("", "hai ba"), "f": ("số cuối", ""), "b": ("số cuối", "là")}
"""What some phrases mean nothing without: words before and behind them."""

MEANT = {"Y": "^", "q": ",", "b": ","}
"""Phrases that mean the same as others, beside their context."""

STYLES = [str, str.upper, str.capitalize, fold]


@pytest.mark.parametrize(
    ("text", "letters"),
    [
        ("hai mươi lăm, một trăm linh hai", "2mE,1tl2"),
        ("Dạ, số thứ năm là CHÍN…", ",,⑤=9,"),
        ("không phải tám mà là chín", "N8i9"),
        ("một hai à nhầm ba", "12W3"),
        ("ờ nhầm ba", ",W3"),
        ("tôi số hai", "~s2"),  # not "mã số hai": only words that belong together are put together
        ("mã số hai", "I2"),
        ("hai đúng không em", "2,p"),
        ("đúng không hai", "!2"),  # "đúng, không hai" as well
        ("đọc lại nhé hai ba", "^,23"),
        ("đọc lại nhé", "!,"),  # a wish
        ("sửa số cuối từ hai", "e⓪f2"),
        ("số cuối sai rồi là hai", "⓪,=2"),
        ("từ hai sai", "!2!"),
        ("0912, 3", "<0912>,<3>"),
        ("hai mèo", "2!"),
        ("phải", "!"),  # a word of a phrase that means nothing alone
        ("hai muoi ba muoi", "2?3?"),
        ("mot muoi hai muoi", "1X2?"),
        ("", ""),
    ],
)
def test_a_text_becomes_letters(text: str, letters: str) -> None:
    assert spell(text) == letters


def test_no_phrase_has_two_meanings_and_every_letter_has_a_kind() -> None:
    assert len(set(PHRASES)) == len(PHRASES)
    assert set(VOCABULARY) <= set(KINDS)
    assert all(unicodedata.is_normalized("NFC", phrase) and phrase == phrase.lower() for phrase in PHRASES)


def test_every_phrase_is_one_token_with_its_letter() -> None:
    for letter, listing in VOCABULARY.items():
        for phrase in listing.split(","):
            before, behind = CONTEXT.get(letter, ("", ""))
            tokens = tokenize(f"{before} {phrase} {behind}")
            assert len(tokens) == 1 + len(before.split()) // 2 + len(behind.split()), phrase
            assert tokens[1 if before else 0].letters == MEANT.get(letter, letter), phrase


@given(st.text())
def test_any_text_is_spelt_as_it_is_tokenized(text: str) -> None:
    assert spell(text) == "".join(token.letters for token in tokenize(text))


@settings(max_examples=500)
@given(
    st.lists(st.tuples(st.sampled_from([*WORDS, "0", "912", "mèo", "+"]), st.sampled_from(STYLES)), max_size=12),
    st.lists(st.sampled_from([" ", ", ", "  ", ". ", "\n", " \u200b", "-"]), min_size=12, max_size=12),
    st.sampled_from(["NFC", "NFD"]),
)
def test_words_are_spelt_as_they_are_tokenized(words: list[tuple[str, object]], spaces: list[str], form: str) -> None:
    text = "".join(style(word) + space for (word, style), space in zip(words, spaces, strict=False))  # type: ignore[operator]  # STYLES are functions
    text = unicodedata.normalize(form, text)  # type: ignore[arg-type]  # one of the two forms above
    tokens = tokenize(text)
    assert spell(text) == "".join(token.letters for token in tokens)
    assert all(text[token.start : token.end].strip() for token in tokens)


@given(st.lists(st.text("0123456789", min_size=1), min_size=1), st.text("0123456789", max_size=3))
def test_the_quick_way_for_digit_words_is_the_grammars(breaths: list[str], standing: str) -> None:
    letters = ",".join(breaths)
    digits = "".join(chunk.digits for chunk in numerals(letters))
    assert evaluate_letters(letters, standing) == Outcome(Status.OK, standing + digits, False)


def test_invisible_characters_are_nothing() -> None:
    assert spell("\ufeffkhông\u200b một ha\u00adi \u200b") == "012"


def test_a_word_too_long_to_be_one_is_unknown_and_never_normalised() -> None:
    assert spell("a" + "\u0301" * 1000) == "!"
