"""The collector: conversations of pieces of speech and keys, and what stands after each."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from vietnamese_numbers import Collected, Collector

TEN = (10,)
BOTH = (10, 12)
TOLD = "(the bot says what stands)"
ECHO = "(the number is asked for after the key) "
ASKED = "(the bot asks for digit) "
BREATH = "(a breath)"
NINE = "không một hai ba bốn năm sáu bảy tám"


def after(*inputs: str, lengths: tuple[int, ...] = BOTH) -> Collector:
    """A collector after its inputs: a single character is a key, anything longer is a piece of speech."""
    collector = Collector(lengths)
    for item in inputs:
        if item == TOLD:
            collector.resume()
        elif item == BREATH:
            collector.breath()
        elif item.startswith(ECHO):
            collector.resume(echo=item.removeprefix(ECHO))
        elif item.startswith(ASKED):
            collector.ask(int(item.removeprefix(ASKED)))
        elif len(item) == 1:
            collector.press(item)
        else:
            collector.hear(item)
    return collector


CONVERSATIONS = [
    # a whole number by keys, and noise that is taken for words
    ([*"01234", "bảy", *"56789", "#"], "0123456789", "complete"),
    (["bảy", *"0123456789", "#"], "0123456789", "complete"),
    (["một trăm linh", "một trăm linh hai", *"0123456789#"], "0123456789", "complete"),
    ([*"01234", "bảy", *"56789"], "01234756789", "too_long"),  # not yet known to be the end
    ([*"0123", "bảy", *"456", "#"], "01237456", "short"),  # no whole number by keys
    (["không chín", *"0123456789", "#"], "0123456789", "complete"),  # a whole number in one go begins again
    ([*"01234", "bảy", *"566*789", "#"], "0123456789", "complete"),
    (["ba bốn", TOLD, "năm", *"67890123", "#"], "34567890123", "too_long"),
    ([*"55**", "bảy", *"0123456789", "#"], "0123456789", "complete"),
    # speech in pieces
    ([], "", "empty"),
    (["không một hai"], "012", "short"),
    (["không một hai", "ba bốn năm", "sáu bảy tám chín"], "0123456789", "complete"),
    ([NINE, "chín"], "0123456789", "complete"),
    ([NINE, "chín", "không một"], "012345678901", "full"),
    ([NINE, "chín", "không một hai"], "0123456789012", "too_long"),
    (["một trăm linh", "hai"], "102", "short"),
    (["một trăm linh", "một trăm linh hai"], "", "unclear"),
    (["một trăm linh", "5"], "", "unclear"),  # 105, or a new beginning
    (["bảy trăm sáu mươi chín triệu", "tám trăm ba mươi hai nghìn", "tám trăm linh ba"], "769832803", "short"),
    (["hai mươi ba", "bốn lăm"], "2345", "short"),
    (["hai số không", "ba con tám"], "00888", "short"),
    (["dạ vâng ạ"], "", "empty"),
    (["dạ mã số của tôi là", "không một hai"], "012", "short"),
    # keys, and both
    (list("0123456789"), "0123456789", "complete"),
    ([*"012", "ba bốn năm", *"6789"], "0123456789", "complete"),
    (["không một hai", *"345", "sáu bảy tám chín"], "0123456789", "complete"),
    (["hai mươi", "3"], "203", "short"),
    ([*"012", "*"], "01", "short"),
    ([*"012", "*", "*"], "", "empty"),
    ([*"012", "*", "5", "*"], "01", "short"),
    (["không một hai", "*"], "01", "short"),
    (["hai mươi ba", "*", "bốn lăm"], "245", "short"),
    (["không một", "*", "*", "chín tám"], "98", "short"),
    ([*"012", "*", "ba", "*"], "01", "short"),  # not in a row
    ([*"012", "A"], "012", "short"),
    (["*"], "", "empty"),
    # corrections reach back over pieces and keys
    (["không một hai ba", "à nhầm bốn"], "0124", "short"),
    (["không một tám", "à nhầm, bảy chứ không phải tám"], "017", "short"),
    (["không một tám hai", "không phải tám mà là chín"], "0192", "short"),
    ([*"0188", "sửa số thứ tư thành chín"], "0189", "short"),
    ([*"012", "số thứ hai là chín", "ba"], "0923", "short"),
    (["không một hai", "xóa số cuối", "năm"], "015", "short"),
    ([*"012", "đọc lại từ đầu chín tám"], "98", "short"),
    (["không một hai", "xóa hết"], "", "empty"),
    (["không một hai à nhầm", "ba"], "013", "short"),
    # what is not clear leaves what is certain
    (["một hai ba", "hai mươi", "bốn"], "123", "unclear"),
    (["một hai ba", "hai mươi", "bốn", TOLD, "hai mươi bốn"], "12324", "short"),
    (["một hai ba", "một trăm hai"], "123", "unclear"),
    (["một hai ba", "một trăm hai", TOLD, "một không hai"], "123102", "short"),
    (["một hai ba", "một trăm hai", "bốn năm"], "123", "unclear"),  # not 12345: what came between is lost
    (["một hai ba", "một trăm hai", *"45"], "123", "unclear"),
    (["một hai ba", "một trăm hai", "*"], "123", "unclear"),
    (["một hai ba", "một trăm hai", "*", "*", *"45"], "45", "short"),
    (["một hai ba", "một trăm hai", "đọc lại từ đầu bốn năm"], "45", "short"),
    (["một hai ba", "một trăm hai", "đọc lại từ đầu", "bốn năm"], "45", "short"),
    (["hai mươi", TOLD, "ba bốn"], "2034", "short"),
    (["một trăm linh", TOLD, "hai"], "2", "short"),
    (["một hai ba", "con mèo"], "123", "unclear"),
    (["một hai ba", "con mèo", TOLD, "bốn"], "1234", "short"),
    (["một hai ba", "bốn [unk] năm", "sáu"], "123", "unclear"),
    (["một hai ba", "xin chào", TOLD, "4"], "1234", "short"),
    (["một hai ba một trăm linh"], "123", "unclear"),
    ([NINE + " chín", "một trăm hai"], "0123456789", "unclear"),
    (["tôi không biết"], "", "unclear"),
    # between two lengths: one too many or one too few
    ([NINE, "chín không"], "01234567890", "too_long"),
    ([NINE, "chín", "0"], "01234567890", "too_long"),
    ([*"01234567890"], "01234567890", "too_long"),
    ([*"01234567890", "1"], "012345678901", "full"),
    ([NINE, "chín không", "xóa số cuối"], "0123456789", "complete"),
    ([NINE, "chín không", TOLD, "*"], "0123456789", "complete"),
    ([NINE, "chín không", TOLD, NINE + " tám"], "0123456788", "complete"),
    ([*"0122334456789", "#"], "0122334456789", "too_long"),
    ([*"0122334456789", "#", TOLD, *"0123456789"], "0123456789", "complete"),
    ([*"01233456789", "#", TOLD, *"0123456789"], "0123456789", "complete"),
    ([*"01233456789", TOLD, NINE + " chín"], "0123456789", "complete"),
    ([*"01233456789", TOLD, *"01", BREATH, *"23456789"], "0123456789", "complete"),
    ([*"01233456789", BREATH, *"0123456789"], "0123456789", "complete"),
    # a whole number in one go takes the place of what stood
    ([*"01", BREATH, *"0123456789"], "0123456789", "complete"),
    ([*"01", BREATH, *"01234567"], "0101234567", "complete"),  # it may be the rest
    ([*"01", BREATH, *"012345678"], "01012345678", "too_long"),
    ([*"0", BREATH, *"0123456789"], "0123456789", "complete"),
    ([*"01", BREATH, *"001099012345"], "001099012345", "full"),
    ([*"001099", BREATH, *"012345"], "001099012345", "full"),
    ([*"01", BREATH, *"23", BREATH, *"45", BREATH, *"67", BREATH, *"89"], "0123456789", "complete"),
    ([*"0123456789", BREATH, *"0123456788"], "0123456788", "complete"),
    ([*"01", BREATH, *"0123456788", "*", "9"], "0123456789", "complete"),
    ([*"01", "không", *"0123456789"], "0123456789", "complete"),
    (["không", NINE + " chín"], "0123456789", "complete"),
    (["không một", NINE + " chín"], "0123456789", "complete"),
    (["không một", "không không một không chín chín không một hai ba bốn năm"], "001099012345", "full"),
    ([*"01", NINE + " chín"], "0123456789", "complete"),
    ([NINE, "dạ để tôi đọc lại nhé " + NINE + " chín"], "0123456789", "complete"),
    (["không một", NINE + " tám", "à nhầm chín"], "0123456789", "complete"),
    (["không một", NINE + " tám", TOLD, "số thứ mười là chín"], "0123456789", "complete"),
    (["không một", TOLD, NINE + " chín"], "0123456789", "complete"),
    ([*"01", TOLD, *"0123456789"], "0123456789", "complete"),
    (["một hai ba", "một trăm hai", NINE + " chín"], "0123456789", "complete"),  # it needs no place
    (["một hai ba", "một trăm hai", *"0123456789"], "0123456789", "complete"),
    (["không", "không một", "hai ba bốn", "năm sáu bảy", "tám chín"], "0123456789", "complete"),
    ([*"0", BREATH, *"01", BREATH, *"23", BREATH, *"45", BREATH, *"67", BREATH, *"89"], "0123456789", "complete"),
    # the number twice is one number
    ([f"{NINE} chín {NINE} chín"], "0123456789", "complete"),
    ([NINE + " chín", NINE + " chín"], "0123456789", "complete"),
    ([NINE + " chín", "không một hai ba bốn", "năm sáu bảy tám chín"], "0123456789", "complete"),
    ([f"{NINE} chín", f"{NINE} chín", f"{NINE} chín"], "0123456789", "complete"),
    ([*"01234567890123456789"], "0123456789", "complete"),
    ([*"001099012345001099012345"], "001099012345", "full"),
    ([*"01234567890123456788"], "01234567890123456788", "too_long"),
    ([f"{NINE} chín {NINE} tám", TOLD, NINE + " chín"], "0123456789", "complete"),
    # the key that led here, pressed once too often, is no digit
    ([ECHO + "8", *"80123456789"], "0123456789", "complete"),
    ([ECHO + "8", *"880123456789"], "0123456789", "complete"),
    ([ECHO + "8", *"80123456789", "#"], "0123456789", "complete"),
    ([ECHO + "8", *"8012345678"], "8012345678", "complete"),
    ([ECHO + "8", *"88012345678"], "8012345678", "complete"),
    ([ECHO + "8", *"8001099012345"], "001099012345", "full"),
    ([ECHO + "8", *"001099012345"], "001099012345", "full"),
    ([ECHO + "8", *"800109901234"], "800109901234", "full"),
    ([ECHO + "8", *"8"], "", "empty"),
    ([ECHO + "8", *"88#"], "", "empty"),
    ([ECHO + "8", *"80"], "80", "short"),
    ([ECHO + "8", *"8", NINE + " chín"], "0123456789", "complete"),
    ([ECHO + "8", *"88", "không một hai"], "012", "short"),
    ([ECHO + "8", *"88", "không một hai", *"3"], "0123", "short"),
    ([ECHO + "8", *"88", TOLD, NINE + " chín"], "0123456789", "complete"),
    ([ECHO + "8", *"80", "một hai"], "8012", "short"),
    ([ECHO + "8", *"80123456788*9"], "0123456789", "complete"),
    ([ECHO + "8", *"8", BREATH, *"0123456789"], "0123456789", "complete"),
    ([ECHO + "8", *"80", TOLD, *"8"], "808", "short"),
    ([*"80123456789"], "80123456789", "too_long"),
    ([ECHO + "7", *"80123456789"], "80123456789", "too_long"),
    ([*"01", ECHO + "8", *"80123456"], "0180123456", "complete"),  # the number goes on
    # a health card ends with the number
    (["bốn không một " + NINE + " chín"], "0123456789", "complete"),
    (["bốn không một", NINE + " chín"], "0123456789", "complete"),
    (["bốn", "không một", "không một hai ba bốn", "năm sáu bảy tám chín"], "0123456789", "complete"),
    (["chín không một " + NINE + " chín"], "9010123456789", "too_long"),  # no card begins so
    ([*"4010123456789"], "4010123456789", "too_long"),
    (["bốn không một " + NINE + " tám", TOLD, "số thứ mười là chín"], "0123456789", "complete"),
    (["bốn không một " + NINE + " tám", "à nhầm chín"], "0123456789", "complete"),
    # put right and on in one breath: the count tells, or nothing does
    (["không một hai ba bốn tám à nhầm năm sáu bảy tám chín"], "0123456789", "complete"),
    (["không một hai ba bốn tám", "à nhầm", "năm sáu bảy tám chín"], "0123456789", "complete"),
    (["không một hai ba bốn tám xin lỗi năm sáu bảy tám chín"], "0123456789", "complete"),
    (["không một hai ba bốn tám", "xin lỗi", "năm sáu bảy tám chín"], "0123456789", "complete"),
    (["không một hai ba bốn", "xin lỗi", "năm sáu bảy tám chín"], "0123456789", "complete"),
    ([NINE + " tám", "à quên, số cuối chín"], "0123456789", "complete"),
    (["không một hai ba bốn tám à nhầm năm sáu"], "0123", "unclear"),
    (["không một hai ba bốn tám à nhầm năm sáu", TOLD, "bốn năm sáu bảy tám chín"], "0123456789", "complete"),
    # what stands stays while nothing is said, and the rest completes it
    ([NINE, TOLD, TOLD, "chín"], "0123456789", "complete"),
    ([NINE, TOLD, "dạ", TOLD, "9"], "0123456789", "complete"),
    ([NINE, TOLD, "à nhầm bảy", "chín"], "0123456779", "complete"),
    ([NINE, TOLD, "*", *"89"], "0123456789", "complete"),
    ([NINE, TOLD, "số thứ hai là chín", "chín"], "0923456789", "complete"),
    # a whole number in place of the rest begins again
    ([NINE, TOLD, NINE + " chín"], "0123456789", "complete"),
    ([NINE, TOLD, "không một hai", "ba bốn năm", "sáu bảy tám chín"], "0123456789", "complete"),
    ([NINE, TOLD, *"0123456788"], "0123456788", "complete"),
    ([NINE, TOLD, "không một hai", *"3456788"], "0123456788", "complete"),
    ([NINE, TOLD, NINE], "012345678012345678", "too_long"),
    # a whole number that is asked for again is corrected, or another begins
    ([NINE, "tám", TOLD, "số thứ mười là chín"], "0123456789", "complete"),
    ([NINE, "tám", TOLD, "à nhầm chín"], "0123456789", "complete"),
    ([NINE, "tám", TOLD, "xóa số cuối", "chín"], "0123456789", "complete"),
    ([NINE, "tám", TOLD, "*", "9"], "0123456789", "complete"),
    ([NINE, "tám", TOLD, "không phải bảy mà là tám"], "0123456888", "complete"),
    ([NINE, "tám", TOLD, "chín chứ không phải bảy"], "0123456988", "complete"),
    ([NINE, "tám", TOLD, "không phải tám mà là chín"], "0123456788", "unclear"),  # which of the two
    ([NINE, "tám", TOLD, "số thứ hai là"], "0123456788", "unclear"),
    ([NINE, "tám", TOLD, "số thứ hai là", "ba"], "0323456788", "complete"),
    ([NINE, "tám", TOLD, "một một"], "11", "short"),
    ([NINE, "tám", TOLD, "một một", "hai hai", "à nhầm ba"], "1123", "short"),
    ([NINE, "tám", TOLD, *"11"], "11", "short"),
    ([NINE, "tám", TOLD, "1", "một hai"], "112", "short"),
    ([NINE, "tám", TOLD, "đọc lại từ đầu", "một một"], "11", "short"),
    ([NINE, "tám", TOLD, "*", "*"], "", "empty"),
    ([NINE, "tám", TOLD, "dạ"], "0123456788", "complete"),
    # one digit is asked for alone
    ([NINE, "tám", ASKED + "10", "chín"], "0123456789", "complete"),
    ([NINE, "tám", ASKED + "10", "9"], "0123456789", "complete"),
    ([NINE, "tám", ASKED + "1", "9"], "9123456788", "complete"),
    ([NINE, "tám", ASKED + "10", "dạ số chín ạ"], "0123456789", "complete"),
    ([NINE, "tám", ASKED + "10", "chín, chín"], "0123456789", "complete"),
    ([NINE, "tám", ASKED + "10", "chín", "chín"], "0123456789", "complete"),
    ([NINE, "tám", ASKED + "10", "số thứ mười là chín"], "0123456789", "complete"),
    ([NINE, "tám", ASKED + "10", "tám à nhầm chín"], "0123456789", "complete"),
    ([NINE, "tám", ASKED + "5", NINE + " chín"], "0123456789", "complete"),
    ([NINE, "tám", ASKED + "5", *"0123456789"], "0123456789", "complete"),
    ([NINE, "tám", ASKED + "10", "*"], "0123456788", "complete"),
    ([NINE, "tám", ASKED + "10", *"3*9"], "0123456789", "complete"),
    ([NINE, "tám", ASKED + "10", "*", "*"], "", "empty"),
    ([NINE, "tám", ASKED + "5", *"89"], "0123456788", "unclear"),
    ([NINE, "tám", ASKED + "5", "chín tám"], "0123456788", "unclear"),
    ([NINE, "tám", ASKED + "5", "một trăm hai"], "0123456788", "unclear"),
    ([NINE, "tám", ASKED + "5"], "0123456788", "complete"),
]


@pytest.mark.parametrize(("inputs", "digits", "status"), CONVERSATIONS, ids=[" | ".join(c[0]) for c in CONVERSATIONS])
def test_conversation(inputs: list[str], digits: str, status: str) -> None:
    collector = after(*inputs)
    assert (collector.digits, collector.status.value) == (digits, status)


@pytest.mark.parametrize(
    ("count", "lengths", "status", "missing"),
    [
        (0, TEN, Collected.EMPTY, 10),
        (8, TEN, Collected.SHORT, 2),
        (10, TEN, Collected.FULL, 0),
        (11, TEN, Collected.TOO_LONG, 0),
        (8, BOTH, Collected.SHORT, 2),
        (10, BOTH, Collected.COMPLETE, 0),
        (11, BOTH, Collected.TOO_LONG, 1),
        (12, BOTH, Collected.FULL, 0),
        (13, BOTH, Collected.TOO_LONG, 0),
        (10, (12, 10), Collected.COMPLETE, 0),
    ],
)
def test_it_says_how_far_it_is_and_what_is_missing(
    count: int, lengths: tuple[int, ...], status: Collected, missing: int
) -> None:
    collector = after(*"1" * count, lengths=lengths)
    assert (collector.status, collector.missing) == (status, missing)


@pytest.mark.parametrize(
    ("inputs", "ended"),
    [
        ([*"012"], False),
        ([*"012", "#"], True),
        (["không một hai"], False),
        (["không một hai hết"], True),
        (["không một hai", "xong rồi ạ"], True),
        (["không một hai hết", "ba bốn"], False),  # there was more after all
        (["không một hai hết", "3"], False),
        (["không một hai hết", TOLD], False),
        (["một trăm hai", "#"], True),
        (["không một hai", "xóa hết"], False),
    ],
)
def test_the_caller_says_when_it_is_all(inputs: list[str], ended: bool) -> None:
    assert after(*inputs).ended is ended


@pytest.mark.parametrize(
    ("inputs", "spoken"),
    [
        ([], False),
        ([*"012"], False),
        (["không một"], True),
        ([*"01", "hai"], True),
        ([*"01", "hai", "*"], False),  # the only spoken digit is gone
        (["không một", "*", "*", *"01"], False),
        ([*"01", "dạ"], False),
        ([*"0123", "xóa số cuối"], False),
        ([*"0123", "sửa số thứ hai thành chín"], True),
        ([NINE, "tám", ASKED + "2", *"0123456789"], False),
        ([NINE, ASKED + "2", "1"], True),
        ([NINE, "tám", TOLD, *"0123456789"], False),
        ([NINE, "tám", TOLD, "*", "9"], True),
        ([NINE, TOLD, *"0123456789"], False),
    ],
)
def test_it_knows_whether_a_standing_digit_was_spoken(inputs: list[str], spoken: bool) -> None:
    assert after(*inputs).spoken is spoken


@pytest.mark.parametrize(
    ("inputs", "doubtful"),
    [
        ([*"0123456789"], False),
        ([*"001099", BREATH, *"012345"], False),
        ([*"01", BREATH, *"0123456789"], True),  # 12 digits as well
        ([*"0", BREATH, *"0123456789"], False),  # 11 are no number
        ([*"0123456789", BREATH, *"0123456788"], False),
        ([*"01", TOLD, *"0123456789"], False),  # the caller was told that eight are missing
        (["không một", NINE + " chín"], True),
        (["một hai ba", "một trăm hai", *"0123456789"], True),
        (["mười mốt trăm", *"0123456789"], False),  # nothing of it stood
        (
            [*"01", BREATH, *"01", BREATH, *"23", BREATH, *"45", BREATH, *"67", BREATH, *"89"],
            True,
        ),  # or ten, begun again
        ([ECHO + "8", *"80123456789"], True),
        ([ECHO + "8", *"880123456789"], True),
        ([ECHO + "8", *"80123456789", "dạ"], True),
        ([ECHO + "8", *"8012345678"], False),
        ([ECHO + "8", *"0123456789"], False),
        ([*"01234567890123456789"], False),
        (["bốn không một " + NINE + " chín"], True),
        ([*"01", BREATH, *"0123456789", TOLD], False),  # it was read back
        ([*"01", BREATH, *"0123456789", TOLD, *"9876543210"], False),
        ([*"01", BREATH, *"0123456789", "*", "*", *"9876543210"], False),
        ([*"01233456789", "#", TOLD, *"0123456789"], False),  # after too many a whole number is taken as it is
    ],
)
def test_where_a_guess_was_made_the_number_is_doubtful(inputs: list[str], doubtful: bool) -> None:
    assert after(*inputs).doubtful is doubtful


def test_a_piece_with_several_readings_has_several_ways_to_go_on() -> None:
    ways = after("không một hai ba bốn tám").ways("à nhầm năm sáu bảy")
    assert [each.digits for each in ways] == ["01234567", "0123567", "012567"]
    ways[0].hear("tám chín")
    assert ways[0].digits == "0123456789"


@pytest.mark.parametrize(("digit", "number"), [("2", "0222222222"), ("1", "0123456788"), ("9", "0923456788")])
def test_the_answer_for_one_digit_decides_for_another_number_that_has_it(digit: str, number: str) -> None:
    for answer in (Collector.press, Collector.hear):
        cells = after(NINE, "tám")
        cells.ask(2, others=("0222222222", "0233333333"))
        answer(cells, digit)
        assert cells.digits == number


def test_partials_are_replaced_and_change_nothing() -> None:
    collector = after("không một hai")
    assert [collector.preview(text) for text in ("ba", "ba bốn", "ba mươi tư", "")] == ["0123", "01234", "01234", "012"]
    assert collector.digits == "012"
    collector.hear("ba bốn")
    assert collector.digits == "01234"


def test_a_preview_of_a_correction_shows_the_corrected_digits() -> None:
    assert after("không một hai").preview("à nhầm ba") == "013"


@pytest.mark.parametrize(
    ("inputs", "repeats"),
    [
        ([NINE, TOLD, "không một hai"], True),
        ([NINE, TOLD, *"01"], True),
        ([NINE, TOLD, "không"], False),
        ([NINE, TOLD, "chín tám bảy"], False),
        ([NINE, "không một hai"], True),
        ([NINE, "không một ba"], False),
        ([*"01", BREATH, *"01"], True),
        ([*"0101"], False),
        ([*"0123456789", *"01"], True),
        ([*"0123456789", *"09"], False),
        ([NINE, TOLD, "không một hai", "*", "*"], False),
    ],
)
def test_it_notices_that_the_caller_may_be_giving_all_of_it_again(inputs: list[str], repeats: bool) -> None:
    assert after(*inputs).repeats is repeats


@pytest.mark.parametrize(
    ("text", "concerns"),
    [
        ("không một hai", True),
        ("mười mốt", True),  # no number, but meant as one
        ("không một [unk] ba", True),
        ("hết", True),
        ("xóa số cuối", True),
        ("dạ", False),
        ("gặp tổng đài viên", False),
        ("tôi không biết", False),
        ("đọc lại", False),
        ("", False),
    ],
)
def test_it_knows_what_is_meant_for_it(text: str, concerns: bool) -> None:
    assert Collector.concerns(text) is concerns


@pytest.mark.parametrize("key", ["", "12", "x", "²", " "])
def test_what_is_no_key_is_refused(key: str) -> None:
    with pytest.raises(ValueError, match="key"):
        Collector(TEN).press(key)


@pytest.mark.parametrize("lengths", [(), (0,), (10, -1)])
def test_lengths_that_are_none_are_refused(lengths: tuple[int, ...]) -> None:
    with pytest.raises(ValueError, match="length"):
        Collector(lengths)


PIECES = [
    "một",
    "hai mươi",
    "ba bốn",
    "một trăm linh",
    "à nhầm bốn",
    "xóa hết",
    "xóa số cuối",
    "mèo",
    "hết",
    "lăm",
    "09",
]


@given(st.lists(st.sampled_from([*PIECES, *"0189*#", TOLD, ASKED + "1"]), max_size=12), st.sampled_from(PIECES))
def test_whatever_comes_the_cells_hold_digits_and_previews_come_true(inputs: list[str], last: str) -> None:
    collector = after(*inputs)
    assert set(collector.digits) <= set("0123456789")
    assert collector.spoken <= bool(collector.digits)
    assert (collector.missing == 0) == (len(collector.digits) in BOTH or len(collector.digits) > max(BOTH))
    expected = collector.preview(last)
    collector.hear(last)
    assert collector.digits == expected
