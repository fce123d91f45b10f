"""The audit trail for operators: verify, sign and export it, and look up a phone or a call."""

from __future__ import annotations

import logging
from collections.abc import Iterator, Sequence
from datetime import datetime, timedelta

from sqlalchemy import select, update
from sqlalchemy.engine import Connection
from sqlalchemy.sql.elements import ColumnElement

from bot.accounts import trail
from bot.accounts.backing import Backing
from bot.accounts.chain import Checkpoint, Event, Record, Verdict, What, verify
from bot.accounts.operators import operator
from bot.accounts.phones import normalise
from bot.accounts.schema import accounts, audit, keys

log = logging.getLogger(__name__)


class Audit:
    """Every method raises AccountsUnavailable where the store cannot be used.

    keep  how long records are kept; `tend` removes older ones; None: for ever
    """

    def __init__(self, backing: Backing, keep: timedelta | None) -> None:
        self._backing, self._keep = backing, keep

    def verify(self, kept: Sequence[Checkpoint] = ()) -> Verdict:
        """Look through the whole trail. `kept`: checkpoints that were kept elsewhere."""
        self._backing.check()
        with self._backing.database.reading() as connection:
            begins, checkpoints = trail.first(connection), trail.all_checkpoints(connection)
        by = [signer.public for signer in self._backing.signers]
        verdict = verify(self._records(), [*checkpoints, *kept], *by)
        if verdict.ok or self._begins() == begins:
            return verdict
        return self.verify(kept)  # meanwhile a running bot removed what had become old

    def export(self, since: datetime | None = None, until: datetime | None = None) -> Iterator[Record]:
        """The records of a time (UTC, no zone; from `since` on and before `until`), in order."""
        self._note(What.AUDIT_EXPORT)
        return self._records(*trail.between(since, until))

    def of_phone(self, phone: str) -> list[Record]:
        """The records about a phone number, or about the insurance number of its account, in order.

        Raises VoicebotError if it is no phone number."""
        names = self._backing.pseudonyms.phones(normalise(phone))
        self._note(What.AUDIT_SHOW, names[0])
        with self._backing.database.reading() as connection:
            query = select(accounts.c.insurance_number).where(accounts.c.phone.in_(names))
            number: str | None = connection.execute(query).scalar()
        hidden = audit.c.event != What.AUDIT_SHOW.value
        return list(self._records(trail.of_person(names, number), hidden))

    def pseudonym(self, phone: str) -> str:
        """A phone number's pseudonym in the trail. Raises VoicebotError if it is no phone number."""
        return self._backing.pseudonyms.phone(normalise(phone))

    def of_call(self, call: str) -> list[Record]:
        """The records of a call, by the exchange's name of it."""
        self._backing.check()
        return list(self._records(audit.c.call == call))

    def checkpoint(self) -> Checkpoint | None:
        """Sign the trail as it is now; None if it is empty. All that it signs is on the disk."""
        self._backing.check()
        with self._backing.database.writing() as connection:
            connection.execute(update(keys).values(checked_at=self._backing.now()))  # so that something is written
            return self._backing.trail.checkpoint(connection, self._backing.now())

    def tend(self, connection: Connection) -> Checkpoint | None:
        """Sign records that have waited for an hour, and remove old ones. Returns the checkpoint, for the log after the
        transaction."""
        return self._backing.trail.tend(connection, self._backing.now(), self._keep)

    @staticmethod
    def tell(made: Checkpoint | None) -> None:
        """Write a new checkpoint to the log, so that there is a copy outside the database."""
        if made:
            log.info("audit checkpoint: %s", made.line())

    def _records(self, *where: ColumnElement[bool]) -> Iterator[Record]:
        self._backing.check()
        after = 0
        while True:
            with self._backing.database.reading() as connection:
                page = trail.page(connection, after, *where)
            yield from page
            if len(page) < trail.PAGE:
                return
            after = page[-1].seq

    def _note(self, what: What, phone: str | None = None) -> None:
        self._backing.check()
        event = Event(self._backing.now(), what, operator(), phone=phone)
        with self._backing.database.writing() as connection:
            self._backing.trail.record(connection, event)

    def _begins(self) -> int:
        with self._backing.database.reading() as connection:
            return trail.first(connection)
