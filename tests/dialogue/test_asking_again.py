"""What is asked again, and how often: after failures, about an uncertain digit, of slow callers."""

from __future__ import annotations

import dataclasses

import pytest
from dialogue_tools import ASK, NO, REPEAT, YES, Citizen, TextCall, keyed, spoken, words

from bot.events import (
    Grammar,
    Outcome,
    OwnPhone,
    Said,
    Silence,
    TooFew,
    TooMany,
    Uncertain,
    Unintelligible,
    Utterance,
)

# ── failures, in three steps ──


@pytest.mark.parametrize(
    ("failure", "outcome"),
    [(Silence(), Outcome.NO_INPUT), (Unintelligible(), Outcome.NO_MATCH)],
    ids=["silence", "no match"],
)
@pytest.mark.parametrize("before", [[], [ASK], [ASK, spoken("0123456789")]], ids=["menu", "number", "read-back"])
async def test_the_second_failure_offers_the_keypad_and_the_third_ends_the_call(
    call: TextCall, before: list[Utterance], failure: Utterance, outcome: Outcome
) -> None:
    asked = await call.start("0912345678", *before)
    first, second = await call.tell(failure), await call.tell(failure)
    third = await call.tell(failure)
    assert first.expect == second.expect == asked.expect
    assert len({words(reply) for reply in (asked, first, second, third)}) == 4
    assert "bấm" in words(second)
    assert third.outcome is outcome


async def test_silence_and_speech_not_understood_have_their_own_words(call: TextCall) -> None:
    silence = await call.start("0912345678", ASK, Silence())
    await call.tell(REPEAT)
    assert words(silence) != words(await call.tell(Unintelligible()))


async def test_what_the_bot_was_not_made_for_is_not_understood(call: TextCall) -> None:
    asked = await call.start("0912345678")
    reply = await call.tell(Said("hôm nay trời nóng quá"))
    assert reply.expect == asked.expect
    assert "chưa nghe rõ" in words(reply)


@pytest.mark.parametrize(("missing", "said"), [(1, "thiếu một số"), (2, "thiếu hai số"), (11, "thiếu mười một số")])
async def test_too_few_digits_say_what_is_missing_and_stand(call: TextCall, missing: int, said: str) -> None:
    reply = await call.start("0912345678", ASK, TooFew(missing))
    assert said in words(reply)
    assert reply.expect.kind is Grammar.NUMBER


@pytest.mark.parametrize("between", [Silence(), Unintelligible(), Said("hôm nay trời nóng quá"), REPEAT, YES, ASK])
async def test_what_is_missing_is_said_again_whatever_comes_between(call: TextCall, between: Utterance) -> None:
    reply = await call.start("0912345678", ASK, TooFew(2), between)
    assert "òn thiếu hai số" in words(reply)
    assert "thiếu" not in words(await call.tell(spoken("0123456789")))


async def test_digits_that_stand_are_said_where_the_rest_could_not_be_read(call: TextCall) -> None:
    reply = await call.start("0912345678", ASK, TooFew(4, after="345"))
    assert words(reply) == "Còn thiếu bốn số. Xin đọc tiếp sau các số –"
    assert call.revealed("number") == ["345"]
    assert words(await call.tell(TooFew(2))) == "Vẫn còn thiếu hai số. Xin bấm tiếp trên bàn phím."


async def test_too_many_digits_are_said_and_the_number_is_asked_again(call: TextCall) -> None:
    reply = await call.start("0912345678", ASK, TooFew(2), TooMany(11))
    assert words(reply).startswith("Tổng đài vẫn nghe được mười một số.")
    assert "thiếu" not in words(await call.tell(REPEAT))


async def test_too_many_keys_are_said_to_have_been_pressed(call: TextCall) -> None:
    reply = await call.start("0912345678", ASK, TooMany(11, keyed=True))
    assert words(reply) == "Quý khách đã bấm mười một số. Xin bấm lại từ đầu, rồi bấm phím thăng."


# ── one uncertain digit ──


@pytest.mark.parametrize(
    ("uncertain", "said"),
    [
        (Uncertain(1), "số đầu tiên."),
        (Uncertain(2), "số thứ hai."),
        (Uncertain(5, after="234"), "số đứng ngay sau các số –"),
    ],
)
async def test_an_uncertain_digit_is_asked_for_alone(
    call: TextCall, citizen: Citizen, uncertain: Uncertain, said: str
) -> None:
    """Old people do not count to the sixth digit: it is named by those before it."""
    reply = await call.start(citizen.phone, ASK, uncertain)
    assert words(reply).endswith(said)
    assert (reply.expect.kind, reply.expect.cell) == (Grammar.NUMBER, uncertain.cell)
    assert call.revealed("number") == ([uncertain.after] if uncertain.after else [])
    reply = await call.tell(spoken(citizen.number))
    assert reply.expect.kind is Grammar.YESNO
    assert call.revealed("number")[-1] == citizen.number


async def test_a_digit_is_not_named_by_those_before_another(call: TextCall) -> None:
    await call.start("0912345678", ASK, Uncertain(5, after="234"))
    assert words(await call.tell(Uncertain(1))) == "Xin đọc hoặc bấm lại số đầu tiên."


async def test_the_digit_is_asked_for_after_digits_were_missing_too(call: TextCall) -> None:
    reply = await call.start("0912345678", ASK, TooFew(2), Uncertain(3))
    assert reply.expect.cell == 3


@pytest.mark.parametrize("between", [REPEAT, Said("hôm nay trời nóng quá"), YES])
async def test_the_same_digit_is_asked_for_again(call: TextCall, between: Utterance) -> None:
    reply = await call.start("0912345678", ASK, Uncertain(5, after="234"), between)
    assert reply.expect.cell == 5


async def test_once_it_is_answered_nothing_asks_for_it_again(call: TextCall) -> None:
    reply = await call.start("0912345678", ASK, Uncertain(5), spoken("0123456789"), NO)
    assert reply.expect.kind is Grammar.NUMBER
    assert reply.expect.cell is None


# ── slow callers, callers who wait, callers without a number ──


async def test_a_turn_that_brings_digits_is_no_failure(call: TextCall, citizen: Citizen) -> None:
    singly = [TooFew(9 - n, progress=True) for n in range(9)]
    reply = await call.start(citizen.phone, ASK, *singly, keyed(citizen.number))
    assert reply.expect.kind == "played"


async def test_failures_before_more_digits_count_no_longer(call: TextCall) -> None:
    reply = await call.start("0912345678", ASK, Silence(), Silence(), TooFew(4, progress=True), Silence(), Silence())
    assert reply.outcome is None


@pytest.mark.parametrize("before", [[], [ASK], [ASK, spoken("0123456789")]], ids=["menu", "number", "read-back"])
async def test_whoever_asks_the_bot_to_wait_has_half_a_minute_twice(call: TextCall, before: list[Utterance]) -> None:
    asked = await call.start("0912345678", *before)
    for _ in range(2):
        reply = await call.tell(Said("chờ một chút"))
        assert words(reply) == "Vâng, tổng đài xin chờ."
        assert reply.expect == dataclasses.replace(asked.expect, patience=30.0)
    third = await call.tell(Said("chờ một chút"))
    assert third.expect.patience is None


async def test_waiting_loses_no_digit(call: TextCall) -> None:
    await call.start("0912345678", ASK, TooFew(2, progress=True), Said("chờ một chút"))
    assert "òn thiếu hai số" in words(await call.tell(Silence()))


async def test_who_has_no_number_hears_where_it_stands_then_of_a_person_and_is_handed_over(call: TextCall) -> None:
    first = await call.start("0912345678", ASK, Said("tôi không có mã số"))
    for place in ("VssID", "sổ bảo hiểm", "mười số cuối của thẻ bảo hiểm y tế", "gặp tổng đài viên"):
        assert place in words(first)
    assert "gặp tổng đài viên" in words(await call.tell(Said("tôi quên mã số")))
    assert (await call.tell(Said("tôi không có mã số"))).outcome is Outcome.TRANSFERRED


async def test_the_own_telephone_number_is_no_insurance_number(call: TextCall, citizen: Citizen) -> None:
    reply = await call.start(citizen.phone, ASK, OwnPhone())
    assert words(reply).startswith("Đó là số điện thoại quý khách đang gọi.")
    assert reply.expect.kind is Grammar.NUMBER
    assert (await call.tell(keyed(citizen.number))).expect.kind == "played"


# ── another number at the read-back ──


async def test_a_number_keyed_at_the_read_back_takes_the_place_of_the_wrong_one(
    call: TextCall, citizen: Citizen
) -> None:
    reply = await call.start(citizen.phone, ASK, spoken("9999999999"), keyed(citizen.number))
    assert reply.expect.kind == "played"
    assert len(call.revealed("password")) == 1


@pytest.mark.parametrize("part", [TooFew(4), TooMany(11, keyed=True), OwnPhone(), Uncertain(5, after="234")])
async def test_after_part_of_a_number_at_the_read_back_the_old_one_is_not_confirmed(
    call: TextCall, citizen: Citizen, part: Utterance
) -> None:
    reply = await call.start(citizen.phone, ASK, spoken(citizen.number), part)
    assert reply.expect.kind is Grammar.NUMBER
    assert (await call.tell(YES)).expect.kind is Grammar.NUMBER
    assert call.revealed("password") == []


async def test_too_few_digits_three_times_end_the_call(call: TextCall) -> None:
    reply = await call.start("0912345678", ASK, TooFew(5), TooFew(3))
    assert "bàn phím" in words(reply)
    assert (await call.tell(TooFew(2))).outcome is Outcome.NO_MATCH


async def test_different_failures_in_a_row_count_together(call: TextCall) -> None:
    reply = await call.start("0912345678", ASK, Silence(), TooFew(2), Unintelligible())
    assert reply.outcome is Outcome.NO_MATCH


async def test_progress_starts_the_count_again(call: TextCall, citizen: Citizen) -> None:
    reply = await call.start(
        *(citizen.phone, Silence(), Silence(), ASK),
        *(Silence(), TooFew(2), spoken(citizen.number)),
        *(Silence(), Unintelligible(), YES),
    )
    assert reply.expect.kind == "played"


async def test_a_third_wrong_read_back_hands_over(call: TextCall) -> None:
    wrong = [spoken("9999999999"), NO]
    reply = await call.start("0912345678", ASK, *wrong, *wrong)
    assert "bàn phím" in words(reply)
    assert (await call.tell(*wrong)).outcome is Outcome.TRANSFERRED


@pytest.mark.parametrize("misplaced", [YES, NO])
async def test_a_yes_or_no_to_no_question_is_a_failure(call: TextCall, misplaced: Utterance) -> None:
    reply = await call.start("0912345678", ASK, misplaced, misplaced, misplaced)
    assert reply.outcome is Outcome.NO_MATCH


async def test_after_digits_that_are_no_answer_the_number_is_read_again(call: TextCall, citizen: Citizen) -> None:
    first = await call.start(citizen.phone, ASK, spoken(citizen.number))
    again = await call.tell(Unintelligible(digits=True))
    assert words(again).startswith(words(first).removesuffix("Đúng hay sai?"))
    assert again.expect.kind is Grammar.YESNO
    assert "bấm phím một" in words(await call.tell(Unintelligible(digits=True)))
    assert (await call.tell(Unintelligible(digits=True))).outcome is Outcome.NO_MATCH
