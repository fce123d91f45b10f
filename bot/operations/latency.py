"""Latencies counted in buckets, so that percentiles of a year are found without reading its turns. Pure."""

from __future__ import annotations

import math
from collections.abc import Iterable, Sequence

from bot.accounts.schema import LATENCY_BUCKETS

ENDS = tuple(round(50 * 1.25**bucket) for bucket in range(LATENCY_BUCKETS - 1))
"""The largest latency of each bucket, in milliseconds: 50, 62, 78 … 6,776; the last bucket holds all longer ones. Each
is a quarter larger than the one before, so a percentile is off by an eighth at most."""


def bucket_of(milliseconds: float) -> int:
    """The bucket in which a latency is counted."""
    return next((bucket for bucket, end in enumerate(ENDS) if milliseconds <= end), LATENCY_BUCKETS - 1)


def counted(latencies: Iterable[float]) -> list[int]:
    """How many of the latencies, in milliseconds, fall in each bucket."""
    counts = [0] * LATENCY_BUCKETS
    for each in latencies:
        counts[bucket_of(each)] += 1
    return counts


def share_of_counts(counts: Sequence[int], share: float) -> int | None:
    """The latency, in milliseconds, that `share` (0…1) of the counted turns do not exceed; None if none was counted."""
    wanted = share * sum(counts)
    if not wanted:
        return None
    before = 0
    for bucket, count in enumerate(counts):
        if count and before + count >= wanted:
            low = ENDS[bucket - 1] if bucket else 0
            high = ENDS[bucket] if bucket < len(ENDS) else 2 * ENDS[-1]
            return round(low + (high - low) * (wanted - before) / count)
        before += count
    return None


def share_of(latencies: Sequence[float], share: float) -> int | None:
    """The same for a few latencies, exactly (nearest rank)."""
    if not latencies:
        return None
    ranked = sorted(latencies)
    return round(ranked[max(0, math.ceil(share * len(ranked)) - 1)])
