"""WAV files of 16 bit."""

from __future__ import annotations

import wave
from pathlib import Path
from typing import BinaryIO

import numpy as np

from bot.events import Samples


def write(file: BinaryIO, samples: Samples, rate: int) -> None:
    """`samples` of shape (samples,), or (samples, channels), at `rate` Hz. Raises OSError if the file cannot be
    written."""
    with wave.open(file, "wb") as wav:
        wav.setnchannels(1 if samples.ndim == 1 else samples.shape[1])
        wav.setsampwidth(2)
        wav.setframerate(rate)
        wav.writeframes(samples.astype("<i2").tobytes())


def read(path: Path, rate: int) -> Samples | None:
    """Read a file that `write` wrote at this rate; None if there is no such file, or it has another form or is
    damaged."""
    try:
        with wave.open(str(path), "rb") as wav:
            count = wav.getnframes()
            raw = wav.readframes(count)
            shape = (wav.getnchannels(), wav.getsampwidth(), wav.getframerate())
    except (OSError, EOFError, wave.Error):
        return None
    if shape != (1, 2, rate) or count == 0 or len(raw) != 2 * count:
        return None
    return np.frombuffer(raw, dtype="<i2").astype(np.int16)
