"""The text frames of chan_websocket, in both ways of writing them."""

import contextlib
import json

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.telephony.asterisk_messages import LONGEST, BadMessage, command, parse, parse_start

# As channels/chan_websocket.c of Asterisk 22 and 23 prints them.
PLAIN = [
    ("DTMF_END digit:8 channel_id:1700000000.12", "DTMF_END", {"digit": "8", "channel_id": "1700000000.12"}),
    ("MEDIA_MARK_PROCESSED 12", "MEDIA_MARK_PROCESSED", {"correlation_id": "12"}),
    ("MEDIA_MARK_PROCESSED", "MEDIA_MARK_PROCESSED", {"correlation_id": ""}),
    ("MEDIA_BUFFERING_COMPLETED a b", "MEDIA_BUFFERING_COMPLETED", {"correlation_id": "a b"}),
    ("MEDIA_XOFF", "MEDIA_XOFF", {}),
    ("STATUS queue_length:3 queue_full:false", "STATUS", {"queue_length": "3", "queue_full": "false"}),
]


@pytest.mark.parametrize(("text", "name", "fields"), PLAIN)
def test_plain_events(text: str, name: str, fields: dict[str, str]) -> None:
    message = parse(text)
    assert (message.name, message.fields, message.as_json) == (name, fields, False)


def test_json_events() -> None:
    message = parse('{"event":"MEDIA_START","format":"slin","optimal_frame_size":320,"channel_variables":{"A":"b"}}')
    assert (message.name, message.as_json) == ("MEDIA_START", True)
    assert message.fields == {"format": "slin", "optimal_frame_size": "320"}


@pytest.mark.parametrize("as_json", [False, True])
def test_a_start_tells_how_the_call_is_carried(as_json: bool) -> None:
    fields = {"connection_id": "bot", "channel": "WebSocket/bot/0x7f", "format": "ulaw", "optimal_frame_size": 160}
    plain = " ".join(["MEDIA_START", *(f"{key}:{value}" for key, value in fields.items())])
    start = parse_start(json.dumps({"event": "MEDIA_START", **fields}) if as_json else plain)
    assert (start.form.rate, start.form.law, start.frame, start.as_json) == (8000, "u", 160, as_json)


def test_commands() -> None:
    assert command("FLUSH_MEDIA", None, as_json=False) == "FLUSH_MEDIA"
    assert command("MARK_MEDIA", "7", as_json=False) == "MARK_MEDIA 7"
    assert json.loads(command("HANGUP", None, as_json=True)) == {"command": "HANGUP"}
    assert json.loads(command("MARK_MEDIA", "7", as_json=True)) == {"command": "MARK_MEDIA", "correlation_id": "7"}


@given(st.one_of(st.text(max_size=300), st.text('{}[]":,A_ 1', max_size=60)))
def test_nothing_that_comes_does_more_harm_than_to_be_refused(text: str) -> None:
    for read in (parse, parse_start):
        with contextlib.suppress(BadMessage):
            read(text)


@pytest.mark.parametrize(
    "text", ["A" * (LONGEST + 1), "[1]", "{" * 4000, '{"event":["MEDIA_START"]}', "[" * 8000, "\0"]
)
def test_what_is_no_event_is_refused(text: str) -> None:
    with pytest.raises(BadMessage):
        parse(text)
