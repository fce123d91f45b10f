"""More speakers, rooms, lines and ways of dictating out of few: what the network learns from.

Every example is drawn from a seed alone: real words spliced into strings, stretches of natural
speech, sentences, synthetic speech; then speed, room, background, microphone, level and telephone
line, and a vocal tract of another length in the filterbank.
"""

import io
import random
from collections import defaultdict
from collections.abc import Callable
from pathlib import Path

import numpy as np
import scipy.signal
import soundfile

from .corpora import Clip, read
from .features import RATE, SHIFT, WINDOW, fbank, frames_of
from .lexicon import FILLER, RECORDED, SILENCE, STATES

DIGITS = RECORDED[:10]
LONGEST = 8 * RATE // SHIFT  # cells
PACKET = RATE // 50  # samples
QUIET = 45.0  # dB between the voice and the quietest background
NOISY = 1.8  # over 1: loud backgrounds come more often than quiet ones
HURRIED = 0.6  # of the examples
CLIPPED, CLIP, SHORTEST = 0.3, 3, 14  # of the words; cells missing at either end, at most; cells of the shortest
TEMPO, UNEVEN, TEMPO_CHANGES = (0.65, 1.15), (0.8, 1.25), 30  # times as fast; frames between changes
Example = tuple[np.ndarray, np.ndarray]  # sound, labels (cells, 3)


def words_in(clip: Clip) -> list[tuple[str, int, int]]:
    """Recorded words found in a clip's labels: word, first cell, end cell."""
    state = clip.labels[:, 2].astype(int)
    word = np.where((state == SILENCE) | (state == FILLER), -1, (state - 1) // STATES)
    inside = (state - 1) % STATES
    starts = (word >= 0) & ((word != np.roll(word, 1)) | (inside < np.roll(inside, 1)))
    starts[0] = word[0] >= 0
    out = []
    for a in np.flatnonzero(starts):
        later = np.flatnonzero((word[a:] != word[a]) | starts[a:] & (np.arange(len(word) - a) > 0))
        b = a + (later[0] if len(later) else len(word) - a)
        if b - a >= 7:
            out.append((RECORDED[word[a]], int(a), int(b)))
    return out


def mu_law(y: np.ndarray) -> np.ndarray:
    m = np.round(np.sign(y) * np.log1p(255 * np.abs(y)) / np.log(256) * 127) / 127
    return np.sign(m) * (256 ** np.abs(m) - 1) / 255


def a_law(y: np.ndarray) -> np.ndarray:
    a, k = 87.6, 1 + np.log(87.6)
    z = np.abs(y)
    c = np.where(z < 1 / a, a * z, 1 + np.log(np.maximum(a * z, 1))) / k
    c = np.round(c * 127) / 127
    return np.sign(y) * np.where(c < 1 / k, c * k / a, np.exp(c * k - 1) / a)


def gsm(y: np.ndarray) -> np.ndarray:
    """Through the GSM full-rate codec (06.10) and back."""
    file = io.BytesIO()
    soundfile.write(file, y, RATE, format="WAV", subtype="GSM610")
    file.seek(0)
    return np.resize(soundfile.read(file)[0], len(y))


def telephone_band(x: np.ndarray, low: float, high: float, edge: float) -> np.ndarray:
    """What lies between two frequencies, with slopes as wide as `edge`, all in Hz."""
    f = np.fft.rfftfreq(len(x), 1 / RATE)
    gain = np.clip((f - low) / edge + 1, 0, 1) * np.clip((high - f) / edge + 1, 0, 1)
    return np.fft.irfft(np.fft.rfft(x) * np.sin(gain * np.pi / 2) ** 2, len(x))


def loudness(x: np.ndarray) -> float:
    """RMS of the cells within 25 dB of the loudest: of the speech, not of its pauses."""
    power = (x[: len(x) // SHIFT * SHIFT].reshape(-1, SHIFT) ** 2).mean(1)
    return float(np.sqrt(power[power >= power.max() * 10**-2.5].mean())) + 1


class Studio:
    """Draws training examples from labelled clips, noises and room responses."""

    def __init__(self, clips: list[Clip], noise: Path) -> None:
        self.pools: dict[str, dict[str, list[Example]]] = defaultdict(lambda: defaultdict(list))
        self.by_word: dict[str, dict[str, list[Example]]] = defaultdict(lambda: defaultdict(list))
        self.kinds: dict[str, list[Example]] = defaultdict(list)
        for c in clips:
            sound = c.sound / (np.percentile(np.abs(c.sound), 99) + 1) * 8000
            for word, a, b in words_in(c):
                one = (sound[a * SHIFT : b * SHIFT], c.labels[a:b])
                self.pools[c.speaker][word].append(one)
                if not c.synthetic:
                    self.by_word[word][c.speaker].append(one)
            self.kinds[c.corpus].append((sound, c.labels))
        rich = [s for s, pool in self.pools.items() if sum(w in pool for w in DIGITS) >= 6]
        synthetic = {c.speaker for c in clips if c.synthetic}
        self.robots = [s for s in rich if s in synthetic]
        self.people = [s for s in rich if s not in synthetic] or self.robots
        self.natural = self.kinds["connected-numbers"] + self.kinds["south-numbers"] * 8
        self.sentences = [k for k in ["common-voice"] * 5 + ["home-commands"] if k in self.kinds]
        self.others = self.kinds.get("other-words", [])
        self.noises = [read(f) for f in sorted((noise / "noises").glob("*.flac"))]
        self.rooms = []
        for f in sorted((noise / "impulse-responses").glob("*.flac")):
            h = read(f)
            h = h[max(0, int(np.abs(h).argmax()) - 8) :][: RATE // 2]
            self.rooms.append(h / (np.abs(h).max() + 1e-9))

    def _word(self, r: random.Random, pool: dict[str, list[Example]] | None) -> Example:
        names = list(pool or self.by_word)
        if r.random() < 0.75:
            names = [w for w in names if w in DIGITS]
        word = r.choice(names)
        takes = pool[word] if pool else self.by_word[word][r.choice(list(self.by_word[word]))]
        return r.choice(takes)

    def splice(self, r: random.Random, pool: dict[str, list[Example]] | None) -> Example:
        """A string of words of one speaker, or of anybody (pool None), in one style of dictation."""
        shortest, longest = r.choice([(0, 2), (0, 12), (3, 40), (3, 40), (15, 90)])
        hush = r.choice([0.0, 4.0, 4.0, 30.0])
        sounds, labels = [], []
        for _ in range(r.randint(2, 11)):
            if self.others and r.random() < 0.06:
                x, y = r.choice(self.others)
            else:
                x, y = self._word(r, pool)
            x, y = self.stretch(r.uniform(0.9, 1.12), x, y)
            if len(y) >= SHORTEST and r.random() < CLIPPED:
                a, b = r.randint(0, CLIP), len(y) - r.randint(0, CLIP)
                x, y = x[a * SHIFT : b * SHIFT], y[a:b]
            x = x * 10 ** (r.uniform(-3, 3) / 20)
            fade = min(40, len(x) // 4)
            x[:fade] *= np.linspace(0, 1, fade)
            x[-fade:] *= np.linspace(1, 0, fade)
            gap = r.randint(shortest, longest)
            sounds += [x, np.random.randn(gap * SHIFT) * hush]
            labels += [y, np.zeros((gap, 3), np.int16)]
        return np.concatenate(sounds), np.concatenate(labels)

    @staticmethod
    def stretch(speed: float, x: np.ndarray, y: np.ndarray) -> Example:
        """Plays faster or slower: tempo, pitch and formants together."""
        n = max(1, int(len(y) / speed))
        at = np.minimum(np.arange(n * SHIFT) * speed, len(x) - 1)
        return np.interp(at, np.arange(len(x)), x), y[np.minimum((np.arange(n) * speed).astype(int), len(y) - 1)]

    @staticmethod
    def tempo(r: random.Random, f: np.ndarray, y: np.ndarray) -> Example:
        """Speaks faster or slower, and unevenly, at the same pitch: frames are drawn from between those there are."""
        marks = np.arange(0, len(f) + TEMPO_CHANGES, TEMPO_CHANGES)
        usual = r.uniform(*TEMPO)
        tempo = np.interp(np.arange(len(f)), marks, [usual * r.uniform(*UNEVEN) for _ in marks])
        when = np.cumsum(1 / tempo)
        at = np.interp(np.arange(int(when[-1])), when, np.arange(len(f)))
        before = np.minimum(at.astype(int), len(f) - 2)
        part = (at - before)[:, None]
        return f[before] * (1 - part) + f[before + 1] * part, y[np.round(at).astype(int)]

    @staticmethod
    def music(r: random.Random) -> np.ndarray:
        """Tones of a few partials that change at a steady pace: music on hold, ringing, signals."""
        pace, partials = r.uniform(0.1, 0.8), r.randint(1, 6)
        out = []
        for _ in range(int(r.uniform(1.5, 5) / pace)):
            t = np.arange(int(pace * RATE)) / RATE
            notes = [r.uniform(110, 900) for _ in range(r.randint(1, 4))]
            tone = sum(np.sin(2 * np.pi * f * k * t) / k for f in notes for k in range(1, partials + 1))
            out.append(tone * np.exp(-t * r.uniform(0, 5)))
        return 2000 * np.concatenate(out)

    def scene(self, r: random.Random) -> Example:
        """Clean speech of one kind, or none: of those kinds that there are recordings of."""
        shares: list[tuple[float, bool, Callable[[random.Random], Example]]] = [
            (0.38, bool(self.people), lambda r: self.splice(r, self.pools[r.choice(self.people)])),
            (0.12, set(DIGITS) <= set(self.by_word), lambda r: self.splice(r, None)),
            (0.14, bool(self.natural), self.reading),
            (0.19, bool(self.sentences), lambda r: r.choice(self.kinds[r.choice(self.sentences)])),
            (0.04, "phone-words" in self.kinds, lambda r: r.choice(self.kinds["phone-words"])),
            (0.02, bool(self.robots), lambda r: self.splice(r, self.pools[r.choice(self.robots)])),
            (0.04, "espeak-numbers" in self.kinds, lambda r: r.choice(self.kinds["espeak-numbers"])),
            (0.03, True, self.silence),
            (0.08, "espeak" in self.kinds, self.phrases),
        ]
        there = [(share, scene) for share, possible, scene in shares if possible]
        (scene,) = r.choices([scene for _, scene in there], [share for share, _ in there])
        return scene(r)

    def reading(self, r: random.Random) -> Example:
        """Some words of a number read out, cut where there is silence."""
        x, y = r.choice(self.natural)
        edges = [0, *np.flatnonzero((y[1:, 2] == SILENCE) & (y[:-1, 2] != SILENCE)), len(y)]
        a, b = sorted(r.sample(edges, 2))
        return (x[a * SHIFT : b * SHIFT], y[a:b]) if b - a > 30 else (x, y)

    def silence(self, r: random.Random) -> Example:
        """Music or noise, and nobody who speaks."""
        x = self.music(r) if r.random() < 0.5 else r.choice(self.noises)[: int(r.uniform(1, 5) * RATE)]
        x = x[: len(x) // SHIFT * SHIFT].astype(np.float64)
        return x, np.zeros((len(x) // SHIFT, 3), np.int16)

    def phrases(self, r: random.Random) -> Example:
        """Up to three synthetic words or phrases."""
        parts = [r.choice(self.kinds["espeak"]) for _ in range(r.randint(1, 3))]
        return np.concatenate([p[0] for p in parts]), np.concatenate([p[1] for p in parts])

    def noise(self, r: random.Random, n: int) -> tuple[np.ndarray, float]:
        """Background of n samples, and the least distance in dB that it keeps from the voice."""
        k = r.random()
        if k < 0.4:
            x, least = r.choice(self.noises), 4.0
        elif k < 0.5:  # somebody else speaks
            x, least = np.concatenate([r.choice(self.kinds["common-voice"])[0] for _ in range(3)]), 15.0
        elif k < 0.65:  # many do
            people = [np.resize(r.choice(self.kinds["common-voice"])[0], n) for _ in range(r.randint(3, 8))]
            x, least = np.sum([np.roll(p, r.randrange(n)) for p in people], axis=0), 5.0
        else:
            x, least = np.random.randn(n), 8.0
        start = r.randint(0, max(0, len(x) - n))
        return np.resize(x[start : start + n], n), least

    def line(self, r: random.Random, x: np.ndarray) -> np.ndarray:
        """Room, background, microphone, level, telephone."""
        if r.random() < 0.45:
            if r.random() < 0.5:
                h = r.choice(self.rooms)
            else:
                n = int(r.uniform(0.03, 0.3) * RATE)
                h = np.random.randn(n) * np.exp(-np.arange(n) / n * 6) * r.uniform(0.02, 0.25)
                h[0] = 1
            x = scipy.signal.fftconvolve(x, h)[: len(x)]
        noise, least = self.noise(r, len(x))
        x = x + noise / (noise.std() + 1e-9) * loudness(x) * 10 ** (
            -(least + (QUIET - least) * r.random() ** NOISY) / 20
        )
        if r.random() < 0.4:
            b = scipy.signal.butter(
                r.choice([1, 2, 3]), [r.uniform(60, 400), r.uniform(2600, 3950)], "band", fs=RATE, output="sos"
            )
            x = scipy.signal.sosfilt(b, x)
        if r.random() < 0.5:
            x = telephone_band(x, r.uniform(150, 330), r.uniform(3200, 3700), r.uniform(50, 150))
        loud = 3 if r.random() < 0.15 else 0
        y = x / (np.abs(x).max() + 1) * 10 ** (r.uniform(-30, loud) / 20)
        y = np.clip(y, -1, 1)
        if r.random() < 0.1:
            lost = np.repeat(np.random.rand(len(y) // PACKET + 1) < r.uniform(0.005, 0.04), PACKET)
            y[lost[: len(y)]] = 0
        k = r.random()
        y = mu_law(y) if k < 0.35 else a_law(y) if k < 0.6 else gsm(y) if k < 0.7 else y
        return np.round(y * 32767)

    def example(self, seed: int) -> Example:
        """Features (frames, bins) float16 and labels (frames, 3) int8."""
        r = random.Random(seed)
        np.random.seed(seed % 2**32)
        x, y = self.scene(r)
        if len(y) > LONGEST:
            x, y = x[: LONGEST * SHIFT], y[:LONGEST]
        x, y = self.stretch(r.uniform(0.85, 1.18), x, y)
        lead, trail = r.randint(5, 50), r.randint(8, 50)
        x = np.concatenate([np.zeros(lead * SHIFT), x, np.zeros(trail * SHIFT)])
        y = np.concatenate([np.zeros((lead, 3), np.int16), y, np.zeros((trail, 3), np.int16)])
        f = fbank(self.line(r, x), r.choice([1.0, *np.round(np.arange(0.84, 1.2, 0.04), 2)]))
        at = np.minimum(np.arange(frames_of(len(x))) + WINDOW // 2 // SHIFT, len(y) - 1)
        f, y = self.tempo(r, f, y[at]) if r.random() < HURRIED else (f, y[at])
        return f.astype(np.float16), y.astype(np.int8)
