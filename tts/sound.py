"""Turns raw sound into a clip that can be played and joined: one rate, one level, no silence around it. Pure."""

from __future__ import annotations

import numpy as np
import numpy.typing as npt
import soxr

from bot.audio.level import active_level
from bot.events import Samples

Sound = npt.NDArray[np.float32]
"""One channel, shape (samples,), full scale ±1."""

PEAK = 10 ** (-3 / 20)
"""−3 dBFS: the highest peak, with room for the codecs of a phone line."""

LEVEL = 10 ** (-22 / 20)
"""−22 dBFS: root mean square of the speech in a clip, without its pauses (after the active level of ITU-T P.56)."""

SILENCE_DB = 40.0
"""The ends of a sound are silent where they stay this far below its peak."""

MARGIN_MS = 15
"""Kept before and after the speech, for the breath of an h and the end of a nasal; faded in and out."""


def finish(sound: Sound, source: int, rate: int) -> Samples:
    """`sound` at `source` Hz as a clip at `rate` Hz: resampled, trimmed, brought to the level, and faded at both ends.

    Raises ValueError if nothing can be heard in it."""
    if source != rate:
        sound = soxr.resample(sound, source, rate)
    sound = level(trim(sound, rate), rate)
    edge = min(rate * MARGIN_MS // 1000, len(sound) // 2)
    ramp = np.sin(np.linspace(0, np.pi / 2, edge, dtype=np.float32))
    sound[:edge] *= ramp
    sound[-edge:] *= ramp[::-1]
    clip: Samples = np.round(sound * 32767).astype(np.int16)
    return clip


def trim(sound: Sound, rate: int) -> Sound:
    """A copy of `sound` without the silence at its ends. Raises ValueError if nothing can be heard."""
    loud = np.abs(sound)
    peak = float(loud.max(initial=0.0))
    if peak < 1e-4:
        raise ValueError("silence")
    audible = np.flatnonzero(loud > peak * 10 ** (-SILENCE_DB / 20))
    margin = rate * MARGIN_MS // 1000
    return sound[max(0, audible[0] - margin) : audible[-1] + margin + 1].copy()


def level(sound: Sound, rate: int) -> Sound:
    """`sound` with its speech at LEVEL, or with its peak at PEAK if that is reached first."""
    peak = float(np.abs(sound).max())
    return sound * np.float32(min(LEVEL / max(active_level(sound, rate), 1e-9), PEAK / peak))


def silence(ms: int, rate: int) -> Samples:
    return np.zeros(rate * ms // 1000, dtype=np.int16)
