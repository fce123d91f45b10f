"""The password in force, for the application that people log in to: is it valid, and must it be changed?

    handed out ──check──▶ used ──change, within 15 minutes──▶ their own
             └──24 h──▶ expired

A password that was handed out by telephone may have been heard by others near the caller. So it lets its owner in only
once, to choose another one, and only until it expires (OWASP ASVS 5.0, 6.4.1; 6.2.3). A password that its owner chose
has no such limits.
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
"""For how long, after its first use, a password that was handed out can be changed."""

FEWEST, MOST = 8, 128
"""Characters of a password that somebody chooses (OWASP ASVS 5.0, 6.2.1 and 6.2.9: from eight on, and 64 are allowed).
Where there is no second factor, NIST SP 800-63B-4 asks for fifteen: that is for the application to demand."""

Reason = Literal["wrong", "expired", "used"]


@dataclass(frozen=True)
class Checked:
    """The result of checking a password."""

    valid: bool
    must_change: bool
    """It was handed out: let its owner in only to choose another one."""
    expires_at: datetime | None
    """None if it does not expire, or is wrong."""
    reason: Reason | None
    """Why it is not valid. `expired` and `used` are told only to those who showed the right password."""


class Credentials:
    """The passwords of a store. Every method raises AccountsUnavailable where that cannot be used."""

    def __init__(self, backing: Backing, passwords: Passwords) -> None:
        self._backing, self._passwords = backing, passwords

    def opens(self, phone: str, password: str) -> bool:
        """Whether `check` would find it valid; the password is not used up."""
        return self._look(phone, password)[1].valid

    def check(self, phone: str, password: str) -> Checked:
        """Whether this password lets the owner of this phone in. A password that was handed out is used up by it.

        Takes the same time for every result. The application that calls it must limit guesses."""
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
        """Replace the present password, which may have been used just now, by one that its owner chose.

        Raises VoicebotError with the reason if that is not allowed."""
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
        """The account's row, and the result for this password."""
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
