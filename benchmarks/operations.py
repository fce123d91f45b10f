"""How long the operator's page waits for figures and calls, with a year of a hotline's calls in the store.

    python -m benchmarks.operations                          SQLite, then PostgreSQL (it starts Debian's)
    python -m benchmarks.operations --only postgresql        one of them
    python -m benchmarks.operations --calls 100000 --json    fewer calls; one JSON object a line

Each store is filled by SQL (minutes, some 9 GB in a temporary folder): 10,000 calls a day of 500,000 callers, evenly
over 365 days, with the indexes that the migrations make. Then each query of the page is asked ROUNDS times, through the
page's own functions, by a process that has answered before. Printed are the first, the median and the slowest. The exit
status is 1 if one took longer than LIMIT_MS. tests/accounts/test_call_plans.py checks the query plans.
"""

from __future__ import annotations

import argparse
import json
import os
import statistics
import sys
import tempfile
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path

from argon2 import PasswordHasher
from cryptography.fernet import Fernet
from sqlalchemy import text

from bot.accounts import Accounts
from bot.accounts.schema import LATENCY_BUCKETS
from bot.events import Outcome
from bot.operations.calls import Calls, Wanted
from bot.operations.record import CallRecord

A_DAY = 10_000
ROUNDS = 20
BEGAN = 1_735_689_600  # 2025-01-01, UTC
LIMIT_MS = 300
"""The longest time for a query of the page."""

CALLERS = 500_000
EVENTS = json.dumps([{"at": 1.25, "who": "bot", "text": "một câu của tổng đài", "expect": "menu"}] * 11)
"""Some 1,100 bytes, as in an ordinary call."""

SHARES = ((62, "reset"), (72, "refused"), (84, "hung_up"), (89, "no_input"), (94, "no_match"), (99, "transferred"))
"""Outcomes of a hundred calls: each up to this number; the last call is an error."""

OUTCOME = (
    "CASE " + "".join(f"WHEN i * 37 % 100 < {up_to} THEN '{name}' " for up_to, name in SHARES) + "ELSE 'error' END"
)

COLUMNS = (
    "id, exchange, phone, started, seconds, outcome, number_given, confirmed, matched, heard,"
    " retries, voice_digits, key_digits, turns, latency_p50, latency_p95, events"
)

DIALECTS = {
    "sqlite": {
        "id": "lower(hex(randomblob(16)))",
        "phone": f"printf('%064x', i * 7919 % {CALLERS})",
        "started": f"strftime('%Y-%m-%d %H:%M:%f', {BEGAN} + i * 86400.0 / {A_DAY}, 'unixepoch') || '000'",
        "numbers": "WITH RECURSIVE n(i) AS (SELECT 0 UNION ALL SELECT i + 1 FROM n WHERE i + 1 < {calls})",
        "hour": "CAST(strftime('%s', started) AS INTEGER) / 3600",
    },
    "postgresql": {
        "id": "md5(i::text)",
        "phone": f"lpad(to_hex(i * 7919 % {CALLERS}), 64, '0')",
        "started": f"timestamp '2025-01-01' + i * interval '{86400 / A_DAY} seconds'",
        "numbers": "WITH n AS (SELECT generate_series(0::bigint, {calls} - 1) AS i)",
        "hour": "(extract(epoch FROM started) / 3600)::int",
    },
}


def main() -> None:
    parser = argparse.ArgumentParser(prog="python -m benchmarks.operations", description=__doc__.splitlines()[0])
    parser.add_argument("--calls", type=int, default=365 * A_DAY)
    parser.add_argument("--only", choices=tuple(DIALECTS))
    parser.add_argument("--json", action="store_true")
    given = parser.parse_args()
    slow = [measure(dialect, given.calls, given.json) for dialect in DIALECTS if given.only in (None, dialect)]
    sys.exit(1 if any(slow) else 0)


def measure(dialect: str, calls: int, as_json: bool) -> bool:
    """Fill a store and ask it. Returns whether one of the queries was slow."""
    slowest = 0.0
    with tempfile.TemporaryDirectory() as folder, database(Path(folder), dialect == "postgresql") as url:
        cheap = PasswordHasher(time_cost=1, memory_cost=8, parallelism=1)
        accounts = Accounts(url, max_failures=3, lock_seconds=60, key=Fernet.generate_key(), hasher=cheap, patience=60)
        accounts.init()
        began = time.perf_counter()
        fill(accounts, dialect, calls)
        if not as_json:
            print(f"{dialect}: {calls:,} calls, filled in {time.perf_counter() - began:.0f} s; first, median, slowest")
        ready(accounts)
        for name, query in queries(Calls(accounts.backing, None), calls).items():
            times = [timed(query) for _ in range(ROUNDS)]
            figures = {"first_ms": times[0], "p50_ms": statistics.median(times), "most_ms": max(times)}
            slowest = max(slowest, *times)
            if as_json:
                print(json.dumps({"database": dialect, "calls": calls, "query": name, **figures}), flush=True)
            else:
                told = "".join(f"{each:8.1f}" for each in figures.values())
                print(f"{name:<44}{told} ms{'  SLOW' if max(times) > LIMIT_MS else ''}", flush=True)
        accounts.close()
    return slowest > LIMIT_MS


@contextmanager
def database(folder: Path, postgresql: bool) -> Iterator[str]:
    """The URL of an empty database."""
    if not postgresql:
        yield f"sqlite:///{folder}/accounts.sqlite"
        return
    from tests.accounts.postgres import server

    folder.chmod(0o755)
    with server(folder / "postgresql") as url:
        yield url


def fill(accounts: Accounts, dialect: str, count: int) -> None:
    """Write calls, and the sums of their hours."""
    sql = DIALECTS[dialect]
    lit = "i * 37 % 100"
    values = (
        f"{sql['id']}, 'call-' || i, {sql['phone']}, {sql['started']}, 20 + i % 60, {OUTCOME},"
        f" CASE WHEN {lit} < 75 THEN 15.0 END, CASE WHEN {lit} < 72 THEN 20.0 END, CASE WHEN {lit} < 65 THEN 21.0 END,"
        f" CASE WHEN {lit} < 62 THEN 35.0 END, i % 3, CASE WHEN i % 2 = 0 THEN 10 ELSE 0 END,"
        f" CASE WHEN i % 2 = 1 THEN 10 ELSE 0 END, 5, 400 + i % 300, 900 + i % 900, '{EVENTS}'"
    )
    stages = ", ".join(f"count({stage})" for stage in ("number_given", "confirmed", "matched", "heard"))
    outcomes = ", ".join(f"sum(CASE WHEN outcome = '{each.value}' THEN 1 ELSE 0 END)" for each in Outcome)
    buckets = ", ".join(str(bucket * 10) for bucket in range(LATENCY_BUCKETS))
    names = ", ".join(
        ("hour, calls, number_given, confirmed, matched, heard", *(each.value for each in Outcome),
         "by_voice, by_keys, by_both, retries, turns, seconds, reset_seconds",
         *(f"latency_{bucket:02}" for bucket in range(LATENCY_BUCKETS)))
    )  # fmt: skip
    hours = (
        f"SELECT {sql['hour']} AS hour, count(*), {stages}, {outcomes},"  # noqa: S608  # all of it is written here
        " sum(CASE WHEN voice_digits > 0 THEN 1 ELSE 0 END),"
        " sum(CASE WHEN key_digits > 0 THEN 1 ELSE 0 END), 0, sum(retries), sum(turns), sum(seconds),"
        f" sum(CASE WHEN outcome = 'reset' THEN seconds ELSE 0 END), {buckets} FROM calls GROUP BY 1"
    )
    numbers = sql["numbers"].format(calls=count)
    with accounts.backing.database.creating() as connection:
        if dialect == "sqlite":
            connection.exec_driver_sql("PRAGMA cache_size = -1000000")
        connection.execute(text(f"INSERT INTO calls ({COLUMNS}) {numbers} SELECT {values} FROM n"))  # noqa: S608  # all of it is written here
        connection.execute(text(f"INSERT INTO call_hours ({names}) {hours}"))
    if dialect == "postgresql":  # in a real hotline its autovacuum would have run
        with accounts.backing.database.creating() as connection:
            connection.exec_driver_sql("ANALYZE")


def ready(accounts: Accounts) -> None:
    """Bring this process into the state of one that has answered before: connected, its queries compiled."""
    kept = Calls(accounts.backing, None)
    kept.overview(0, 1, "hour")
    kept.overview(0, 1, "day")
    kept.find(Wanted(datetime(1970, 1, 1), datetime(1970, 1, 2)))


def queries(kept: Calls, count: int) -> dict[str, Callable[[], object]]:
    """The page's queries by name."""
    last = datetime.fromtimestamp(BEGAN, UTC).replace(tzinfo=None) + timedelta(seconds=count * 86400 / A_DAY)
    hour = BEGAN // 3600 + count * 24 // A_DAY
    year = Wanted(last - timedelta(days=366), last + timedelta(days=1))
    phone = f"{7919 % CALLERS:064x}"
    half_way = last - timedelta(seconds=count * 43200 / A_DAY)
    (some,) = kept.find(year, limit=1)
    ids = iter(range(10**9))

    def keep() -> bool:
        number = next(ids)
        outcome = Outcome.RESET.value
        record = CallRecord(f"{os.getpid():08x}{number:024x}", "", hour * 3600.0, 60.0, outcome, latencies=(300, 500))
        return kept.keep(record, "0912345678")

    return {
        "figures of a year, by day": lambda: kept.overview(hour - 24 * 365, hour + 1, "day"),
        "figures of a month, by day": lambda: kept.overview(hour - 24 * 30, hour + 1, "day"),
        "figures of three days, by hour": lambda: kept.overview(hour - 72, hour + 1, "hour"),
        "the newest calls": lambda: kept.find(year),
        "calls of a day half a year ago": lambda: kept.find(
            replace(year, since=half_way, until=half_way + timedelta(days=1))
        ),
        "half way through all calls": lambda: kept.find(year, (half_way, "8" * 32)),
        "calls with a common outcome": lambda: kept.find(replace(year, outcome="reset")),
        "calls with a rare outcome": lambda: kept.find(replace(year, outcome="error")),
        "calls of a day with a rare outcome": lambda: kept.find(
            replace(year, since=half_way, until=half_way + timedelta(days=1), outcome="error")
        ),
        "calls of a phone": lambda: kept.find(replace(year, phone=phone)),
        "calls of a phone with an outcome": lambda: kept.find(replace(year, phone=phone, outcome="reset")),
        "a call by the exchange's name": lambda: kept.find(replace(year, exchange="call-1000")),
        "one call with what was said": lambda: kept.one(some["id"]),
        "a page of an export, 1,000 calls": lambda: kept.find(year, limit=1000),
        "a record is written": keep,
    }


def timed(query: Callable[[], object]) -> float:
    """The time of a query, in milliseconds."""
    began = time.perf_counter()
    query()
    return (time.perf_counter() - began) * 1000


if __name__ == "__main__":
    main()
