"""What a telephone line does to a voice: band, companding, noise, lost packets. Pure; int16 in and out."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Literal

import numpy as np
import numpy.typing as npt

from bot.events import RATE, Samples
from bot.hearing.front import to_samples

Law = Literal["a", "u"]
"""Companding of ITU-T G.711: A-law (Europe, Vietnam) or µ-law (North America, Japan)."""

LAWS: Mapping[str, Law | None] = {"clean": None, "g711": "a", "ulaw": "u"}
"""The lines a caller script can name."""

Floats = npt.NDArray[np.float64]

NOMINAL_LEVEL = 10 ** (-26 / 20) * 32768
"""RMS of active speech on a line, −26 dB below overload: the level to which ITU-T P.56 tests are set."""

LOOP_SECONDS = 30
"""Generated noise repeats after this time; made in the frequency domain, it joins itself without a seam."""

KEYPAD = ("123A", "456B", "789C", "*0#D")
ROWS = (697, 770, 852, 941)
COLUMNS = (1209, 1336, 1477, 1633)
"""Hz of the two tones of a key (ITU-T Q.23)."""

# ── G.711 ─────────────────────────────────────────────────────────────────────────────────────────

_BIAS = 33  # of the µ-law, on its scale of 14 bits


def encode(samples: Samples, law: Law) -> npt.NDArray[np.uint8]:
    """16-bit samples to G.711 octets, of the same shape, bits inverted as on the wire. Negative values are taken in
    one's complement, as the reference code of ITU-T G.191 does."""
    x = samples.astype(np.int32)
    negative, magnitude = x < 0, np.where(x < 0, ~x, x)
    if law == "u":
        magnitude = np.minimum((magnitude >> 2) + _BIAS, 0x1FFF)
        segment = _log2(magnitude) - 5
        code = (segment << 4) | ((magnitude >> (segment + 1)) & 0x0F)
        return np.asarray(code ^ np.where(negative, 0x7F, 0xFF), np.uint8)
    magnitude >>= 3
    segment = np.maximum(_log2(np.maximum(magnitude, 1)) - 4, 0)
    code = (segment << 4) | ((magnitude >> np.maximum(segment, 1)) & 0x0F)
    return np.asarray(code ^ np.where(negative, 0x55, 0xD5), np.uint8)


def decode(octets: npt.NDArray[np.uint8], law: Law) -> Samples:
    """G.711 octets to 16-bit samples, of the same shape."""
    code = octets.astype(np.int32) ^ (0xFF if law == "u" else 0xD5)
    segment, step = (code >> 4) & 7, code & 0x0F
    if law == "u":
        magnitude = ((((step << 1) + _BIAS) << segment) - _BIAS) << 2
    else:
        magnitude = ((step << 4) + np.where(segment > 0, 264, 8)) << np.maximum(segment - 1, 0)
    return np.asarray(np.where(code & 0x80, -magnitude, magnitude), np.int16)


def _log2(values: npt.NDArray[np.int32]) -> npt.NDArray[np.int32]:
    """Position of the highest bit of positive values."""
    return (np.frexp(values.astype(np.float64))[1] - 1).astype(np.int32)


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


def active_level(samples: Samples) -> float:
    """RMS over the 20 ms frames within 25 dB of the loudest: of the speech, not of its pauses; 0 for silence."""
    usable = samples[: samples.size // 160 * 160].astype(np.float64).reshape(-1, 160)
    power = (usable**2).mean(axis=1)
    if not power.any():
        return 0.0
    return float(np.sqrt(power[power > power.max() * 10**-2.5].mean()))


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


def key_tone(key: str, samples: int) -> Samples:
    """The DTMF tones of a key, −14 dB below overload each, for this many samples, with edges of 2 ms."""
    row = next(n for n, keys in enumerate(KEYPAD) if key in keys)
    time = np.arange(samples) / RATE
    tones = np.sin(2 * np.pi * ROWS[row] * time) + np.sin(2 * np.pi * COLUMNS[KEYPAD[row].index(key)] * time)
    edge = np.minimum(1, np.minimum(np.arange(samples) + 1, np.arange(samples, 0, -1)) / 16)
    return to_samples(tones * edge * 10 ** (-14 / 20) * 32767)


def _shaped(rng: np.random.Generator, size: int, gain: Floats) -> Floats:
    phases = rng.standard_normal((2, gain.size))
    return np.asarray(np.fft.irfft((phases[0] + 1j * phases[1]) * gain, size), np.float64)


def _unit(values: Floats) -> Floats:
    return np.asarray(values / np.sqrt((values**2).mean()), np.float64)


def _at_level(values: Floats, level: float) -> Samples:
    return to_samples(_unit(values) * level)


# ── the line ──────────────────────────────────────────────────────────────────────────────────────


class Line:
    """A line from the caller to the bot, the same for the same arguments.

    law    companding; None for none. The band is the sounds' own: `telephone_band`
    noise  a loop of noise that is there during the whole call, also while nobody speaks, already at its level
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
