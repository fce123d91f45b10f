"""The account store with millions of accounts: how long a list takes to import, and one verification; prints Markdown.

A verification is a call's question to the store: phone and insurance number, wrong in a tenth of the calls. The store
counts the wrong ones of the last hour; there are no more of them than the default settings allow. It is one
transaction, which also keeps the attempt, adds to the audit trail, and does not wait for the disk. The password is
hashed before; that does not depend on the store, and is reported separately. PostgreSQL first does what it does by
itself in the minutes after an import: it vacuums and writes its memory to the disk.
"""

from __future__ import annotations

import argparse
import secrets
import sys
import tempfile
import time
from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager, contextmanager
from pathlib import Path

import numpy as np
from cryptography.fernet import Fernet
from rich.progress import Progress
from sqlalchemy import create_engine, make_url

from bot.accounts import Accounts
from bot.accounts.database import driven
from bot.accounts.importing import HEADER, import_file
from bot.accounts.passwords import ARGON2ID
from bot.settings import Settings
from tests.accounts.postgres import programs, server

SIZES = (1_000_000, 5_000_000)
CALLS = 2000
"""Verifications for each number of accounts."""

WRONG = 10
"""Every tenth verification is wrong, so that those of both sizes stay under the hourly limit of `Settings`."""

CALLS_A_CHECK = 100
"""Calls between two checks of the store. `voicebot serve` checks it every two seconds, which empties SQLite's log."""

STEP = 7_919
"""A prime, so that the accounts of a list are in an order that is no help to an index."""

ALIKE = ARGON2ID.hash("of no password")


class Instant:
    """Hashes nothing, so that only the store is measured."""

    def hash(self, password: str) -> str:
        return ALIKE

    def verify(self, stored: str, password: str) -> bool:
        return True


def main() -> None:
    parser = argparse.ArgumentParser(prog="python -m benchmarks.accounts", description=__doc__.splitlines()[0])
    parser.add_argument("--sizes", type=int, nargs="+", default=SIZES, help="accounts, ascending")
    parser.add_argument(
        "--folder", type=Path, help="where the stores are made (a temporary folder); 4 GB for 5 million"
    )
    options = parser.parse_args()
    began = time.perf_counter()
    for _ in range(20):
        ARGON2ID.hash(secrets.token_hex(4))
    hashing = (time.perf_counter() - began) / 20
    print("| store | accounts | import of them all | a second | verification p50 | p99 |\n|---|---|---|---|---|---|")
    with tempfile.TemporaryDirectory(dir=options.folder) as folder:
        Path(folder).chmod(0o755)  # PostgreSQL runs as a user of its own
        for name, opened in stores(Path(folder)):
            with opened() as url:
                measure(name, url, sorted(options.sizes), Path(folder))
    print(f"\nThe hash of a password (argon2id, OWASP's parameters) takes {hashing * 1000:.0f} ms beside that.")


def stores(folder: Path) -> Iterator[tuple[str, Callable[[], AbstractContextManager[str]]]]:
    """Name of a store, and a function that opens it and gives its URL."""
    yield "SQLite", lambda: sqlite(folder)
    if programs():
        yield "PostgreSQL", lambda: server(folder / "postgresql", durable=True)
    else:
        print("PostgreSQL is not installed: apt install postgresql", file=sys.stderr)


@contextmanager
def sqlite(folder: Path) -> Iterator[str]:
    yield f"sqlite:///{folder / 'accounts.sqlite'}"
    for file in folder.glob("accounts.sqlite*"):
        file.unlink()


def account(n: int) -> tuple[str, str]:
    """Phone and insurance number of account `n`, below 10 million; invented."""
    mixed = n * STEP % 10_000_000
    return f"09{mixed:08d}"[:10], f"01{mixed:08d}"


def measure(name: str, url: str, sizes: list[int], folder: Path) -> None:
    limits = Settings()
    accounts = Accounts(
        url,
        max_failures=limits.max_failures,
        lock_seconds=limits.lock_seconds,
        max_refusals=limits.max_refusals,
        key=Fernet.generate_key(),
        hasher=Instant(),
    )
    accounts.init()
    there, seconds = 0, 0.0
    try:
        for size in sizes:
            seconds += grow(accounts, folder / "list.csv", there, size)
            there = size
            settle(url)
            times = verify(accounts, size)
            p50, p99 = np.percentile(times, [50, 99]) * 1000
            print(
                f"| {name} | {size:,} | {seconds:.0f} s | {size / seconds:,.0f} | {p50:.1f} ms | {p99:.1f} ms |",
                flush=True,
            )
    finally:
        accounts.close()


def grow(accounts: Accounts, file: Path, there: int, size: int) -> float:
    """Seconds for the import of the accounts from `there` to `size`."""
    with file.open("w") as out:
        print(",".join(HEADER), file=out)
        for n in range(there, size):
            print(",".join(account(n)), file=out)
    with Progress(transient=True) as progress:
        task = progress.add_task(f"{size:,} accounts", total=file.stat().st_size)
        began = time.perf_counter()
        summary = import_file(accounts, file, lambda line, why: None, lambda end: progress.update(task, completed=end))
        seconds = time.perf_counter() - began
    if summary.added != size - there:
        raise SystemExit(f"of {size - there} accounts {summary.added} were added")
    file.unlink()
    return seconds


def settle(url: str) -> None:
    """PostgreSQL's work after an import, done now: it would be done beside the calls."""
    engine = create_engine(driven(make_url(url)), isolation_level="AUTOCOMMIT")
    with engine.connect() as connection:
        if engine.dialect.name == "postgresql":
            connection.exec_driver_sql("VACUUM (ANALYZE)")
            connection.exec_driver_sql("CHECKPOINT")
    engine.dispose()


def verify(accounts: Accounts, size: int) -> list[float]:
    """Seconds of each of `CALLS` verifications. A password that is granted is brought into force."""
    rng = np.random.default_rng(size)
    times = []
    for n, which in enumerate(rng.choice(size - 1, CALLS, replace=False)):
        phone, number = account(int(which))
        wrong = n % WRONG == 0
        if wrong:
            _, number = account(int(which) + 1)
        call = secrets.token_hex(16)
        if n % CALLS_A_CHECK == 0:
            accounts.check()
        began = time.perf_counter()
        password = accounts.begin_reset(call, phone, number)
        times.append(time.perf_counter() - began)
        if (password is None) != wrong:
            raise SystemExit("a verification went wrong: the store is not as it should be")
        accounts.activate(call)
    return times


if __name__ == "__main__":
    main()
