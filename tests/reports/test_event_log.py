"""What passes between the rooms of a call, as lines of JSON."""

import json
from pathlib import Path
from typing import get_args

import numpy as np
import pytest

from bot.events import (
    RATE,
    FinalResult,
    Frame,
    HungUp,
    Key,
    KeyHeard,
    Outcome,
    Partial,
    Played,
    Prompt,
    Reheard,
    Reply,
    SecretDigits,
    SpeechStarted,
    TooFew,
    Utterance,
)
from bot.reports.event_log import EventLog, event_of, written
from bot.tap import Plays, RoomEvent, Stops
from bot.watching import MASK
from tests.call_tools import GOODBYE, MENU, NOTHING, NUMBER, READING, Scripted, hold

PIECE = FinalResult(("không một hai", "không một"), 0.91234, 8000, 9000, (0.9, 0.1))
SOUND = np.zeros(4000, np.int16)


@pytest.mark.parametrize(
    ("event", "written"),
    [
        (Key("7"), ("channel", "key", {"text": "•"})),
        (Key("#"), ("channel", "key", {"text": "#"})),
        (Played("3"), ("channel", "played", {"mark": "3"})),
        (HungUp(), ("channel", "hung_up", {})),
        (SpeechStarted(4000), ("hearing", "speech_started", {"began_at": 0.5})),
        (Partial("dạ bảy", 100), ("hearing", "partial", {"text": "dạ •"})),
        (KeyHeard("7", 10), ("hearing", "key_heard", {"text": "•"})),
        (PIECE, ("hearing", "final", {"text": "• • •", "confidence": 0.912, "ended_at": 1.0, "alternatives": 2})),
        (Reheard((PIECE,)), ("hearing", "reheard", {"pieces": [event_of(PIECE)[2]]})),
        (TooFew(3, after="123"), ("turn", "utterance", {"meaning": "3 digits missing"})),
        (READING, ("dialogue", "reply", {"text": f"mật khẩu mới {MASK}", "expect": "played", "outcome": None})),
        (
            Reply((Prompt("tạm biệt"),), NOTHING, Outcome.RESET),
            ("dialogue", "reply", {"text": "tạm biệt", "expect": "nothing", "outcome": "reset"}),
        ),
        (Plays(SecretDigits("token"), SOUND, "4"), ("speech", "plays", {"text": MASK, "mark": "4"})),
        (Stops(), ("speech", "stops", {})),
    ],
    ids=lambda value: type(value).__name__ if not isinstance(value, tuple) else "",
)
def test_each_event_has_a_room_a_kind_and_no_digit(
    event: RoomEvent, written: tuple[str, str, dict[str, object]]
) -> None:
    assert event_of(event) == written


def test_every_kind_of_event_but_frames_is_written() -> None:
    meant = set(get_args(Utterance))
    named = {Key, Played, HungUp, SpeechStarted, Partial, FinalResult, Reheard, KeyHeard, Reply, Plays, Stops}
    assert set(get_args(RoomEvent)) - {Frame} == named | meant


async def test_a_call_tells_its_events_in_the_order_in_which_they_pass(tmp_path: Path) -> None:
    told: list[dict[str, object]] = []
    log = EventLog(told.append)
    dialogue = Scripted(Reply((Prompt("bấm tám"),), MENU), Reply((Prompt("mã số"),), NUMBER), READING, GOODBYE)
    await hold('  - press: "8"\n  - press: "0123456789#"', dialogue, tmp_path, tap=log.tap)
    kinds = [event["kind"] for event in log.events]
    assert kinds[:4] == ["utterance", "reply", "plays", "played"]
    assert kinds[4:8] == ["key", "key_heard", "utterance", "reply"]
    assert kinds[-10:] == [
        "utterance",
        "reply",
        "plays",
        "plays",
        "played",
        "played",
        "utterance",
        "reply",
        "plays",
        "played",
    ]
    assert [event["at"] for event in log.events] == sorted(float(event["at"]) for event in log.events)
    assert told == log.events
    text = written(log.events)
    assert [json.loads(line) for line in text.splitlines()] == log.events
    assert "token" not in text
    assert "0912345678" not in text
    keys = [event["text"] for event in log.events if event["kind"] == "key"]
    assert keys == ["•"] * 11 + ["#"]


async def test_frames_cover_the_call_without_a_gap(tmp_path: Path) -> None:
    frames: list[tuple[float, int]] = []

    def tap(at: float, event: RoomEvent) -> None:
        if isinstance(event, Frame):
            frames.append((at, len(event.samples)))

    await hold('  - press: "8"', Scripted(Reply((Prompt("bấm tám"),), MENU), GOODBYE), tmp_path, tap=tap)
    sent = 0
    for at, size in frames:
        assert at == sent / RATE
        sent += size
