"""The queue of sound to a PBX that keeps the time itself: sent in pieces, never far ahead. Pure.

    clips   ──────A──────│───B───        pieces of PIECE_SECONDS, each followed by a numbered mark
    sent    ▓▓▓▓¹▓▓▓▓²▓▓                 at most AHEAD_SECONDS are sent and not played yet
    heard   ▓▓▓¹                         the PBX reports when a mark was reached: the next pieces are sent

So a barge-in has little to flush, and nothing piles up at a slow peer. A clip's own mark is reached with its last
piece.
"""

from __future__ import annotations

from collections import deque
from dataclasses import dataclass

import numpy as np

from bot.errors import VoicebotError
from bot.events import Samples

PIECE_SECONDS = 0.5
"""Seconds of sound in one message: 16 kB at most, a quarter of what Asterisk accepts
(AST_WEBSOCKET_MAX_RX_PAYLOAD_SIZE)."""

AHEAD_SECONDS = 3.0
"""Seconds of sound that are sent ahead; longer than this process is ever busy with something else."""

LIMIT_SECONDS = 300
"""Seconds of sound waiting to be sent, far more than a reply has."""


@dataclass(frozen=True, eq=False)
class Sound:
    samples: Samples


@dataclass(frozen=True)
class Mark:
    """A mark that the PBX reports when all sound before it was played."""

    id: str


@dataclass
class _Piece:
    """A piece that was sent. `clip_mark`: the mark of the clip that ends with it."""

    id: str
    size: int
    clip_mark: str | None


class Ahead:
    """One call's sound. `frame` is the number of samples that the PBX plays at a time; clips are padded to whole
    frames, because chan_websocket drops the rest of a frame."""

    def __init__(self, rate: int, frame: int) -> None:
        self.starved = 0
        """How often sound was late: the PBX had played everything before the rest of a clip was sent."""
        self._clips: deque[tuple[Samples, str]] = deque()
        self._waiting = 0  # samples in _clips
        self._sent: deque[_Piece] = deque()
        self._on_its_way = 0  # samples in _sent
        self._frame = frame
        self._piece = max(1, round(PIECE_SECONDS * rate) // frame) * frame
        self._ahead, self._limit = round(AHEAD_SECONDS * rate), LIMIT_SECONDS * rate
        self._count = 0

    @property
    def unplayed(self) -> bool:
        """Whether sound was sent that the PBX has not reported as played."""
        return bool(self._sent)

    def put(self, samples: Samples, mark: str) -> None:
        """Append a clip. Raises VoicebotError if more than LIMIT_SECONDS are queued."""
        if self._waiting + samples.size > self._limit:
            raise VoicebotError("the bot has more to say than fits into a call; shorten the prompts")
        padded = np.pad(samples, (0, -samples.size % self._frame))
        self._clips.append((padded, mark))
        self._waiting += padded.size

    def take(self) -> list[Sound | Mark]:
        """What to send now."""
        messages: list[Sound | Mark] = []
        while self._clips and self._on_its_way < self._ahead:
            samples, mark = self._clips.popleft()
            piece, rest = samples[: self._piece], samples[self._piece :]
            if rest.size:
                self._clips.appendleft((rest, mark))
            self._count += 1
            self._sent.append(_Piece(str(self._count), piece.size, None if rest.size else mark))
            self._waiting -= piece.size
            self._on_its_way += piece.size
            if piece.size:
                messages.append(Sound(piece))
            messages.append(Mark(str(self._count)))
        return messages

    def reached(self, mark_id: str) -> list[str]:
        """The PBX has played everything before this mark. Returns the marks of clips that were heard with it. A mark
        that was flushed, or never set, is ignored."""
        heard: list[str] = []
        if all(piece.id != mark_id for piece in self._sent):
            return heard
        while self._sent:
            piece = self._sent.popleft()
            self._on_its_way -= piece.size
            if piece.clip_mark is not None:
                heard.append(piece.clip_mark)
            if piece.id == mark_id:
                break
        self.starved += bool(self._clips) and not self._sent
        return heard

    def clear(self) -> None:
        """Drop everything, also what was sent; its marks are never reached."""
        self._clips.clear()
        self._sent.clear()
        self._waiting = self._on_its_way = 0
