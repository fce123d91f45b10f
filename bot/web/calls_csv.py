"""Calls as CSV (RFC 4180), for an export from the operator's page. Pure."""

from __future__ import annotations

import csv
import io
from datetime import UTC, datetime, timedelta, timezone
from typing import Any

from bot.operations.figures import VIETNAM_HOURS

COLUMNS = (
    "id", "exchange", "started", "seconds", "outcome", "number_given", "confirmed", "matched", "heard",
    "retries", "voice_digits", "key_digits", "turns", "latency_p50", "latency_p95",
)  # fmt: skip
"""Columns of an export, in order; `started` is in Vietnam's time."""

VIETNAM = timezone(timedelta(hours=VIETNAM_HOURS))

HEAD = ",".join(COLUMNS) + "\r\n"


def written(calls: list[dict[str, Any]]) -> str:
    """Calls as lines of CSV (RFC 4180)."""
    out = io.StringIO()
    rows = csv.writer(out)
    for call in calls:
        began = datetime.fromtimestamp(call["started"], UTC).astimezone(VIETNAM)
        rows.writerow([{**call, "started": began.isoformat(timespec="seconds")}[name] for name in COLUMNS])
    return out.getvalue()
