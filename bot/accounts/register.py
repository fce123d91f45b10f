"""Accounts as operators enter and see them: SQL inside the transaction that the calling code opened."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any, Literal

from sqlalchemy import delete, select, text, update
from sqlalchemy.engine import Connection

from bot.accounts import reset
from bot.accounts.phones import NotAPhoneNumber, normalise
from bot.accounts.pseudonyms import Pseudonyms
from bot.accounts.schema import accounts, resets
from bot.accounts.throttle import UNTIL_UNLOCKED, Throttle, guesses
from bot.errors import VoicebotError


@dataclass(frozen=True)
class Row:
    """A row of the table of accounts, or the reason why it is invalid. The numbers are pseudonyms, under each of the
    store's keys, the newest first."""

    phones: Sequence[str] = ("",)
    insurance_numbers: Sequence[str] = ("",)
    masked: str = ""
    problem: str = ""

    @property
    def phone(self) -> str:
        return self.phones[0]

    @property
    def insurance_number(self) -> str:
        return self.insurance_numbers[0]


@dataclass(frozen=True)
class Entry:
    """The result for a row: added; unchanged, because it was there already; or bad, with a reason that quotes no
    number."""

    status: Literal["added", "unchanged", "bad"]
    reason: str = ""


@dataclass(frozen=True)
class Account:
    """An account as an operator may see it."""

    phone: str
    """Masked except for its last three digits, like the insurance number."""
    insurance_number: str
    state: Literal["new", "active", "locked"]
    """new: no password was ever given."""
    failures: int
    """Guesses of this phone or of this insurance number since its last reset, whichever are more."""
    locked_until: datetime | None
    """None if it is not locked, or if only `unlock` ends the lock."""
    must_change: bool
    """Its password was handed out, and its owner has chosen no other yet."""
    expires_at: datetime | None
    """When that password stops working."""


@dataclass(frozen=True)
class Listed:
    """An account in a list of all. The store knows phone numbers only as pseudonyms."""

    insurance_number: str
    """Masked but for its last three digits."""
    state: Literal["new", "active"]


PAGE = 1000
"""Accounts that are read with one statement."""

_COLUMNS = ("phone", "insurance_number", "masked")
_INSERT_ROW = f"INSERT INTO accounts ({', '.join(_COLUMNS)}) VALUES (?, ?, ?)"  # noqa: S608  # of constants
_INSERT_ARRAYS = text(
    f"INSERT INTO accounts ({', '.join(_COLUMNS)})"  # noqa: S608  # of constants
    f" SELECT * FROM unnest({', '.join(f'CAST(:{column} AS text[])' for column in _COLUMNS)})"
)
"""For SQLite; for PostgreSQL. The values are hexadecimal, or stars and digits: an array needs no quotes around them."""


def row(phone: str, insurance_number: str, lengths: Sequence[int], pseudonyms: Pseudonyms) -> Row:
    """Phone and insurance number as the store writes them."""
    insurance_number = insurance_number.strip()
    try:
        e164 = normalise(phone)
    except NotAPhoneNumber:
        return Row(problem="this is not a phone number (write ten digits beginning with 0, or +84 and nine)")
    if not (insurance_number.isascii() and insurance_number.isdigit()):
        return Row(problem="the insurance number has other characters than digits")
    if len(insurance_number) not in lengths:
        return Row(
            problem=f"the insurance number has {len(insurance_number)} digits, not {' or '.join(map(str, lengths))}"
            " (spreadsheets drop leading zeros)"
        )
    names = pseudonyms.phones(e164), pseudonyms.insurance_numbers(insurance_number)
    return Row(*names, _masked(insurance_number))


def enter_new(connection: Connection, rows: Sequence[Row]) -> list[Entry]:
    """Add the good rows without checking whether they are new. Returns each row's result, in order.

    Raises IntegrityError if a phone or an insurance number is there already, or twice in the rows: then the transaction
    must be rolled back."""
    _insert(connection, [row for row in rows if not row.problem])
    return [Entry("bad", row.problem) if row.problem else Entry("added") for row in rows]


def enter(connection: Connection, rows: Sequence[Row]) -> list[Entry]:
    """Add the rows that are good and new. Returns each row's result, in order."""
    number_of = _pairs(connection, "phone", [row.phone for row in rows])
    phone_of = {number: phone for phone, number in number_of.items()}
    phone_of |= {
        n: p for p, n in _pairs(connection, "insurance_number", [row.insurance_number for row in rows]).items()
    }
    entries: list[Entry] = []
    new: list[Row] = []
    for row in rows:
        if row.problem:
            entries.append(Entry("bad", row.problem))
        elif number_of.get(row.phone) == row.insurance_number:
            entries.append(Entry("unchanged"))
        elif row.phone in number_of:
            entries.append(Entry("bad", "the phone number belongs to another insurance number already"))
        elif row.insurance_number in phone_of:
            entries.append(Entry("bad", "the insurance number belongs to another phone number already"))
        else:
            entries.append(Entry("added"))
            number_of[row.phone], phone_of[row.insurance_number] = row.insurance_number, row.phone
            new.append(row)
    _insert(connection, new)
    return entries


def find(connection: Connection, *phone: str) -> Any:
    """The row of the account with this phone (one of its pseudonyms). Raises VoicebotError if there is none."""
    found = connection.execute(select(accounts).where(accounts.c.phone.in_(phone))).one_or_none()
    if found is None:
        raise VoicebotError("no account has this phone number: add it with `voicebot accounts add`")
    return found


def view(connection: Connection, phone: str, pseudonyms: Pseudonyms, throttle: Throttle, now: datetime) -> Account:
    """The account of a phone (E.164). Raises VoicebotError if there is none."""
    found = find(connection, *pseudonyms.phones(phone))
    by_phone = reset.history(connection, phone=found.phone)
    by_number = reset.history(connection, insurance_number=found.insurance_number)
    until = throttle.locked_until(by_phone, by_number, now)
    return Account(
        phone=_masked(phone),
        insurance_number=found.masked,
        state="locked" if until else "active" if found.password else "new",
        failures=max(len(guesses(by_phone)), len(guesses(by_number))),
        locked_until=until.replace(tzinfo=UTC) if until and until != UNTIL_UNLOCKED else None,
        must_change=found.must_change,
        expires_at=found.expires_at.replace(tzinfo=UTC) if found.expires_at else None,
    )


def remove(connection: Connection, phone: str) -> Any:
    """Remove the account of a phone (a pseudonym). Returns its row. Raises VoicebotError if there is none."""
    found = find(connection, phone)
    connection.execute(update(resets).where(resets.c.account_id == found.id).values(account_id=None))
    connection.execute(delete(accounts).where(accounts.c.id == found.id))
    return found


def change_phone(connection: Connection, phone: str, new: str) -> Any:
    """Give an account another phone (pseudonyms). Returns its row.

    Raises VoicebotError if there is none, or where the new phone has one."""
    found = find(connection, phone)
    if _pairs(connection, "phone", [new]):
        raise VoicebotError("the new phone number has an account already: remove one of the two first")
    connection.execute(update(accounts).where(accounts.c.id == found.id).values(phone=new))
    return found


def page(connection: Connection, after: int) -> list[tuple[int, Listed]]:
    """The next accounts after an id, each with its id."""
    columns = (accounts.c.id, accounts.c.masked, accounts.c.password)
    query = select(*columns).where(accounts.c.id > after).order_by(accounts.c.id).limit(PAGE)
    return [
        (key, Listed(masked, "active" if password else "new")) for key, masked, password in connection.execute(query)
    ]


def _insert(connection: Connection, rows: Sequence[Row]) -> None:
    values = [(row.phone, row.insurance_number, row.masked) for row in rows]
    if not values:
        return
    if connection.dialect.name == "postgresql":  # one statement: psycopg2 would send one for each thousand rows
        columns = [f"{{{','.join(column)}}}" for column in zip(*values, strict=True)]
        connection.execute(_INSERT_ARRAYS, dict(zip(_COLUMNS, columns, strict=True)))
    else:
        connection.exec_driver_sql(_INSERT_ROW, values)  # SQLAlchemy's own insert takes twice as long


def _pairs(connection: Connection, column: str, values: Sequence[str]) -> dict[str, str]:
    """Phone to insurance number of the accounts that have one of these values."""
    query = select(accounts.c.phone, accounts.c.insurance_number)
    pairs: dict[str, str] = {}
    for at in range(0, len(values), PAGE):
        found = connection.execute(query.where(accounts.c[column].in_(values[at : at + PAGE])))
        pairs.update(found.tuples().all())
    return pairs


def _masked(number: str) -> str:
    return "*" * (len(number) - 3) + number[-3:]
