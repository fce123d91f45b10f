"""More speakers, rooms, lines and ways of dictating out of few: what the network learns from.

Every example is drawn from a seed alone: real words spliced into strings, stretches of natural
speech, sentences, synthetic speech; then speed, room, background, microphone, level and telephone
line, and a vocal tract of another length in the filterbank.
"""

import random
from collections import defaultdict
from pathlib import Path

import numpy as np
import scipy.signal

from .corpora import Clip, read
from .features import RATE, SHIFT, fbank, frames_of
from .lexicon import FILLER, RECORDED, SILENCE, STATES

DIGITS = RECORDED[:10]
LONGEST = 8 * RATE // SHIFT  # cells
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
                if c.corpus != "espeak":
                    self.by_word[word][c.speaker].append(one)
            self.kinds[c.corpus].append((sound, c.labels))
        rich = [s for s, pool in self.pools.items() if sum(w in pool for w in DIGITS) >= 6]
        self.people = [s for s in rich if not s.startswith("vi")]
        self.robots = [s for s in rich if s.startswith("vi")]
        self.natural = self.kinds["connected-numbers"] + self.kinds["south-numbers"] * 8
        self.noises = [read(f) for f in sorted((noise / "noises").glob("*.flac"))]
        self.rooms = []
        for f in sorted((noise / "impulse-responses").glob("*.flac")):
            h = read(f)
            h = h[max(0, int(np.abs(h).argmax()) - 8) :][: RATE // 2]
            self.rooms.append(h / (np.abs(h).max() + 1e-9))

    def _word(self, r: random.Random, pool: dict[str, list[Example]] | None) -> Example:
        names = list(pool) if pool else RECORDED
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
            if r.random() < 0.06:
                x, y = r.choice(self.kinds["other-words"])
            else:
                x, y = self._word(r, pool)
            x, y = self.stretch(r.uniform(0.9, 1.12), x, y)
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

    def scene(self, r: random.Random) -> Example:
        """Clean speech of one kind."""
        k = r.random()
        if k < 0.45:
            return self.splice(r, self.pools[r.choice(self.people)])
        if k < 0.58:
            return self.splice(r, None)
        if k < 0.72:
            x, y = r.choice(self.natural)
            edges = [0, *np.flatnonzero((y[1:, 2] == SILENCE) & (y[:-1, 2] != SILENCE)), len(y)]
            a, b = sorted(r.sample(edges, 2))
            return (x[a * SHIFT : b * SHIFT], y[a:b]) if b - a > 30 else (x, y)
        if k < 0.84:
            return r.choice(self.kinds[r.choice(["common-voice"] * 5 + ["home-commands"])])
        if k < 0.87:
            return r.choice(self.kinds["phone-words"])
        if k < 0.89:
            return self.splice(r, self.pools[r.choice(self.robots)])
        parts = [r.choice(self.kinds["espeak"]) for _ in range(r.randint(1, 3))]
        return np.concatenate([p[0] for p in parts]), np.concatenate([p[1] for p in parts])

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
        power = np.sqrt((x**2).mean()) + 1
        k = r.random()
        if k < 0.45:
            noise = r.choice(self.noises)
        elif k < 0.6:
            noise = np.concatenate([r.choice(self.kinds["common-voice"])[0] for _ in range(3)])
        else:
            noise = np.random.randn(len(x))
        start = r.randint(0, max(0, len(noise) - len(x)))
        noise = np.resize(noise[start : start + len(x)], len(x))
        quiet = (15, 35) if 0.45 <= k < 0.6 else (8, 45)
        x = x + noise / (noise.std() + 1e-9) * power * 10 ** (-r.uniform(*quiet) / 20)
        if r.random() < 0.6:
            b = scipy.signal.butter(
                r.choice([1, 2, 3]), [r.uniform(60, 400), r.uniform(2600, 3950)], "band", fs=RATE, output="sos"
            )
            x = scipy.signal.sosfilt(b, x)
        loud = 3 if r.random() < 0.15 else 0
        y = x / (np.abs(x).max() + 1) * 10 ** (r.uniform(-30, loud) / 20)
        y = np.clip(y, -1, 1)
        k = r.random()
        y = mu_law(y) if k < 0.45 else a_law(y) if k < 0.65 else y
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
        at = np.minimum(np.arange(frames_of(len(x))) + 1, len(y) - 1)
        return f.astype(np.float16), y[at].astype(np.int8)
