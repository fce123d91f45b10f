"""Words to digits: the table that a Vietnamese speaker can read and extend, and what must never happen."""

import unicodedata
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from vietnamese_numbers import DIGIT_WORDS, Status, find, read
from vietnamese_numbers.words import tokenize

TABLE = Path(__file__).parents[1] / "cases" / "numbers.tsv"
ROWS = [line.split("\t") for line in TABLE.read_text(encoding="utf-8").splitlines() if not line.startswith("#")]
WORDS = (
    "không một hai ba bốn năm sáu bảy tám chín mốt tư lăm mười mươi chục hăm linh trăm nghìn triệu tỷ con số , là ờ"
    " nhầm không_phải chứ_không_phải mà_là sửa thành số_thứ_hai số_cuối xóa từ_đầu hết xin_lỗi cộng 1 09 mèo"
)


@pytest.mark.parametrize(("text", "status", "digits", "note"), ROWS, ids=[row[0] or "empty" for row in ROWS])
def test_the_table(text: str, status: str, digits: str, note: str) -> None:
    reading = read(text)
    assert (reading.status.value, reading.digits or "") == (status, digits), note
    assert reading.text == text


def test_the_table_has_no_case_twice() -> None:
    assert len({row[0] for row in ROWS}) == len(ROWS)


@pytest.mark.parametrize("form", ["NFC", "NFD"])
def test_both_unicode_forms_and_capitals_read_alike(form: str) -> None:
    for text, status, digits, _ in ROWS:
        for variant in (unicodedata.normalize(form, text), unicodedata.normalize(form, text.upper())):
            reading = read(variant)
            assert (reading.status.value, reading.digits or "") == (status, digits), variant


def test_invisible_characters_are_nothing() -> None:
    assert read("\ufeffkhông\u200b một ha\u00adi").digits == "012"


@given(st.text())
def test_any_text_has_a_reading_and_digits_only_when_ok(text: str) -> None:
    reading = read(text)
    assert (reading.digits is None) == (reading.status is not Status.OK)
    for found in find(text):
        assert 0 <= found.start < found.end <= len(text)
        assert set(found.digits) <= set("0123456789")


@settings(max_examples=500)
@given(st.lists(st.sampled_from(WORDS.split()), max_size=12))
def test_no_row_of_number_words_crashes(words: list[str]) -> None:
    text = " ".join(words).replace("_", " ")
    reading = read(text)
    assert (reading.digits is None) == (reading.status is not Status.OK)
    find(text)


@given(st.lists(st.sampled_from(DIGIT_WORDS), min_size=1, max_size=19))  # twenty may be a number that is said twice
def test_bare_digits_read_one_by_one_however_they_are_paused(words: list[str]) -> None:
    assert read(" ".join(words)).digits == read(", ".join(words)).digits
    assert len(read(" ".join(words)).digits or "") == len(words)


def test_tokens_cover_the_words_of_the_text_in_order() -> None:
    text = "  Dạ, số thứ năm là CHÍN…"
    assert [text[token.start : token.end] for token in tokenize(text)] == ["Dạ", ",", "số thứ năm", "là", "CHÍN", "…"]


# numbers inside a sentence


@pytest.mark.parametrize(
    ("text", "digits"),
    [
        ("mã số của tôi là không một hai ba bốn năm sáu bảy tám chín", ["0123456789"]),
        ("cấp lại mật khẩu mã số không một hai, ba bốn năm, sáu bảy tám chín ạ", ["0123456789"]),
        ("số điện thoại 0912.345.678 nhé", ["0912345678"]),
        ("gọi lại số +84 912 345 678 giúp tôi", ["84912345678"]),
        ("mã không một hai à nhầm ba", ["013"]),
        ("thẻ của tôi là DN 4 01 0123456789 nhé", ["0123456789"]),
        ("cấp lại mật khẩu, thẻ TE một bảy chín không một hai ba bốn năm sáu bảy tám chín", ["0123456789"]),
        ("mã số 0123456789, 0123456789", ["0123456789"]),
        ("mã không một hai ba bốn tám à nhầm năm sáu bảy tám chín", ["0123456789"]),
        ("không một hai ba bốn không nhớ nữa", ["01234"]),
        ("không một hai ba bốn không đúng rồi", ["01234"]),
        ("không một hai ba bốn không có đúng không", ["01234"]),
        ("không một hai ba bốn không biết phải không", ["01234"]),
        ("mã số không một hai ba không vào được", ["0123"]),
        ("mã số không một hai ba không chắc lắm", ["0123"]),
        ("không một hai ba bốn không, Nguyễn Văn An", ["012340"]),
        ("không một hai ba bốn đúng không", ["01234"]),
        ("không một hai ba bốn phải không em", ["01234"]),
        ("không một hai ba bốn được không", ["01234"]),
        ("có phải mã số của tôi là không một hai ba bốn năm sáu bảy tám chín không", ["0123456789"]),
        ("không một hai nhé em ba bốn năm nhé em sáu bảy tám chín", ["0123456789"]),
        ("tôi tên là Nguyễn Văn Chín, mã số là không một hai ba", ["0123"]),
        ("toi ten la nguyen van nam, ma so la khong mot hai ba", ["0123"]),
        ("năm 2023 tôi có mã 0123456789", ["2023", "0123456789"]),
        ("có phải 0912345678 không", ["0912345678"]),
        ("mã là hai mươi ba bốn lăm", ["2345"]),
        ("ma so cua toi la khong mot hai ba", ["0123"]),
        ("mã là một hai ba, sửa số thứ hai thành chín nhé", ["193"]),
        ("mã là một hai ba bốn, xóa số cuối giúp tôi", ["123"]),
        ("mã là một hai ba, sửa số hai thành chín", ["193"]),
    ],
)
def test_a_number_is_found_in_a_sentence(text: str, digits: list[str]) -> None:
    assert [found.digits for found in find(text)] == digits


@pytest.mark.parametrize(
    "text",
    [
        "tôi không biết",
        "không",
        "năm nay",
        "một hôm nào đó",
        "không một ai trả lời",
        "tôi đóng bảo hiểm ba năm rồi",
        "làm việc hai mươi năm rồi",
        "tôi có hai con không",
        "xin chào",
        "",
        "mã là một trăm hai",  # two readings: no part of it either
        "mã không một hai à nhầm ba bốn",
        "có phải mã là không một hai không",
        "trăm linh hai gì đó",
        "số năm là chín",  # the fifth digit, or 5 9
        "ba vạn chín nghìn",  # no part of another number
        "hai triệu rưỡi",
        "phòng 12b3",
    ],
)
def test_words_are_no_numbers(text: str) -> None:
    assert find(text) == []


def test_a_single_digit_is_found_where_one_is_asked_for() -> None:
    assert [found.digits for found in find("tôi chọn phím tám", min_digits=1)] == ["8"]
    assert find("tôi không chọn năm một", min_digits=1) == []


def test_the_span_is_the_number_alone() -> None:
    text = "mã số là không một hai, ba bốn ạ"
    (found,) = find(text)
    assert text[found.start : found.end] == "không một hai, ba bốn"


def test_the_span_fits_decomposed_text() -> None:
    text = unicodedata.normalize("NFD", "mã số là không một hai ạ")
    (found,) = find(text)
    assert unicodedata.normalize("NFC", text[found.start : found.end]) == "không một hai"
