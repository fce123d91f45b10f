"""What a telephone line does to a voice: band, companding, noise, lost packets. Pure; int16 in and out."""

from __future__ import annotations

from collections.abc import Mapping

import numpy as np
import numpy.typing as npt

from bot.audio.g711 import Law, decode, encode
from bot.audio.level import NOMINAL_LEVEL
from bot.audio.resampling import to_samples
from bot.events import RATE, Samples

LAWS: Mapping[str, Law | None] = {"clean": None, "g711": "a", "ulaw": "u"}
"""The lines that a caller script can name, and their companding."""

Floats = npt.NDArray[np.float64]

LOOP_SECONDS = 30
"""Generated noise repeats after this time. It is made in the frequency domain, so the repetition cannot be heard."""

# ── sounds ────────────────────────────────────────────────────────────────────────────────────────


def telephone_band(samples: Samples) -> Samples:
    """300–3400 Hz with raised-cosine edges of 100 Hz, linear phase, same length."""
    if not samples.size:
        return samples
    spectrum = np.fft.rfft(samples.astype(np.float64))
    frequency = np.fft.rfftfreq(samples.size, 1 / RATE)
    rise = np.clip((frequency - 200) / 100, 0, 1)
    fall = np.clip((3500 - frequency) / 100, 0, 1)
    gain = np.sin(rise * np.pi / 2) ** 2 * np.sin(fall * np.pi / 2) ** 2
    return to_samples(np.fft.irfft(spectrum * gain, samples.size))


def noise_loop(kind: str, seed: int) -> Samples:
    """`LOOP_SECONDS` of noise at `NOMINAL_LEVEL`: white, pink (−3 dB an octave), or babble (speech-shaped, with the
    syllable rhythm of six people who talk at once)."""
    rng = np.random.default_rng(seed)
    size = LOOP_SECONDS * RATE
    frequency = np.fft.rfftfreq(size, 1 / RATE)
    if kind == "white":
        return _at_level(rng.standard_normal(size), NOMINAL_LEVEL)
    if kind == "pink":
        return _at_level(_shaped(rng, size, 1 / np.sqrt(np.maximum(frequency, 20))), NOMINAL_LEVEL)
    # The long-term spectrum of speech: flat to 500 Hz, then about −9 dB an octave (Byrne et al. 1994).
    speech = np.minimum(1, (500 / np.maximum(frequency, 20)) ** 1.5)
    syllables = np.exp(-0.5 * ((frequency - 4) / 2) ** 2) * np.sign(frequency)
    people = [_shaped(rng, size, speech) * np.maximum(_unit(_shaped(rng, size, syllables)), -0.9) for _ in range(6)]
    return _at_level(np.sum(people, axis=0), NOMINAL_LEVEL)


def _shaped(rng: np.random.Generator, size: int, gain: Floats) -> Floats:
    phases = rng.standard_normal((2, gain.size))
    return np.asarray(np.fft.irfft((phases[0] + 1j * phases[1]) * gain, size), np.float64)


def _unit(values: Floats) -> Floats:
    return np.asarray(values / np.sqrt((values**2).mean()), np.float64)


def _at_level(values: Floats, level: float) -> Samples:
    return to_samples(_unit(values) * level)


# ── the line ──────────────────────────────────────────────────────────────────────────────────────


class Line:
    """A line from the caller to the bot; the same arguments give the same line.

    law    companding; None: none. The sounds must be limited to the band before (`telephone_band`)
    noise  a loop of noise, already at its level, which is added during the whole call, also while nobody speaks
    loss   share of packets that arrive as silence
    """

    def __init__(self, law: Law | None = None, noise: Samples | None = None, loss: float = 0.0, seed: int = 0) -> None:
        self._law = law
        self.noise = noise
        self._loss = loss
        self._rng = np.random.default_rng(seed)
        self._at = 0

    def carry(self, packet: Samples) -> Samples:
        """The next packet, as it arrives."""
        at, self._at = self._at, self._at + packet.size
        if self._loss and self._rng.random() < self._loss:
            return np.zeros_like(packet)
        if self.noise is not None:
            noise = np.take(self.noise, np.arange(at, at + packet.size), mode="wrap")
            packet = to_samples(packet.astype(np.float64) + noise)
        return decode(encode(packet, self._law), self._law) if self._law else packet


def noise_at(noise: Samples, speech_level: float, snr_db: float) -> Samples:
    """`noise` at `snr_db` decibels below speech of `speech_level` (RMS)."""
    level = float(np.sqrt((noise.astype(np.float64) ** 2).mean()))
    return to_samples(noise * (speech_level * 10 ** (-snr_db / 20) / level)) if level else noise
