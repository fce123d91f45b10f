"""Figures over all calls, from the sums of each hour: a year has 8,760 rows."""

from __future__ import annotations

from typing import Any, Literal

from sqlalchemy import func, select

from bot.accounts.backing import Backing
from bot.accounts.schema import LATENCY_BUCKETS, call_hours
from bot.operations.latency import share_of_counts

VIETNAM_HOURS = 7
"""Hours by which Vietnam's clock is ahead of UTC, all year round. Days and hours of the day are Vietnam's."""

LATENCIES = [f"latency_{bucket:02}" for bucket in range(LATENCY_BUCKETS)]

By = Literal["hour", "day"]

_SUMS = [column for column in call_hours.c if column.name != "hour"]


def overview(backing: Backing, since: int, until: int, by: By) -> dict[str, Any]:
    """Figures of the calls that began from hour `since` on and before hour `until` (counted from 1970, UTC).

    total       sums, and figures calculated from them (`_reckoned`)
    series      the same for each hour or each day that had calls; `at` is when it began, Unix time
    hours       for each of the 24 hours of the day: `calls` and `reset`

    Raises AccountsUnavailable if the store cannot be used."""
    backing.check()
    local = call_hours.c.hour + VIETNAM_HOURS
    period = call_hours.c.hour if by == "hour" else local // 24
    of_day = local % 24
    within = (call_hours.c.hour >= since, call_hours.c.hour < until)
    sums = [func.sum(column).label(column.name) for column in _SUMS]
    series = select(period.label("period"), *sums).where(*within).group_by(period).order_by(period)
    counts = [func.sum(call_hours.c[name]).label(name) for name in ("calls", "reset")]
    hours = select(of_day.label("hour"), *counts).where(*within).group_by(of_day)
    with backing.database.reading() as connection:
        rows = [dict(row._mapping) for row in connection.execute(series)]
        by_hour = {int(row.hour): row for row in connection.execute(hours)}
    periods = [(_began(row.pop("period"), by), {name: _plain(value) for name, value in row.items()}) for row in rows]
    total = {column.name: sum(figures[column.name] for _, figures in periods) for column in _SUMS}
    return {
        "total": _reckoned(total),
        "series": [{"at": at, **_reckoned(figures)} for at, figures in periods],
        "hours": [
            {"calls": int(row.calls) if row else 0, "reset": int(row.reset) if row else 0}
            for row in (by_hour.get(hour) for hour in range(24))
        ],
    }


def _reckoned(sums: dict[str, Any]) -> dict[str, Any]:
    """The sums of some hours, and figures calculated from them:

    latency_p50, latency_p95   milliseconds, over all turns
    seconds_a_password         mean length of the calls that ended with a password: what one citizen pays for
    all_seconds_a_password     seconds of all calls, divided by the passwords: what all citizens together pay for each
    """
    counts = [sums.pop(name) for name in LATENCIES]
    resets = sums["reset"]
    return {
        **sums,
        "latency_p50": share_of_counts(counts, 0.5),
        "latency_p95": share_of_counts(counts, 0.95),
        "seconds_a_password": round(sums["reset_seconds"] / resets, 1) if resets else None,
        "all_seconds_a_password": round(sums["seconds"] / resets, 1) if resets else None,
    }


def _began(period: Any, by: By) -> int:
    """When an hour, or a day in Vietnam, began; Unix time."""
    hours = int(period) if by == "hour" else int(period) * 24 - VIETNAM_HOURS
    return hours * 3600


def _plain(value: Any) -> float | int:
    """A sum as a float or an int: PostgreSQL sums integers to decimals."""
    return value if isinstance(value, float) else int(value)
