"""In-band DTMF: keys out of the tones in the sound.

    tone   ████████████████████████████████
    window   ▕▔▔▔▏▔▔▔▏▔▔▔▏▔▔▔▏▔▔▔▏▔▔▔▏         13 ms long, one every 10 ms
    hits       ●   ●   ●   ●   ●   ●   ○  ○  ○
                       ▲                   ▲
                       key (3 hits in a row)   released (3 misses): the same key counts anew

A window is a hit where one row and one column tone, with plausible levels, hold nearly all of its energy: that, and
the second harmonics that a voice has and a key has not, keeps speech from dialling ("talk-off"). Tones of 40 ms and
more are always found and those under 29 ms never (ITU-T Q.24: at least 40 ms, never under 23 ms); gaps up to 10 ms
are bridged, pauses of 40 ms separate two presses. Pure; the clock is the block count.
"""

from __future__ import annotations

from typing import NamedTuple

import numpy as np
import numpy.typing as npt

from bot.events import RATE, Samples
from bot.hearing.front import BLOCK

ROWS = (697.0, 770.0, 852.0, 941.0)
COLUMNS = (1209.0, 1336.0, 1477.0)
"""Hz (ITU-T Q.23). The fourth column, 1633 Hz, belongs to A–D, which no caller's telephone has."""

LAYOUT = ("123", "456", "789", "*0#")

WINDOW = 104
"""Samples: 13 ms. Its bins are 77 Hz wide, about the distance of neighbouring rows, and still hold a tone that is
1.5 % off, the deviation that Q.24 asks to accept."""

HITS = 3
"""Windows in a row that make a key, and misses in a row that end one."""

QUIETEST = -42.0
"""dBFS of both tones together. Q.24 asks for −25 dBm0 a tone, which is about −28 dBFS together; speech near −42 is
a murmur anyway."""

PURE = 0.75
"""Share of the window's energy that the two tones must hold."""

LEAD_DB = 8.0
"""How far the tone of a group must lead the others of its group."""

FORWARD_TWIST_DB, REVERSE_TWIST_DB = 9.0, 7.0
"""How far the row may be above the column (long lines damp the high tone) and the column above the row: the usual
8 dB (Bell) and 6 dB (ETSI ES 201 235-3), and one more for the short window's error."""

HARMONIC_DB = 13.0
"""How far a tone must stand above its own second harmonic, where that does not fall beside the column's tone."""


class Tone(NamedTuple):
    """What a block holds. `sounds`: it looks like a key's tone; `key`: a press was made out here, else empty."""

    sounds: bool
    key: str


class Dtmf:
    """The detector of one call."""

    def __init__(self) -> None:
        self._tail: Samples = np.zeros(WINDOW - BLOCK, np.int16)
        self._candidate, self._hits = "", 0
        self._sounding, self._misses = "", 0

    def feed(self, blocks: Samples) -> list[Tone]:
        """One `Tone` for each block of `blocks`, shape (blocks, BLOCK) at `RATE`."""
        if not len(blocks):
            return []
        sound = np.concatenate((self._tail, blocks.ravel()))
        self._tail = sound[len(sound) - (WINDOW - BLOCK) :]
        windows = np.lib.stride_tricks.sliding_window_view(sound, WINDOW)[::BLOCK]
        return [self._step(key) for key in _keys(windows)]

    def _step(self, key: str) -> Tone:
        self._hits = self._hits + 1 if key == self._candidate else 1
        self._candidate = key
        self._misses = 0 if key and key == self._sounding else self._misses + 1
        if self._misses == HITS:
            self._sounding = ""
        if key and key != self._sounding and self._hits == HITS:
            self._sounding, self._misses = key, 0
            return Tone(True, key)
        return Tone(bool(key), "")


def _probe(frequencies: tuple[float, ...]) -> npt.NDArray[np.complex64]:
    """Single-bin Fourier transforms (what Goertzel's recursion computes), one a column, shape (WINDOW, frequencies).

    Scaled so that a squared output is the energy of that tone in the window."""
    turns = np.outer(np.arange(WINDOW), frequencies) / RATE
    scaled: npt.NDArray[np.complex64] = (np.sqrt(2 / WINDOW) * np.exp(-2j * np.pi * turns)).astype(np.complex64)
    return scaled


_TONES = _probe(ROWS + COLUMNS)
_HARMONICS = _probe(tuple(2 * f for f in ROWS + COLUMNS))
_ENERGY_OF_QUIETEST = WINDOW * 32768.0**2 * 10 ** (QUIETEST / 10)


def _ratio(decibels: float) -> float:
    return float(10 ** (decibels / 10))


def _keys(windows: Samples) -> list[str]:
    """The key in each window, shape (windows, WINDOW), or an empty string."""
    sound = windows.astype(np.float32)
    sound -= sound.mean(axis=1, keepdims=True)
    total = np.einsum("ij,ij->i", sound, sound)
    keys = [""] * len(total)
    loud = np.flatnonzero(total > _ENERGY_OF_QUIETEST)
    if not len(loud):
        return keys
    energies = np.abs(sound[loud] @ _TONES) ** 2
    for at, energy in zip(loud, energies, strict=True):
        row, column = int(np.argmax(energy[:4])), 4 + int(np.argmax(energy[4:]))
        low, high = energy[row], energy[column]
        if (
            low + high > PURE * total[at]
            and low < high * _ratio(FORWARD_TWIST_DB)
            and high < low * _ratio(REVERSE_TWIST_DB)
            and np.partition(energy[:4], 2)[2] * _ratio(LEAD_DB) < low
            and np.partition(energy[4:], 1)[1] * _ratio(LEAD_DB) < high
            and _no_voice(sound[at], row, column, low, high)
        ):
            keys[at] = LAYOUT[row][column - 4]
    return keys


def _no_voice(sound: npt.NDArray[np.float32], row: int, column: int, low: float, high: float) -> bool:
    harmonics = np.abs(sound @ _HARMONICS[:, [row, column]]) ** 2 * _ratio(HARMONIC_DB)
    hidden = abs(2 * ROWS[row] - COLUMNS[column - 4]) < 1.5 * RATE / WINDOW
    return bool(harmonics[1] < high and (hidden or harmonics[0] < low))
