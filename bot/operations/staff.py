"""Who may open the operator's page: names, passwords and roles, and who has logged in."""

from __future__ import annotations

import hashlib
import math
import re
from collections.abc import Callable
from dataclasses import dataclass
from datetime import timedelta
from typing import Any

from sqlalchemy import delete, func, insert, select, update
from sqlalchemy.engine import Connection

from bot.accounts.backing import Backing
from bot.accounts.chain import Event, What
from bot.accounts.database import Conflict
from bot.accounts.operators import operator
from bot.accounts.passwords import Passwords
from bot.accounts.schema import operators, sessions
from bot.errors import VoicebotError
from bot.operations.login_limit import LoginLimit
from bot.operations.roles import Role

IDLE = timedelta(minutes=30)
"""A session ends after this time without a request (OWASP ASVS 5.0, 7.3.1)."""

LONGEST = timedelta(hours=12)
"""Any session ends after this time: a working day (7.3.2)."""

SEEN_EVERY = timedelta(minutes=1)
"""How often a session's last use is written down."""

FEWEST, MOST = 12, 128
"""Characters of an operator's password."""

NAME = re.compile(r"[a-z0-9][a-z0-9._-]{0,31}")


class NotLoggedIn(VoicebotError):  # noqa: N818  # the name says what happened
    """No session, or one that is over; or a wrong name or password."""


class TooOften(VoicebotError):  # noqa: N818  # the name says what happened
    """Too many logins failed; `seconds` until the next one may be tried."""

    def __init__(self, seconds: int) -> None:
        super().__init__(f"too many logins failed: try again in {seconds} s")
        self.seconds = seconds


@dataclass(frozen=True)
class Member:
    """Somebody who may open the page."""

    name: str
    role: str

    @property
    def actor(self) -> str:
        """Their name in the audit trail, which differs from any login name of the machine."""
        return f"web:{self.name}"


class Staff:
    """Every method raises AccountsUnavailable where the store cannot be used."""

    def __init__(self, backing: Backing, passwords: Passwords, seconds: Callable[[], float]) -> None:
        """`seconds`: a clock, for the limit on logins."""
        self._backing, self._passwords = backing, passwords
        self._limit = LoginLimit(seconds)

    # ── by command ────────────────────────────────────────────────────────────────────────────────

    def add(self, name: str, role: Role, password: str) -> None:
        """Add an operator. Raises VoicebotError if the name or the password is not valid, or the name exists
        already."""
        if not NAME.fullmatch(name):
            raise VoicebotError("no operator added: a name has 1 to 32 of a-z, 0-9, dot, dash and underscore")
        if not FEWEST <= len(password) <= MOST:
            raise VoicebotError(f"no operator added: give a password of {FEWEST} to {MOST} characters")
        self._backing.check()
        row = {"name": name, "role": role.value, "password": self._passwords.hash(password)}
        try:
            with self._backing.database.writing() as connection:
                connection.execute(insert(operators).values(created_at=self._backing.now(), **row))
                self._record(connection, What.OPERATOR_ADD, operator(), f"{name}, {role.value}")
        except Conflict:
            raise VoicebotError(f"no operator added: {name} is there already; remove it first") from None

    def remove(self, name: str) -> None:
        """Remove an operator and end their sessions. Raises VoicebotError if there is no such operator."""
        self._backing.check()
        with self._backing.database.writing() as connection:
            if not connection.execute(delete(operators).where(operators.c.name == name)).rowcount:
                raise VoicebotError("there is no operator of that name; see `voicebot operators list`")
            connection.execute(delete(sessions).where(sessions.c.name == name))
            self._record(connection, What.OPERATOR_REMOVE, operator(), name)

    def listed(self) -> list[Member]:
        """All of them, by name."""
        self._backing.check()
        query = select(operators.c.name, operators.c.role).order_by(operators.c.name)
        with self._backing.database.reading() as connection:
            return [Member(row.name, row.role) for row in connection.execute(query)]

    # ── on the page ───────────────────────────────────────────────────────────────────────────────

    def any(self) -> bool:
        """Whether there is an operator, and so a page."""
        self._backing.check()
        with self._backing.database.reading() as connection:
            return bool(connection.execute(select(func.count()).select_from(operators)).scalar_one())

    def login(self, name: str, password: str, token: str) -> Member:
        """Begin a session with this token. Takes equally long for a name that does not exist.

        Raises NotLoggedIn for a wrong name or password, TooOften after too many failures."""
        if wait := self._limit.wait(name):
            raise TooOften(math.ceil(wait))
        self._backing.check()
        wanted = name if NAME.fullmatch(name) else "?"  # nobody has this name; a database may fail at others
        with self._backing.database.reading() as connection:
            row: Any = connection.execute(select(operators).where(operators.c.name == wanted)).one_or_none()
        right = self._passwords.verify(row.password if row else None, password[:MOST])
        now = self._backing.now()
        with self._backing.database.writing() as connection:
            if not right:
                # Not the name that was typed: it may be a password in the wrong field.
                self._record(connection, What.LOGIN_REFUSED, f"web:{name if row else '?'}")
            else:
                connection.execute(delete(sessions).where(sessions.c.created_at <= now - LONGEST))
                connection.execute(insert(sessions).values(token=_hash(token), name=name, created_at=now, seen_at=now))
                self._record(connection, What.LOGIN, f"web:{name}")
        if not right:
            self._limit.failed(name)
            raise NotLoggedIn("name and password do not belong together")
        self._limit.succeeded(name)
        return Member(row.name, row.role)

    def session(self, token: str) -> Member:
        """Who is logged in with this token. Raises NotLoggedIn if nobody is, or the session is over."""
        self._backing.check()
        now = self._backing.now()
        query = (
            select(sessions.c.name, sessions.c.seen_at, operators.c.role)
            .join(operators, operators.c.name == sessions.c.name)
            .where(
                sessions.c.token == _hash(token),
                sessions.c.seen_at > now - IDLE,
                sessions.c.created_at > now - LONGEST,
            )
        )
        with self._backing.database.reading() as connection:
            row = connection.execute(query).one_or_none()
        if row is None:
            raise NotLoggedIn("log in: there is no session, or it is over")
        if now - row.seen_at >= SEEN_EVERY:
            with self._backing.database.writing() as connection:
                connection.execute(update(sessions).where(sessions.c.token == _hash(token)).values(seen_at=now))
        return Member(row.name, row.role)

    def logout(self, token: str) -> None:
        """End a session, if there is one."""
        self._backing.check()
        with self._backing.database.writing() as connection:
            own = sessions.c.token == _hash(token)
            name = connection.execute(select(sessions.c.name).where(own)).scalar()
            if name:
                connection.execute(delete(sessions).where(own))
                self._record(connection, What.LOGOUT, f"web:{name}")

    def _record(self, connection: Connection, what: What, actor: str, detail: str = "") -> None:
        self._backing.trail.record(connection, Event(self._backing.now(), what, actor, detail=detail))


def _hash(token: str) -> str:
    return hashlib.sha256(token.encode()).hexdigest()
