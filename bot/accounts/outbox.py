"""Notices to owners that were not sent yet: written in the transaction of a reset, sent by a courier later.

    activate ──▶ waiting ──claim──▶ being sent ──delivered──▶ gone, and in the audit trail
                    ▲                    └──no success──┐
                    └──30 s, 1 min, 2 min … 1 hour──────┘        after three days: given up

A claim sets the time of the next try before the first is made. So a sender that dies loses nothing, and several senders
do not send the same notice at once. A notice may still be sent twice; its id shows that.

The phone number is sealed (Fernet, with a key derived from the account store's). It is kept while the reset is pending
and until its notice was sent; no other number in the store can be read.
"""

from __future__ import annotations

import base64
import logging
from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from typing import Any

from cryptography.fernet import Fernet, MultiFernet
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.kdf.hkdf import HKDF
from sqlalchemy import delete, func, insert, select, update
from sqlalchemy.engine import Connection

from bot.accounts.backing import Backing
from bot.accounts.chain import Event, What
from bot.accounts.schema import notices

FIRST_WAIT, LONGEST_WAIT = timedelta(seconds=30), timedelta(hours=1)
"""The wait until the next try; each is twice the one before. The first is longer than a delivery may take
(courier.py)."""

GIVE_UP = timedelta(days=3)
"""When a notice is dropped: an older one helps nobody."""

AT_ONCE = 8
"""Notices that are claimed together and sent at the same time."""

log = logging.getLogger(__name__)


class Contacts:
    """Seals the phone numbers of owners who will get a notice. `keys`: the account store's, the newest first."""

    def __init__(self, keys: Sequence[bytes]) -> None:
        self._fernet = MultiFernet([Fernet(base64.urlsafe_b64encode(_derived(key))) for key in keys])

    def seal(self, e164: str) -> str:
        return self._fernet.encrypt(e164.encode()).decode()

    def reveal(self, token: str) -> str:
        return self._fernet.decrypt(token.encode()).decode()


def _derived(key: bytes) -> bytes:
    return HKDF(SHA256(), length=32, salt=None, info=b"voicebot notices").derive(key)


@dataclass(frozen=True)
class ResetNotice:
    """To the owner of an account: its password was reset."""

    id: int
    phone: str = field(repr=False)
    """E.164."""
    at: datetime
    """When the password came into force; UTC."""
    call: str
    """The exchange's name of the call."""


def put(connection: Connection, reset: Any, now: datetime) -> None:
    """Put a notice of a reset that came into force into the outbox, if its contact is known."""
    if reset.contact:
        row = {"at": now, "call": reset.call_id, "contact": reset.contact, "attempts": 0, "next_at": now}
        connection.execute(insert(notices).values(**row))


class Outbox:
    """Every method raises AccountsUnavailable where the store cannot be used."""

    def __init__(self, backing: Backing, contacts: Contacts) -> None:
        self._backing, self._contacts = backing, contacts

    def claim(self) -> list[ResetNotice]:
        """The notices that are due, oldest first, AT_ONCE at most. Each is due again later, unless it is
        `delivered`."""
        self._backing.check()
        now = self._backing.now()
        due = select(notices).where(notices.c.next_at <= now).order_by(notices.c.next_at, notices.c.id).limit(AT_ONCE)
        with self._backing.database.reading() as connection:  # mostly nothing is due, and no lock is needed to see that
            if connection.execute(due).first() is None:
                return []
        found: list[ResetNotice] = []
        with self._backing.database.writing() as connection:
            for row in connection.execute(due).all():
                phone = self._contacts.reveal(row.contact)
                notice = ResetNotice(row.id, phone, row.at.replace(tzinfo=UTC), row.call)
                if now - row.at > GIVE_UP:
                    self._end(connection, notice, What.NOTICE_LOST)
                    log.error("a notice of a reset could not be sent in %d days, and was given up", GIVE_UP.days)
                    continue
                wait = min(FIRST_WAIT * 2 ** min(row.attempts, 16), LONGEST_WAIT)
                again = {"attempts": row.attempts + 1, "next_at": now + wait}
                connection.execute(update(notices).where(notices.c.id == row.id).values(**again))
                found.append(notice)
        return found

    def delivered(self, notice: ResetNotice) -> None:
        """It was sent: forget it. May be called again."""
        with self._backing.database.writing() as connection:
            self._end(connection, notice, What.NOTIFIED)

    def waiting(self) -> int:
        """How many were not sent yet."""
        self._backing.check()
        with self._backing.database.reading() as connection:
            return int(connection.execute(select(func.count()).select_from(notices)).scalar_one())

    def _end(self, connection: Connection, notice: ResetNotice, what: What) -> None:
        if connection.execute(delete(notices).where(notices.c.id == notice.id)).rowcount:
            phone = self._backing.pseudonyms.phone(notice.phone)
            event = Event(self._backing.now(), what, "bot", call=notice.call, phone=phone)
            self._backing.trail.record(connection, event)
