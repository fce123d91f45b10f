"""Records of calls, in SQL: written once, found by time, outcome and phone, and removed when they are old."""

from __future__ import annotations

import json
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Any

from sqlalchemy import Column, delete, insert, select, update
from sqlalchemy.engine import Connection, Row
from sqlalchemy.sql.elements import ColumnElement

from bot.accounts.backing import Backing
from bot.accounts.chain import Event, What
from bot.accounts.database import Conflict
from bot.accounts.schema import call_hours, calls
from bot.events import Outcome
from bot.operations.figures import By, overview
from bot.operations.latency import counted, share_of
from bot.operations.record import STAGES, CallRecord

PAGE = 50
"""Calls in one answer to a search."""

FORGOTTEN = 500
"""Calls that are removed in one transaction: every minute, so a hotline may have 720,000 calls a day."""

Place = tuple[datetime, str]
"""A call's place in the order of all: when it began (UTC, no zone), and its id."""

_LISTED: list[Column[Any]] = [column for column in calls.c if column.name not in ("events", "phone")]


@dataclass(frozen=True)
class Wanted:
    """Which calls are looked for: those that began from `since` on and before `until` (UTC, no zone)."""

    since: datetime
    until: datetime
    outcome: str = ""
    """One of bot.events.Outcome; empty: any."""
    phone: str | None = None
    """A pseudonym; None: any."""
    exchange: str = ""
    """The exchange's name of the call; empty: any."""


class Calls:
    """Every method raises AccountsUnavailable if the store cannot be used.

    keep  how long a call is kept; None: for ever
    """

    def __init__(self, backing: Backing, keep: timedelta | None) -> None:
        self._backing, self._keep = backing, keep

    def keep(self, record: CallRecord, phone: str | None) -> bool:
        """Write a record, and add it to the figures of its hour. `phone`: the calling number. Returns whether it was
        new: a gateway that got no answer sends a record again."""
        self._backing.check()
        row = _row_of(record) | {"phone": self._backing.pseudonym(phone)}
        try:
            with self._backing.database.writing() as connection:
                connection.execute(insert(calls).values(row))
                _add_up(connection, record)
        except Conflict:
            return False
        return True

    def find(self, wanted: Wanted, after: Place | None = None, limit: int = PAGE) -> list[dict[str, Any]]:
        """The newest of the wanted calls, without what was said. `after`: the last call of the answer before."""
        self._backing.check()
        query = select(*_LISTED).where(*_conditions(wanted, after))
        if after:
            # Some calls began at the same moment as the last one; `_conditions` begins there.
            query = query.where(~((calls.c.started == after[0]) & (calls.c.id >= after[1])))
        query = query.order_by(calls.c.started.desc(), calls.c.id.desc()).limit(limit)
        with self._backing.database.reading() as connection:
            return [_read(row) for row in connection.execute(query)]

    def one(self, id_: str) -> dict[str, Any] | None:
        """A call with what was said in it; None if there is no such call, or it was removed."""
        self._backing.check()
        with self._backing.database.reading() as connection:
            row = connection.execute(select(*_LISTED, calls.c.events).where(calls.c.id == id_)).one_or_none()
        return _read(row) | {"events": json.loads(row.events)} if row else None

    def overview(self, since: int, until: int, by: By) -> dict[str, Any]:
        """Figures: bot/operations/figures.py."""
        return overview(self._backing, since, until, by)

    def pseudonym(self, phone: str) -> str | None:
        """The pseudonym of a calling number; None if it is no number."""
        return self._backing.pseudonym(phone)

    def tend(self) -> int:
        """Remove calls that are too old, FORGOTTEN at most. Returns how many were removed."""
        if self._keep is None:
            return 0
        self._backing.check()
        old = select(calls.c.id).where(calls.c.started < self._backing.now() - self._keep)
        old = old.order_by(calls.c.started).limit(FORGOTTEN)
        with self._backing.database.reading() as connection:
            ids = connection.execute(old).scalars().all()
        if ids:
            with self._backing.database.writing() as connection:
                connection.execute(delete(calls).where(calls.c.id.in_(ids)))
        return len(ids)

    def note(
        self, what: What, actor: str, *, call: str | None = None, phone: str | None = None, detail: str = ""
    ) -> None:
        """Write into the audit trail that somebody looked at calls. `phone` is a pseudonym."""
        event = Event(self._backing.now(), what, actor, call, phone, detail=detail)
        with self._backing.database.writing() as connection:
            self._backing.trail.record(connection, event)


def _conditions(wanted: Wanted, after: Place | None) -> Iterator[ColumnElement[bool]]:
    yield calls.c.started >= wanted.since
    # Only one upper limit: SQLite would use the first of two with its index, and search from there for the second.
    if after and after[0] < wanted.until:
        yield calls.c.started <= after[0]
    else:
        yield calls.c.started < wanted.until
    if wanted.phone is not None:
        yield calls.c.phone == wanted.phone
    if wanted.exchange:
        yield calls.c.exchange == wanted.exchange
    if wanted.outcome:
        # A phone has few calls, an outcome has millions, so the outcome's index must not be used if there is a phone.
        few = wanted.phone is not None or wanted.exchange
        yield (calls.c.outcome.concat("") if few else calls.c.outcome) == wanted.outcome


def _row_of(record: CallRecord) -> dict[str, Any]:
    return {
        "id": record.id,
        "exchange": record.exchange,
        "started": _time(record.started),
        "seconds": record.seconds,
        "outcome": record.outcome,
        **{stage: getattr(record, stage) for stage in STAGES},
        "retries": record.retries,
        "voice_digits": record.voice_digits,
        "key_digits": record.key_digits,
        "turns": len(record.latencies),
        "latency_p50": share_of(record.latencies, 0.5),
        "latency_p95": share_of(record.latencies, 0.95),
        "events": json.dumps(record.events, ensure_ascii=False, separators=(",", ":")),
    }


def hour_of(record: CallRecord) -> dict[str, float]:
    """What a call adds to the hour in which it began, by column."""
    by = {(True, False): "by_voice", (False, True): "by_keys", (True, True): "by_both"}
    given = by.get((bool(record.voice_digits), bool(record.key_digits)))
    reset = record.outcome == Outcome.RESET
    return {
        "calls": 1,
        **{stage: int(getattr(record, stage) is not None) for stage in STAGES},
        **{outcome.value: int(record.outcome == outcome) for outcome in Outcome},
        **{column: int(column == given) for column in by.values()},
        "retries": record.retries,
        "turns": len(record.latencies),
        "seconds": record.seconds,
        "reset_seconds": record.seconds if reset else 0.0,
        **{f"latency_{bucket:02}": count for bucket, count in enumerate(counted(record.latencies))},
    }


def _add_up(connection: Connection, record: CallRecord) -> None:
    hour, added = int(record.started // 3600), hour_of(record)
    more = {column: call_hours.c[column] + value for column, value in added.items() if value}
    if not connection.execute(update(call_hours).where(call_hours.c.hour == hour).values(more)).rowcount:
        connection.execute(insert(call_hours).values(hour=hour, **added))


def _read(row: Row[*tuple[Any, ...]]) -> dict[str, Any]:
    """A row as JSON; times are Unix time."""
    found = dict(row._mapping)
    return {**found, "started": found["started"].replace(tzinfo=UTC).timestamp()}


def _time(seconds: float) -> datetime:
    return datetime.fromtimestamp(seconds, UTC).replace(tzinfo=None)
