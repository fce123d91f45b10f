"""A wish for a person, by both passes."""

from __future__ import annotations

import pytest

from bot.hearing.recogniser import Recognised
from bot.hearing.wishes import MANY, alone, for_service, judged, person, repeat
from tests.fitted import FIT

NOTHING = Recognised((), ())


@pytest.mark.parametrize(
    ("text", "wish"),
    [
        ("gặp nhân viên", "gặp nhân viên"),
        ("chờ gặp tổng đài viên", "gặp tổng đài viên"),
        ("nhân viên", "nhân viên"),
        ("gặp người", "gặp người"),
        ("nói chuyện người", "nói chuyện người"),
        ("nối máy cho tôi", "nối máy cho tôi"),
        ("không muốn gặp nhân viên", ""),
        ("cấp lại mật khẩu", ""),
    ],
)
def test_the_words_that_ask_for_one(text: str, wish: str) -> None:
    assert person(text) == wish


def said(text: str, share: float = 0.3, likely: float | None = 0.0, syllables: int = 3) -> Recognised:
    heard = Recognised((text,), (share,))
    return judged(heard, heard, lambda words: likely, syllables, FIT.wishes)


def test_what_both_hear_is_certain() -> None:
    assert said("gặp nhân viên <unk>", likely=FIT.wishes.heard) == Recognised(("gặp nhân viên",), (FIT.wishes.both,))


def test_it_need_not_be_the_first_alternative() -> None:
    first = Recognised(("chờ", "gặp cán bộ"), (0.5, 0.2))
    assert judged(first, NOTHING, lambda words: -1.0, 3, FIT.wishes).texts == ("gặp cán bộ",)


def test_what_the_second_pass_does_not_hear_was_not_said() -> None:
    assert said("gặp nhân viên", 0.95, FIT.wishes.heard - 1) == NOTHING


def test_what_it_cannot_tell_is_the_first_pass_s_to_tell() -> None:
    assert said("gặp nhân viên", 0.9, None).texts == ("gặp nhân viên",)
    assert said("nối máy", 0.9, FIT.wishes.transfer + 1).texts == ("nối máy",)


def test_long_speech_must_hold_it_clearly() -> None:
    assert said("gặp nhân viên", 0.5, FIT.wishes.long - 1, MANY + 1) == NOTHING
    assert said("gặp nhân viên", 0.5, FIT.wishes.long, MANY + 1).texts == ("gặp nhân viên",)


def test_in_long_speech_there_is_none_that_the_second_pass_cannot_tell() -> None:
    assert said("nối máy", 0.9, None, MANY + 1) == NOTHING


def test_many_wishes_in_a_row_are_none() -> None:
    assert said("gặp người tổng đài gặp nhân viên không bộ phận", 0.5) == NOTHING


def test_a_denial_that_both_hear_is_left_as_it_is() -> None:
    assert said("không muốn gặp nhân viên", 0.5, FIT.wishes.heard, 6).texts == ("không muốn gặp nhân viên",)
    assert said("không phải", 0.9, None).texts == ("không phải",)


def test_a_last_khong_asks_for_one() -> None:
    assert said("nhân viên không", 0.5, FIT.wishes.short) == Recognised(("nhân viên",), (FIT.wishes.both,))
    assert said("không gặp nhân viên không", 0.5, FIT.wishes.heard).texts == ("không gặp nhân viên không",)


@pytest.mark.parametrize("text", ["bộ phận không", "gặp bộ phận không", "nói chuyện người không nghe được"])
def test_other_speech_with_a_no_in_it_is_doubted_as_any_other_is(text: str) -> None:
    assert said(text, 0.9, FIT.wishes.heard - 1, 7) == NOTHING
    assert said(text, 0.9, FIT.wishes.long - 1, MANY + 1) == NOTHING


def test_a_no_stays_where_the_wish_is_another_way_of_hearing_it() -> None:
    first = Recognised(("không đúng", "không gặp nhân viên"), (0.6, 0.3))
    assert judged(first, first, lambda words: -50.0, 2, FIT.wishes) == first


def by_second_alone(told: str, heard: Recognised = NOTHING, likely: float | None = -9.0) -> Recognised:
    return alone(heard, told, lambda words: 0.0 if words in told else likely, FIT.wishes)


@pytest.mark.parametrize(
    "told",
    [
        *("này số tôi gặp nhân viên", "tôi chín gặp tổng đài viên", "tôi muốn nói với nhân viên"),
        *("điện qua nhân viên giùm cái rồi", "số nhân viên vào không"),
    ],
)
def test_where_the_first_is_sure_of_nothing_the_second_is_believed_alone(told: str) -> None:
    assert person(by_second_alone(told).texts[0])
    assert person(by_second_alone(told, Recognised(("", "nói lại"), (0.6, 0.2))).texts[0])


@pytest.mark.parametrize("told", ["trở gặp mười cái tỷ", "gặp mươi chục", "gặp trở", "số ba gặp tám bốn bảo viện"])
def test_words_that_it_does_not_know_have_others_in_their_place(told: str) -> None:
    assert by_second_alone(told) == Recognised(("gặp người",), (FIT.wishes.both,))


@pytest.mark.parametrize(
    "told",
    [
        *("tôi không gặp nhân viên", "đừng gặp mười trở", "số ba bảo viện", "hai gặp mươi ba", "tôi gặp bảo kê"),
        "một hai ba bốn năm gặp nhân viên một hai ba bốn",
    ],
)
def test_it_is_not_believed_of_a_refusal_a_number_or_long_speech(told: str) -> None:
    assert by_second_alone(told) == NOTHING


@pytest.mark.parametrize(
    ("told", "wish"),
    [
        *(
            (told, "chờ chút")
            for told in ("trở chục", "trở tỷ", "chờ em tỷ", "trở một chục", "trở sửa nghìn", "tôi chục")
        ),
        *((told, "chờ chút") for told in ("trở chục để tôi hiểm số", "trở hết chục sửa", "tôi một là", "chờ một lát")),
        *((told, "đọc lại") for told in ("đọc lại", "đọc lại tỷ", "trở lại", "quay lại đi", "nhắc lại")),
    ],
)
def test_callers_who_want_time_or_the_question_again(told: str, wish: str) -> None:
    assert by_second_alone(told) == Recognised((wish,), (FIT.wishes.both,))


@pytest.mark.parametrize(
    "told", ["một chục", "bảy chục", "tôi một hai", "ba tỷ", "trở thành", "lại", "đọc", "sai đọc lại"]
)
def test_what_is_neither(told: str) -> None:
    assert by_second_alone(told) == NOTHING


def test_what_it_hears_less_than_clearly_is_no_wish() -> None:
    assert by_second_alone("vậy nhân biên", likely=FIT.wishes.alone - 0.1) == NOTHING
    assert by_second_alone("vậy nhân biên", likely=FIT.wishes.alone).texts[0] != ""


@pytest.mark.parametrize(
    ("told", "text"),
    [
        ("xin cấp mật khẩu", "<unk> <unk> mật khẩu"),
        ("mật khẩu của ba mật rồi sáu", "mật khẩu <unk> <unk> <unk> <unk> <unk>"),
        ("mật khẩu", "mật khẩu"),
        ("số tôi mật khẩu với", "<unk> <unk> mật khẩu <unk>"),
        *((told, "không vào được") for told in ("không bảo được nhà hết", "tôi không gặp nhầm triệu")),
        *((told, "tám") for told in ("tám", "số tám", "bốn chín tám", "vâng tám", "số tôi số tám", "số tám đi em")),
    ],
)
def test_the_menu_s_wish_is_heard_by_what_it_is_about_in_as_many_words_as_were_said(told: str, text: str) -> None:
    assert for_service(told, FIT.wishes) == Recognised((text,), (FIT.wishes.both,))


@pytest.mark.parametrize(
    "told",
    [
        "",
        "khẩu",
        "mật rồi khẩu",
        "không cần mật khẩu",
        "đừng đổi mật khẩu",
        "mật khẩu " * 6,
        "không",
        "không tám",
        "hai tám",
    ],
)
def test_but_not_where_it_is_refused_or_in_long_speech(told: str) -> None:
    assert for_service(told.strip(), FIT.wishes) is None


@pytest.mark.parametrize(
    "told",
    [
        "đọc lại",
        "đọc lại đi tôi nghe không nghìn",
        "nghe không lô đọc lại",
        "nghe không hết đọc lại mốt rồi",
        "cho tôi nhắc lại",
    ],
)
def test_the_number_is_wanted_again(told: str) -> None:
    assert repeat(told)


@pytest.mark.parametrize(
    "told",
    ["", "đúng", "lại", "không đọc lại", "không hai để tôi đọc lại", "sai đọc lại", "đúng rồi đọc lại", "đọc lại " * 6],
)
def test_but_not_beside_an_answer_or_in_long_speech(told: str) -> None:
    assert not repeat(told.strip())
