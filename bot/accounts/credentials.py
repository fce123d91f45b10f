"""The password in force, for whoever lets people in with it: does it open, and must it be changed?

    handed out ──check──▶ used ──change, within 15 minutes──▶ their own
             └──24 h──▶ expired

A password that was handed out by telephone was heard by two, and who was near. So it lets its owner in once, to choose
another one, and not after it has expired (OWASP ASVS 5.0, 6.4.1; 6.2.3). One that somebody chose has no such limits.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Any, Literal

from sqlalchemy import select, update

from bot.accounts.backing import Backing
from bot.accounts.chain import Event, What
from bot.accounts.operators import operator
from bot.accounts.passwords import Passwords
from bot.accounts.schema import accounts
from bot.errors import VoicebotError

CHANGE_WITHIN = timedelta(minutes=15)
"""After the first use of a password that was handed out: so long it can still be changed."""

FEWEST, MOST = 8, 128
"""Characters of a password that somebody chooses (OWASP ASVS 5.0, 6.2.1 and 6.2.9: from eight on, and 64 are allowed).
Where there is no second factor, NIST SP 800-63B-4 asks for fifteen: that is for the application to demand."""

Reason = Literal["wrong", "expired", "used"]


@dataclass(frozen=True)
class Checked:
    """What became of a password that was shown."""

    valid: bool
    must_change: bool
    """It was handed out: let its owner in to choose another one, and to nothing else."""
    expires_at: datetime | None
    """None where it does not expire, and where it is wrong."""
    reason: Reason | None
    """Why it is not valid. expired and used are told to who showed the right password alone."""


class Credentials:
    """The passwords of a store. Every method raises AccountsUnavailable where that cannot be used."""

    def __init__(self, backing: Backing, passwords: Passwords) -> None:
        self._backing, self._passwords = backing, passwords

    def opens(self, phone: str, password: str) -> bool:
        """Whether `check` would say so; it uses nothing up."""
        return self._look(phone, password)[1].valid

    def check(self, phone: str, password: str) -> Checked:
        """Whether this password lets the owner of this phone in. One that was handed out is used up by it.

        Takes the same time for every cause. Who calls it limits how often may be guessed."""
        row, checked = self._look(phone, password)
        if not (checked.valid and checked.must_change):
            return checked
        now = self._backing.now()
        still = (accounts.c.id == row.id, accounts.c.password == row.password, accounts.c.used_at.is_(None))
        with self._backing.database.writing() as connection:
            if connection.execute(update(accounts).where(*still).values(used_at=now)).rowcount:
                whose = {"phone": row.phone, "insurance_number": row.insurance_number}
                self._backing.trail.record(connection, Event(now, What.USED, operator(), **whose))
                return checked
        return Checked(False, True, checked.expires_at, "used")  # somebody else was a moment faster

    def change(self, phone: str, password: str, new: str) -> None:
        """Put a password that its owner chose in the place of the present one, which may have been used just now.

        Raises VoicebotError, saying why, where that is not to be."""
        row, checked = self._look(phone, password)
        now = self._backing.now()
        just_used = checked.reason == "used" and now - row.used_at <= CHANGE_WITHIN
        if not checked.valid and not just_used:
            raise VoicebotError(f"the password was not changed: the present one is {checked.reason}")
        if not FEWEST <= len(new) <= MOST:
            raise VoicebotError(f"the password was not changed: the new one must have {FEWEST} to {MOST} characters")
        if new == password:
            raise VoicebotError("the password was not changed: the new one is the present one")
        own = {"password": self._passwords.hash(new), "must_change": False, "expires_at": None, "used_at": None}
        still = (accounts.c.id == row.id, accounts.c.password == row.password)
        with self._backing.database.writing() as connection:
            if not connection.execute(update(accounts).where(*still).values(**own)).rowcount:
                raise VoicebotError("the password was not changed: another one came into force meanwhile")
            whose = {"phone": row.phone, "insurance_number": row.insurance_number}
            self._backing.trail.record(connection, Event(now, What.CHANGED, operator(), **whose))

    def _look(self, phone: str, password: str) -> tuple[Any, Checked]:
        """The account's row, and what is to be said of this password."""
        self._backing.check()
        query = select(accounts).where(accounts.c.phone.in_(self._backing.caller(phone)))
        with self._backing.database.reading() as connection:
            row = connection.execute(query).one_or_none()
        right = self._passwords.verify(row.password if row else None, password)
        if row is None or not right:
            return row, Checked(False, False, None, "wrong")
        reason: Reason | None = None
        if row.expires_at and self._backing.now() >= row.expires_at:
            reason = "expired"
        elif row.used_at:
            reason = "used"
        until = row.expires_at.replace(tzinfo=UTC) if row.expires_at else None
        return row, Checked(reason is None, row.must_change, until, reason)
