"""A yes that ends in "à" or "hả" asks ("đúng à?"); one that ends in "ạ" is polite. Pure, given what the encoder says.

The first pass hears no difference. The second, which learned from people, does: it was right about the six sentences of
real people at hand that end so. espeak-ng's two sound the same to it; there the voice tells: "à" falls to its end, and
"ạ" rises again.
"""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
import numpy.typing as npt

from bot.events import RATE, Samples
from bot.hearing import ctc
from bot.hearing.calibration import Questions
from bot.hearing.encoder import Encoder, Scores

ASKS, POLITE = "à", "ạ"

ASKING = frozenset(("hả", "hở", "hử", "chưa", "chứ", "không", "sao", "nhỉ"))
"""Words that make a question of a yes when they end it ("đúng hả?"). The first pass hears the yes alone."""

LIKE_ASKING = frozenset(("xác", "hai", "dạ", "nghìn", "tỷ", "lẻ"))
"""What the second pass hears in many a "hả" and, the last three, in "gì" …"""

ASKED = frozenset(("đúng", "bốn"))
"""… directly behind a yes, or what it hears in one: "dạ hai" is "dạ phải", and "chính xác" a yes."""

FRAME = RATE // 50
"""Samples in a frame of the encoder."""

BEFORE = 3
"""Frames by which a syllable begins before the encoder tells it, at most."""

WINDOW, STEP = RATE // 25, RATE // 100
"""Samples: the pitch is measured in windows of 40 ms, every 10 ms."""

HIGHEST, LOWEST = 400, 60
"""Hz, of voices."""

VOICED, SOFT = 0.5, 0.02
"""Least autocorrelation of a window with a pitch, and its least share of the loudest window's energy."""

LEAP, LEAST = 4.0, 6
"""Semitones from the median at which a window is a mistake, and windows without which there is no pitch to speak of."""


def asks(sound: Samples, scores: Scores, encoder: Encoder, fit: Questions) -> bool:
    """Whether what was said ends in "à", or in another word that asks. `scores`: of this sound."""
    told = ctc.best_path(scores, encoder.blank)
    if not told:
        return False
    at, last_told = told[-1]
    if last_told in {encoder.words[word] for word in ASKING if word in encoder.words}:
        return True
    if _ends_like([column for _, column in told], encoder):
        return True
    if not {ASKS, POLITE} <= encoder.words.keys():
        return False
    last = scores[max(0, at - BEFORE) :]
    question, polite = (float(last[:, encoder.words[word]].max()) for word in (ASKS, POLITE))
    if max(question, polite) < fit.heard or question - polite < fit.polite:
        return False
    rise = rising(sound[max(0, at - BEFORE + 1) * FRAME :])
    return question - polite > fit.asks or rise is None or rise < fit.rises


def _ends_like(told: Sequence[int], encoder: Encoder) -> bool:
    """Whether the last two syllables, by their columns, are a yes and what sounds like "hả" or "gì"."""
    known = {column: word for word, column in encoder.words.items()}
    return len(told) > 1 and known.get(told[-2]) in ASKED and known.get(told[-1]) in LIKE_ASKING


def rising(sound: Samples) -> float | None:
    """Semitones from the middle of this sound's pitch to its end, below 0 where it falls; None where it has none."""
    pitch = _pitch(sound.astype(np.float64))
    if len(pitch) >= LEAST:
        pitch = pitch[np.abs(12 * np.log2(pitch / np.median(pitch))) < LEAP]
    if len(pitch) < LEAST:
        return None
    third = len(pitch) // 3
    end = np.median(pitch[-max(2, len(pitch) // 4) :])
    return float(12 * np.log2(end / np.median(pitch[third : 2 * third])))


def _pitch(sound: npt.NDArray[np.float64]) -> npt.NDArray[np.float64]:
    """Hz of each window that has a pitch, by the highest peak of its autocorrelation."""
    shortest, longest = RATE // HIGHEST, RATE // LOWEST
    weights = WINDOW / np.arange(WINDOW, 0, -1)
    found, energies = [], []
    for begin in range(0, sound.size - WINDOW, STEP):
        window = sound[begin : begin + WINDOW]
        window = window - window.mean()
        alike = np.correlate(window, window, "full")[WINDOW - 1 :] * weights
        lag = shortest + int(np.argmax(alike[shortest : longest + 1]))
        energies.append(float(alike[0]))
        if shortest < lag < longest and alike[lag] >= VOICED * alike[0] > 0:
            before, here, after = alike[lag - 1 : lag + 2]
            found.append((RATE / (lag + (before - after) / (2 * (before - 2 * here + after))), float(alike[0])))
    loudest = max(energies, default=0.0)
    return np.array([pitch for pitch, energy in found if energy > SOFT * loudest])
