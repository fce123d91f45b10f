"""A real account store in SQLite with planned faults."""

from __future__ import annotations

import resource
import sqlite3
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any, TypedDict, TypeVar

from argon2 import PasswordHasher
from sqlalchemy import event

from bot.accounts import Accounts, AccountsUnavailable
from bot.actions.services import reset_of
from proof.plan import STANDS_STILL
from proof.run import Clock, Run

T = TypeVar("T")

PATIENCE = 0.1
"""Seconds that a transaction may take; 2 on a real hotline. Shorter here, to save time."""

WORK_SECONDS = 0.25
"""Seconds for a piece of work; 2.4 on a real hotline."""

BRIEFLY = 0.04
"""Seconds of a lock that ends in time."""

HASHER = PasswordHasher(time_cost=1, memory_cost=8, parallelism=1)
"""Hashes passwords with the least work: the results do not depend on how long a hash takes."""


class Limits(TypedDict):
    """The limits on guessing, as arguments of `Accounts`."""

    max_failures: int
    lock_seconds: int
    max_resets: int
    max_refusals: int
    password_hours: int


class FaultyAccounts(Accounts):
    """`bot.accounts.Accounts` with faults."""

    def __init__(self, file: Path, clock: Clock, key: bytes, limits: Limits) -> None:
        def now() -> datetime:
            return datetime.now(UTC) + timedelta(seconds=clock.offset)

        super().__init__(f"sqlite:///{file}", patience=PATIENCE, clock=now, key=key, hasher=HASHER, **limits)
        self._path = file
        self._runs: dict[str, Run] = {}
        self.issued: dict[str, list[str]] = {}
        """Passwords by call."""
        self._read_only = False
        self.unanswered = 0
        """Discards that failed, or came back too late to be told."""
        self._dies, self._stalls = threading.local(), threading.local()
        self._standing_still = threading.Lock()
        engine = self._database._engine
        event.listen(engine, "checkout", self._checked_out)
        event.listen(engine, "commit", self._committing)

    def told(self, call_id: str, run: Run) -> None:
        """A turn of this call begins."""
        self._runs[reset_of(call_id)] = run

    def forget(self) -> None:
        """Forget the calls so far: they are over."""
        self._runs.clear()
        self.issued.clear()
        self.unanswered = 0

    def settle(self) -> None:
        """Wait for the work that goes on after its call gave it up."""
        with self._standing_still:
            pass

    def begin_reset(self, call_id: str, phone: str | None, insurance_number: str) -> str | None:
        def work() -> str | None:
            password = super(FaultyAccounts, self).begin_reset(call_id, phone, insurance_number)
            if password:
                self.issued.setdefault(call_id, []).append(password)
            return password

        return self._meets(call_id, "begin", work)

    def activate(self, call_id: str, until: float | None = None) -> bool:
        return self._meets(call_id, "activate", lambda: super(FaultyAccounts, self).activate(call_id, until))

    def discard(self, call_id: str) -> bool:
        began, active = time.monotonic(), None
        try:
            active = self._meets(call_id, "discard", lambda: super(FaultyAccounts, self).discard(call_id))
        finally:
            if active is None or time.monotonic() - began > WORK_SECONDS / 2:
                self.unanswered += 1
        return active

    # ── faults ──

    def _meets(self, call_id: str, operation: str, work: Callable[[], T]) -> T:
        run = self._runs.get(call_id)
        plan = run.plan if run else None
        kind = plan.kind if plan and plan.operation == operation else ""
        if kind == "store crashes":
            raise RuntimeError("the store crashes, as planned")
        if kind == "store hangs":
            time.sleep(WORK_SECONDS + 0.05)
        with _FAULTS.get(kind, _nothing)(self):
            result = work()
        if kind == "store hangs afterwards":
            time.sleep(WORK_SECONDS + 0.05)
        if kind == "store's answer lost":
            raise AccountsUnavailable("the store's answer is lost, as planned")
        return result

    def _checked_out(self, connection: Any, record: Any, _proxy: object) -> None:
        if record.info.get("read only", False) != self._read_only:
            connection.execute(f"PRAGMA query_only={int(self._read_only)}")
            record.info["read only"] = self._read_only

    def _committing(self, connection: Any) -> None:
        if getattr(self._dies, "now", False):
            connection.connection.dbapi_connection.close()
        if getattr(self._stalls, "now", False):
            time.sleep(WORK_SECONDS + 4 * PATIENCE)

    @contextmanager
    def _locked(self) -> Iterator[None]:
        other = sqlite3.connect(self._path, isolation_level=None, timeout=5)
        other.execute("BEGIN IMMEDIATE")
        try:
            yield
        finally:
            other.execute("ROLLBACK")
            other.close()

    @contextmanager
    def _locked_briefly(self) -> Iterator[None]:
        other = sqlite3.connect(self._path, isolation_level=None, timeout=5, check_same_thread=False)
        other.execute("BEGIN IMMEDIATE")
        timer = threading.Timer(BRIEFLY, other.execute, ["ROLLBACK"])
        timer.start()
        try:
            yield
        finally:
            timer.join()
            other.close()

    @contextmanager
    def _made_read_only(self) -> Iterator[None]:
        self._read_only = True
        try:
            yield
        finally:
            self._read_only = False

    @contextmanager
    def _full(self) -> Iterator[None]:
        """No write of this process succeeds."""
        soft, hard = resource.getrlimit(resource.RLIMIT_FSIZE)
        resource.setrlimit(resource.RLIMIT_FSIZE, (0, hard))
        try:
            yield
        finally:
            resource.setrlimit(resource.RLIMIT_FSIZE, (soft, hard))

    @contextmanager
    def _gone(self) -> Iterator[None]:
        away = self._path.with_suffix(".away")
        self._path.rename(away)
        try:
            yield
        finally:
            away.rename(self._path)

    @contextmanager
    def _dying(self) -> Iterator[None]:
        """The connection breaks between the last statement and the commit."""
        self._dies.now = True
        try:
            yield
        finally:
            self._dies.now = False

    @contextmanager
    def _still(self) -> Iterator[None]:
        """The disk stands still in the very commit, for longer than the store waits for this work and the next."""
        with self._standing_still:
            self._stalls.now = True
            try:
                yield
            finally:
                self._stalls.now = False


@contextmanager
def _nothing(_: FaultyAccounts) -> Iterator[None]:
    yield


_FAULTS = {
    "store locked": FaultyAccounts._locked,
    "store locked briefly": FaultyAccounts._locked_briefly,
    "store read-only": FaultyAccounts._made_read_only,
    "store's disk full": FaultyAccounts._full,
    "store gone": FaultyAccounts._gone,
    "store dies in mid-transaction": FaultyAccounts._dying,
    STANDS_STILL: FaultyAccounts._still,
}
