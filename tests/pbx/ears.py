"""What a caller heard, found in a recording: prompts by matched filter, digits by the bundled recogniser."""

from __future__ import annotations

import dataclasses
from pathlib import Path

import numpy as np

from bot.commands.transcribe import hear, read_audio
from bot.events import RATE, Grammar, Samples
from bot.hearing import open_hearing
from bot.settings import Settings

ALIKE = 0.8
"""Least correlation with a prompt that was heard: G.711 leaves 0.99; two prompts that begin alike have 0.6."""


@dataclasses.dataclass(frozen=True)
class Found:
    """Where a prompt begins and ends in a recording, in samples at `RATE`, and how alike it sounds, 0…1."""

    start: int
    end: int
    likeness: float


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
        if sound.size < wanted.size:
            return None
        size = 1 << (sound.size + wanted.size).bit_length()
        product = np.fft.irfft(np.fft.rfft(sound, size) * np.conj(np.fft.rfft(wanted, size)), size)
        energy = np.concatenate([[0.0], np.cumsum(sound**2)])
        window = energy[wanted.size :] - energy[: -wanted.size]
        likeness = product[: window.size] / np.sqrt(np.maximum(window, 1.0) * (wanted**2).sum())
        alike = np.flatnonzero(likeness > ALIKE)
        if not alike.size:
            return None
        near = likeness[alike[0] : alike[0] + RATE // 10]
        best = int(alike[0] + near.argmax())
        return Found(after + best, after + best + wanted.size, float(likeness[best]))

    def digits(self, start: int, end: int, settings: Settings, length: int) -> str | None:
        """The number of `length` digits that the recogniser hears between two samples."""
        sound = self.samples[start:end]
        return hear("", sound, RATE, open_hearing(settings, RATE), Grammar.NUMBER, (length,)).digits
