"""How loud speech is. Pure."""

from __future__ import annotations

from typing import Any

import numpy as np
import numpy.typing as npt

from bot.events import RATE

NOMINAL_LEVEL = 10 ** (-26 / 20) * 32768
"""RMS of active speech on a line, −26 dB below overload: the level to which ITU-T P.56 tests are set."""


def active_level(sound: npt.NDArray[Any], rate: int = RATE) -> float:
    """RMS, on the sound's own scale, over the 20 ms frames within 25 dB of the loudest: of the speech, not of its
    pauses. 0 for silence, and for less than a frame. `rate` in Hz."""
    frame = rate // 50
    usable = sound[: sound.size // frame * frame].astype(np.float64).reshape(-1, frame)
    power = (usable**2).mean(axis=1)
    if not power.any():
        return 0.0
    return float(np.sqrt(power[power > power.max() * 10**-2.5].mean()))
