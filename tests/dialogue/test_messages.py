"""The house's words for Rasa, and Rasa's for the house."""

import json
from typing import Any

import pytest

from bot.dialogue.messages import AFTER_DIGITS, from_rasa, to_rasa
from bot.errors import VoicebotError
from bot.events import (
    CallStarted,
    Chosen,
    Expect,
    Gone,
    Grammar,
    Number,
    Outcome,
    OwnPhone,
    Pause,
    PlayedOut,
    Prompt,
    Said,
    SecretDigits,
    Silence,
    TooFew,
    TooMany,
    Uncertain,
    Unheard,
    Unintelligible,
    Utterance,
)
from bot.sealing import Purpose

LENGTHS = (10, 12)
TOKEN = "sealed" + "a2b34567" * 15


def seal(text: str, purpose: Purpose) -> str:
    """Shows what was to be sealed, without a digit."""
    return f"<{purpose.value}:{text.translate(str.maketrans('0123456789', 'abcdefghij'))}>"


# ── to Rasa ──


@pytest.mark.parametrize(
    ("utterance", "text"),
    [
        (CallStarted(None), "/caller_withheld"),
        (Chosen("ask_reset"), "/ask_reset"),
        (TooFew(2), '/too_few{"missing": "2"}'),
        (TooFew(2, after="567"), '/too_few{"missing": "2", "after": "<insurance_number:fgh>"}'),
        (TooFew(2, progress=True), '/more_digits{"missing": "2"}'),
        (TooMany(11), '/too_many{"count": "11", "number_source": "voice"}'),
        (TooMany(11, keyed=True), '/too_many{"count": "11", "number_source": "keys"}'),
        (Uncertain(1), '/uncertain_digit{"cell": "1"}'),
        (Uncertain(5, after="234"), '/uncertain_digit{"cell": "5", "after": "<insurance_number:cde>"}'),
        (OwnPhone(), "/own_phone"),
        (Unintelligible(digits=True), '/no_match{"digits": "unclear"}'),
        (Silence(), "/no_input"),
        (Unintelligible(), "/no_match"),
        (PlayedOut(), "/played"),
        (PlayedOut(1764233333.25), '/played{"until": "1764233333.250"}'),
        (Unheard(), "/unheard"),
        (Gone(), "/hung_up"),
        (Said("đúng rồi"), "đúng rồi"),
        (Said("không"), "không"),
        (Said("tôi hai mươi tuổi"), "tôi number tuổi"),
    ],
    ids=lambda value: type(value).__name__ if not isinstance(value, str) else "",
)
def test_utterances(utterance: Utterance, text: str) -> None:
    assert to_rasa(utterance, seal, LENGTHS) == text


def test_the_calling_number_goes_sealed() -> None:
    text = to_rasa(CallStarted("0912345678"), seal, LENGTHS)
    assert text.startswith("/start_call")
    assert json.loads(text.removeprefix("/start_call")) == {"caller": seal("0912345678", Purpose.CALLER)}


@pytest.mark.parametrize(("spoken", "source"), [(True, "voice"), (False, "keys")])
def test_a_number_goes_sealed_with_where_it_came_from(spoken: bool, source: str) -> None:
    text = to_rasa(Number("0123456789", spoken), seal, LENGTHS)
    assert json.loads(text.removeprefix("/give_number")) == {
        "insurance_number": seal("0123456789", Purpose.INSURANCE_NUMBER),
        "number_source": source,
    }


@pytest.mark.parametrize(
    ("said", "hidden"),
    [
        ("mã số không một hai ba bốn năm sáu bảy tám chín nhé", "mã số <insurance_number:abcdefghij> nhé"),
        ("mã số 0123456789", "mã số <insurance_number:abcdefghij>"),
        ("0123456789 hay là 012345678901", "<insurance_number:abcdefghij> hay là <insurance_number:abcdefghijab>"),
        ("số không chín một hai ba bốn năm", "số number"),
        ("thẻ 12345", "thẻ number"),
        (f"không phải {TOKEN}", f"không phải {TOKEN}"),
        ("không phải", "không phải"),
        ("năm nay tôi không nhớ", "năm nay tôi không nhớ"),
        ("", "/no_match"),
    ],
)
def test_numbers_in_a_sentence_are_hidden(said: str, hidden: str) -> None:
    assert to_rasa(Said(said), seal, LENGTHS) == hidden


@pytest.mark.parametrize(
    "said",
    [
        "không một hai ba mươi bốn năm sáu bảy tám chín",
        "mã số một hai ba bốn năm mươi sáu bảy tám chín mươi",
        "012 345 67 89 1",
        "không một hai ba à nhầm bốn năm sáu mươi mươi bảy tám",
        "khong mot hai ba muoi bon nam sau bay tam",
    ],
)
def test_what_cannot_be_read_one_way_is_hidden_too(said: str) -> None:
    hidden = to_rasa(Said(said), seal, LENGTHS)
    assert not any(ch.isdigit() for ch in hidden)
    for run in ("một hai ba", "bốn năm sáu", "sáu bảy tám", "mot hai ba"):
        assert run not in hidden


@pytest.mark.parametrize(
    ("said", "text"), [("/played", "played"), (' /start_call{"caller": "x"}', None), ("/", "/no_match")]
)
def test_nothing_that_is_said_is_taken_for_an_intent(said: str, text: str | None) -> None:
    sent = to_rasa(Said(said), seal, LENGTHS)
    assert sent == text if text else not sent.startswith("/")


# ── from Rasa ──


def test_a_reply() -> None:
    expect = {"kind": "yesno", "keys": {"1": "affirm", "2": "deny"}}
    reply = from_rasa(
        [
            {"recipient_id": "x", "text": "Mã số là"},
            {"recipient_id": "x", "custom": {"secret": TOKEN, "holds": "number"}},
            {"recipient_id": "x", "text": "Đúng hay sai?"},
            {"recipient_id": "x", "custom": {"expect": expect}},
        ],
        LENGTHS,
    )
    assert reply.segments == (
        *(Prompt("Mã số là"), SecretDigits(TOKEN, "number")),
        *(Pause(AFTER_DIGITS), Prompt("Đúng hay sai?")),
    )
    assert reply.expect == Expect(Grammar.YESNO, keys={"1": "affirm", "2": "deny"})
    assert reply.outcome is None


@pytest.mark.parametrize("kind", ["number", "menu"])
def test_where_a_number_may_come_its_lengths_are_those_of_the_settings(kind: str) -> None:
    reply = from_rasa([{"text": "…"}, {"custom": {"expect": {"kind": kind}}}], (12, 10))
    assert reply.expect == Expect(Grammar(kind), lengths=(10, 12))


def test_one_digit_may_be_asked_for() -> None:
    reply = from_rasa([{"text": "…", "custom": {"expect": {"kind": "number", "cell": "5"}}}], LENGTHS)
    assert reply.expect == Expect(Grammar.NUMBER, lengths=LENGTHS, cell=5)


def test_a_response_may_be_silence_and_may_ask_for_patience() -> None:
    expect = {"kind": "number", "patience": 30}
    reply = from_rasa([{"custom": {"pause": 1.5}}, {"text": "Vâng.", "custom": {"expect": expect}}], LENGTHS)
    assert reply.segments == (Pause(1.5), Prompt("Vâng."))
    assert reply.expect == Expect(Grammar.NUMBER, lengths=LENGTHS, patience=30.0)


def test_nothing_is_waited_for_behind_the_last_digit_of_a_password() -> None:
    """Whoever hangs up then has heard it."""
    custom = {"secret": TOKEN, "holds": "password", "expect": {"kind": "played"}}
    reply = from_rasa([{"text": "Mật khẩu mới là", "custom": custom}], LENGTHS)
    assert reply.segments[-1] == SecretDigits(TOKEN, "password")


def test_an_outcome_ends_the_call_and_cannot_be_interrupted() -> None:
    reply = from_rasa([{"text": "Xin chào."}, {"custom": {"outcome": "refused"}}], LENGTHS)
    assert reply.outcome is Outcome.REFUSED
    assert reply.expect == Expect("nothing", interruptible=False)


@pytest.mark.parametrize(
    "custom",
    [
        {"expects": {"kind": "menu"}},
        {"expect": {"kind": "numbers"}},
        {"expect": {}},
        {"expect": {"kind": "menu", "key": {}}},
        {"expect": {"kind": "menu", "keys": {"10": "ask_reset"}}},
        {"expect": {"kind": "menu", "interruptible": "no"}},
        {"expect": {"kind": "number", "cell": "0"}},
        {"expect": {"kind": "number", "cell": "{cell}"}},
        {"expect": "menu"},
        {"expect": {"kind": "number", "patience": 0}},
        {"expect": {"kind": "number", "patience": "long"}},
        {"pause": -1},
        {"pause": 600},
        {"outcome": "done"},
        {"secret": TOKEN},
        {"secret": TOKEN, "holds": "phone"},
    ],
)
def test_a_wrong_field_is_an_error_that_names_the_response(custom: dict[str, Any]) -> None:
    with pytest.raises(VoicebotError, match=r"domain\.yml: the response 'Xin chào'") as error:
        from_rasa([{"text": "Xin chào"}, {"custom": custom}], LENGTHS)
    assert "\n" not in str(error.value)
    assert TOKEN not in str(error.value)


def test_a_reply_that_expects_nothing_and_ends_nothing_is_an_error() -> None:
    with pytest.raises(VoicebotError, match="after 'Xin chào' it does not say what it expects"):
        from_rasa([{"text": "Xin chào"}], LENGTHS)


def test_no_reply_is_an_error() -> None:
    with pytest.raises(VoicebotError, match="it said nothing"):
        from_rasa([], LENGTHS)
