"""Every rule of the conversation, with the trained model, the real actions and a real database."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from dialogue_tools import ASK, NO, REFUSAL, REPEAT, YES, Citizen, TextCall, keyed, spoken, words
from sqlalchemy import event
from sqlalchemy.engine import Engine

from bot.accounts import Accounts
from bot.events import (
    Chosen,
    Gone,
    Grammar,
    Outcome,
    Pause,
    PlayedOut,
    Said,
    Silence,
    TooFew,
    TooMany,
    Uncertain,
    Unheard,
    Utterance,
)
from bot.sealing import Seal
from tests.rasa_tools import RasaOfTests

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
