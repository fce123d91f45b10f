"""A call as one HTML page that needs nothing else: sound, waveform and captions. Parts: `page/`.

The page's data is one JSON object in the page, which the web phone fills in too (bot/web/static/saved.js):

    title, outcome     texts
    seconds            length of the call
    sound              data: URI of the sound, caller left, bot right
    levels             {"caller": […], "bot": […]}: peaks of every 20 ms, 0…100, on a scale of square roots
    lines              [{"who", "at", "end", "text", "latency_ms"}]: who is caller, bot, key or state; times in seconds
    blanks             [[begin, end], …]: seconds at which the caller's sound was blanked
    secrets            "invented", "spoken" (the sound holds digits of a real call) or "blanked"
"""

from __future__ import annotations

import base64
import hashlib
import json
from collections.abc import Sequence
from functools import lru_cache
from pathlib import Path
from typing import Any, Literal

from bot.events import RATE, Samples
from bot.reports.sound import MEDIA_TYPE, levels, opus
from bot.reports.transcript import TranscriptLine

PARTS = Path(__file__).parent / "page"

DATA = "__CALL__"
"""The place in the template where a call's data goes."""

Secrets = Literal["invented", "spoken", "blanked"]


@lru_cache(maxsize=1)
def template() -> str:
    """The page without a call. Its policy lets it run its own script and play its own sound, but reach nothing."""
    script, style = ((PARTS / name).read_text("utf-8") for name in ("page.js", "page.css"))
    policy = {
        "default-src": "'none'",
        "script-src": _hash(script),
        "style-src": _hash(style),
        "media-src": "data:",
        "img-src": "data:",
        "base-uri": "'none'",
        "form-action": "'none'",
    }
    text = (PARTS / "page.html").read_text("utf-8")
    text = text.replace("__POLICY__", "; ".join(f"{name} {value}" for name, value in policy.items()))
    return text.replace("__STYLE__", style).replace("__SCRIPT__", script)


def page_of(
    title: str,
    outcome: str,
    lines: Sequence[TranscriptLine],
    caller: Samples,
    bot: Samples,
    *,
    secrets: Secrets,
    sound: bytes | None = None,
    blanks: Sequence[tuple[float, float]] = (),
) -> str:
    """The page of a call; `caller` and `bot` of shape (samples,) at `RATE`, equally long. `sound`: the result of
    `opus`, if it exists already; `blanks`: seconds at which the caller's sound was blanked."""
    encoded = base64.b64encode(opus(caller, bot) if sound is None else sound).decode()
    picture = picture_of(outcome, lines, caller, bot, secrets=secrets, blanks=blanks)
    call = {"title": title, **picture, "sound": f"data:{MEDIA_TYPE};base64,{encoded}"}
    data = json.dumps(call, ensure_ascii=False, separators=(",", ":")).replace("<", "\\u003c")
    before, after = template().split(DATA)
    return before + data + after


def picture_of(
    outcome: str,
    lines: Sequence[TranscriptLine],
    caller: Samples,
    bot: Samples,
    *,
    secrets: Secrets,
    blanks: Sequence[tuple[float, float]] = (),
) -> dict[str, Any]:
    """A call as a page draws it: all of its data except title and sound. Parameters as for `page_of`."""
    return {
        "outcome": outcome,
        "seconds": round(len(caller) / RATE, 2),
        "lines": [
            {
                "who": line.who,
                "at": round(line.at_s, 2),
                "end": round(line.end_s, 2),
                "text": line.text,
                "latency_ms": None if line.latency_ms is None else round(line.latency_ms),
            }
            for line in lines
        ],
        "levels": {"caller": levels(caller), "bot": levels(bot)},
        "blanks": [[round(begin, 2), round(end, 2)] for begin, end in blanks],
        "secrets": secrets,
    }


def _hash(text: str) -> str:
    return f"'sha256-{base64.b64encode(hashlib.sha256(text.encode()).digest()).decode()}'"
