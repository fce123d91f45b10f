"""A call as a vCon, the IETF's container for conversations (draft-ietf-vcon-vcon-core, version 0.4.0 of the syntax).

Party 0 is the caller, who stays anonymous: no calling number. Party 1 is the bot. The only dialog is the recording; the
only analysis is a transcript with masked digits.
"""

from __future__ import annotations

import base64
import hashlib
import json
import platform
import secrets
import uuid
from collections.abc import Sequence
from datetime import UTC, datetime
from typing import Any

from bot.reports.sound import MEDIA_TYPE
from bot.reports.transcript import TranscriptLine

SYNTAX = "0.4.0"

VENDOR = "voicebot"

SCHEMA = "voicebot-transcript-1"
"""The transcript's body: a list of {"party", "start", "end", "text"}, seconds since the recording began; events of the
dialogue have "party": null."""

CALLER, BOT = 0, 1


def vcon_of(
    subject: str,
    outcome: str,
    lines: Sequence[TranscriptLine],
    sound: bytes,
    seconds: float,
    began: datetime,
    name: uuid.UUID | None = None,
) -> dict[str, Any]:
    """The vCon of a call that began at `began` and lasted `seconds`; `sound`: the result of `bot.reports.sound.opus`.
    `name`: its UUID, otherwise a new one."""
    transcript = [
        {
            "party": {"bot": BOT, "state": None}.get(line.who, CALLER),
            "start": round(line.at_s, 2),
            "end": round(line.end_s, 2),
            "text": line.text,
        }
        for line in lines
    ]
    analysis = {"dialog": 0, "vendor": VENDOR, "encoding": "json", "mediatype": "application/json"}
    return {
        "vcon": SYNTAX,
        "uuid": str(name or new_uuid(began)),
        "created_at": _date(began),
        "subject": subject,
        "parties": [{"name": "anonymous"}, {"name": VENDOR, "validation": "none"}],
        "dialog": [
            {
                "type": "recording",
                "start": _date(began),
                "duration": round(seconds, 2),
                "parties": [CALLER, BOT],
                "mediatype": MEDIA_TYPE,
                "filename": "call.ogg",
                "body": base64.urlsafe_b64encode(sound).decode().rstrip("="),
                "encoding": "base64url",
            }
        ],
        "analysis": [
            {"type": "transcript", "schema": SCHEMA, "body": transcript, **analysis},
            {"type": "report", "schema": "voicebot-outcome-1", "body": {"outcome": outcome}, **analysis},
        ],
    }


def written(vcon: dict[str, Any]) -> str:
    return json.dumps(vcon, ensure_ascii=False)


def new_uuid(at: datetime) -> uuid.UUID:
    """Version 8, as the draft asks for: milliseconds, 12 random bits, 62 bits of the hash of this machine's name."""
    host = int.from_bytes(hashlib.sha1(platform.node().encode(), usedforsecurity=False).digest()[:8], "big") >> 2
    milliseconds = int(at.timestamp() * 1000) & (2**48 - 1)
    number = milliseconds << 80 | 8 << 76 | secrets.randbits(12) << 64 | 2 << 62 | host
    return uuid.UUID(int=number)


def _date(at: datetime) -> str:
    return at.astimezone(UTC).isoformat(timespec="milliseconds")
