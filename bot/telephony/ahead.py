"""What the bot is going to say, for a PBX that keeps the time itself: sent in pieces, never far ahead. Pure.

    clips   ──────A──────│───B───        pieces of PIECE_SECONDS, each followed by a numbered mark
    sent    ▓▓▓▓¹▓▓▓▓²▓▓                 at most AHEAD_SECONDS are on their way
    heard   ▓▓▓¹                         the PBX tells when a mark was reached: the next pieces go out

So a barge-in has little to flush, nothing piles up where a peer is slow, and a clip's own mark is its last piece's.
"""

from __future__ import annotations

from collections import deque
from dataclasses import dataclass

import numpy as np

from bot.errors import VoicebotError
from bot.events import Samples

PIECE_SECONDS = 0.5
"""Of sound in one message: 16 kB at most, a quarter of what Asterisk takes (AST_WEBSOCKET_MAX_RX_PAYLOAD_SIZE)."""

AHEAD_SECONDS = 3.0
"""Of sound on its way; longer than this process is ever busy with something else."""

LIMIT_SECONDS = 300
"""Of sound waiting to be sent, far more than a reply has."""


@dataclass(frozen=True, eq=False)
class Sound:
    samples: Samples


@dataclass(frozen=True)
class Mark:
    """To be given back when all sound before it was played."""

    id: str


@dataclass
class _Piece:
    """On its way. `clip_mark`: the mark of the clip that ends with it."""

    id: str
    size: int
    clip_mark: str | None


class Ahead:
    """One call's sound. `frame` is the number of samples the PBX plays at a time; clips are padded to whole frames,
    because chan_websocket drops what is left over."""

    def __init__(self, rate: int, frame: int) -> None:
        self.starved = 0
        """How often the PBX had played everything before the rest of a clip was sent: late sound."""
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
        """Something is on its way: the PBX has not told that it was played."""
        return bool(self._sent)

    def put(self, samples: Samples, mark: str) -> None:
        """Append a clip. Raises VoicebotError where more is queued than anybody would listen to."""
        if self._waiting + samples.size > self._limit:
            raise VoicebotError("the bot has more to say than fits into a call; shorten the prompts")
        padded = np.pad(samples, (0, -samples.size % self._frame))
        self._clips.append((padded, mark))
        self._waiting += padded.size

    def take(self) -> list[Sound | Mark]:
        """What is to be sent now."""
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
        """The PBX has played everything before this mark; the marks of clips that were heard with it. A mark that was
        flushed, or was never set, is none."""
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
        """Drop everything, also what is on its way; its marks are never reached."""
        self._clips.clear()
        self._sent.clear()
        self._waiting = self._on_its_way = 0
