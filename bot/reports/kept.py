"""Recordings on disk: the names of their files, and how to find a call's recording by its record.

20260301T020000Z-1764.1-aaaa….ogg    when it began (UTC), the exchange's name of it, the id of its record
"""

from __future__ import annotations

import json
import re
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

SOUND, PAGE, PICTURE = SUFFIXES = (".ogg", ".html", ".json")
"""The files of one recording: its sound, the page of the call, and the data that the operator's page draws."""

OURS = re.compile(r"\d{8}T\d{6}Z-.+-(?:[0-9a-f]{8}|[0-9a-f]{32})\.(?:ogg|html|json)")
"""The names of recordings; other files in the folder are left alone."""

APART = 2
"""Seconds that may lie between the beginning of a recording and the beginning in the call's record."""

ID = re.compile(r"[0-9a-f]{32}")


def stem_of(began: datetime, exchange: str, id_: str) -> str:
    """The name of a recording, without its suffix. `exchange`: the exchange's name of the call, as
    `bot.call_keys.known_as` returns it; or empty."""
    return f"{began:%Y%m%dT%H%M%SZ}-{exchange or 'call'}-{id_}"


def drawn(picture: dict[str, Any]) -> dict[str, Any]:
    """The part of `bot.reports.page.picture_of` that the operator's page draws: no words, since the call's record has
    them, with more of them masked."""
    regions = [
        {"who": line["who"], "at": line["at"], "end": line["end"], "latency_ms": line["latency_ms"]}
        for line in picture["lines"]
        if line["who"] != "state"
    ]
    return {**{name: picture[name] for name in ("seconds", "levels", "blanks")}, "regions": regions}


class Recordings:
    """The recordings in `folder`. It is never listed: a month of a hotline is a million files."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder

    def picture(self, call: dict[str, Any]) -> dict[str, Any] | None:
        """The data to draw the recording of a call (`drawn`); None if there is no recording. `call`: its record, as
        `bot.operations.calls.Calls.one` returns it."""
        path = self._find(call, PICTURE)
        try:
            found: dict[str, Any] | None = json.loads(path.read_text("utf-8")) if path else None
        except (OSError, ValueError):  # it was deleted meanwhile, or is being written
            return None
        return found

    def sound(self, call: dict[str, Any]) -> bytes | None:
        """The recording's sound, Ogg Opus; None if there is no recording."""
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
