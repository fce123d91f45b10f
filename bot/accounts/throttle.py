"""How many refusals lock a phone or an insurance number, and for how long. Pure."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta


@dataclass(frozen=True)
class Throttle:
    """`max_failures` refusals within `span` lock for another `span`. What is refused while locked does not count,
    so a lock ends although somebody keeps calling."""

    max_failures: int
    span: timedelta

    def locked_until(self, refusals: Sequence[datetime]) -> datetime | None:
        """When the latest lock that these refusals, in order, brought about ends; None if they brought none."""
        ends = [
            last + self.span
            for first, last in zip(refusals, refusals[self.max_failures - 1 :], strict=False)
            if last - first < self.span
        ]
        return max(ends, default=None)

    def locked(self, refusals: Sequence[datetime], now: datetime) -> bool:
        until = self.locked_until(refusals)
        return until is not None and now < until

    def counting(self, refusals: Sequence[datetime], now: datetime) -> int:
        """How many of them count now."""
        return sum(now - at < self.span for at in refusals)

    def since(self, now: datetime) -> datetime:
        """Refusals before this matter no more: a lock may have begun a span ago and counted back another."""
        return now - 2 * self.span
