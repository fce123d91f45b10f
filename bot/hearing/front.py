"""One 8 kHz front for every channel: any rate in, blocks of 10 ms out.

Everything behind it works on whole blocks, so nothing depends on how a channel cuts its sound into frames.
"""

from __future__ import annotations

from typing import Any

import numpy as np
import numpy.typing as npt
import soxr

from bot.events import RATE, Samples

BLOCK = RATE // 100
"""Samples in a block: 10 ms. The grain of every decision in hearing."""


def to_samples(values: npt.NDArray[np.floating[Any]]) -> Samples:
    """Rounded, and clipped at overload."""
    return np.asarray(np.clip(np.rint(values), -32768, 32767), np.int16)


class Resampler:
    """A stream of sound from one rate to another (soxr, 16 bit in and out; a no-op between equal rates).

    soxr runs in floating point and the rounding is done here, because its own 16-bit output is dithered."""

    def __init__(self, source: int, target: int) -> None:
        self._stream = None if source == target else soxr.ResampleStream(source, target, 1, "float32", quality="MQ")

    def feed(self, samples: Samples) -> Samples:
        """The sound that `samples` (source rate) adds at the target rate; the filter holds back some 25 ms."""
        return self._resample(samples, last=False)

    def flush(self) -> Samples:
        """What the filter still holds, at the end of the sound."""
        return self._resample(np.zeros(0, np.int16), last=True)

    def _resample(self, samples: Samples, last: bool) -> Samples:
        if self._stream is None:
            return samples
        return to_samples(self._stream.resample_chunk(samples.astype(np.float32), last=last))


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
