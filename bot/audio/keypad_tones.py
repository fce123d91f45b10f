"""The tones of a telephone's keys. Pure."""

from __future__ import annotations

import numpy as np

from bot.audio.resampling import to_samples
from bot.events import RATE, Samples

KEYPAD = ("123A", "456B", "789C", "*0#D")
ROWS = (697, 770, 852, 941)
COLUMNS = (1209, 1336, 1477, 1633)
"""Hz of the two tones of a key (ITU-T Q.23)."""


def key_tone(key: str, samples: int) -> Samples:
    """The DTMF tones of a key, −14 dB below overload each, for this many samples, with edges of 2 ms."""
    row = next(n for n, keys in enumerate(KEYPAD) if key in keys)
    time = np.arange(samples) / RATE
    tones = np.sin(2 * np.pi * ROWS[row] * time) + np.sin(2 * np.pi * COLUMNS[KEYPAD[row].index(key)] * time)
    edge = np.minimum(1, np.minimum(np.arange(samples) + 1, np.arange(samples, 0, -1)) / 16)
    return to_samples(tones * edge * 10 ** (-14 / 20) * 32767)
