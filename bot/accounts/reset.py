"""A reset in two phases, as SQL inside one transaction of the caller's.

call asks ──▶ refused, locked
         └──▶ pending ──first reading heard──▶ active       the new password is in force
                     └──call over before────▶ discarded     the old one still is
"""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import datetime, timedelta

from sqlalchemy import insert, or_, select, update
from sqlalchemy.engine import Connection

from bot.accounts.schema import State, accounts, resets
from bot.accounts.throttle import Throttle

PENDING_FOR = timedelta(minutes=10)
"""How long a pending reset can be activated (OWASP ASVS 5.0, 6.5.5)."""


@dataclass(frozen=True)
class Attempt:
    """A call that asks for a password. Phone and insurance number are pseudonyms, the password is hashed;
    `phone` is None where the line told none."""

    call_id: str
    at: datetime
    phone: str | None
    insurance_number: str
    password: str = field(repr=False)


def begin(connection: Connection, attempt: Attempt, throttle: Throttle) -> bool:
    """Keep the attempt, pending if phone and number belong together and neither is locked; whether they do.

    The same statements run whatever the answer. Raises IntegrityError on the second attempt of a call.
    """
    account_id = connection.execute(
        select(accounts.c.id).where(
            accounts.c.phone == attempt.phone, accounts.c.insurance_number == attempt.insurance_number
        )
    ).scalar()
    since = throttle.since(attempt.at)
    by_phone = refusals(connection, since, phone=attempt.phone)
    by_number = refusals(connection, since, insurance_number=attempt.insurance_number)
    if throttle.locked(by_phone, attempt.at) or throttle.locked(by_number, attempt.at):
        state = State.LOCKED
    elif account_id is None:
        state = State.REFUSED
    else:
        state = State.PENDING
    granted = state is State.PENDING
    connection.execute(
        insert(resets).values(
            call_id=attempt.call_id,
            at=attempt.at,
            state=state.value,
            phone=attempt.phone,
            insurance_number=attempt.insurance_number,
            account_id=account_id if granted else None,
            password=attempt.password if granted else None,
        )
    )
    return granted


def activate(connection: Connection, call_id: str, now: datetime) -> bool:
    """Bring a pending password into force; whether the call's password is in force afterwards."""
    reset = connection.execute(select(resets).where(resets.c.call_id == call_id)).one_or_none()
    if reset is None or reset.state != State.PENDING:
        return reset is not None and reset.state == State.ACTIVE
    if now - reset.at > PENDING_FOR:
        discard(connection, call_id)
        return False
    connection.execute(update(accounts).where(accounts.c.id == reset.account_id).values(password=reset.password))
    _end(connection, call_id, State.ACTIVE)
    return True


def discard(connection: Connection, call_id: str) -> None:
    """Forget a pending password; nothing happens to any other reset."""
    _end(connection, call_id, State.DISCARDED)


def refusals(connection: Connection, since: datetime, **of: str | None) -> list[datetime]:
    """When a phone or an insurance number was refused, in order."""
    ((column, value),) = of.items()
    query = select(resets.c.at).where(
        resets.c[column] == value, resets.c.at > since, resets.c.state == State.REFUSED.value
    )
    return list(connection.execute(query.order_by(resets.c.at)).scalars())


def forgive(connection: Connection, phone: str, insurance_number: str) -> int:
    """Let the refusals of this phone and this number count no more; how many there were."""
    result = connection.execute(
        update(resets)
        .where(
            resets.c.state == State.REFUSED.value,
            or_(resets.c.phone == phone, resets.c.insurance_number == insurance_number),
        )
        .values(state=State.FORGIVEN.value)
    )
    return int(result.rowcount)


def _end(connection: Connection, call_id: str, state: State) -> None:
    connection.execute(
        update(resets)
        .where(resets.c.call_id == call_id, resets.c.state == State.PENDING.value)
        .values(state=state.value, password=None)
    )
