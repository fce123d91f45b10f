"""The second pass's examples: what a telephone line leaves of words, sentences and noise, and the words."""
# ruff: noqa: SIM905 - lists of words are easiest to read and change as sentences

from __future__ import annotations

import math
import random
from collections.abc import Callable, Iterator

import numpy as np

from ..augment import Studio, Take, cut, stretch
from ..corpora import SENTENCES, Clip
from ..features import RATE, SHIFT
from ..line import Surroundings

#: Words that strings are spliced of, besides digits: what is said in numbers and around them.
SPLICED = frozenset(
    "không một hai ba bốn năm sáu bảy tám chín mốt tư lăm nhăm mười mươi chục linh lẻ trăm nghìn ngàn triệu tỷ "
    "ạ dạ vâng ừ à đúng sai phải nhầm".split()
)
SHORTEST_WORD = 8  # cells of a word in a number that is read out, at least
LONGEST = 12 * RATE // SHIFT  # cells of an example
TRIM = 32.0  # dB below the loudest cell of a recording: silence before and after the speech
BEFORE, BEHIND = 4, 6  # cells that are kept around the speech
SPEED = (0.85, 1.18)
ABRUPT = 0.15  # share of the examples that begin at once, as a piece of a call does
LEAD, TRAIL = (5, 50), (8, 50)  # cells of silence


def trimmed(sound: np.ndarray) -> np.ndarray:
    """The speech in a recording of whole cells, without the silence around it."""
    power = np.square(sound.reshape(-1, SHIFT)).mean(1) + 1
    power = np.convolve(power, np.full(3, 1 / 3), "same")
    speech = np.flatnonzero(power > power.max() * 10 ** (-TRIM / 10))
    return sound[max(0, speech[0] - BEFORE) * SHIFT : (speech[-1] + BEHIND) * SHIFT]


def unlabelled(sound: np.ndarray, words: tuple[str, ...]) -> Take:
    return Take(sound, np.zeros((len(sound) // SHIFT, 0), np.int16), words)


class WordStudio(Studio):
    """Draws (sound, words). It needs no alignment: words are cut where their times are known, others stay whole."""

    RUN_TOGETHER = 0.25
    WORDS = (1, 12)

    def __init__(self, clips: list[Clip], surroundings: Surroundings) -> None:
        self._timed: list[tuple[Take, list[tuple[int, int]]]] = []
        super().__init__(clips, surroundings)
        special = {"common-voice", "phone-words", "espeak", "espeak-numbers", "digit-words", "connected-numbers"}
        self._more = sorted(set(self.kinds) - special - {"south-numbers", "other-words"})
        #: Large corpora more often than small ones, but less than in proportion to their size.
        self._how_often = [math.sqrt(min(400, len(self.kinds[k]))) * (2 if k in SENTENCES else 1) for k in self._more]

    def whole(self, clip: Clip, sound: np.ndarray) -> Take:
        if not clip.times:
            return unlabelled(trimmed(sound), tuple(clip.words))
        take = unlabelled(sound, tuple(clip.words))
        self._timed += [(take, clip.times)] * (8 if clip.corpus == "south-numbers" else 1)
        return take

    def single_words(self, clip: Clip, whole: Take) -> Iterator[Take]:
        """The words of a number whose times are known, and recordings of a single word."""
        if len(clip.words) == 1 and clip.words[0] in SPLICED and len(whole.labels) >= 3:
            yield whole
        for word, (a, b) in zip(clip.words, clip.times, strict=bool(clip.times)):
            if word in SPLICED and b - a >= SHORTEST_WORD and b < len(whole.labels):
                yield cut(whole, max(0, a - 1), b + 1, (word,))

    def shares(self) -> list[tuple[float, bool, Callable[[random.Random], Take]]]:
        return [
            (0.38, bool(self.people), lambda r: self.splice(r, self.pools[r.choice(self.people)])),
            (0.10, bool(self.by_word), lambda r: self.splice(r, None)),
            (0.13, bool(self._timed), self.reading),
            (0.07, bool(self.robots), lambda r: self.splice(r, self.pools[r.choice(self.robots)])),
            (0.12, "common-voice" in self.kinds, lambda r: r.choice(self.kinds["common-voice"])),
            (0.12, bool(self._more), lambda r: r.choice(self.kinds[r.choices(self._more, self._how_often)[0]])),
            (0.03, "phone-words" in self.kinds, lambda r: self.several(r, "phone-words")),
            (0.04, "espeak-numbers" in self.kinds, lambda r: r.choice(self.kinds["espeak-numbers"])),
            (0.05, "espeak" in self.kinds, lambda r: self.several(r, "espeak")),
            (0.03, True, self.silence),
        ]

    def reading(self, r: random.Random) -> Take:
        """A number read out, or some words of it."""
        take, times = r.choice(self._timed)
        if len(times) <= 3 or r.random() < 0.5:
            return take
        a = r.randint(0, len(times) - 2)
        b = r.randint(a + 1, len(times))
        return cut(take, max(0, times[a][0] - 1), times[b - 1][1] + 1, take.words[a:b])

    def nothing(self, cells: int) -> np.ndarray:
        return np.zeros((cells, 0), np.int16)

    def example(self, seed: int) -> tuple[np.ndarray, tuple[str, ...]]:
        """int16 samples as they come out of the telephone, at most LONGEST cells and silence, and the words in them."""
        r = random.Random(seed)
        while True:
            take = stretch(r.uniform(*SPEED), self.scene(r))
            if 2 < len(take.labels) <= LONGEST:
                break
        lead = r.randint(0, LEAD[0]) if r.random() < ABRUPT else r.randint(*LEAD)
        take = self.framed(take, lead, r.randint(*TRAIL))
        return self.line.send(r, take.sound), take.words
