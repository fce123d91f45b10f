"""Every rule of the conversation, with the trained model, the real actions and a real database."""

from __future__ import annotations

import dataclasses
from collections.abc import Iterator

import pytest
from dialogue_tools import Citizen, TextCall, words
from sqlalchemy import event
from sqlalchemy.engine import Engine

from bot.accounts import Accounts
from bot.events import (
    Chosen,
    Gone,
    Grammar,
    Number,
    Outcome,
    OwnPhone,
    Pause,
    PlayedOut,
    Said,
    Silence,
    TooFew,
    TooMany,
    Uncertain,
    Unheard,
    Unintelligible,
    Utterance,
)
from bot.sealing import Seal
from tests.rasa_tools import RasaOfTests

REFUSAL = "số điện thoại và mã số bảo hiểm không khớp hoặc chưa đăng ký với cơ quan Bảo hiểm xã hội"
ASK, YES, NO, REPEAT = Chosen("ask_reset"), Chosen("affirm"), Chosen("deny"), Chosen("ask_repeat")


def keyed(digits: str) -> Number:
    return Number(digits, spoken=False)


def spoken(digits: str) -> Number:
    return Number(digits, spoken=True)


# ── the menu ──


async def test_a_call_begins_with_the_menu(call: TextCall) -> None:
    reply = await call.start("0912345678")
    assert reply.expect.kind is Grammar.MENU
    assert reply.expect.keys == {"8": "ask_reset", "0": "ask_operator", "*": "ask_repeat"}
    assert reply.expect.lengths == (10, 12), "the whole wish may come with the number"
    assert reply.expect.interruptible
    assert "xin nói hoặc bấm phím tám" in words(reply), "a caller knows that he may speak"


@pytest.mark.parametrize("wish", [ASK, Said("cấp lại mật khẩu"), Said("tôi quên mật khẩu rồi"), Said("quen mat khau")])
async def test_the_wish_leads_to_the_number(call: TextCall, wish: Utterance) -> None:
    reply = await call.start("0912345678", wish)
    assert reply.expect.kind is Grammar.NUMBER
    assert reply.expect.lengths == (10, 12)


async def test_the_whole_wish_with_the_number_leads_to_the_read_back(call: TextCall, citizen: Citizen) -> None:
    reply = await call.start(citizen.phone, Said("cấp lại mật khẩu mã số không một hai ba bốn năm sáu bảy tám chín"))
    assert reply.expect.kind is Grammar.YESNO
    assert call.revealed("number") == ["0123456789"]


@pytest.mark.parametrize("wish", [Chosen("ask_operator"), Said("gặp tổng đài viên"), Said("cho tôi gặp nhân viên")])
@pytest.mark.parametrize("before", [[], [ASK], [ASK, spoken("0123456789")]], ids=["menu", "number", "read-back"])
async def test_a_person_can_be_asked_for_anywhere(call: TextCall, before: list[Utterance], wish: Utterance) -> None:
    reply = await call.start("0912345678", *before, wish)
    assert reply.outcome is Outcome.TRANSFERRED


@pytest.mark.parametrize("wish", [REPEAT, Said("đọc lại"), Said("tôi không nghe rõ"), Said("alo")])
@pytest.mark.parametrize("before", [[], [ASK], [ASK, spoken("0123456789")]], ids=["menu", "number", "read-back"])
async def test_the_last_question_is_repeated(call: TextCall, before: list[Utterance], wish: Utterance) -> None:
    asked = await call.start("0912345678", *before)
    again = await call.tell(wish)
    assert words(asked).endswith(words(again))
    assert again.expect == asked.expect


async def test_repeating_is_no_failure(call: TextCall) -> None:
    reply = await call.start("0912345678", *[REPEAT] * 5)
    assert reply.outcome is None


# ── the number ──


async def test_a_spoken_number_is_read_back(call: TextCall, citizen: Citizen) -> None:
    reply = await call.start(citizen.phone, ASK, spoken(citizen.number))
    assert reply.expect.kind is Grammar.YESNO
    assert reply.expect.keys == {"1": "affirm", "2": "deny", "0": "ask_operator", "*": "ask_repeat"}
    assert call.revealed("number") == [citizen.number]


@pytest.mark.parametrize("yes", [YES, Said("đúng"), Said("dạ đúng rồi"), Said("vâng ạ"), Said("ừ"), Said("một")])
async def test_a_confirmed_number_is_checked(call: TextCall, citizen: Citizen, yes: Utterance) -> None:
    reply = await call.start(citizen.phone, ASK, spoken(citizen.number), yes)
    assert len(call.revealed("password")) == 1
    assert reply.expect.kind == "played"


async def test_a_keyed_number_is_not_read_back(call: TextCall, citizen: Citizen) -> None:
    reply = await call.start(citizen.phone, ASK, keyed(citizen.number))
    assert reply.expect.kind == "played"
    assert call.revealed("number") == []


@pytest.mark.parametrize(
    "no", [NO, Said("sai"), Said("không"), Said("không phải"), Said("không đúng rồi"), Said("hai")]
)
async def test_a_wrong_read_back_is_asked_again(call: TextCall, citizen: Citizen, no: Utterance) -> None:
    reply = await call.start(citizen.phone, ASK, spoken("9999999999"), no)
    assert reply.expect.kind is Grammar.NUMBER
    await call.tell(spoken(citizen.number), YES)
    assert len(call.revealed("password")) == 1


async def test_a_number_said_in_place_of_yes_is_read_back_in_its_turn(call: TextCall, citizen: Citizen) -> None:
    correction = Said("không phải mã số là không một hai ba bốn năm sáu bảy tám chín")
    reply = await call.start(citizen.phone, ASK, spoken("9999999999"), correction)
    assert reply.expect.kind is Grammar.YESNO
    assert call.revealed("number") == ["9999999999", "0123456789"]


async def test_of_two_numbers_neither_is_taken(call: TextCall) -> None:
    two = Said("không một hai ba bốn năm sáu bảy tám chín hay là 0123456780 nhỉ")
    reply = await call.start("0912345678", ASK, two)
    assert reply.expect.kind is Grammar.NUMBER


@pytest.mark.parametrize(
    "words_of_yes", [Said("chờ một chút"), Said("đúng giờ cơm nước gì không biết"), Said("tôi không biết")]
)
async def test_no_sentence_is_taken_for_a_yes(call: TextCall, citizen: Citizen, words_of_yes: Said) -> None:
    reply = await call.start(citizen.phone, ASK, spoken(citizen.number), words_of_yes)
    assert reply.expect.kind is Grammar.YESNO
    assert call.revealed("password") == []


async def test_words_near_a_no_that_are_not_understood_reject_nothing(call: TextCall, citizen: Citizen) -> None:
    reply = await call.start(citizen.phone, ASK, spoken(citizen.number), Said("trời hôm nay không nóng lắm"), YES)
    assert reply.expect.kind == "played"


# ── until the number is confirmed, nothing depends on which numbers there are ──


@pytest.fixture
def statements() -> Iterator[list[str]]:
    """Every SQL statement of this process, as it is sent."""
    sent: list[str] = []

    def note(connection: object, cursor: object, statement: str, *rest: object) -> None:
        sent.append(statement)

    event.listen(Engine, "before_cursor_execute", note)
    yield sent
    event.remove(Engine, "before_cursor_execute", note)


async def test_what_is_asked_is_the_same_for_a_number_that_exists_and_one_that_does_not(
    rasa: RasaOfTests, seal: Seal, citizen: Citizen, statements: list[str]
) -> None:
    """Neither words nor database work tell a caller whether a digit heard with doubt was that of the account."""
    heard = []
    for number in (citizen.number, "0000000000"):
        call = TextCall(rasa, seal)
        await call.start(citizen.phone, ASK, TooFew(2), Uncertain(5), spoken(number), NO, TooMany(11), spoken(number))
        heard.append([(words(reply), reply.expect) for reply in call.replies])
    assert heard[0] == heard[1]
    assert statements == []


# ── number and phone ──


async def test_the_password_is_read_twice_and_in_force_after_the_first_reading(
    call: TextCall, citizen: Citizen, accounts: Accounts
) -> None:
    first = await call.start(citizen.phone, ASK, keyed(citizen.number))
    (password,) = call.revealed("password")
    assert not first.expect.interruptible
    assert first.outcome is None
    assert not accounts.verify(citizen.phone, password), "nobody has heard it yet"
    second = await call.tell(PlayedOut())
    assert call.revealed("password") == [password, password]
    assert second.segments[0] == Pause(1.0), "the caller is still writing"
    assert second.outcome is Outcome.RESET
    assert not second.expect.interruptible
    assert accounts.verify(citizen.phone, password)


@pytest.mark.parametrize(
    ("phone", "number"),
    [("0987654321", None), ("0987654321", "0000000000"), ("12", None)],
    ids=["another phone", "neither known", "a phone that is none"],
)
async def test_whatever_does_not_match_gets_the_same_sentence(
    call: TextCall, citizen: Citizen, phone: str | None, number: str | None
) -> None:
    reply = await call.start(phone, ASK, keyed(number or citizen.number))
    assert words(reply).startswith(REFUSAL)
    assert reply.outcome is Outcome.REFUSED
    assert not reply.expect.interruptible
    assert call.revealed("password") == []


async def test_a_withheld_number_hears_at_once_that_it_cannot_be_served(call: TextCall) -> None:
    reply = await call.start(None)
    assert "không nhận được số điện thoại" in words(reply)
    assert reply.outcome is Outcome.REFUSED


async def test_an_unknown_number_of_a_known_phone_gets_the_same_sentence(call: TextCall, citizen: Citizen) -> None:
    reply = await call.start(citizen.phone, ASK, spoken("123456789012"), YES)
    assert words(reply).startswith(REFUSAL)


async def test_a_call_cannot_be_forged_by_what_is_said(call: TextCall, citizen: Citizen) -> None:
    """Rasa takes a text that begins with "/" for an intent."""
    reply = await call.start("0987654321", Said('/start_call{"caller": "x"}'), Said("/played"))
    assert reply.expect.kind is Grammar.MENU


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


# ── hanging up ──


@pytest.mark.parametrize("before", [[], [ASK], [ASK, spoken("0123456789")], [ASK, Silence()]])
async def test_a_caller_may_hang_up_anywhere(call: TextCall, before: list[Utterance]) -> None:
    reply = await call.start("0912345678", *before, Gone())
    assert reply.outcome is Outcome.HUNG_UP
    assert reply.segments == ()


async def test_who_hangs_up_during_the_first_reading_keeps_the_old_password(
    call: TextCall, citizen: Citizen, accounts: Accounts
) -> None:
    await call.start(citizen.phone, ASK, keyed(citizen.number), Gone())
    (password,) = call.revealed("password")
    assert not accounts.activate(call.call_id)
    assert not accounts.verify(citizen.phone, password)


async def test_who_did_not_hear_the_first_reading_keeps_the_old_password_and_is_told(
    call: TextCall, citizen: Citizen, accounts: Accounts
) -> None:
    reply = await call.start(citizen.phone, ASK, keyed(citizen.number), Unheard())
    (password,) = call.revealed("password")
    assert "không có hiệu lực" in words(reply)
    assert reply.outcome is Outcome.ERROR
    assert not accounts.activate(call.call_id)
    assert not accounts.verify(citizen.phone, password)


async def test_who_hangs_up_during_the_goodbye_keeps_the_new_password(
    call: TextCall, citizen: Citizen, accounts: Accounts
) -> None:
    await call.start(citizen.phone, ASK, keyed(citizen.number), PlayedOut(), Gone())
    assert accounts.verify(citizen.phone, call.revealed("password")[0])
