"""The database behind the store: transactions, and its errors as one line that says what to do."""

from __future__ import annotations

import sqlite3
from collections.abc import Iterator
from contextlib import closing, contextmanager, suppress
from pathlib import Path
from typing import Any

from sqlalchemy import create_engine, event, func, select
from sqlalchemy.engine import URL, Connection, make_url
from sqlalchemy.exc import ArgumentError, IntegrityError, NoSuchModuleError, ProgrammingError, SQLAlchemyError
from sqlalchemy.pool import QueuePool

from bot.accounts import deadline
from bot.accounts.schema import keys
from bot.errors import VoicebotError
from bot.places import HOME

PATIENCE = 2.0
"""Seconds that a transaction of a call may take in all: waiting for a connection, for a lock, for the network. A caller
hears nothing meanwhile."""

CONNECTIONS = 12
"""Of one process: more than it has threads for the store (bot/actions/services.py), so that no thread waits."""

LOG_BYTES = 2**20
"""Of SQLite's log, a quarter of what SQLite lets come together: a call writes some 60 kB."""

MANY_ROWS, CACHE_KIB = 100, 131_072
"""A transaction of more rows lets SQLite keep so many KiB of pages instead of 2,000: the indexes of a million accounts
are read and written in no order. The connection keeps them until it is closed."""

# SQLite's last connection to close copies its log into the file: kept open, a call waits for fewer writes.
_SQLITE: dict[str, Any] = {"connect_args": {"check_same_thread": False}}
_SERVER: dict[str, Any] = {"isolation_level": "READ COMMITTED"}

_LOCK = select(keys.c.id).with_for_update()
_LOCK_NOT_DURABLE = select(keys.c.id, func.set_config("synchronous_commit", "off", True)).with_for_update()
"""PostgreSQL's, for writers to take turns."""

_SILENT_CLIENTS = (
    "-c idle_in_transaction_session_timeout=3000 -c tcp_user_timeout=3000"
    " -c tcp_keepalives_idle=2 -c tcp_keepalives_interval=1 -c tcp_keepalives_count=2"
)
"""PostgreSQL's side of a connection that died without a word: the lock it holds would keep every writer waiting.
Milliseconds, and for the keepalives seconds."""


class AccountsUnavailable(VoicebotError):  # noqa: N818  # the name says what happened
    """The account store cannot be used now; nothing was half done."""


class Conflict(AccountsUnavailable):
    """A unique key was there already."""


class Database:
    """One database by URL, a relative SQLite path starting at the project folder.

    Its errors are AccountsUnavailable, one line with no value of the tables in it. After any of them that may come from
    a connection, all connections are thrown away: what is wrong with one may be wrong with it for ever."""

    def __init__(self, url: str, patience: float = PATIENCE) -> None:
        """`patience`: the longest time a transaction may take, in seconds; the URL may say otherwise (SQLite's
        `timeout`, PostgreSQL's `options`)."""
        self._patience = patience
        try:
            parsed = _patient(_anchored(driven(make_url(url))), patience)
            self._backend: str = parsed.get_backend_name()
            sqlite = self._backend == "sqlite"
            options = _SQLITE if sqlite else _SERVER
            self._engine = create_engine(
                parsed,
                hide_parameters=True,
                poolclass=QueuePool,
                pool_size=CONNECTIONS,
                max_overflow=0,
                pool_timeout=patience,
                **options,
            )
        except (ArgumentError, NoSuchModuleError, ModuleNotFoundError, ValueError):
            raise VoicebotError(
                "VOICEBOT_DATABASE_URL is no database URL that can be used here: "
                "write sqlite:///var/accounts.sqlite or postgresql://user:password@host/database"
            ) from None
        self.name: str = f"{self._backend}://{parsed.host or ''}/{parsed.database or ''}"
        """Where the store is, without user and password."""
        self._file = Path(parsed.database.removeprefix("file:")) if sqlite and parsed.database else None
        if sqlite:
            event.listen(self._engine, "connect", _prepare_sqlite)
            event.listen(self._engine, "begin", _begin_sqlite)
        else:
            deadline.watch(self._engine)

    @contextmanager
    def reading(self) -> Iterator[Connection]:
        """A transaction that writes nothing."""
        with self._transaction(writes=False, patience=self._patience) as connection:
            yield connection

    @contextmanager
    def writing(self, rows: int = 1, durable: bool = True) -> Iterator[Connection]:
        """A transaction: all of it happens or nothing. One at a time, so that what it reads stays true until its end.

        rows     about how many it writes
        durable  wait for the disk. Where False, the transaction may be lost with its machine, until one that waits was
                 committed after it; never one that came after it without it

        Raises Conflict where a unique key exists already.
        """
        with self._transaction(writes=True, patience=self._patience, durable=durable) as connection:
            if self._file is None:  # SQLite has one writer by itself
                connection.execute(_LOCK if durable else _LOCK_NOT_DURABLE)
            elif rows > MANY_ROWS:
                connection.exec_driver_sql(f"PRAGMA cache_size={-CACHE_KIB}")
            yield connection

    @contextmanager
    def creating(self) -> Iterator[Connection]:
        """A transaction that may make the tables, however long that takes. The file, where there is one, is made for
        its owner only."""
        if self._file is not None:
            try:
                self._file.parent.mkdir(parents=True, exist_ok=True)
                self._file.touch(mode=0o600)
            except OSError as error:
                raise AccountsUnavailable(
                    f"cannot make the account store {self._file} ({error.strerror}): "
                    "make its folder writable or set VOICEBOT_DATABASE_URL"
                ) from None
            self._write_ahead()
        with self._transaction(writes=True, patience=None) as connection:
            if self._backend == "postgresql":
                connection.exec_driver_sql("SET LOCAL statement_timeout = 0")
            yield connection

    def empty_log(self) -> None:
        """Let SQLite copy its log into the file where that has grown: otherwise the transaction that fills it waits for
        that. What is small stays, so that each write needs more of the disk, and one that is full is found out."""
        if self._log_bytes() > LOG_BYTES:
            with self._told(), closing(self._engine.raw_connection()) as connection:
                connection.cursor().execute("PRAGMA wal_checkpoint(PASSIVE)")

    def close(self) -> None:
        self._engine.dispose()

    @contextmanager
    def _transaction(self, writes: bool, patience: float | None, durable: bool = True) -> Iterator[Connection]:
        if self._file is not None and not self._file.exists():
            raise AccountsUnavailable(f"there is no account store at {self._file}: run `voicebot accounts init`")
        with (
            self._told(),
            deadline.within(patience),
            self._engine.connect().execution_options(writes=writes, durable=durable) as connection,
            connection.begin(),
        ):
            yield connection

    def _log_bytes(self) -> int:
        """Of SQLite's write-ahead log; 0 where there is none."""
        log = self._file and self._file.with_name(f"{self._file.name}-wal")
        return log.stat().st_size if log and log.exists() else 0

    def _write_ahead(self) -> None:
        """SQLite's write-ahead log, which the file remembers: readers and the writer do not wait for each other.

        SQLite refuses at once while another process does the same; what else may be wrong, the transaction will tell.
        """
        with self._told(), closing(self._engine.raw_connection()) as connection, suppress(sqlite3.Error):
            connection.execute("PRAGMA journal_mode=WAL")

    @contextmanager
    def _told(self) -> Iterator[None]:
        """Errors of the database as AccountsUnavailable; `from None`, since their own text may quote values."""
        try:
            yield
        except IntegrityError:
            raise Conflict("the same accounts were changed at the same moment: run the command again") from None
        except (SQLAlchemyError, sqlite3.Error) as error:
            if not isinstance(error, ProgrammingError):
                self._engine.dispose()
            raise AccountsUnavailable(self._advice(error)) from None

    def _advice(self, error: Exception) -> str:
        reason = str(getattr(error, "orig", None) or error)
        for sign, advice in _ADVICE.items():
            if sign in reason:
                return f"the account store {self.name} {advice}"
        if isinstance(error, ProgrammingError):
            return f"the account store {self.name} lacks its tables: run `voicebot accounts init`"
        first_line = reason.partition("\n")[0]
        return f"the account store {self.name} cannot be used ({first_line}): start it or correct VOICEBOT_DATABASE_URL"


_ADVICE = {
    "no such table": "lacks its tables: run `voicebot accounts init`",
    "no such column": "is of another version: run `voicebot accounts init`",
    "readonly": "is read-only: make the file and its folder writable",
    "read-only": "is read-only: let its user write, or set VOICEBOT_DATABASE_URL",
    "permission denied": "may not be used by this user: grant it the tables, or correct VOICEBOT_DATABASE_URL",
    "locked": "is locked by another program: end that program and try again",
    "lock timeout": "is locked by another program: end that program and try again",
    "idle-in-transaction": "was too slow: look at this machine's load",
    deadline.SILENT: "does not answer in time: look at its server and at the network between",
    "statement timeout": "does not answer in time: look at its server's load",
    "QueuePool": "does not answer in time: look at its disk and its load",
    "unable to open": "cannot be opened: check that the path is right and that you may read and write there",
    "not a database": "is no SQLite database: restore the file, or set VOICEBOT_DATABASE_URL",
    "malformed": "is damaged: restore the file from its backup",
    "full": "cannot grow, the disk is full: make room",
}
"""From words of the drivers' messages to what a person can do."""


def driven(url: URL) -> URL:
    """`postgresql://` with psycopg2, whose waiting can be limited (bot/accounts/deadline.py); SQLAlchemy would take
    psycopg 3."""
    return url.set(drivername="postgresql+psycopg2") if url.drivername == "postgresql" else url


def _anchored(url: URL) -> URL:
    """A SQLite path made absolute. Raises VoicebotError for a database in memory, which no second thread would see."""
    if url.get_backend_name() != "sqlite":
        return url
    name: str = url.database or ":memory:"
    if ":memory:" in name:
        raise VoicebotError("VOICEBOT_DATABASE_URL names no file: write sqlite:///var/accounts.sqlite")
    scheme = "file:" if name.startswith("file:") else ""
    return url.set(database=f"{scheme}{HOME / name.removeprefix(scheme)}")


def _patient(url: URL, patience: float) -> URL:
    """The same, with limits for its own kind of waiting. What the URL says itself comes later, and wins."""
    if url.get_backend_name() == "sqlite":
        return url.set(query={"timeout": str(patience), **url.query})
    if url.get_backend_name() == "postgresql":
        # Milliseconds; each a little earlier than what would end it less kindly: the deadline costs the connection.
        lock, statement = round(patience * 850), round(patience * 950)
        limits = f"-c lock_timeout={lock} -c statement_timeout={statement} {_SILENT_CLIENTS}"
        return url.update_query_dict({"options": f"{limits} {url.query.get('options', '')}".rstrip()})
    return url


def _prepare_sqlite(connection: Any, _record: object) -> None:
    connection.isolation_level = None  # Python's driver would begin transactions by itself, and too late
    connection.execute("PRAGMA foreign_keys=ON")


def _begin_sqlite(connection: Connection) -> None:
    """A writer locks at once: a transaction that reads first and locks later can fail half way."""
    options = connection.get_execution_options()
    if options["writes"]:
        connection.exec_driver_sql(f"PRAGMA synchronous={'FULL' if options['durable'] else 'NORMAL'}")
    connection.exec_driver_sql("BEGIN IMMEDIATE" if options["writes"] else "BEGIN")
