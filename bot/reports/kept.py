"""Recordings on disk: how their files are named, and finding that of a call by its record.

20260301T020000Z-1764.1-aaaa….ogg    when it began (UTC), the exchange's name of it, the id of its record
"""

from __future__ import annotations

import json
import re
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

SOUND, PAGE, PICTURE = SUFFIXES = (".ogg", ".html", ".json")
"""Of one recording: what was said, as a page to open, and what a page of the gateway draws."""

OURS = re.compile(r"\d{8}T\d{6}Z-.+-(?:[0-9a-f]{8}|[0-9a-f]{32})\.(?:ogg|html|json)")
"""Names of recordings: nothing else in the folder is one."""

APART = 2
"""Seconds that may lie between the beginning of a recording and that of the call's record."""

ID = re.compile(r"[0-9a-f]{32}")


def stem_of(began: datetime, exchange: str, id_: str) -> str:
    """The name of a recording, without its suffix. `exchange`: the exchange's name of the call, fit to be kept; or
    empty."""
    return f"{began:%Y%m%dT%H%M%SZ}-{exchange or 'call'}-{id_}"


def drawn(picture: dict[str, Any]) -> dict[str, Any]:
    """Of `bot.reports.page.picture_of`, what the operator's page draws: no words. Those are in the call's record, which
    masks more."""
    regions = [
        {"who": line["who"], "at": line["at"], "end": line["end"], "latency_ms": line["latency_ms"]}
        for line in picture["lines"]
        if line["who"] != "state"
    ]
    return {**{name: picture[name] for name in ("seconds", "levels", "blanks")}, "regions": regions}


class Recordings:
    """Those in `folder`. Nothing is looked through: a month of a hotline is a million files."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder

    def picture(self, call: dict[str, Any]) -> dict[str, Any] | None:
        """What is drawn of the recording of a call (`drawn`); None where there is none. `call`: its record, as
        `bot.operations.calls.Calls.one` gives it."""
        path = self._find(call, PICTURE)
        try:
            found: dict[str, Any] | None = json.loads(path.read_text("utf-8")) if path else None
        except (OSError, ValueError):  # it was deleted meanwhile, or is being written
            return None
        return found

    def sound(self, call: dict[str, Any]) -> bytes | None:
        """Its sound, Ogg Opus; None where there is none."""
        path = self._find(call, SOUND)
        try:
            return path.read_bytes() if path else None
        except OSError:
            return None

    def _find(self, call: dict[str, Any], suffix: str) -> Path | None:
        if not ID.fullmatch(call["id"]):
            return None
        began = datetime.fromtimestamp(call["started"], UTC)
        for seconds in range(-APART, APART + 1):
            stem = stem_of(began + timedelta(seconds=seconds), call["exchange"], call["id"])
            path = self._folder / f"{stem}{suffix}"
            if path.exists():
                return path
        return None
