"""A call as a vCon: every parameter that draft-ietf-vcon-vcon-core (syntax 0.4.0) requires, with its type."""

import base64
import io
import json
import uuid
from datetime import UTC, datetime
from typing import Any

import numpy as np
import pytest
import soundfile

from bot.events import RATE
from bot.reports.sound import opus
from bot.reports.transcript import TranscriptLine
from bot.reports.vcon import new_uuid, vcon_of, written

BEGAN = datetime(2026, 11, 27, 8, 30, 0, 250_000, UTC)
NAME = uuid.UUID("019ac3f0-0000-8000-8000-000000000001")
LINES = [
    TranscriptLine(0.0, 1.0, "bot", "Xin chào."),
    TranscriptLine(1.5, 1.6, "key", "8"),
    TranscriptLine(1.6, 1.6, "state", "ask_reset"),
    TranscriptLine(2.0, 3.0, "caller", "• • •"),
]
TOP = {"vcon", "uuid", "created_at", "updated_at", "subject", "parties", "dialog", "analysis", "attachments",
       "extensions", "critical", "redacted", "amended"}  # fmt: skip
INLINE = {"body", "encoding"}
RECORDING = {"type", "start", "parties", "mediatype", *INLINE}
ANALYSIS = {"type", "dialog", "vendor", *INLINE}


@pytest.fixture
def vcon() -> dict[str, Any]:
    tone = (8000 * np.sin(np.arange(3 * RATE) * 0.5)).astype(np.int16)
    sound = opus(tone, np.zeros_like(tone))
    return dict(json.loads(written(vcon_of("demo", "reset", LINES, sound, 3.0, BEGAN, NAME))))


def test_the_container_has_what_the_draft_requires_and_nothing_else(vcon: dict[str, Any]) -> None:
    assert TOP >= vcon.keys() >= {"vcon", "uuid", "created_at", "parties"}
    assert vcon["vcon"] == "0.4.0"
    assert uuid.UUID(vcon["uuid"]) == NAME
    assert datetime.fromisoformat(vcon["created_at"]) == BEGAN


def test_the_caller_is_anonymous(vcon: dict[str, Any]) -> None:
    caller, bot = vcon["parties"]
    assert caller == {"name": "anonymous"}
    assert bot == {"name": "voicebot", "validation": "none"}


def test_the_dialog_is_the_recording_one_channel_a_party(vcon: dict[str, Any]) -> None:
    [dialog] = vcon["dialog"]
    assert dialog.keys() >= RECORDING
    assert (dialog["type"], dialog["mediatype"], dialog["encoding"]) == ("recording", "audio/ogg", "base64url")
    assert datetime.fromisoformat(dialog["start"]) == BEGAN
    assert dialog["parties"] == [0, 1]
    assert not set("+/=") & set(dialog["body"])
    sound = base64.urlsafe_b64decode(dialog["body"] + "=" * (-len(dialog["body"]) % 4))
    samples, rate = soundfile.read(io.BytesIO(sound))
    assert samples.shape[1] == len(dialog["parties"])
    assert len(samples) / rate == pytest.approx(dialog["duration"], abs=0.05)


def test_the_analysis_is_a_transcript_and_the_outcome(vcon: dict[str, Any]) -> None:
    transcript, report = vcon["analysis"]
    for each in (transcript, report):
        assert each.keys() >= ANALYSIS
        assert (each["dialog"], each["encoding"], each["mediatype"]) == (0, "json", "application/json")
    assert transcript["type"] == "transcript"
    assert [line["party"] for line in transcript["body"]] == [1, 0, None, 0]
    assert transcript["body"][3] == {"party": 0, "start": 2.0, "end": 3.0, "text": "• • •"}
    assert (report["type"], report["body"]) == ("report", {"outcome": "reset"})


def test_a_uuid_is_of_version_8_and_tells_the_time() -> None:
    first, second = new_uuid(BEGAN), new_uuid(BEGAN)
    assert first.version == second.version == 8
    assert first.variant == uuid.RFC_4122
    assert first.int >> 80 == int(BEGAN.timestamp() * 1000)
