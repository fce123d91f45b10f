"""One 8 kHz front for every channel: any rate in, blocks of 10 ms out.

Everything behind it works on whole blocks, so nothing depends on how a channel cuts its sound into frames.
"""

from __future__ import annotations

import numpy as np

from bot.audio.resampling import Resampler
from bot.events import RATE, Samples

BLOCK = RATE // 100
"""Samples in a block: 10 ms. The grain of every decision in hearing."""


class Front:
    """The channel's sound at `rate` Hz, cut into blocks at `RATE`."""

    def __init__(self, rate: int) -> None:
        self._resampler = Resampler(rate, RATE)
        self._rest: Samples = np.zeros(0, np.int16)

    def feed(self, samples: Samples) -> Samples:
        """Whole blocks that are complete now, shape (blocks, BLOCK); the rest waits for the next frame."""
        sound = np.concatenate((self._rest, self._resampler.feed(samples)))
        whole = len(sound) - len(sound) % BLOCK
        self._rest = sound[whole:]
        return sound[:whole].reshape(-1, BLOCK)
