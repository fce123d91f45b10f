"""The queue of clips that the bot will play, taken out sample by sample at the pace of the line."""

from __future__ import annotations

from collections import deque

import numpy as np

from bot.errors import VoicebotError
from bot.events import Samples


class Playout:
    """A bounded queue of clips with their marks. `limit` is in samples."""

    def __init__(self, limit: int) -> None:
        self.pending = 0
        """Samples still to be taken."""
        self._clips: deque[tuple[Samples, str]] = deque()
        self._limit = limit

    def put(self, samples: Samples, mark: str) -> None:
        """Append a clip. Raises VoicebotError if more than `limit` is queued."""
        if self.pending + samples.size > self._limit:
            raise VoicebotError("the bot has more to say than fits into a call; shorten the prompts")
        self._clips.append((samples, mark))
        self.pending += samples.size

    def take(self, count: int) -> tuple[Samples, list[str]]:
        """The next `count` samples, shape (count,), silence if nothing is queued; and the marks that they complete."""
        taken = np.zeros(count, np.int16)
        marks: list[str] = []
        filled = 0
        while self._clips:
            samples, mark = self._clips.popleft()
            part = samples[: count - filled]
            taken[filled : filled + part.size] = part
            filled += part.size
            self.pending -= part.size
            if part.size < samples.size:
                self._clips.appendleft((samples[part.size :], mark))
                break
            marks.append(mark)
        return taken, marks

    def clear(self) -> None:
        """Drop everything; dropped marks are never completed."""
        self._clips.clear()
        self.pending = 0
