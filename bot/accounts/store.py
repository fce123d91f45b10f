"""The account store: who may have a new password, and which one is in force. Synchronous; any thread may call it."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterator, Sequence
from datetime import UTC, datetime, timedelta

from argon2 import PasswordHasher
from sqlalchemy import func, insert, select, update
from sqlalchemy.engine import Connection

from bot.accounts import register, reset
from bot.accounts.alarm import Alarm
from bot.accounts.audit import Audit
from bot.accounts.backing import Backing
from bot.accounts.chain import Event, What
from bot.accounts.credentials import Credentials
from bot.accounts.database import PATIENCE, Conflict, Database
from bot.accounts.operators import operator
from bot.accounts.outbox import Contacts, Outbox
from bot.accounts.passwords import ARGON2ID, Passwords, new_password
from bot.accounts.phones import NotAPhoneNumber, normalise
from bot.accounts.register import Account, Entry, Listed, Row
from bot.accounts.rekeying import rekey
from bot.accounts.schema import REVISION, accounts, keys
from bot.accounts.throttle import HOUR, Throttle
from bot.errors import VoicebotError
from bot.places import HOME
from bot.sealing import key_file
from bot.secret_keys import decode_keys
from bot.settings import Settings

ACCOUNTS_KEY = HOME / "var" / "accounts.key"
"""The key of the pseudonyms in the store: without it the store finds nobody."""


def utcnow() -> datetime:
    return datetime.now(UTC)


class Accounts:
    """Accounts in a database. Every method raises AccountsUnavailable if that cannot be used.

    url             an SQLAlchemy URL; a relative SQLite path starts at the project folder
    max_failures, lock_seconds, max_resets, max_refusals
                    the limits on guessing: bot/accounts/throttle.py, bot/settings.py
    password_hours  how long a password that was handed out works
    notify          whether owners are told of resets: then something must empty the outbox
    audit_days      how long records of the audit trail are kept; 0: for ever
    patience        seconds that a transaction may take
    clock           the time now
    number_lengths  digits of an insurance number
    key             the pseudonyms' key, in Fernet's form; while it is being changed several, one a line, the new one
                    first; None: the key in var/accounts.key, made on first use
    hasher          hashes passwords
    """

    def __init__(
        self,
        url: str,
        *,
        max_failures: int,
        lock_seconds: int,
        max_resets: int = 5,
        max_refusals: int = 500,
        password_hours: int = 24,
        notify: bool = False,
        audit_days: int = 0,
        patience: float = PATIENCE,
        clock: Callable[[], datetime] = utcnow,
        number_lengths: Sequence[int] = (10, 12),
        key: bytes | None = None,
        hasher: PasswordHasher = ARGON2ID,
    ) -> None:
        self._database = Database(url, patience)
        secrets = decode_keys(key or key_file(ACCOUNTS_KEY), "the key of the account store")
        self.backing = Backing(self._database, secrets, ACCOUNTS_KEY, clock)
        """For other rooms that keep tables in the same database."""
        self._pseudonyms, self._trail = self.backing.pseudonyms, self.backing.trail
        self._check, self._now, self._caller = self.backing.check, self.backing.now, self.backing.caller
        self._throttle = Throttle(max_failures, timedelta(seconds=lock_seconds), max_resets, max_refusals)
        self._alarm = Alarm(self._throttle)
        self._lengths = number_lengths
        self._lifetime = timedelta(hours=password_hours)
        self.passwords = Passwords(self._pseudonyms, hasher)
        self.credentials = Credentials(self.backing, self.passwords)
        self._contacts = Contacts(secrets) if notify else None
        self.outbox = Outbox(self.backing, Contacts(secrets))
        self.audit = Audit(self.backing, timedelta(days=audit_days) if audit_days else None)

    @property
    def name(self) -> str:
        """Where the store is, without user and password."""
        return self._database.name

    def close(self) -> None:
        self._database.close()

    # ── calls ─────────────────────────────────────────────────────────────────────────────────────

    def begin_reset(self, call_id: str, phone: str | None, insurance_number: str) -> str | None:
        """A new password, pending until `activate`; or None, for every cause after the same work.

        A call gets one password: every further attempt in it is refused, but for the same phone and number while the
        first is pending, which is then replaced: its answer was lost. The answer does not wait for the disk: if the
        machine fails, the attempt may be lost, and the old password stays.
        """
        self._check()
        password = new_password()
        caller, number = self._caller(phone), self._pseudonyms.insurance_numbers(insurance_number)
        attempt = reset.Attempt(
            call_id=call_id,
            at=self._now(),
            phone=caller[0] if caller else None,
            insurance_number=number[0],
            password=self.passwords.hash(password),
            contact=self._contact(phone),
        )
        try:
            with self._database.writing(durable=False) as connection:
                rekey(connection, filter(None, [caller]), [number])
                answer = reset.begin(connection, self._trail, attempt, self._throttle)
        except Conflict:
            with self._database.writing(durable=False) as connection:
                return password if reset.again(connection, self._trail, attempt) else None
        self._alarm.note(answer)
        return password if answer.granted else None

    def activate(self, call_id: str, until: float | None = None) -> bool:
        """The first reading was heard: bring the pending password into force, but not after `until` (Unix time, in
        seconds). Returns whether it is in force. May be called again."""
        self._check()
        last = None if until is None else datetime.fromtimestamp(until, UTC).replace(tzinfo=None)
        with self._database.writing() as connection:
            return reset.activate(connection, self._trail, call_id, self._now(), self._lifetime, last)

    def discard(self, call_id: str) -> bool:
        """The call is over: discard a pending password, so that the old one stays. Returns whether the call's password
        is in force, because it was heard. May be called again."""
        self._check()
        with self._database.writing() as connection:
            reset.discard(connection, self._trail, self._now(), call_id=call_id)
            return reset.is_active(connection, call_id)

    def check(self) -> int:
        """Check, by writing, that the store works, and discard what dead processes left pending. Returns how many
        guesses all callers made within the last hour."""
        self._check()
        now = self._now()
        with self._database.writing() as connection:
            connection.execute(update(keys).values(checked_at=now))
            reset.sweep(connection, self._trail, now)
            made = self.audit.tend(connection)
            refusals = reset.refusals_since(connection, now - HOUR)
        self.audit.tell(made)
        self._database.empty_log()
        return refusals

    # ── operators ─────────────────────────────────────────────────────────────────────────────────

    def init(self) -> None:
        """Make the schema or bring it up to date; may be called again."""
        from bot.accounts.migrate import upgrade  # loads Alembic, which no call needs

        with self._database.creating() as connection:
            before = upgrade(connection)
            newest = self._pseudonyms.fingerprints[0]
            found = connection.execute(select(keys.c.fingerprint).with_for_update()).scalar()
            if found is None:
                connection.execute(insert(keys).values(id=1, fingerprint=newest))
            elif found != newest and found in self._pseudonyms.fingerprints:
                connection.execute(update(keys).values(fingerprint=newest))
                signed = self._trail.sign_anew(connection, [each.public for each in self.backing.signers])
                self._record(connection, What.INIT, detail=f"another key; {signed} checkpoints signed anew")
            if before != REVISION:
                self._record(connection, What.INIT, detail=f"schema {before or 'none'} to {REVISION}")
        self._check()

    def add(self, phone: str, insurance_number: str) -> bool:
        """Add an account. Returns whether it is new. Raises VoicebotError with the reason if it is invalid."""
        (entry,) = self.import_rows([(phone, insurance_number)])
        if entry.status == "bad":
            raise VoicebotError(f"no account added: {entry.reason}")
        return entry.status == "added"

    def import_rows(self, rows: Sequence[tuple[str, str]]) -> list[Entry]:
        """Add accounts (phone, insurance number) in one transaction. Returns each row's result, in order."""
        return self.enter([self.row(*row) for row in rows])

    def row(self, phone: str, insurance_number: str) -> Row:
        """An account as the store writes it, or the reason why it is invalid. This part of adding it needs no
        transaction."""
        return register.row(phone, insurance_number, self._lengths, self._pseudonyms)

    def enter(self, rows: Sequence[Row]) -> list[Entry]:
        """Add what `row` made, in one transaction. Returns each row's result, in order."""
        self._check()
        try:
            return self._enter(rows, register.enter_new)  # mostly all of them are new
        except Conflict:
            return self._enter(rows, register.enter)

    def _enter(self, rows: Sequence[Row], how: Callable[[Connection, Sequence[Row]], list[Entry]]) -> list[Entry]:
        good = [row for row in rows if not row.problem]
        with self._database.writing(rows=len(rows)) as connection:
            rekey(connection, (row.phones for row in good), (row.insurance_numbers for row in good))
            entries = how(connection, rows)
            statuses = Counter(entry.status for entry in entries)
            only = rows[0] if len(rows) == 1 else register.Row()
            detail = ", ".join(f"{statuses[status]} {status}" for status in ("added", "unchanged", "bad"))
            self._record(connection, What.IMPORT, only.phone, only.insurance_number, detail)
            return entries

    def show(self, phone: str) -> Account:
        """The account of a phone number. Raises VoicebotError if there is none."""
        self._check()
        e164, now = normalise(phone), self._now()
        with self._database.reading() as connection:
            return register.view(connection, e164, self._pseudonyms, self._throttle, now)

    def unlock(self, phone: str, by: str | None = None) -> int:
        """Forgive the guesses of an account's phone and insurance number. Returns how many. `by`: the actor for the
        audit trail; None: this process's user. Raises VoicebotError as `show`."""
        self._check()
        names = self._pseudonyms.phones(normalise(phone))
        pseudonym = names[0]
        with self._database.writing() as connection:
            rekey(connection, [names])
            account = register.find(connection, pseudonym)
            forgiven = reset.forgive(connection, account.phone, account.insurance_number)
            self._record(
                connection, What.UNLOCK, account.phone, account.insurance_number, f"{forgiven} guesses forgiven", by
            )
            return forgiven

    def count(self) -> int:
        """How many accounts there are."""
        self._check()
        with self._database.reading() as connection:
            return int(connection.execute(select(func.count()).select_from(accounts)).scalar_one())

    def verify(self, phone: str, password: str) -> bool:
        """Whether this password opens the account of this phone now; a pending one never does."""
        return self.credentials.opens(phone, password)

    def remove(self, phone: str) -> None:
        """Remove an account, and discard a password that is being read out for it. The rows of its calls stay.

        Raises VoicebotError as `show`."""
        self._check()
        names = self._pseudonyms.phones(normalise(phone))
        pseudonym = names[0]
        with self._database.writing() as connection:
            rekey(connection, [names])
            reset.discard(connection, self._trail, self._now(), operator(), phone=pseudonym)
            removed = register.remove(connection, pseudonym)
            self._record(connection, What.REMOVE, pseudonym, removed.insurance_number)

    def change_phone(self, phone: str, new: str) -> None:
        """Move an account to another phone number. Its password stays; one that is being read out to the old phone is
        discarded. Raises VoicebotError as `show`, and if the new number has an account already."""
        self._check()
        names = [self._pseudonyms.phones(normalise(each)) for each in (phone, new)]
        old, pseudonym = (each[0] for each in names)
        with self._database.writing() as connection:
            rekey(connection, names)
            reset.discard(connection, self._trail, self._now(), operator(), phone=old)
            moved = register.change_phone(connection, old, pseudonym)
            for each, detail in ((old, "from this phone"), (pseudonym, "to this phone")):
                self._record(connection, What.CHANGE_PHONE, each, moved.insurance_number, detail)

    def listed(self, what: What = What.LIST) -> Iterator[Listed]:
        """All accounts as an operator may see them, in the order in which they were added. `what`: list or export."""
        self._check()
        with self._database.writing() as connection:
            self._record(connection, what)
        after = 0
        while True:
            with self._database.reading() as connection:
                page = register.page(connection, after)
            if not page:
                return
            yield from (listed for _, listed in page)
            after = page[-1][0]

    # ── inside ────────────────────────────────────────────────────────────────────────────────────

    def _contact(self, phone: str | None) -> str | None:
        """A calling number, sealed; if there is none, something of the same form after the same work."""
        if self._contacts is None:
            return None
        try:
            return self._contacts.seal(normalise(phone or ""))
        except NotAPhoneNumber:
            return self._contacts.seal("+84" + "0" * 9)

    def _record(
        self,
        connection: Connection,
        what: What,
        phone: str = "",
        number: str = "",
        detail: str = "",
        by: str | None = None,
    ) -> None:
        """An act of an operator. Phone and insurance number are pseudonyms, empty where it concerns none."""
        event = Event(self._now(), what, by or operator(), None, phone or None, number or None, detail)
        self._trail.record(connection, event)


def open_accounts(settings: Settings, patience: float = PATIENCE) -> Accounts:
    """The store of these settings, which must exist. `patience`: seconds that a transaction may take."""
    return Accounts(
        settings.database_url,
        max_failures=settings.max_failures,
        lock_seconds=settings.lock_seconds,
        max_resets=settings.max_resets,
        max_refusals=settings.max_refusals,
        password_hours=settings.password_hours,
        notify=bool(settings.notice_command or settings.notice_url),
        audit_days=settings.audit_days,
        patience=patience,
        number_lengths=settings.number_lengths,
    )
