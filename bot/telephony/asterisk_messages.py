"""The text frames of Asterisk's chan_websocket, in its plain form and as JSON. Pure.

    from Asterisk   MEDIA_START connection_id:… channel:… format:slin optimal_frame_size:320 ptime:20
                    DTMF_END digit:8 …      MEDIA_MARK_PROCESSED 7      MEDIA_XOFF      MEDIA_XON
    to Asterisk     MARK_MEDIA 7            FLUSH_MEDIA                 HANGUP

As JSON they are {"event": "DTMF_END", "digit": "8", …} and {"command": "MARK_MEDIA", "correlation_id": "7"} (since
20.18, 22.8 and 23.2). Source: channels/chan_websocket.c of Asterisk.
"""

from __future__ import annotations

import json
import re
from collections.abc import Mapping
from dataclasses import dataclass
from typing import NamedTuple

from bot.audio.g711 import Law

LONGEST = 8192
"""Characters of a text frame; MEDIA_START as JSON holds the channel's variables."""


class Format(NamedTuple):
    """The form in which sound is sent. `law`: companding; None: signed 16 bit in this machine's byte order."""

    rate: int
    law: Law | None

    @property
    def width(self) -> int:
        """Bytes of a sample."""
        return 1 if self.law else 2


FORMATS: Mapping[str, Format] = {
    "slin": Format(8000, None),
    "slin16": Format(16000, None),
    "ulaw": Format(8000, "u"),
    "alaw": Format(8000, "a"),
}
"""Asterisk's names of the formats that a call may have: `c(slin)` in the dial string."""


class BadMessage(ValueError):  # noqa: N818  # it names what came
    """A text frame that chan_websocket does not send. Its content is not in the error: it may be a caller's secret."""


@dataclass(frozen=True)
class Message:
    """A text frame from Asterisk. `as_json`: whether Asterisk wants answers as JSON."""

    name: str
    fields: Mapping[str, str]
    as_json: bool


def parse(text: str) -> Message:
    """Read a text frame. The caller ignores names that it does not know. Raises BadMessage."""
    if len(text) > LONGEST:
        raise BadMessage("a text frame is too long")
    if text.startswith("{"):
        return _parse_json(text)
    name, _, rest = text.strip().partition(" ")
    if not name or not name.isascii() or not name.replace("_", "").isupper():
        raise BadMessage("a text frame does not begin with an event's name")
    if name in ("MEDIA_MARK_PROCESSED", "MEDIA_BUFFERING_COMPLETED"):
        return Message(name, {"correlation_id": rest}, as_json=False)
    return Message(name, dict(_pair(word) for word in rest.split()), as_json=False)


@dataclass(frozen=True)
class Start:
    """The format of a call. `frame` is the number of samples that Asterisk plays at a time."""

    form: Format
    frame: int
    as_json: bool


def parse_start(text: str) -> Start:
    """Read the text frame with which a call begins. For any other, raises BadMessage, which says what to do."""
    message = parse(text) if text else None
    if message is None or message.name != "MEDIA_START":
        raise BadMessage("the call does not begin with MEDIA_START")
    form = FORMATS.get(message.fields.get("format", ""))
    if form is None:
        raise BadMessage(f"use one of the formats {', '.join(FORMATS)}, as in c(slin)")
    size = message.fields.get("optimal_frame_size", "")
    frame = int(size) // form.width if re.fullmatch("[0-9]{1,5}", size) else 0
    if not 0 < frame <= form.rate:
        raise BadMessage("optimal_frame_size is no frame; do not use passthrough")
    return Start(form, frame, message.as_json)


def command(name: str, correlation_id: str | None, as_json: bool) -> str:
    """A text frame to Asterisk, which accepts at most 128 characters."""
    if not as_json:
        return name if correlation_id is None else f"{name} {correlation_id}"
    fields = {"command": name} if correlation_id is None else {"command": name, "correlation_id": correlation_id}
    return json.dumps(fields, separators=(",", ":"))


def _pair(word: str) -> tuple[str, str]:
    key, _, value = word.partition(":")
    return key, value


def _parse_json(text: str) -> Message:
    try:
        fields = json.loads(text)
        name = fields.pop("event")
    except (ValueError, KeyError, RecursionError):
        raise BadMessage("a text frame is JSON without an event") from None
    if not isinstance(name, str):
        raise BadMessage("a text frame is JSON without an event")
    plain = {key: str(value) for key, value in fields.items() if isinstance(value, (str, int))}
    return Message(name, plain, as_json=True)
