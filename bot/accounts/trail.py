"""The audit trail in SQL. Each function runs inside the transaction that the calling code opened. A record is written
in the same transaction as the change that it records, so both are there, or neither.

Writers of all processes take turns (bot/accounts/database.py), so the last record stays the last one until the
transaction ends. Besides, the number of a record is a primary key, so that no chain can fork.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import asdict
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import delete, func, insert, or_, select, update
from sqlalchemy.engine import Connection, Row
from sqlalchemy.sql.elements import ColumnElement

from bot.accounts.chain import GENESIS, Checkpoint, Event, Record, Signer, What, link, written
from bot.accounts.schema import audit, checkpoints

EVERY = 100
"""Records from one checkpoint to the next, at most. Somebody who can write to the database but has no key could change
as many without being detected. Signing takes 0.1 ms, and a checkpoint is as large as a record: one for every record
would double the trail."""

OFTEN = timedelta(hours=1)
"""How old a checkpoint may become while there are records after it, if `tend` is called."""

TOGETHER = timedelta(days=1)
"""Records of one day are removed together, since each removal is a record and a checkpoint. So they stay up to a day
longer."""

PAGE = 1000
"""Records that are read, or removed, in one transaction."""

_HEAD = select(audit.c.seq, audit.c.hash).order_by(audit.c.seq.desc()).limit(1)
_APPEND = insert(audit)


class Trail:
    """Appends to the chain. `signer` signs the checkpoints."""

    def __init__(self, signer: Signer) -> None:
        self._signer = signer

    def record(self, connection: Connection, event: Event) -> None:
        """Append an event, and every hundredth time a checkpoint."""
        seq, previous = head(connection)
        record = link(event, seq + 1, previous)
        connection.execute(_APPEND, {**vars(record), "at": event.at})
        # A checkpoint is there already where somebody cut the trail.
        if record.seq % EVERY == 0 and signed(connection, record.seq) is None:
            self._sign(connection, record.seq, record.hash, event.at)

    def checkpoint(self, connection: Connection, now: datetime) -> Checkpoint | None:
        """Sign the chain as it is now; None if it is empty. If its last record is signed already, returns that
        checkpoint."""
        seq, hash_ = head(connection)
        if seq == 0:
            return None
        found = signed(connection, seq)
        return found or self._sign(connection, seq, hash_, now)

    def tend(self, connection: Connection, now: datetime, keep: timedelta | None) -> Checkpoint | None:
        """Sign records that have waited too long, and remove those older than `keep` (None: none), PAGE records at
        most.

        Returns the checkpoint, if a new one was made at the end of the chain."""
        if keep:
            self._prune(connection, now, now - keep)
        newest = connection.execute(select(func.max(checkpoints.c.seq))).scalar() or 0
        waiting = connection.execute(select(func.min(audit.c.at)).where(audit.c.seq > newest)).scalar()
        return self.checkpoint(connection, now) if waiting and waiting <= now - OFTEN else None

    def _prune(self, connection: Connection, now: datetime, before: datetime) -> None:
        """A checkpoint stays where the chain is cut, and a record says so."""
        oldest = connection.execute(select(audit.c.seq, audit.c.at).order_by(audit.c.seq).limit(1)).one_or_none()
        if oldest is None or oldest.at > before - TOGETHER:
            return
        start = oldest.seq
        newer = connection.execute(
            select(func.min(audit.c.seq)).where(audit.c.at >= before, audit.c.seq < start + PAGE)
        ).scalar()
        last = min((newer or start + PAGE) - 1, head(connection)[0] - 1)  # the newest record stays
        if last < start:
            return
        found = connection.execute(select(audit.c.seq, audit.c.hash).where(audit.c.seq == last)).one()
        if signed(connection, found.seq) is None:
            self._sign(connection, found.seq, found.hash, now)
        connection.execute(delete(audit).where(audit.c.seq <= found.seq))
        connection.execute(delete(checkpoints).where(checkpoints.c.seq < found.seq))
        self.record(connection, Event(now, What.PRUNED, actor="bot", detail=str(found.seq)))

    def sign_anew(self, connection: Connection, keys: Sequence[str]) -> int:
        """Sign again, with this signer's key, checkpoints that were signed with another of these (public) keys. Returns
        how many. So the chain can still be verified when those keys are gone."""
        found = [each for each in all_checkpoints(connection) if each.key != self._signer.public]
        genuine = [each for each in found if any(each.is_genuine(key) for key in keys)]
        for each in genuine:
            anew = self._signer.checkpoint(each.seq, each.hash, datetime.fromisoformat(each.at).replace(tzinfo=None))
            connection.execute(update(checkpoints).where(checkpoints.c.seq == each.seq).values(**asdict(anew)))
        return len(genuine)

    def _sign(self, connection: Connection, seq: int, hash_: str, at: datetime) -> Checkpoint:
        checkpoint = self._signer.checkpoint(seq, hash_, at)
        connection.execute(insert(checkpoints).values(**asdict(checkpoint)))
        return checkpoint


def head(connection: Connection) -> tuple[int, str]:
    """Number and hash of the last record; 0 and GENESIS where there is none."""
    found = connection.execute(_HEAD).one_or_none()
    return (found.seq, found.hash) if found else (0, GENESIS)


def first(connection: Connection) -> int:
    """Number of the oldest record that is kept; 1 where there is none."""
    return connection.execute(select(func.min(audit.c.seq))).scalar() or 1


def page(connection: Connection, after: int, *where: ColumnElement[bool]) -> list[Record]:
    """The next records after a number, PAGE at most."""
    query = select(audit).where(audit.c.seq > after, *where).order_by(audit.c.seq).limit(PAGE)
    return [_read(row) for row in connection.execute(query)]


def of_person(phones: Sequence[str], insurance_number: str | None) -> ColumnElement[bool]:
    """The condition that a record is about this phone (its pseudonyms under all keys) or this insurance number."""
    return or_(audit.c.phone.in_(phones), audit.c.insurance_number == (insurance_number or phones[0]))


def between(since: datetime | None, until: datetime | None) -> Iterator[ColumnElement[bool]]:
    """The conditions that a record is of this time: from `since` on, and before `until`."""
    if since:
        yield audit.c.at >= since
    if until:
        yield audit.c.at < until


def signed(connection: Connection, seq: int) -> Checkpoint | None:
    """The checkpoint of a record."""
    row = connection.execute(select(checkpoints).where(checkpoints.c.seq == seq)).one_or_none()
    return Checkpoint(**row._mapping) if row else None


def all_checkpoints(connection: Connection) -> list[Checkpoint]:
    return [Checkpoint(**row._mapping) for row in connection.execute(select(checkpoints))]


def _read(row: Row[Any]) -> Record:
    fields = dict(row._mapping)
    return Record(**{**fields, "at": written(fields["at"])})
