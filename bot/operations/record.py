"""What is kept of a call, and how it travels from a gateway to the account store's process. Pure."""

from __future__ import annotations

import re
from dataclasses import asdict, dataclass, field, fields
from typing import Any

from bot.errors import VoicebotError
from bot.events import Outcome

STAGES = ("number_given", "confirmed", "matched", "heard")
"""Behind `answered`, which every call reached: a whole number was given; the caller stood by it, or keyed it; it
belongs to the calling phone; a reading of the new password was heard to its end."""

ID = re.compile("[0-9a-f]{32}")
"""Of a record."""

MOST_EVENTS = 400
"""Of one call: more than fifteen minutes hold. Later ones are left out."""


@dataclass(frozen=True)
class CallRecord:
    """One call, without a digit of the caller's. Written once, when it has ended."""

    id: str
    """32 hexadecimal digits, by chance."""
    exchange: str
    """The exchange's name of the call, as `bot.call_keys.known_as` has it; empty where it named none."""
    started: float
    """Unix time, in seconds."""
    seconds: float
    """From the first frame to the end."""
    outcome: str
    """One of bot.events.Outcome."""
    number_given: float | None = None
    confirmed: float | None = None
    matched: float | None = None
    heard: float | None = None
    """Seconds since the call began at which it reached these STAGES; None: it did not."""
    retries: int = 0
    """Turns after which the caller was asked again."""
    voice_digits: int = 0
    key_digits: int = 0
    """Number words said and digits keyed in the turns that gave a number, or a part of one."""
    latencies: tuple[int, ...] = ()
    """Milliseconds from the end of the caller's last word or key to the first sample of the answer, each turn."""
    events: tuple[dict[str, Any], ...] = field(default=(), repr=False)
    """What was said, in order (bot/operations/recording.py)."""


def as_json(record: CallRecord) -> dict[str, Any]:
    """The record as an object of JSON."""
    return asdict(record)


def read_record(found: object) -> CallRecord:
    """The record in an object of JSON. Raises VoicebotError for anything else."""
    names = {each.name for each in fields(CallRecord)}
    if not isinstance(found, dict) or found.keys() != names:
        raise VoicebotError("no record of a call: bring gateway and action server to the same version")
    record = CallRecord(**{**found, "latencies": tuple(found["latencies"]), "events": tuple(found["events"])})
    if not ID.fullmatch(str(record.id)) or record.outcome not in list(Outcome):
        raise VoicebotError("no record of a call: its id or its outcome is none")
    return record
