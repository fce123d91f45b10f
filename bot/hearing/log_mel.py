"""Whisper's picture of a sound: 80 mel bands every 10 ms, in numpy (Radford et al., 2022; bands as librosa's Slaney).

At 8 kHz a window of 200 samples has the bins of Whisper's 400 at 16 kHz, 40 Hz apart, up to 4 kHz; those above are
empty, as they are there for telephone sound. A spectrum of half as many samples is half as large, hence the 4.
"""

from __future__ import annotations

from functools import cache

import numpy as np
import numpy.typing as npt

from bot.events import Samples

WINDOW, HOP, BANDS = 200, 80, 80
"""Samples, samples, bands."""

_DEEPEST = 8.0
"""Powers of ten. Values that lie further below the loudest one count as so far below it."""


def log_mel(sound: Samples) -> npt.NDArray[np.float32]:
    """Of sound at 8 kHz, shape (BANDS, cells of 10 ms), an even number of cells. Two cells of sound at least."""
    padded = np.pad(sound.astype(np.float32) / 32768, WINDOW // 2, mode="reflect")
    frames = np.lib.stride_tricks.sliding_window_view(padded, WINDOW)[: len(sound) : HOP]
    frames = frames[: len(sound) // HOP // 2 * 2]
    power = np.abs(np.fft.rfft(frames * _window(), axis=1).astype(np.complex64)) ** 2 * 4
    bands = np.log10(np.maximum(_filters() @ power.T, 1e-10))
    return np.asarray((np.maximum(bands, bands.max() - _DEEPEST) + 4) / 4, np.float32)


@cache
def _window() -> npt.NDArray[np.float32]:
    """Hann's, periodic."""
    return (0.5 - 0.5 * np.cos(2 * np.pi * np.arange(WINDOW) / WINDOW)).astype(np.float32)


@cache
def _filters() -> npt.NDArray[np.float32]:
    """Triangles of equal area on the mel scale up to 8 kHz, over the bins up to 4 kHz, shape (BANDS, bins)."""
    bins = np.arange(WINDOW + 1) * 40.0
    marks = _hertz(np.linspace(_mel(np.array(0.0)), _mel(np.array(8000.0)), BANDS + 2))
    slopes = marks[:, None] - bins
    rising, falling = -slopes[:-2] / np.diff(marks)[:-1, None], slopes[2:] / np.diff(marks)[1:, None]
    triangles = np.maximum(0, np.minimum(rising, falling)) * (2 / (marks[2:] - marks[:-2]))[:, None]
    return np.asarray(triangles[:, : WINDOW // 2 + 1], np.float32)


_LINEAR, _BREAK, _STEP = 200 / 3, 1000.0, np.log(6.4) / 27
"""Slaney's scale: Hz of a mel up to 1 kHz, and the logarithm of a mel's ratio above."""


def _mel(hertz: npt.NDArray[np.float64]) -> npt.NDArray[np.float64]:
    above = _BREAK / _LINEAR + np.log(np.maximum(hertz, _BREAK) / _BREAK) / _STEP
    return np.where(hertz < _BREAK, hertz / _LINEAR, above)


def _hertz(mel: npt.NDArray[np.float64]) -> npt.NDArray[np.float64]:
    return np.where(mel < _BREAK / _LINEAR, mel * _LINEAR, _BREAK * np.exp(_STEP * (mel - _BREAK / _LINEAR)))
