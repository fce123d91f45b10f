"""The events of a call as JSON objects, one a line (docs/reports.md). No digit of a number or a password is in them."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterable
from typing import Any

from bot.events import (
    RATE,
    FinalResult,
    Frame,
    Grammar,
    HungUp,
    Key,
    KeyHeard,
    Partial,
    Pause,
    Played,
    Prompt,
    Reheard,
    Reply,
    Segment,
    SpeechStarted,
)
from bot.masking import hidden, masked
from bot.tap import Plays, RoomEvent, Stops
from bot.watching import MASK, Ended, Listens, Notice, Speaks, Understood, describe

Event = dict[str, Any]


class EventLog:
    """Tap and watch of one call; `events`: the events so far, in order. `tell` gets each at once."""

    def __init__(self, tell: Callable[[Event], None] = lambda event: None) -> None:
        self.events: list[Event] = []
        self._tell = tell

    def tap(self, at: float, event: RoomEvent) -> None:
        """`bot.tap.Tap`."""
        if not isinstance(event, Frame):
            self._add(at, *event_of(event))

    def watch(self, notice: Notice) -> None:
        """`bot.watching.Watch`."""
        if not isinstance(notice, Listens):  # the tap reports these, as they were heard
            self._add(notice.at, "call", *_of_notice(notice))

    def _add(self, at: float, room: str, kind: str, fields: Event) -> None:
        event = {"at": round(at, 3), "room": room, "kind": kind, **fields}
        self.events.append(event)
        self._tell(event)


def written(events: Iterable[Event]) -> str:
    """The events as lines of JSON."""
    return "".join(f"{json.dumps(event, ensure_ascii=False)}\n" for event in events)


def event_of(event: RoomEvent) -> tuple[str, str, Event]:
    """Room, kind and fields of an event other than a frame."""
    if isinstance(event, Key):
        return "channel", "key", {"text": hidden(event.key)}
    if isinstance(event, Played):
        return "channel", "played", {"mark": event.mark}
    if isinstance(event, HungUp):
        return "channel", "hung_up", {}
    if isinstance(event, SpeechStarted):
        return "hearing", "speech_started", {"began_at": _seconds(event.at)}
    if isinstance(event, Partial):
        return "hearing", "partial", {"text": hidden(event.text)}
    if isinstance(event, FinalResult):
        return "hearing", "final", _piece(event)
    if isinstance(event, Reheard):
        return "hearing", "reheard", {"pieces": [_piece(piece) for piece in event.pieces]}
    if isinstance(event, KeyHeard):
        return "hearing", "key_heard", {"text": hidden(event.key)}
    if isinstance(event, Reply):
        text = " ".join(words for segment in event.segments if (words := _words(segment)))
        outcome = event.outcome.value if event.outcome else None
        return "dialogue", "reply", {"text": text, "expect": _expected(event), "outcome": outcome}
    if isinstance(event, Plays):
        return "speech", "plays", {"text": _words(event.segment), "mark": event.mark}
    if isinstance(event, Stops):
        return "speech", "stops", {}
    assert not isinstance(event, Frame)  # noqa: S101  # see above
    return "turn", "utterance", {"meaning": describe(event)}


def _of_notice(notice: Speaks | Understood | Ended) -> tuple[str, Event]:
    if isinstance(notice, Speaks):
        waited = {"latency_ms": _rounded(notice.latency_ms), "wait_ms": _rounded(notice.wait_ms)}
        return "speaks", {"text": notice.text, "seconds": round(notice.seconds, 3), **waited}
    if isinstance(notice, Understood):
        text, meaning = masked(notice.text, notice.utterance), describe(notice.utterance)
        return "understood", {"text": text, "meaning": meaning, "ended_at": round(notice.ended_at, 3)}
    return "ended", {"outcome": notice.outcome.value, "failure": notice.failure}


def _piece(piece: FinalResult) -> Event:
    confidence, alternatives = round(piece.confidence, 3), len(piece.texts)
    heard = {"text": hidden(piece.text), "confidence": confidence, "ended_at": _seconds(piece.ended_at)}
    return {**heard, "alternatives": alternatives}


def _words(segment: Segment) -> str:
    if isinstance(segment, Pause):
        return ""
    return segment.text if isinstance(segment, Prompt) else MASK


def _expected(reply: Reply) -> str:
    kind = reply.expect.kind
    return kind.value if isinstance(kind, Grammar) else kind


def _seconds(samples: int) -> float:
    return round(samples / RATE, 3)


def _rounded(milliseconds: float | None) -> int | None:
    return None if milliseconds is None else round(milliseconds)
