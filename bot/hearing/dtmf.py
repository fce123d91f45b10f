"""In-band DTMF: keys out of the tones in the sound.

    tone   ████████████████████████████████
    window   ▕▔▔▔▏▔▔▔▏▔▔▔▏▔▔▔▏▔▔▔▏▔▔▔▏         13 ms long, one every 10 ms
    hits       ●   ●   ●   ●   ●   ●   ○  ○  ○  ○  ○
                       ▲               ├── hole ──┤
                       key (3 hits in a row)      the same key again: a hole under 35 ms is bridged,
                                                  after a longer one it counts anew

A window is a hit where one row and one column tone, with plausible levels, hold nearly all of its energy: that, and
the second harmonics that a voice has and a key has not, keeps speech from dialling ("talk-off"). Tones of 40 ms and
more are always found and those under 29 ms never (ITU-T Q.24: at least 40 ms, never under 23 ms); holes up to 30 ms
are bridged, for a packet of 20 or 30 ms gets lost, and pauses of 40 ms separate two presses (Q.24). Windows are too
coarse to tell these apart: a hole is measured by the energy that it lacks. Pure; the clock is the block count.
"""

from __future__ import annotations

from collections import deque
from functools import lru_cache
from typing import NamedTuple

import numpy as np
import numpy.typing as npt

from bot.audio import keypad_tones
from bot.audio.keypad_tones import KEYPAD, ROWS
from bot.events import RATE, Samples
from bot.hearing.front import BLOCK

COLUMNS = keypad_tones.COLUMNS[:3]
"""Hz. The fourth column, 1633 Hz, belongs to A–D, which no caller's telephone has."""

WINDOW = 104
"""Samples: 13 ms. Its bins are 77 Hz wide, about the distance of neighbouring rows, and still hold a tone that is
1.5 % off, the deviation that Q.24 asks to accept."""

HITS = 3
"""Windows in a row that make a key."""

HOLE, HOLE_MISSES = 3.5, 5
"""Blocks of 10 ms: a hole in a tone is shorter, a pause between two presses of the same key is not. It lies midway
between the longest loss to be bridged and the shortest pause of Q.24. And the windows that it makes miss at most."""

QUIETEST = -42.0
"""dBFS of both tones together. Q.24 asks for −25 dBm0 a tone, which is about −28 dBFS together; speech near −42 is
a murmur anyway."""

GLANCE, PURE = 0.65, 0.8
"""Share of the window's energy that the two tones must hold, at first sight and on measuring."""

FORWARD_TWIST_DB, REVERSE_TWIST_DB = 8.5, 6.5
"""How far the row may be above the column (Bell: 8 dB, long lines damp the high tone) and the column above the row
(ETSI ES 201 235-3: 6 dB), and a little for noise."""

HARMONIC_DB = 15.0
"""How far a tone must stand above its own second harmonic."""


Floats = npt.NDArray[np.float32]


class Tone(NamedTuple):
    """What a block holds. `sounds`: it looks like a key's tone; `key`: a press was made out here, else empty."""

    sounds: bool
    key: str


class Dtmf:
    """The detector of one call."""

    def __init__(self) -> None:
        self._tail: Floats = np.zeros(WINDOW - BLOCK, np.float32)
        self._candidate, self._hits = "", 0
        self._sounding, self._misses = "", 0
        self._energies: deque[float] = deque(maxlen=HOLE_MISSES + 3)  # of the last blocks

    def feed(self, blocks: Samples) -> list[Tone]:
        """One `Tone` for each block of `blocks`, shape (blocks, BLOCK) at `RATE`."""
        if not len(blocks):
            return []
        sound = np.concatenate((self._tail, blocks.ravel()), dtype=np.float32)
        self._tail = sound[len(sound) - (WINDOW - BLOCK) :]
        energies = np.einsum("ij,ij->i", blocks, blocks, dtype=np.float64).tolist()
        return [self._step(*each) for each in zip(_keys(sound[_places(len(blocks))]), energies, strict=True)]

    def _step(self, key: str, energy: float) -> Tone:
        self._energies.append(energy)
        self._hits = self._hits + 1 if key == self._candidate else 1
        self._candidate = key
        if not key or key != self._sounding:
            self._misses += 1
            if self._misses > HOLE_MISSES:
                self._sounding = ""
        elif self._misses:
            if self._hole(self._misses) >= HOLE:
                self._sounding = ""
            self._misses = 0
        if key and key != self._sounding and self._hits == HITS:
            self._sounding, self._misses = key, 0
            return Tone(True, key)
        return Tone(bool(key), "")

    def _hole(self, misses: int) -> float:
        """Blocks without the tone, counted by the energy that is missing, where so many windows between two hits did
        not fit. 0 where the sound was as loud there: something covered the tone."""
        before, edge, *missed, after = [*self._energies][-misses - 3 :]
        tone, rest = (before + after) / 2, min(missed)
        if rest > tone / 2:
            return 0.0
        return sum(tone - energy for energy in (edge, *missed)) / (tone - rest)


@lru_cache(maxsize=8)
def _places(windows: int) -> npt.NDArray[np.intp]:
    """Where the samples of so many windows lie, shape (windows, WINDOW)."""
    return np.add.outer(np.arange(windows) * BLOCK, np.arange(WINDOW))


def _waves(*frequencies: float) -> Floats:
    """Cosines of the frequencies over a window, then their sines, shape (WINDOW, 2 · frequencies)."""
    turns = 2 * np.pi * np.outer(np.arange(WINDOW), frequencies) / RATE
    waves: Floats = np.concatenate((np.cos(turns), np.sin(turns)), axis=1).astype(np.float32)
    return waves


_TONES = _waves(*ROWS, *COLUMNS)
_TONES -= _TONES.mean(axis=0)  # so that the DC part of a sound counts for nothing
_PAIRS = {(r, c): _waves(row, column) for r, row in enumerate(ROWS) for c, column in enumerate(COLUMNS)}
_FITS = {pair: np.linalg.pinv(waves) for pair, waves in _PAIRS.items()}
_HARMONICS = {(r, c): _waves(2 * row, 2 * column) for r, row in enumerate(ROWS) for c, column in enumerate(COLUMNS)}
_HIDDEN = {(r, c) for r, row in enumerate(ROWS) for c, column in enumerate(COLUMNS) if abs(2 * row - column) < 100}
"""Keys whose row's harmonic falls beside the column's tone, which hides it when that is a little off."""
_ENERGY_OF_QUIETEST = WINDOW * 32768.0**2 * 10 ** (QUIETEST / 10)


def _ratio(decibels: float) -> float:
    return float(10 ** (decibels / 10))


def _energies(products: Floats) -> Floats:
    """Energy of each tone in a window from its products with cosine and sine, as Goertzel's recursion gives it."""
    squares, tones = products * products, products.shape[-1] // 2
    energies: Floats = (squares[..., :tones] + squares[..., tones:]) * np.float32(2 / WINDOW)
    return energies


def _keys(sound: Floats) -> list[str]:
    """The key in each window, shape (windows, WINDOW), or an empty string."""
    total = np.einsum("ij,ij->i", sound, sound) - np.add.reduce(sound, axis=1) ** 2 / WINDOW
    keys = [""] * len(total)
    loud = total > _ENERGY_OF_QUIETEST
    if not loud.any():
        return keys
    energies = _energies(sound @ _TONES)
    lows, highs = energies[:, : len(ROWS)], energies[:, len(ROWS) :]
    together = np.maximum.reduce(lows, axis=1) + np.maximum.reduce(highs, axis=1)
    for at in (loud & (together > GLANCE * total)).nonzero()[0]:
        pair = int(np.argmax(lows[at])), int(np.argmax(highs[at]))
        if _fits(sound[at] - sound[at].mean(), float(total[at]), pair):
            keys[at] = KEYPAD[pair[0]][pair[1]]
    return keys


def _fits(sound: Floats, total: float, pair: tuple[int, int]) -> bool:
    """Whether a window is two tones and no voice. Both are fitted at once (least squares): in so short a window each
    leaks into the other's bin, by up to 2 dB where one is weak."""
    amplitudes = _FITS[pair] @ sound
    rest = sound - _PAIRS[pair] @ amplitudes
    low, high = (amplitudes**2).reshape(2, 2).sum(axis=0) * WINDOW / 2
    harmonic_of_low, harmonic_of_high = _energies(rest @ _HARMONICS[pair]) * _ratio(HARMONIC_DB)
    return bool(
        rest @ rest < (1 - PURE) * total
        and low < high * _ratio(FORWARD_TWIST_DB)
        and high < low * _ratio(REVERSE_TWIST_DB)
        and (pair in _HIDDEN or harmonic_of_low < low)
        and harmonic_of_high < high
    )
