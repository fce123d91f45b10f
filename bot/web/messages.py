"""Messages to the web phone's page about its call: JSON text frames, besides those of chan_websocket. Pure.

    CAPTION     the words of a part of the bot's sound: samples `begin` to `end` of all that was sent since the last
                FLUSH_MEDIA, which was number `flush`. `secret`: shown while it is spoken, then masked; `synthetic`:
                a synthesiser speaks it, no person
    SPEAKS      the bot begins a reply; milliseconds since the caller's last word or key, and what is expected next
    LISTENS     what was heard of the caller's turn so far, and the digits in their cells
    UNDERSTOOD  the turn is over; its words without digits
    ENDED       the outcome

Times named `at` are seconds of the call. Only CAPTION and LISTENS hold numbers and passwords; the page keeps none.
"""

from __future__ import annotations

import json
from typing import Any

from bot.events import Expect, Grammar
from bot.masking import masked
from bot.watching import Ended, Listens, Notice, Speaks, Understood, describe


def message_of(notice: Notice) -> dict[str, Any]:
    """A notice of the call as a JSON object."""
    if isinstance(notice, Speaks):
        return {
            "event": "SPEAKS",
            "at": round(notice.at, 2),
            "text": notice.text,
            "seconds": round(notice.seconds, 2),
            "latency_ms": _whole(notice.latency_ms),
            "wait_ms": _whole(notice.wait_ms),
            **_expected(notice.expect),
        }
    if isinstance(notice, Listens):
        heard = {"text": notice.text, "cells": notice.cells, "length": length_of(notice.expect, notice.cells)}
        return {"event": "LISTENS", "at": round(notice.at, 2), **heard, **_expected(notice.expect)}
    if isinstance(notice, Understood):
        return {
            "event": "UNDERSTOOD",
            "at": round(notice.at, 2),
            "ended_at": round(notice.ended_at, 2),
            "text": masked(notice.text, notice.utterance),
            "meaning": describe(notice.utterance),
        }
    assert isinstance(notice, Ended)  # noqa: S101  # there is no other
    return {"event": "ENDED", "at": round(notice.at, 2), "outcome": notice.outcome.value}


def caption(
    words: str, begin: int, end: int, flush: int, secret: bool, synthetic: bool | None = None
) -> dict[str, Any]:
    """The words of samples `begin` to `end`; `synthetic` if it is known whether a synthesiser speaks them."""
    message = {"event": "CAPTION", "begin": begin, "end": end, "flush": flush, "text": words, "secret": secret}
    return message if synthetic is None else {**message, "synthetic": synthetic}


def written(message: dict[str, Any]) -> str:
    """The message as it is sent."""
    return json.dumps(message, ensure_ascii=False, separators=(",", ":"))


def length_of(expect: Expect, cells: str) -> int:
    """How many cells to show: the digits of the length that fits, at most of the longest; 0 if no number is
    expected."""
    if expect.kind is not Grammar.NUMBER or not expect.lengths:
        return 0
    return next((length for length in expect.lengths if length >= len(cells)), max(expect.lengths))


def _expected(expect: Expect) -> dict[str, Any]:
    kind = expect.kind.value if isinstance(expect.kind, Grammar) else expect.kind
    return {"expect": kind, "interruptible": expect.interruptible, "cell": expect.cell}


def _whole(milliseconds: float | None) -> int | None:
    return None if milliseconds is None else round(milliseconds)
