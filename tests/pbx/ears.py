"""What a caller heard, found in a recording: prompts by matched filter, digits by the bundled recogniser."""

from __future__ import annotations

import dataclasses
from pathlib import Path

import numpy as np
import numpy.typing as npt

from bot.events import RATE, Grammar, Samples
from bot.hearing import open_hearing
from bot.settings import Settings
from bot.transcription import hear, read_audio

Floats = npt.NDArray[np.float64]

PIECE = RATE // 5
"""Samples of the pieces in which a prompt is looked for: a busy machine makes small holes in what is recorded."""

ALIKE = 0.9
"""Least correlation of a piece that was heard; G.711 leaves 0.99."""

SLIP = RATE * 2 // 5
"""Samples that pieces of one prompt may have slipped against each other."""

SHARE = 0.7
"""Of a prompt's pieces that were heard where it was; of another prompt it is less than 0.4."""

QUIET = 20_000.0
"""Mean square below which a piece of a prompt is a pause, alike to any other."""


@dataclasses.dataclass(frozen=True)
class Found:
    """Where a prompt begins and ends in a recording, in samples at `RATE`."""

    start: int
    end: int


class Recording:
    """One side of a call, at `RATE`."""

    def __init__(self, path: Path) -> None:
        samples, rate = read_audio(path)
        assert rate == RATE
        self.samples = samples

    def find(self, prompt: Samples, after: int = 0) -> Found | None:
        """The first place after sample `after` where the prompt is heard, None where it is not."""
        sound = self.samples[after:].astype(np.float64)
        wanted = np.trim_zeros(prompt).astype(np.float64)
        offsets = [
            at for at in range(0, wanted.size - PIECE + 1, PIECE) if (wanted[at : at + PIECE] ** 2).mean() > QUIET
        ]
        if sound.size < wanted.size:
            return None
        starts = [np.flatnonzero(likeness(sound, wanted[at : at + PIECE]) > ALIKE) - at for at in offsets]
        for start in np.unique(np.concatenate(starts)):
            near = [each[(each >= start) & (each <= start + SLIP)] for each in starts]
            heard = [int(each[0]) for each in near if each.size]
            if len(heard) >= SHARE * len(offsets):
                return Found(after + int(start), after + max(heard) + wanted.size)
        return None

    def digits(self, start: int, end: int, settings: Settings, length: int) -> str | None:
        """The number of `length` digits that the recogniser hears between two samples."""
        sound = self.samples[start:end]
        return hear("", sound, RATE, open_hearing(settings, RATE), Grammar.NUMBER, (length,)).digits


def likeness(sound: Floats, wanted: Floats) -> Floats:
    """Correlation, −1…1, of `wanted` with every stretch of `sound` that is as long."""
    size = 1 << (sound.size + wanted.size).bit_length()
    product = np.fft.irfft(np.fft.rfft(sound, size) * np.conj(np.fft.rfft(wanted, size)), size)
    energy = np.concatenate([[0.0], np.cumsum(sound**2)])
    window = energy[wanted.size :] - energy[: -wanted.size]
    return np.asarray(
        product[: window.size] / np.sqrt(np.maximum(window, QUIET * wanted.size / 10) * (wanted**2).sum())
    )
