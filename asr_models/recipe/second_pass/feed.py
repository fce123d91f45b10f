"""Processes that make examples while the network learns."""

from __future__ import annotations

import multiprocessing as mp
import os
import random
from collections.abc import Iterator
from multiprocessing.process import BaseProcess
from multiprocessing.queues import Queue
from queue import Empty
from typing import NamedTuple

import numpy as np

from .examples import WordStudio
from .vocabulary import Vocabulary

BATCHES = 8  # of one group: its examples are put into batches by their lengths
WAITING = 2  # groups of each process that wait to be learned, at most


class Batch(NamedTuple):
    """Examples of about the same length."""

    sound: np.ndarray  # (examples, samples) int16, zeros behind the shorter ones
    samples: np.ndarray  # (examples,) int64: length of each
    syllables: list[list[int]]  # classes of each example's words
    phones: list[list[int]]


def group(studio: WordStudio, vocabulary: Vocabulary, number: int, size: int) -> list[Batch]:
    """Group `number` of examples, in batches of `size`: always the same ones."""
    n = size * BATCHES
    examples = sorted((studio.example(number * n + i) for i in range(n)), key=lambda e: len(e[0]))
    batches = [batch(examples[i : i + size], vocabulary) for i in range(0, n, size)]
    random.Random(number).shuffle(batches)
    return batches


def batch(examples: list[tuple[np.ndarray, tuple[str, ...]]], vocabulary: Vocabulary) -> Batch:
    samples = np.array([len(sound) for sound, _ in examples])
    padded = np.zeros((len(examples), samples.max()), np.int16)
    for row, (sound, _) in zip(padded, examples, strict=True):
        row[: len(sound)] = sound
    words = [words for _, words in examples]
    return Batch(padded, samples, [*map(vocabulary.classes, words)], [*map(vocabulary.phone_classes, words)])


class Feeder:
    """Makes groups of batches in other processes; begun before anything is put on a GPU, because they are forked."""

    def __init__(self, studio: WordStudio, vocabulary: Vocabulary, size: int, first: int, workers: int) -> None:
        """Batches from number `first` on, of `size` examples each."""
        context = mp.get_context("fork")
        self._next, self._learned = divmod(first, BATCHES)
        self._queues = [context.Queue(WAITING) for _ in range(workers)]
        self._processes: list[BaseProcess] = []
        for number in range(self._next, self._next + workers):
            arguments = (studio, vocabulary, size, number, workers, self._queues[number % workers])
            self._processes.append(context.Process(target=_work, args=arguments, daemon=True))
            self._processes[-1].start()

    def batches(self) -> Iterator[Batch]:
        """Batch after batch, in the order of their numbers. Raises RuntimeError if a process has ended."""
        while True:
            yield from self._group(self._queues[self._next % len(self._queues)])[self._learned :]
            self._next, self._learned = self._next + 1, 0

    def _group(self, queue: Queue[list[Batch]]) -> list[Batch]:
        while True:
            try:
                return queue.get(timeout=5)
            except Empty as nothing:
                if not all(p.is_alive() for p in self._processes):
                    raise RuntimeError("a process that makes examples has ended") from nothing

    def close(self) -> None:
        for process in self._processes:
            process.terminate()
        for process in self._processes:
            process.join()


def _work(
    studio: WordStudio, vocabulary: Vocabulary, size: int, first: int, step: int, queue: Queue[list[Batch]]
) -> None:
    os.nice(3)
    number = first
    while True:
        queue.put(group(studio, vocabulary, number, size))
        number += step
