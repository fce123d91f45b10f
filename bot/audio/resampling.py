"""Converts sound from one rate to another, and floating-point sound to 16-bit samples."""

from __future__ import annotations

from typing import Any

import numpy as np
import numpy.typing as npt
import soxr

from bot.events import Samples


def to_samples(values: npt.NDArray[np.floating[Any]]) -> Samples:
    """The values as 16-bit samples, rounded, and clipped at overload."""
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
