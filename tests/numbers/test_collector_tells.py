"""What the collector tells of the number so far: what is missing, what is in doubt, whether it is all."""

import pytest
from hypothesis import given
from hypothesis import strategies as st
from number_tools import ASKED, BOTH, BREATH, ECHO, NINE, TEN, TOLD, after

from vietnamese_numbers import Collected, Collector


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
