"""The record of a call: made from what happened in it, without a digit of the caller's."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from bot.errors import VoicebotError
from bot.events import (
    Chosen,
    Expect,
    Grammar,
    Number,
    Outcome,
    OwnPhone,
    Prompt,
    Reply,
    Said,
    SecretDigits,
    Silence,
    TooFew,
    TooMany,
    Uncertain,
    Unintelligible,
    Utterance,
)
from bot.operations.record import MOST_EVENTS, CallRecord, as_json, read_record
from bot.operations.recording import Recording
from bot.watching import Ended, Notice, Speaks, Understood
from tests.call_tools import GOODBYE, MENU, NOTHING, NUMBER, READING, Scripted, hold

NUMBER_WORDS = "không một hai ba bốn năm sáu bảy tám chín"
DIGITS = "0123456789"
PHONE = "0912345678"
PASSWORD = "83121190"
YESNO = Expect(Grammar.YESNO, keys={"1": "affirm"})
PLAYED = Expect("played", interruptible=False)

WISH = Reply((Prompt("xin chào"),), MENU)
ASK = Reply((Prompt("xin đọc mã số"),), NUMBER)
CONFIRM = Reply((Prompt("mã số là"), SecretDigits("t", "number")), YESNO)


def speaks(at: float, expect: Expect, latency: float | None = None, *, password: bool = False) -> Speaks:
    return Speaks(at, "lời", 1.0, latency, None, password, expect)


def understood(at: float, text: str, utterance: Utterance) -> Understood:
    return Understood(at, at - 0.3, text, utterance)


def recorded(*notices: Notice) -> CallRecord:
    made: list[CallRecord] = []
    recording = Recording("a" * 32, "1764.1", 1000.0, made.append)
    for notice in notices:
        recording.watch(notice)
    (record,) = made
    return record


SPOKEN = (
    speaks(0.0, MENU),
    understood(2.0, "tám", Chosen("ask_reset")),
    speaks(2.1, NUMBER, 400.0),
    understood(5.0, "không một", TooFew(8)),
    speaks(5.1, NUMBER, 900.0),
    understood(9.0, NUMBER_WORDS, Number(DIGITS, spoken=True)),
    speaks(9.1, YESNO, 500.0),
    understood(12.0, "đúng", Said("đúng", 0.91)),
    speaks(12.2, PLAYED, 600.0, password=True),
    speaks(20.0, NOTHING, password=True),
    Ended(30.0, Outcome.RESET),
)


def test_a_call_to_a_new_password_has_reached_every_stage() -> None:
    record = recorded(*SPOKEN)
    assert (record.number_given, record.confirmed, record.matched, record.heard) == (9.0, 12.0, 12.2, 20.0)
    assert (record.outcome, record.seconds, record.exchange, record.started) == ("reset", 30.0, "1764.1", 1000.0)
    assert (record.retries, record.voice_digits, record.key_digits) == (1, 12, 0)
    assert record.latencies == (400, 900, 500, 600)


def test_what_the_caller_meant_is_told_with_the_rule_that_decided_and_how_sure_it_was() -> None:
    turns = [event for event in recorded(*SPOKEN).events if event["who"] == "caller"]
    assert [(turn["why"], turn["meaning"], turn["by"], turn["confidence"]) for turn in turns] == [
        ("offered", "ask_reset", "voice", None),
        ("too_few", "8 digits missing", "voice", None),
        ("whole", "10 digits, spoken", "voice", None),
        ("words", "words", "voice", 0.91),
    ]


def test_a_refused_call_was_confirmed_and_not_matched() -> None:
    record = recorded(
        speaks(0, NUMBER),
        understood(4.0, DIGITS, Number(DIGITS, spoken=False)),
        speaks(4.1, NOTHING),
        Ended(9.0, Outcome.REFUSED),
    )
    assert (record.number_given, record.confirmed, record.matched, record.heard) == (4.0, 4.0, None, None)
    assert (record.voice_digits, record.key_digits) == (0, 10)


def test_a_call_that_was_refused_before_a_number_reached_no_stage() -> None:
    record = recorded(speaks(0, NOTHING), Ended(5.0, Outcome.REFUSED))
    assert (record.number_given, record.confirmed) == (None, None)


def test_who_hangs_up_in_the_first_reading_has_not_heard_it() -> None:
    record = recorded(*SPOKEN[:9], Ended(14.0, Outcome.HUNG_UP))
    assert (record.matched, record.heard) == (12.2, None)


def test_a_call_ends_once_and_a_failure_keeps_how_far_it_came() -> None:
    record = recorded(*SPOKEN[:5], Ended(0.0, Outcome.ERROR, "gone"), Ended(900.0, Outcome.ERROR))
    assert (record.seconds, record.outcome) == (5.1, "error")


def test_the_stage_of_a_call_in_progress_is_known() -> None:
    recording = Recording("a" * 32, "", 0.0, lambda record: None)
    seen = []
    for notice in SPOKEN[:-1]:
        recording.watch(notice)
        seen.append((recording.stage, recording.expect))
    assert seen[0] == ("answered", "menu")
    assert seen[5] == ("number_given", "number")
    assert seen[8:] == [("matched", "password"), ("heard", "goodbye")]


def test_a_record_holds_no_more_than_so_many_events() -> None:
    record = recorded(*[speaks(0, MENU)] * (MOST_EVENTS + 5), Ended(1.0, Outcome.ERROR))
    assert len(record.events) == MOST_EVENTS


def test_a_record_comes_through_json_as_it_was() -> None:
    record = recorded(*SPOKEN)
    assert read_record(json.loads(json.dumps(as_json(record)))) == record


@pytest.mark.parametrize("change", [{"id": "x"}, {"outcome": "won"}, {"more": 1}])
def test_what_is_no_record_is_refused(change: dict[str, object]) -> None:
    with pytest.raises(VoicebotError, match="no record"):
        read_record({**as_json(recorded(*SPOKEN)), **change})


@pytest.mark.parametrize(
    ("text", "utterance"),
    [
        (NUMBER_WORDS, Number(DIGITS, spoken=True)),
        (DIGITS, Number(DIGITS, spoken=False)),
        (DIGITS[:4], TooFew(6, DIGITS[2:4])),
        (DIGITS + "0", TooMany(11)),
        (NUMBER_WORDS, Uncertain(3, "01")),
        (PHONE, OwnPhone()),
        (f"số {NUMBER_WORDS} đó", Said(NUMBER_WORDS, 0.5)),
    ],
)
def test_canary_no_digit_is_in_the_events(text: str, utterance: Utterance) -> None:
    record = recorded(speaks(0, NUMBER), understood(4.0, text, utterance), Ended(5.0, Outcome.HUNG_UP))
    told = json.dumps(record.events[1], ensure_ascii=False)
    for word in NUMBER_WORDS.split():
        assert f"{word} " not in told
    assert not any(run in told for run in (DIGITS[:3], DIGITS[2:4], PHONE[:4]))


@pytest.mark.parametrize(
    ("expect", "text", "utterance", "kept"),
    [
        (NUMBER, "ba bốn", Unintelligible(), "• •"),
        (NUMBER, "số ba", Said("số ba"), "số •"),
        (NUMBER, "8", Chosen("ask_reset"), "8"),
        (YESNO, "không số ba", Said("không số ba"), "• số •"),
        (YESNO, "không phải", Said("không phải"), "không phải"),
        (YESNO, "một", Chosen("affirm"), "một"),
        (MENU, "tám", Chosen("ask_reset"), "tám"),
    ],
)
def test_canary_a_single_digit_is_hidden_where_it_may_be_of_the_number(
    expect: Expect, text: str, utterance: Utterance, kept: str
) -> None:
    record = recorded(speaks(0, expect), understood(4.0, text, utterance), Ended(5.0, Outcome.HUNG_UP))
    assert record.events[1]["text"] == kept


async def test_canary_a_whole_keyed_call_leaves_neither_number_nor_phone_nor_password(tmp_path: Path) -> None:
    dialogue = Scripted(WISH, ASK, CONFIRM, READING, GOODBYE)
    steps = f'  - press: "8"\n  - press: "{DIGITS}#"\n  - press: "1"\n'
    outcome, notices, _ = await hold(steps, dialogue, tmp_path)
    assert outcome is Outcome.RESET
    record = recorded(*notices)
    assert record.matched is not None
    assert record.key_digits == 10
    told = json.dumps(as_json(record), ensure_ascii=False)
    for secret in (DIGITS, PHONE, PHONE.removeprefix("0"), PASSWORD, "token"):
        assert secret not in told


def test_silence_is_a_retry_and_no_means() -> None:
    record = recorded(speaks(0, NUMBER), understood(6.0, "", Silence()), Ended(7.0, Outcome.NO_INPUT))
    assert record.retries == 1
    assert record.events[1]["by"] == ""
