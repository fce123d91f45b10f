"""Sounds and a recogniser for the tests of hearing. All at 8 kHz, levels in dB under full scale, times in seconds."""

from __future__ import annotations

from collections.abc import Iterable, Iterator

import numpy as np

from bot.audio.keypad_tones import COLUMNS, KEYPAD, ROWS
from bot.events import RATE, Grammar, Heard, Samples
from bot.hearing.front import BLOCK
from bot.hearing.recogniser import Recognised

FULL_SCALE = 32768.0


def silence(seconds: float) -> Samples:
    return np.zeros(int(seconds * RATE), np.int16)


def noise(seconds: float, level: float, seed: int = 0) -> Samples:
    power = FULL_SCALE * 10 ** (level / 20)
    return _pcm(np.random.default_rng(seed).normal(0.0, power, int(seconds * RATE)))


def voice(seconds: float, level: float = -20.0, seed: int = 0) -> Samples:
    """Stands for a word: a buzz of 120 Hz and its harmonics, which no key tone resembles."""
    time = np.arange(int(seconds * RATE)) / RATE
    buzz = sum(np.sin(2 * np.pi * 120 * k * time + k * seed) / k for k in range(1, 20))
    return _pcm(buzz / np.std(buzz) * FULL_SCALE * 10 ** (level / 20))


def tone(
    key: str, seconds: float = 0.1, level: float = -20.0, off: float = 0.0, twist: float = 0.0, phase: float = 0.0
) -> Samples:
    """A key's two tones. `off`: share by which both frequencies are off; `twist`: dB of the column above the row."""
    row = next(at for at, keys in enumerate(KEYPAD) if key in keys)
    time = np.arange(int(seconds * RATE)) / RATE
    low = np.sin(2 * np.pi * ROWS[row] * (1 + off) * time + phase)
    high = np.sin(2 * np.pi * COLUMNS[KEYPAD[row].index(key)] * (1 + off) * time) * 10 ** (twist / 20)
    return _pcm((low + high) / np.sqrt((1 + 10 ** (twist / 10)) / 2) * FULL_SCALE * 10 ** (level / 20))


def mixed(sound: Samples, other: Samples) -> Samples:
    return _pcm(sound.astype(np.float64) + other[: len(sound)])


def joined(*sounds: Samples) -> Samples:
    return np.concatenate(sounds)


def blocks(sound: Samples) -> Samples:
    return sound[: len(sound) - len(sound) % BLOCK].reshape(-1, BLOCK)


def cut(sound: Samples, sizes: Iterable[int]) -> Iterator[Samples]:
    """Consecutive pieces of these sizes, then all the rest."""
    at = 0
    for size in sizes:
        yield sound[at : at + size]
        at += size
    yield sound[at:]


def _pcm(sound: np.ndarray) -> Samples:
    return np.clip(np.rint(sound), -32768, 32767).astype(np.int16)


class Tally:
    """A recogniser whose words follow from the sound alone: one "a" for each 0.2 s that is not silent."""

    def __init__(self, grammar: Grammar = Grammar.ANY) -> None:
        self.grammar = grammar
        self.heard: list[Samples] = []
        self.paused = 0

    def pause(self) -> None:
        self.paused += 1

    def accept(self, samples: Samples) -> str:
        self.heard.append(samples)
        return self._words()

    def finish(self) -> Recognised:
        words = self._words()
        return Recognised((words,), (0.5,)) if words else Recognised((), ())

    def _words(self) -> str:
        loud = np.count_nonzero(np.abs(np.concatenate(self.heard).astype(np.int32)) > 300)
        return " ".join("a" * int(loud / (0.2 * RATE)))


class Says:
    """A recogniser that says what it was given to say, and keeps what it hears."""

    def __init__(self, says: Recognised) -> None:
        self.says = says
        self.heard: list[Samples] = []

    def accept(self, samples: Samples) -> str:
        self.heard.append(samples)
        return f"{len(self.heard)} times"

    def pause(self) -> None:
        pass

    def finish(self) -> Recognised:
        return self.says


def kinds(heard: Iterable[Heard]) -> list[str]:
    return [type(event).__name__ for event in heard]
