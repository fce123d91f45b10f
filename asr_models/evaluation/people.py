"""Who speaks: words of left-out speakers, joined to strings as people dictate them, and speech that holds no number."""

from __future__ import annotations

import random
from collections import defaultdict
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import NamedTuple

import numpy as np
import numpy.typing as npt

from asr_models.recipe.corpora import Clip, load, read
from asr_models.recipe.features import RATE, SHIFT
from asr_models.recipe.lexicon import RECORDED

Sound = npt.NDArray[np.float64]
"""Samples at 8 kHz of any level, shape (samples,)."""

DIGITS = RECORDED[:10]
FEWEST_DIGITS = 6
"""Different digits a speaker must have been recorded saying to dictate strings."""

BETWEEN, AFTER_THREE = (0.04, 0.25), (0.25, 0.5)
"""Seconds of pause after a digit and after a group of three, drawn evenly."""

FADE = RATE // 200
DIALECTS = {"cn": "north", "dw": "north", "sn": "south"}
"""By the beginning of a speaker's name."""

Words = dict[str, list[Sound]]
"""Recordings of each digit word by one speaker."""


class Spoken(NamedTuple):
    """What somebody says: the words as people write them, and the sound."""

    speaker: str
    words: tuple[str, ...]
    sound: Sound
    shortest: float = 0.0
    """Seconds of the shortest word that it was joined of."""

    @property
    def digits(self) -> str:
        return "".join(str(DIGITS.index(word)) for word in self.words)


def clips_of(part: str, shared: Path) -> list[Clip]:
    """Recordings of the part `test` or `dev`."""
    return [clip for clip in load(shared / "speech") if clip.part == part]


def speakers(clips: list[Clip]) -> dict[str, Words]:
    """Speakers with enough digits, and their words cut at their known times."""
    words: dict[str, Words] = defaultdict(lambda: defaultdict(list))
    for clip in clips:
        if clip.corpus == "digit-words":
            words[clip.speaker][clip.words[0]].append(clip.sound.astype(np.float64))
        for word, (begin, end) in zip(clip.words, clip.times, strict=bool(clip.times)):
            if word in DIGITS and end - begin >= 8:
                words[clip.speaker][word].append(clip.sound[begin * SHIFT : end * SHIFT].astype(np.float64))
    return {name: dict(own) for name, own in sorted(words.items()) if len(own) >= FEWEST_DIGITS}


def strings(speaker: str, words: Words, length: int, count: int) -> Iterator[Spoken]:
    """The same `count` strings each time, of digits drawn evenly from those that the speaker was recorded saying."""
    draw = random.Random(f"{speaker}-{length}")
    for _ in range(count):
        said = tuple(draw.choice(sorted(words)) for _ in range(length))
        takes, sound = _joined(words, said, draw)
        yield Spoken(speaker, said, sound, min(take.size for take in takes) / RATE)


def dictated(words: Words, said: Sequence[str], draw: random.Random) -> Sound:
    """One or more words in a row, a recording of each drawn, with the pauses of somebody who reads in threes."""
    return _joined(words, said, draw)[1]


def _joined(words: Words, said: Sequence[str], draw: random.Random) -> tuple[list[Sound], Sound]:
    """The recordings that were drawn, and the sound of all."""
    takes, parts = [], []
    for place, word in enumerate(said):
        take = draw.choice(words[word])
        edges = np.minimum(1, np.minimum(np.arange(take.size), np.arange(take.size)[::-1]) / FADE)
        pause = draw.uniform(*(AFTER_THREE if place % 3 == 2 else BETWEEN))
        takes.append(take)
        parts += [take / (np.percentile(np.abs(take), 99) + 1) * edges, np.zeros(round(pause * RATE))]
    return takes, np.concatenate(parts[:-1])


def outside(clips: list[Clip], limit: int) -> dict[str, list[Spoken]]:
    """Speech that holds no digit, by corpus, at most `limit` recordings of each."""
    found: dict[str, list[Spoken]] = defaultdict(list)
    for clip in clips:
        own = clip.corpus not in ("digit-words", "connected-numbers", "south-numbers")
        if own and not set(clip.words) & set(RECORDED[:19]) and len(found[clip.corpus]) < limit:
            found[clip.corpus].append(_whole(clip))
    return dict(found)


def saying(clips: list[Clip], phrase: str) -> list[Spoken]:
    """Recordings of this phrase alone."""
    return [_whole(clip) for clip in clips if clip.corpus == "phone-words" and " ".join(clip.words) == phrase]


def as_read(clips: list[Clip]) -> list[Spoken]:
    """Numbers read fluently, as numbers."""
    return [_whole(clip) for clip in clips if clip.corpus in ("connected-numbers", "south-numbers")]


def _whole(clip: Clip) -> Spoken:
    return Spoken(clip.speaker, tuple(clip.words), clip.sound.astype(np.float64))


def noises(shared: Path, count: int = 5, seconds: float = 4.0) -> list[Spoken]:
    """Nobody speaks: as many stretches of each recorded noise as it has, at most `count`."""
    stretch = round(seconds * RATE)
    return [
        Spoken(file.stem, (), sound[at : at + stretch].astype(np.float64))
        for file in sorted((shared / "noise" / "noises").glob("*.flac"))
        for sound in [read(file)]
        for at in range(0, min(sound.size, count * stretch), stretch)
    ]


def melodies(count: int, seconds: float = 4.0) -> list[Spoken]:
    """Music on hold, as far as sine tones go: chords of three with four partials each, changing twice a second."""
    time = np.arange(round(seconds * RATE)) / RATE
    found = []
    for seed in range(count):
        draw = random.Random(seed)
        sound = np.zeros_like(time)
        for beat in range(int(seconds * 2)):
            now = (time >= beat / 2) * np.exp(-2 * np.clip(time - beat / 2, 0, None)) * (time < beat / 2 + 1)
            root = 220 * 2 ** (draw.choice([0, 2, 4, 5, 7, 9, 11]) / 12)
            for third in (1, 2 ** (draw.choice([3, 4]) / 12), 2 ** (7 / 12)):
                for partial in (1, 2, 3, 4):
                    sound += now / partial**2 * np.sin(2 * np.pi * root * third * partial * time)
        found.append(Spoken("melody", (), sound))
    return found
