"""All that passes between the rooms of a call, for whoever records it: sound, keys, what was heard, meant and said."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, replace

from bot.events import ChannelEvent, FinalResult, Heard, Reheard, Reply, Samples, Segment, Utterance


@dataclass(frozen=True, eq=False)
class Plays:
    """The sound of a segment at the channel's rate, queued for the caller; `Played(mark)` comes when it was heard."""

    segment: Segment
    samples: Samples
    mark: str


@dataclass(frozen=True)
class Stops:
    """The caller interrupted: what is queued is not played."""


RoomEvent = ChannelEvent | Heard | Utterance | Reply | Plays | Stops
"""All that passes between the rooms of a call."""

Tap = Callable[[float, RoomEvent], None]
"""Gets each event between the rooms of a call, with the seconds since the call began; must be quick. A frame's time is
its first sample's. Times inside what was heard count samples at `RATE` since the call began."""


def untapped(at: float, event: RoomEvent) -> None:
    """Nobody wants to see the events."""


def moved(heard: Heard, samples: int) -> Heard:
    """The same, its times so many samples later: hearing counts what it was given, a call what passed."""
    if isinstance(heard, Reheard):
        return Reheard(tuple(_later(piece, samples) for piece in heard.pieces))
    if isinstance(heard, FinalResult):
        return _later(heard, samples)
    return replace(heard, at=heard.at + samples)


def _later(piece: FinalResult, samples: int) -> FinalResult:
    return replace(piece, at=piece.at + samples, ended_at=piece.ended_at + samples)
