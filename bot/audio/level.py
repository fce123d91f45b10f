"""How loud speech is. Pure."""

from __future__ import annotations

from typing import Any

import numpy as np
import numpy.typing as npt

from bot.events import RATE

NOMINAL_LEVEL = 10 ** (-26 / 20) * 32768
"""RMS of active speech on a line, −26 dB below overload: the level at which tests after ITU-T P.56 are made."""


FLOOR_DB = -60.0
"""dBFS. Quieter sound counts as silence on a meter."""

FALL_DB = 60.0
"""dB a second by which the meter falls after a sound: fast enough to follow syllables, slow enough to be seen."""


class LevelMeter:
    """The present level of a sound: it rises at once and falls by `FALL_DB`. One thread feeds it, any may read it."""

    def __init__(self, rate: int) -> None:
        """`rate` in Hz."""
        self.level = FLOOR_DB
        """dBFS, RMS, from `FLOOR_DB` to 0."""
        self._rate = rate

    def feed(self, sound: npt.NDArray[np.int16]) -> None:
        """Take the next samples, any number."""
        if not sound.size:
            return
        power = float((sound.astype(np.float64) ** 2).mean()) / 32768**2
        now = 10 * np.log10(power) if power else FLOOR_DB
        self.level = float(max(now, self.level - FALL_DB * sound.size / self._rate, FLOOR_DB))


def active_level(sound: npt.NDArray[Any], rate: int = RATE) -> float:
    """RMS, on the sound's own scale, over the 20 ms frames within 25 dB of the loudest: of the speech without its
    pauses. 0 for silence, and for less than a frame. `rate` in Hz."""
    frame = rate // 50
    usable = sound[: sound.size // frame * frame].astype(np.float64).reshape(-1, frame)
    power = (usable**2).mean(axis=1)
    if not power.any():
        return 0.0
    return float(np.sqrt(power[power > power.max() * 10**-2.5].mean()))
