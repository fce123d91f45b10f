"""From the mouth to the bot: room, background, microphone, level, lost packets, codec. Sound is float32 at 8 kHz."""

import io
import random
from dataclasses import dataclass, field
from pathlib import Path

import numpy as np
import scipy.fft
import soundfile

from .corpora import read
from .features import RATE, SHIFT

PACKET = RATE // 50  # samples
QUIET = 45.0  # dB between the voice and the quietest background
NOISY = 1.8  # over 1: loud backgrounds come more often than quiet ones
ROOM = RATE // 2  # samples of a room response that are kept
_BLOCK = 8192  # samples; transforms are as long as a multiple of it, so that the rooms' are made once for each length


def mu_law(y: np.ndarray) -> np.ndarray:
    """Through G.711 mu-law and back; -1…1."""
    m = np.round(np.sign(y) * np.log1p(255 * np.abs(y)) / np.log(256) * 127) / 127
    return np.sign(m) * (256 ** np.abs(m) - 1) / 255


def a_law(y: np.ndarray) -> np.ndarray:
    """Through G.711 A-law and back; -1…1."""
    a, k = 87.6, 1 + np.log(87.6)
    z = np.abs(y)
    c = np.where(z < 1 / a, a * z, 1 + np.log(np.maximum(a * z, 1))) / k
    c = np.round(c * 127) / 127
    return np.sign(y) * np.where(c < 1 / k, c * k / a, np.exp(c * k - 1) / a)


def gsm(y: np.ndarray) -> np.ndarray:
    """Through the GSM full-rate codec (06.10) and back; 16-bit samples."""
    file = io.BytesIO()
    soundfile.write(file, y, RATE, format="WAV", subtype="GSM610")
    file.seek(0)
    return np.resize(soundfile.read(file, dtype="int16")[0], len(y))


_EVERY_SAMPLE = np.arange(-32768, 32768) / 32767
#: What each 16-bit sample becomes; index: its value + 32768.
MU_LAW, A_LAW = (np.round(law(_EVERY_SAMPLE) * 32767).astype(np.int16) for law in (mu_law, a_law))


def loudness(x: np.ndarray) -> float:
    """RMS of the cells within 25 dB of the loudest: of the speech, not of its pauses."""
    power = np.square(x[: len(x) // SHIFT * SHIFT].reshape(-1, SHIFT)).mean(1)
    return float(np.sqrt(power[power >= power.max() * 10**-2.5].mean())) + 1


def transform_length(samples: int) -> int:
    return -(-samples // _BLOCK) * _BLOCK


def telephone_band(f: np.ndarray, low: float, high: float, edge: float) -> np.ndarray:
    """Gain at each frequency of a band with slopes as wide as `edge`; all in Hz."""
    gain = np.clip((f - low) / edge + 1, 0, 1) * np.clip((high - f) / edge + 1, 0, 1)
    return np.square(np.sin(gain * np.float32(np.pi / 2)))


def microphone(f: np.ndarray, order: int, low: float, high: float) -> np.ndarray:
    """Gain of a Butterworth band pass at each frequency, in Hz. Its phase is left out: no feature shows it."""
    return 1 / np.sqrt((1 + (low / np.maximum(f, 1)) ** (2 * order)) * (1 + (f / high) ** (2 * order)))


@dataclass
class Surroundings:
    """Background noises, 16-bit range, and room impulse responses with a peak of 1."""

    noises: list[np.ndarray]
    rooms: list[np.ndarray]
    _spectra: dict[tuple[int, int], np.ndarray] = field(default_factory=dict)

    @classmethod
    def load(cls, folder: Path) -> "Surroundings":
        """Those of ../shared/noise."""
        rooms = []
        for f in sorted((folder / "impulse-responses").glob("*.flac")):
            h = read(f)
            h = h[max(0, int(np.abs(h).argmax()) - 8) :][:ROOM]
            rooms.append(h / (np.abs(h).max() + 1e-9))
        return cls([read(f) for f in sorted((folder / "noises").glob("*.flac"))], rooms)

    def room(self, r: random.Random, samples: int) -> np.ndarray:
        """The spectrum of one recorded room, for a transform of that length."""
        k = r.randrange(len(self.rooms))
        if (k, samples) not in self._spectra:
            self._spectra[k, samples] = scipy.fft.rfft(self.rooms[k].astype(np.float32), samples)
        return self._spectra[k, samples]


class Line:
    """Simulated telephone lines. `voices` are other people who may be heard in the background."""

    def __init__(self, surroundings: Surroundings, voices: list[np.ndarray]) -> None:
        self.surroundings, self.voices = surroundings, voices

    def send(self, r: random.Random, x: np.ndarray) -> np.ndarray:
        """What arrives of x, which is in the 16-bit range: int16, of the same length."""
        g = np.random.default_rng(r.getrandbits(64))
        x = x.astype(np.float32, copy=False)
        if r.random() < 0.45:
            x = self._in_a_room(r, g, x)
        noise, least = self._background(r, g, len(x))
        distance = least + (QUIET - least) * r.random() ** NOISY
        x = x + noise * np.float32(loudness(x) / (noise.std() + 1e-9) * 10 ** (-distance / 20))
        x = self._filtered(r, x)
        loud = 3 if r.random() < 0.15 else 0
        y = x * np.float32(32767 / (np.abs(x).max() + 1) * 10 ** (r.uniform(-30, loud) / 20))
        y = np.round(np.clip(y, -32767, 32767)).astype(np.int16)
        if r.random() < 0.1:
            lost = np.repeat(g.random(len(y) // PACKET + 1) < r.uniform(0.005, 0.04), PACKET)
            y[lost[: len(y)]] = 0
        k = r.random()
        if k < 0.6:
            return (MU_LAW if k < 0.35 else A_LAW)[y.astype(np.int32) + 32768]
        return gsm(y) if k < 0.7 else y

    def _in_a_room(self, r: random.Random, g: np.random.Generator, x: np.ndarray) -> np.ndarray:
        n = transform_length(len(x) + ROOM)
        if r.random() < 0.5 and self.surroundings.rooms:
            spectrum = self.surroundings.room(r, n)
        else:
            m = int(r.uniform(0.03, 0.3) * RATE)
            h = g.standard_normal(m, np.float32) * np.exp(np.arange(m, dtype=np.float32) * (-6 / m))
            h *= np.float32(r.uniform(0.02, 0.25))
            h[0] = 1
            spectrum = scipy.fft.rfft(h, n)
        return scipy.fft.irfft(scipy.fft.rfft(x, n) * spectrum, n)[: len(x)]

    def _background(self, r: random.Random, g: np.random.Generator, n: int) -> tuple[np.ndarray, float]:
        """Background of n samples, and the least distance in dB that it keeps from the voice."""
        k = r.random()
        if k < 0.4 and self.surroundings.noises:
            x, least = r.choice(self.surroundings.noises), 4.0
        elif k < 0.5 and self.voices:  # somebody else speaks
            x, least = np.concatenate([r.choice(self.voices) for _ in range(3)]), 15.0
        elif k < 0.65 and self.voices:  # many do
            x, least = np.zeros(n, np.float32), 5.0
            for _ in range(r.randint(3, 8)):
                x += np.roll(np.resize(r.choice(self.voices), n), r.randrange(n))
        else:
            return g.standard_normal(n, np.float32), 8.0
        start = r.randint(0, max(0, len(x) - n))
        return np.resize(x[start : start + n], n), least

    @staticmethod
    def _filtered(r: random.Random, x: np.ndarray) -> np.ndarray:
        """Through a microphone's band and the telephone's, or one of them, or none."""
        a_microphone, a_telephone = r.random() < 0.4, r.random() < 0.5
        if not a_microphone and not a_telephone:
            return x
        n = transform_length(len(x))
        f = np.arange(n // 2 + 1, dtype=np.float32) * np.float32(RATE / n)
        gain = np.ones_like(f)
        if a_microphone:
            gain *= microphone(f, r.choice([1, 2, 3]), r.uniform(60, 400), r.uniform(2600, 3950))
        if a_telephone:
            gain *= telephone_band(f, r.uniform(150, 330), r.uniform(3200, 3700), r.uniform(50, 150))
        return scipy.fft.irfft(scipy.fft.rfft(x, n) * gain, n)[: len(x)]
