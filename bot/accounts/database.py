"""The database behind the store: transactions, and its errors as one line that says what to do."""

from __future__ import annotations

import shutil
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
"""Seconds that a transaction of a call may take, waiting for a connection, a lock and the network included. A caller
hears nothing meanwhile."""

CONNECTIONS = 12
"""Connections of one process: more than it has threads for the store (bot/actions/services.py), so that no thread
waits."""

LEAST_FREE = 65_536
"""Bytes of a disk that counts as full: SQLite's shared memory grows by 32 KiB."""

LOG_BYTES, LOG_PAGES = 2**20, 8192
"""Bytes of SQLite's log from which on `empty_log` empties it, every two seconds; and pages, 32 MiB, from which on a
transaction does so itself. A call writes some 90 kB. With SQLite's own limit of 1,000 pages, every 44th call between
two checks waited 5 ms for that."""

SETTING = "database_url in voicebot.toml or VOICEBOT_DATABASE_URL"
"""Where the URL can come from. The action server gets it as a variable from a gateway that read the file: it cannot
know."""

MANY_ROWS, CACHE_KIB = 100, 131_072
"""In a transaction of more rows than this, SQLite may keep this many KiB of pages in memory instead of 2,000: the
indexes of a million accounts are read and written in random order. The connection keeps them until it is closed."""

# SQLite copies its log into the file when the last connection closes. One that stays open spares calls these writes.
_SQLITE: dict[str, Any] = {"connect_args": {"check_same_thread": False}}
_SERVER: dict[str, Any] = {"isolation_level": "READ COMMITTED"}

_LOCK = select(keys.c.id).with_for_update()
_LOCK_NOT_DURABLE = select(keys.c.id, func.set_config("synchronous_commit", "off", True)).with_for_update()
"""PostgreSQL's, for writers to take turns."""

_SILENT_CLIENTS = (
    "-c idle_in_transaction_session_timeout=3000 -c tcp_user_timeout=3000"
    " -c tcp_keepalives_idle=2 -c tcp_keepalives_interval=1 -c tcp_keepalives_count=2"
)
"""How soon PostgreSQL ends a connection whose client vanished: the lock it holds would keep every writer waiting.
Milliseconds; the keepalives are in seconds."""


class AccountsUnavailable(VoicebotError):  # noqa: N818  # the name says what happened
    """The account store cannot be used now; nothing was half done."""


class Conflict(AccountsUnavailable):
    """A unique key was there already."""


class Database:
    """One database by URL, a relative SQLite path starting at the project folder.

    Its errors are AccountsUnavailable, one line without any value of the tables. After an error that may come from a
    connection, all connections are thrown away, because what is wrong with one may stay wrong."""

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
                f"{SETTING} is no database URL that can be used here: "
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
        """A transaction that happens completely or not at all. One at a time, so that what it reads stays true to its
        end.

        rows     about how many it writes
        durable  wait for the disk. If False, the transaction may be lost with its machine until a later durable one was
                 committed. A later transaction is never kept without it

        Raises Conflict if a unique key exists already.
        """
        with self._transaction(writes=True, patience=self._patience, durable=durable) as connection:
            if self._file is None:  # SQLite has one writer by itself
                connection.execute(_LOCK if durable else _LOCK_NOT_DURABLE)
            elif rows > MANY_ROWS:
                connection.exec_driver_sql(f"PRAGMA cache_size={-CACHE_KIB}")
            yield connection

    @contextmanager
    def creating(self) -> Iterator[Connection]:
        """A transaction that may make the tables, without a time limit. A database file is readable only by its
        owner."""
        if self._file is not None:
            try:
                self._file.parent.mkdir(parents=True, exist_ok=True)
                self._file.touch(mode=0o600)
            except OSError as error:
                raise AccountsUnavailable(
                    f"cannot make the account store {self._file} ({error.strerror}): "
                    f"make its folder writable, or correct {SETTING}"
                ) from None
            self._write_ahead()
        with self._transaction(writes=True, patience=None) as connection:
            if self._backend == "postgresql":
                connection.exec_driver_sql("SET LOCAL statement_timeout = 0")
            yield connection

    def empty_log(self) -> None:
        """Let SQLite copy a log that has grown into the file, so that no call's transaction has to wait for it. A small
        log stays: then each write needs more of the disk, and a full disk is noticed."""
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
        """The size of SQLite's write-ahead log; 0 if there is none."""
        log = self._file and self._file.with_name(f"{self._file.name}-wal")
        return log.stat().st_size if log and log.exists() else 0

    def _write_ahead(self) -> None:
        """Turn on SQLite's write-ahead log, a property of the file: readers and the writer do not wait for each other.

        SQLite refuses at once while another process does the same; any other error will show in the transaction.
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
        if "disk I/O error" in reason and self._disk_is_full():
            reason = "disk is full"
        for sign, advice in _ADVICE.items():
            if sign in reason:
                return f"the account store {self.name} {advice}"
        if isinstance(error, ProgrammingError):
            return f"the account store {self.name} lacks its tables: run `voicebot accounts init`"
        first_line = reason.partition("\n")[0]
        return f"the account store {self.name} cannot be used ({first_line}): start it, or correct {SETTING}"

    def _disk_is_full(self) -> bool:
        """SQLite names a full disk an I/O error where it cannot extend the file that its processes share."""
        try:
            return self._file is not None and shutil.disk_usage(self._file.parent).free < LEAST_FREE
        except OSError:
            return False


_ADVICE = {
    "no such table": "lacks its tables: run `voicebot accounts init`",
    "no such column": "is of another version: run `voicebot accounts init`",
    "readonly": "is read-only: make the file and its folder writable",
    "read-only": f"is read-only: let its user write, or correct {SETTING}",
    "permission denied": f"may not be used by this user: grant it the tables, or correct {SETTING}",
    "locked": "is locked by another program: end that program and try again",
    "lock timeout": "is locked by another program: end that program and try again",
    "idle-in-transaction": "was too slow: look at this machine's load",
    deadline.SILENT: "does not answer in time: look at its server and at the network between",
    "statement timeout": "does not answer in time: look at its server's load",
    "QueuePool": "does not answer in time: look at its disk and its load",
    "unable to open": "cannot be opened: check that the path is right and that you may read and write there",
    "not a database": f"is no SQLite database: restore the file, or correct {SETTING}",
    "disk I/O error": "cannot be read or written: look at its disk",
    "malformed": "is damaged: restore the file from its backup",
    "full": "cannot grow, the disk is full: make room",
}
"""Words in the drivers' messages → what a person can do."""


def driven(url: URL) -> URL:
    """`postgresql://` with psycopg2, whose waiting can be limited (bot/accounts/deadline.py); SQLAlchemy's default is
    psycopg 3."""
    return url.set(drivername="postgresql+psycopg2") if url.drivername == "postgresql" else url


def _anchored(url: URL) -> URL:
    """A SQLite path made absolute. Raises VoicebotError for a database in memory, which no second thread would see."""
    if url.get_backend_name() != "sqlite":
        return url
    name: str = url.database or ":memory:"
    if ":memory:" in name:
        raise VoicebotError(f"{SETTING} names no file: write sqlite:///var/accounts.sqlite")
    scheme = "file:" if name.startswith("file:") else ""
    return url.set(database=f"{scheme}{HOME / name.removeprefix(scheme)}")


def _patient(url: URL, patience: float) -> URL:
    """The URL with limits on waiting for its kind of database. Limits in the URL itself come later, and win."""
    if url.get_backend_name() == "sqlite":
        return url.set(query={"timeout": str(patience), **url.query})
    if url.get_backend_name() == "postgresql":
        # Milliseconds; each ends a little before the deadline, which would cost the connection.
        lock, statement = round(patience * 850), round(patience * 950)
        limits = f"-c lock_timeout={lock} -c statement_timeout={statement} {_SILENT_CLIENTS}"
        return url.update_query_dict({"options": f"{limits} {url.query.get('options', '')}".rstrip()})
    return url


def _prepare_sqlite(connection: Any, _record: object) -> None:
    connection.isolation_level = None  # Python's driver would begin transactions by itself, and too late
    connection.execute("PRAGMA foreign_keys=ON")
    connection.execute(f"PRAGMA wal_autocheckpoint={LOG_PAGES}")


def _begin_sqlite(connection: Connection) -> None:
    """A writer locks at once: a transaction that reads first and locks later can fail half way."""
    options = connection.get_execution_options()
    if options["writes"]:
        connection.exec_driver_sql(f"PRAGMA synchronous={'FULL' if options['durable'] else 'NORMAL'}")
    connection.exec_driver_sql("BEGIN IMMEDIATE" if options["writes"] else "BEGIN")
