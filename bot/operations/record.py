"""The record of a call, and its JSON form on the way from a gateway to the account store's process. Pure."""

from __future__ import annotations

import re
from dataclasses import asdict, dataclass, field, fields
from typing import Any

from bot.errors import VoicebotError
from bot.events import Outcome

STAGES = ("number_given", "confirmed", "matched", "heard")
"""The stages after `answered`, which every call reached: a whole number was given; the caller confirmed or keyed it; it
belongs to the calling phone; a reading of the new password was heard to its end."""

ID = re.compile("[0-9a-f]{32}")
"""The form of a record's id."""

MOST_EVENTS = 400
"""Events of one call, more than fifteen minutes have. Later ones are left out."""


@dataclass(frozen=True)
class CallRecord:
    """One call, without a digit of the caller's. Written once, when it has ended."""

    id: str
    """32 random hexadecimal digits."""
    exchange: str
    """The exchange's name of the call, as `bot.call_keys.known_as` returns it; empty if it gave none."""
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
    """Seconds from the call's beginning until it reached each of the STAGES; None: it did not."""
    retries: int = 0
    """Turns after which the caller was asked again."""
    voice_digits: int = 0
    key_digits: int = 0
    """Number words said and digits keyed in the turns that gave a number, or a part of one."""
    latencies: tuple[int, ...] = ()
    """For each turn: milliseconds from the end of the caller's last word or key to the first sample of the answer."""
    events: tuple[dict[str, Any], ...] = field(default=(), repr=False)
    """What was said, in order (bot/operations/recording.py)."""


def as_json(record: CallRecord) -> dict[str, Any]:
    """The record as a JSON object."""
    return asdict(record)


def read_record(found: object) -> CallRecord:
    """The record in a JSON object. Raises VoicebotError for anything else."""
    names = {each.name for each in fields(CallRecord)}
    if not isinstance(found, dict) or found.keys() != names:
        raise VoicebotError("no record of a call: bring gateway and action server to the same version")
    record = CallRecord(**{**found, "latencies": tuple(found["latencies"]), "events": tuple(found["events"])})
    if not ID.fullmatch(str(record.id)) or record.outcome not in list(Outcome):
        raise VoicebotError("no record of a call: its id or its outcome is wrong")
    return record
