"""A reset in two phases: SQL inside the transaction that the calling code opened.

call asks ──▶ refused, repeated, locked
         └──▶ pending ──first reading heard──▶ active       the new password is in force
                     └──call ends before────▶ discarded     the old password stays in force
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import bindparam, func, insert, or_, select, update
from sqlalchemy.engine import Connection

from bot.accounts import outbox
from bot.accounts.chain import Event, What
from bot.accounts.schema import State, accounts, resets
from bot.accounts.throttle import CAP, GRANTED, GUESSES, HOUR, Asked, Throttle, guesses
from bot.accounts.trail import Trail

_STATES = {state.value: state for state in State}

_OUTCOMES = {
    State.PENDING: What.GRANTED,
    State.REFUSED: What.REFUSED,
    State.REPEATED: What.REPEATED,
    State.LOCKED: What.LOCKED,
}

_GUESSED = sorted(state.value for state in GUESSES)
_COUNTED = sorted(state.value for state in GUESSES | GRANTED)

# What every call asks is put together once: that takes as long as the database takes to answer.
_ACCOUNT = select(accounts.c.id).where(
    accounts.c.phone == bindparam("phone"), accounts.c.insurance_number == bindparam("insurance_number")
)
_HISTORIES = {
    whose: select(resets.c.at, resets.c.state, resets.c[other])
    .where(resets.c[whose] == bindparam("whose"), resets.c.state.in_(_COUNTED))
    .order_by(resets.c.at)
    for whose, other in (("phone", "insurance_number"), ("insurance_number", "phone"))
}
_REFUSALS = select(func.count()).where(resets.c.state.in_(_GUESSED), resets.c.at > bindparam("since"))
_PENDING = select(resets).where(resets.c.state == State.PENDING.value)
_PENDING_OF = {column: _PENDING.where(resets.c[column] == bindparam("whose")) for column in ("call_id", "phone")}
_LEFT_PENDING = _PENDING.where(resets.c.at < bindparam("before"))
_LOOKED_UP = select(
    _ACCOUNT.scalar_subquery().label("account_id"),
    _REFUSALS.scalar_subquery().label("refusals"),
    _LEFT_PENDING.exists().label("left_pending"),
)
_ATTEMPT = insert(resets)

PENDING_FOR = timedelta(minutes=10)
"""How long a pending reset can be activated (OWASP ASVS 5.0, 6.5.5)."""


ANEW = "anew; the first was told to nobody"
"""In the audit trail, of a password that took the place of one whose answer was lost."""


@dataclass(frozen=True)
class Attempt:
    """A call that asks for a password. Phone and insurance number are pseudonyms, the password is hashed;
    `phone` is None where the line reported none."""

    call_id: str
    at: datetime
    phone: str | None
    insurance_number: str
    password: str = field(repr=False)
    contact: str | None = field(default=None, repr=False)
    """The sealed phone number, if the owner is to be told."""


@dataclass(frozen=True)
class Answer:
    """The result of an attempt."""

    granted: bool
    refusals: int
    """Guesses of all callers within the last hour, before this attempt."""
    capped: bool
    """It was the guess after which only an operator unlocks this phone or this number."""


def begin(connection: Connection, trail: Trail, attempt: Attempt, throttle: Throttle) -> Answer:
    """Record the attempt; it is pending if phone and number belong together and the throttle allows it.

    The same statements run for every answer. Raises IntegrityError on the second attempt of a call.
    """
    asked = {
        "phone": attempt.phone or "",
        "insurance_number": attempt.insurance_number,
        "since": attempt.at - HOUR,
        "before": attempt.at - PENDING_FOR,
    }
    account_id, refusals, left_pending = connection.execute(_LOOKED_UP, asked).one()
    if left_pending:
        sweep(connection, trail, attempt.at)
        refusals = refusals_since(connection, attempt.at - HOUR)
    by_phone = history(connection, phone=attempt.phone or "")
    by_number = history(connection, insurance_number=attempt.insurance_number)
    state = throttle.judge(account_id is not None, attempt.insurance_number, by_phone, by_number, refusals, attempt.at)
    waits = throttle.locked_until(by_phone, by_number, attempt.at) is not None
    why = "guesses or passwords of this phone or number" if waits else "guesses of all callers"
    if attempt.phone is None:  # it can match nothing, so it is no guess
        state, why = State.LOCKED, "no calling number"
    granted = state is State.PENDING
    trail.record(connection, _asked(attempt, _OUTCOMES[state], why if state is State.LOCKED else ""))
    row = {
        "call_id": attempt.call_id,
        "at": attempt.at,
        "state": state.value,
        "phone": attempt.phone,
        "insurance_number": attempt.insurance_number,
        "account_id": account_id if granted else None,
        "password": attempt.password if granted else None,
        "contact": attempt.contact if granted else None,
    }
    connection.execute(_ATTEMPT, row)
    last = CAP - 1
    capped = state is State.REFUSED and last in (len(guesses(by_phone)), len(guesses(by_number)))
    return Answer(granted, refusals, capped)


def again(connection: Connection, trail: Trail, attempt: Attempt) -> bool:
    """The call asks a second time, because the process ended that was to tell the answer: the attempt's password takes
    the place of the one that nobody was told. Returns whether it does: not where the call asks for another phone or
    number, nor where its reset has ended."""
    replaced = connection.execute(
        update(resets)
        .where(
            resets.c.call_id == attempt.call_id,
            resets.c.state == State.PENDING.value,
            resets.c.phone == (attempt.phone or ""),
            resets.c.insurance_number == attempt.insurance_number,
            resets.c.at >= attempt.at - PENDING_FOR,
        )
        .values(password=attempt.password)
    )
    if not replaced.rowcount:
        return False
    trail.record(connection, _asked(attempt, What.GRANTED, ANEW))
    return True


def activate(
    connection: Connection,
    trail: Trail,
    call_id: str,
    now: datetime,
    lifetime: timedelta,
    until: datetime | None = None,
) -> bool:
    """Bring a pending password into force, for its lifetime. Returns whether the call's password is in force
    afterwards. After `until` the call no longer waits, and the caller was told that the password is void: so it is
    discarded."""
    reset = connection.execute(select(resets).where(resets.c.call_id == call_id)).one_or_none()
    if reset is None or reset.state != State.PENDING:
        return reset is not None and reset.state == State.ACTIVE
    if now - reset.at > PENDING_FOR or (until is not None and now > until):
        discard(connection, trail, now, call_id=call_id)
        return False
    handed_out = {"password": reset.password, "must_change": True, "expires_at": now + lifetime, "used_at": None}
    connection.execute(update(accounts).where(accounts.c.id == reset.account_id).values(**handed_out))
    _end(connection, trail, reset, State.ACTIVE, Event(now, What.ACTIVATED))
    outbox.put(connection, reset, now)
    return True


def discard(connection: Connection, trail: Trail, now: datetime, actor: str = "call", **of: str) -> None:
    """Discard the pending passwords of a call or of a phone; other resets stay as they are."""
    ((column, value),) = of.items()
    pending = connection.execute(_PENDING_OF[column], {"whose": value}).all()
    _discard(connection, trail, Event(now, What.DISCARDED, actor), pending)


def is_active(connection: Connection, call_id: str) -> bool:
    """Whether a call brought its password into force."""
    return bool(connection.execute(select(resets.c.state).where(resets.c.call_id == call_id)).scalar() == State.ACTIVE)


def sweep(connection: Connection, trail: Trail, now: datetime) -> None:
    """Discard pending passwords whose call did not end normally, because their process died."""
    pending = connection.execute(_LEFT_PENDING, {"before": now - PENDING_FOR}).all()
    _discard(connection, trail, Event(now, What.DISCARDED, "bot", detail="no end"), pending)


def history(connection: Connection, **of: str) -> list[Asked]:
    """The earlier calls of a phone or an insurance number that count, in order of time. They are few: calls that were
    repeated or not looked at, which have no limit, are left out."""
    ((column, value),) = of.items()
    found = connection.execute(_HISTORIES[column], {"whose": value})
    return [Asked(at, _STATES[state], other) for at, state, other in found]


def refusals_since(connection: Connection, since: datetime) -> int:
    """How many guesses all callers made since then."""
    return int(connection.execute(_REFUSALS, {"since": since}).scalar_one())


def forgive(connection: Connection, phone: str, insurance_number: str) -> int:
    """Stop counting the guesses of this phone and this number. Returns how many there were."""
    result = connection.execute(
        update(resets)
        .where(
            resets.c.state.in_(_GUESSED),
            or_(resets.c.phone == phone, resets.c.insurance_number == insurance_number),
        )
        .values(state=State.FORGIVEN.value)
    )
    return int(result.rowcount)


def _asked(attempt: Attempt, what: What, detail: str) -> Event:
    """What an attempt came to."""
    return Event(
        attempt.at,
        what,
        call=attempt.call_id,
        phone=attempt.phone,
        insurance_number=attempt.insurance_number,
        detail=detail,
    )


def _discard(connection: Connection, trail: Trail, event: Event, pending: Iterable[Any]) -> None:
    for reset in pending:
        _end(connection, trail, reset, State.DISCARDED, event)


def _end(connection: Connection, trail: Trail, reset: Any, state: State, event: Event) -> None:
    """End a pending reset. `event` lacks only the phone, the insurance number and the call."""
    ended = {"state": state.value, "password": None, "contact": None}
    connection.execute(update(resets).where(resets.c.call_id == reset.call_id).values(**ended))
    whose = {"call": reset.call_id, "phone": reset.phone, "insurance_number": reset.insurance_number}
    trail.record(connection, replace(event, **whose))
