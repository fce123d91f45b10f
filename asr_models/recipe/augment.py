"""More speakers, rooms, lines and ways of dictating out of few: what the networks learn from.

Every example is drawn from a seed alone: real words spliced into strings, stretches of natural
speech, sentences, synthetic speech; then speed and telephone line (`line`). `Studio` draws them;
`LabelledStudio` makes the first pass's examples of them, with a vocal tract of another length in
the filterbank, and second_pass/examples.py the second pass's.
"""

from __future__ import annotations

import random
from abc import ABC, abstractmethod
from collections import defaultdict
from collections.abc import Callable, Iterator
from typing import NamedTuple

import numpy as np

from .corpora import OTHER_WORDS, SENTENCES, Clip
from .features import RATE, SHIFT, WINDOW, fbank, frames_of
from .lexicon import FILLER, RECORDED, SILENCE, STATES
from .line import Line, Surroundings

DIGITS = RECORDED[:10]
FEWEST_DIGITS = 6  # different ones that a speaker must have been recorded saying, to dictate strings
LONGEST = 8 * RATE // SHIFT  # cells
HURRIED = 0.6  # of the examples
CLIPPED, CLIP, SHORTEST = 0.3, 3, 14  # of the words; cells missing at either end, at most; cells of the shortest
TEMPO, UNEVEN, TEMPO_CHANGES = (0.65, 1.15), (0.8, 1.25), 30  # times as fast; frames between changes
FADE = 40  # samples


class Take(NamedTuple):
    """A piece of sound and what is known of it."""

    sound: np.ndarray  # (80 n) float32, 16-bit range
    labels: np.ndarray  # (n, 3) int16, or (n, 0) where nothing is known of single cells
    words: tuple[str, ...]  # in order; the first pass doesn't need them


def cut(take: Take, first: int, end: int, words: tuple[str, ...]) -> Take:
    """The cells from `first` to before `end`, in which `words` are said."""
    return Take(take.sound[first * SHIFT : end * SHIFT], take.labels[first:end], words)


def joined(takes: list[Take]) -> Take:
    """One after the other."""
    sound, labels = np.concatenate([t.sound for t in takes]), np.concatenate([t.labels for t in takes])
    return Take(sound, labels, sum((t.words for t in takes), ()))


def faded(x: np.ndarray) -> np.ndarray:
    """The sound with soft edges, in new memory."""
    x, n = x.copy(), min(FADE, len(x) // 4)
    slope = np.linspace(0, 1, n, dtype=np.float32)
    x[:n] *= slope
    x[len(x) - n :] *= slope[::-1]
    return x


def overlapped(before: Take, after: Take, cells: int) -> tuple[Take, Take]:
    """Two takes whose words run into each other over that many cells, which the first one keeps."""
    n = cells * SHIFT
    slope = np.linspace(0, 1, n, dtype=np.float32)
    sound = before.sound.copy()
    sound[-n:] = sound[-n:] * (1 - slope) + after.sound[:n] * slope
    return before._replace(sound=sound), cut(after, cells, len(after.labels), after.words)


def stretch(speed: float, take: Take) -> Take:
    """Plays faster or slower: tempo, pitch and formants together."""
    cells = max(1, int(len(take.labels) / speed))
    at = np.minimum(np.arange(cells * SHIFT) * speed, len(take.sound) - 1.001)
    before = at.astype(np.int32)
    part = (at - before).astype(np.float32)
    sound = take.sound[before] * (1 - part) + take.sound[before + 1] * part
    rows = np.minimum((np.arange(cells) * speed).astype(int), len(take.labels) - 1)
    return Take(sound, take.labels[rows], take.words)


def music(r: random.Random) -> np.ndarray:
    """Tones of a few partials that change at a steady pace: music on hold, ringing, signals."""
    pace, partials = r.uniform(0.1, 0.8), r.randint(1, 6)
    t = np.arange(int(pace * RATE), dtype=np.float32) / RATE
    out = []
    for _ in range(int(r.uniform(1.5, 5) / pace)):
        notes = [r.uniform(110, 900) for _ in range(r.randint(1, 4))]
        tone = sum(np.sin(np.float32(2 * np.pi * f * k) * t) / k for f in notes for k in range(1, partials + 1))
        out.append(tone * np.exp(-t * np.float32(r.uniform(0, 5))))
    return 2000 * np.concatenate(out)


class Studio(ABC):
    """Draws scenes from recordings and sends them over a line."""

    #: How often a spliced word runs into the one before, and over how many cells at most.
    RUN_TOGETHER, OVERLAP = 0.0, 5
    #: Words of a spliced string.
    WORDS = (2, 11)

    def __init__(self, clips: list[Clip], surroundings: Surroundings) -> None:
        self.pools: dict[str, dict[str, list[Take]]] = defaultdict(lambda: defaultdict(list))
        self.by_word: dict[str, dict[str, list[Take]]] = defaultdict(lambda: defaultdict(list))
        self.kinds: dict[str, list[Take]] = defaultdict(list)
        for c in clips:
            whole = self.whole(c, (c.sound * (8000 / (np.percentile(np.abs(c.sound), 99) + 1))).astype(np.float32))
            for take in self.single_words(c, whole):
                self.pools[c.speaker][take.words[0]].append(take)
                if not c.synthetic:
                    self.by_word[take.words[0]][c.speaker].append(take)
            self.kinds[c.corpus].append(whole)
        rich = [s for s, pool in self.pools.items() if sum(w in pool for w in DIGITS) >= FEWEST_DIGITS]
        synthetic = {c.speaker for c in clips if c.synthetic}
        self.robots = [s for s in rich if s in synthetic]
        self.people = [s for s in rich if s not in synthetic] or self.robots
        self.others = [take for corpus in sorted(OTHER_WORDS) for take in self.kinds.get(corpus, [])]
        self.surroundings = surroundings
        self.line = Line(surroundings, [take.sound for take in self.kinds.get("common-voice", [])])

    @abstractmethod
    def whole(self, clip: Clip, sound: np.ndarray) -> Take:
        """A clip, at the level at which all are kept."""

    @abstractmethod
    def single_words(self, clip: Clip, whole: Take) -> Iterator[Take]:
        """The words of a clip that strings may be spliced of."""

    @abstractmethod
    def reading(self, r: random.Random) -> Take:
        """Some words of a number read out."""

    @abstractmethod
    def shares(self) -> list[tuple[float, bool, Callable[[random.Random], Take]]]:
        """Kinds of scenes: share of the examples, whether there are recordings for it, and what draws one."""

    def scene(self, r: random.Random) -> Take:
        """Clean speech of one kind, or none: of those kinds that there are recordings of."""
        there = [(share, draw) for share, possible, draw in self.shares() if possible]
        (draw,) = r.choices([draw for _, draw in there], [share for share, _ in there])
        return draw(r)

    def _word(self, r: random.Random, pool: dict[str, list[Take]] | None) -> Take:
        names = list(pool or self.by_word)
        if r.random() < 0.75:
            names = [w for w in names if w in DIGITS]
        word = r.choice(names)
        takes = pool[word] if pool else self.by_word[word][r.choice(list(self.by_word[word]))]
        return r.choice(takes)

    def splice(self, r: random.Random, pool: dict[str, list[Take]] | None) -> Take:
        """A string of words of one speaker, or of anybody (pool None), in one style of dictation."""
        shortest, longest = r.choice([(0, 2), (0, 12), (3, 40), (3, 40), (15, 90)])
        hush = r.choice([0.0, 4.0, 4.0, 30.0])
        g = np.random.default_rng(r.getrandbits(64))
        takes: list[Take] = []
        for _ in range(r.randint(*self.WORDS)):
            take = r.choice(self.others) if self.others and r.random() < 0.06 else self._word(r, pool)
            take = stretch(r.uniform(0.9, 1.12), take)
            cells = len(take.labels)
            if cells >= SHORTEST and r.random() < CLIPPED:
                take = cut(take, r.randint(0, CLIP), cells - r.randint(0, CLIP), take.words)
            take = take._replace(sound=faded(take.sound) * np.float32(10 ** (r.uniform(-3, 3) / 20)))
            if takes and r.random() < self.RUN_TOGETHER:
                if not takes[-1].words:  # the pause between them
                    takes.pop()
                cells = min(r.randint(1, self.OVERLAP), len(take.labels) // 3, len(takes[-1].labels) // 3)
                if cells:
                    takes[-1], take = overlapped(takes[-1], take, cells)
            gap = r.randint(shortest, longest)
            takes.append(take)
            if gap:
                takes.append(Take(g.standard_normal(gap * SHIFT, np.float32) * np.float32(hush), self.nothing(gap), ()))
        return joined(takes)

    def nothing(self, cells: int) -> np.ndarray:
        """Labels of silence."""
        return np.zeros((cells, 3), np.int16)

    def silence(self, r: random.Random) -> Take:
        """Music or noise, and nobody who speaks."""
        noises = self.surroundings.noises
        x = music(r) if not noises or r.random() < 0.5 else r.choice(noises)[: int(r.uniform(1, 5) * RATE)]
        cells = len(x) // SHIFT
        return Take(x[: cells * SHIFT].astype(np.float32), self.nothing(cells), ())

    def several(self, r: random.Random, corpus: str, most: int = 3) -> Take:
        """Up to three recordings of a corpus, one after the other."""
        return joined([r.choice(self.kinds[corpus]) for _ in range(r.randint(1, most))])

    def framed(self, take: Take, lead: int, trail: int) -> Take:
        """With silence before and after, in cells."""
        sound = np.concatenate([np.zeros(lead * SHIFT, np.float32), take.sound, np.zeros(trail * SHIFT, np.float32)])
        return Take(sound, np.concatenate([self.nothing(lead), take.labels, self.nothing(trail)]), take.words)


class LabelledStudio(Studio):
    """The first pass's examples: features, and what sounds in each frame."""

    def __init__(self, clips: list[Clip], surroundings: Surroundings) -> None:
        super().__init__(clips, surroundings)
        self.natural = self.kinds["connected-numbers"] + self.kinds["south-numbers"] * 8
        many = ["common-voice"] * 5 + ["fosd-sample"] * 2
        self.sentences = [k for k in many + sorted(SENTENCES - set(many)) if self.kinds.get(k)]
        amounts = {c.corpus for c in clips if c.synthetic and len(c.words) > 1} - {"espeak", "espeak-numbers"}
        self.amounts = [take for corpus in sorted(amounts) for take in self.kinds[corpus]]

    def whole(self, clip: Clip, sound: np.ndarray) -> Take:
        assert clip.labels is not None  # noqa: S101 - only aligned clips come here
        return Take(sound, clip.labels, tuple(clip.words))

    def single_words(self, clip: Clip, whole: Take) -> Iterator[Take]:
        """Recorded words, where the labels show them."""
        state = whole.labels[:, 2].astype(int)
        word = np.where((state == SILENCE) | (state == FILLER), -1, (state - 1) // STATES)
        inside = (state - 1) % STATES
        starts = (word >= 0) & ((word != np.roll(word, 1)) | (inside < np.roll(inside, 1)))
        starts[0] = word[0] >= 0
        for a in np.flatnonzero(starts):
            later = np.flatnonzero((word[a:] != word[a]) | starts[a:] & (np.arange(len(word) - a) > 0))
            b = a + (later[0] if len(later) else len(word) - a)
            if b - a >= 7:
                yield cut(whole, int(a), int(b), (RECORDED[word[a]],))

    def shares(self) -> list[tuple[float, bool, Callable[[random.Random], Take]]]:
        return [
            (0.38, bool(self.people), lambda r: self.splice(r, self.pools[r.choice(self.people)])),
            (0.12, set(DIGITS) <= set(self.by_word), lambda r: self.splice(r, None)),
            (0.14, bool(self.natural), self.reading),
            (0.19, bool(self.sentences), lambda r: r.choice(self.kinds[r.choice(self.sentences)])),
            (0.04, "phone-words" in self.kinds, lambda r: r.choice(self.kinds["phone-words"])),
            (0.02, bool(self.robots), lambda r: self.splice(r, self.pools[r.choice(self.robots)])),
            (0.04, "espeak-numbers" in self.kinds, lambda r: r.choice(self.kinds["espeak-numbers"])),
            (0.02, bool(self.amounts), lambda r: r.choice(self.amounts)),
            (0.03, True, self.silence),
            (0.08, "espeak" in self.kinds, lambda r: self.several(r, "espeak")),
        ]

    def reading(self, r: random.Random) -> Take:
        """Some words of a number read out, cut where there is silence."""
        take = r.choice(self.natural)
        word = take.labels[:, 2]
        edges = [0, *np.flatnonzero((word[1:] == SILENCE) & (word[:-1] != SILENCE)), len(word)]
        a, b = sorted(r.sample(edges, 2))
        return cut(take, a, b, ()) if b - a > 30 else take

    @staticmethod
    def tempo(r: random.Random, f: np.ndarray, y: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
        """Speaks faster or slower, and unevenly, at the same pitch: frames are drawn from between those there are."""
        marks = np.arange(0, len(f) + TEMPO_CHANGES, TEMPO_CHANGES)
        usual = r.uniform(*TEMPO)
        tempo = np.interp(np.arange(len(f)), marks, [usual * r.uniform(*UNEVEN) for _ in marks])
        when = np.cumsum(1 / tempo)
        at = np.interp(np.arange(int(when[-1])), when, np.arange(len(f)))
        before = np.minimum(at.astype(int), len(f) - 2)
        part = (at - before)[:, None]
        return f[before] * (1 - part) + f[before + 1] * part, y[np.round(at).astype(int)]

    def example(self, seed: int) -> tuple[np.ndarray, np.ndarray]:
        """Features (frames, bins) float16 and labels (frames, 3) int8."""
        r = random.Random(seed)
        take = self.scene(r)
        if len(take.labels) > LONGEST:
            take = cut(take, 0, LONGEST, ())
        take = self.framed(stretch(r.uniform(0.85, 1.18), take), r.randint(5, 50), r.randint(8, 50))
        f = fbank(self.line.send(r, take.sound), r.choice([1.0, *np.round(np.arange(0.84, 1.2, 0.04), 2)]))
        at = np.minimum(np.arange(frames_of(len(take.sound))) + WINDOW // 2 // SHIFT, len(take.labels) - 1)
        f, y = self.tempo(r, f, take.labels[at]) if r.random() < HURRIED else (f, take.labels[at])
        return f.astype(np.float16), y.astype(np.int8)
