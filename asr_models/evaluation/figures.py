"""Shares with their intervals, and how digits are confused. Pure."""

from __future__ import annotations

from collections.abc import Sequence
from typing import NamedTuple

import numpy as np
import numpy.typing as npt

Z = 1.96  # of a 95 % interval
DRAWS = 2000
NONE = 10
"""Row of an inserted digit and column of a lost one in a confusion matrix."""


class Share(NamedTuple):
    """A share of 0…1 with its 95 % interval."""

    value: float
    low: float
    high: float

    def __str__(self) -> str:
        return f"{self.value:.1%} ({self.low:.0%}–{self.high:.0%})"


def share(right: int, of: int) -> Share:
    """Wilson's score interval of independent trials (Wilson, 1927). Raises ZeroDivisionError for no trials."""
    p, spread = right / of, Z * Z / of
    middle = (p + spread / 2) / (1 + spread)
    half = Z / (1 + spread) * (p * (1 - p) / of + spread / 4 / of) ** 0.5
    return Share(p, max(0.0, middle - half), min(1.0, middle + half))


def over_speakers(probabilities: Sequence[float]) -> Share:
    """Mean over speakers; the interval draws speakers with replacement, seeded."""
    own = np.asarray(probabilities)
    means = np.random.default_rng(0).choice(own, (DRAWS, own.size)).mean(axis=1)
    return Share(float(own.mean()), float(np.percentile(means, 2.5)), float(np.percentile(means, 97.5)))


def ratio(parts: Sequence[int], wholes: Sequence[int]) -> Share:
    """The sum of the parts in that of the wholes; the interval draws the pairs with replacement, seeded."""
    pairs = np.array([parts, wholes])
    draws = np.random.default_rng(0).integers(0, pairs.shape[1], (DRAWS, pairs.shape[1]))
    part, whole = pairs[:, draws].sum(axis=2)
    low, high = np.percentile(part / whole, [2.5, 97.5])
    return Share(float(pairs[0].sum() / pairs[1].sum()), float(low), float(high))


def confusions(said: str, heard: str) -> npt.NDArray[np.int64]:
    """How often each digit said (row) was heard as each (column), (11, 11), by the alignment of fewest edits."""
    rows, columns = len(said) + 1, len(heard) + 1
    cost = np.zeros((rows, columns), np.int64)
    cost[:, 0], cost[0] = np.arange(rows), np.arange(columns)
    for i in range(1, rows):
        for j in range(1, columns):
            changed = cost[i - 1, j - 1] + (said[i - 1] != heard[j - 1])
            cost[i, j] = min(changed, cost[i - 1, j] + 1, cost[i, j - 1] + 1)
    found = np.zeros((NONE + 1, NONE + 1), np.int64)
    i, j = rows - 1, columns - 1
    while i or j:
        if i and j and cost[i, j] == cost[i - 1, j - 1] + (said[i - 1] != heard[j - 1]):
            i, j = i - 1, j - 1
            found[int(said[i]), int(heard[j])] += 1
        elif i and cost[i, j] == cost[i - 1, j] + 1:
            i -= 1
            found[int(said[i]), NONE] += 1
        else:
            j -= 1
            found[NONE, int(heard[j])] += 1
    return found


def errors(matrix: npt.NDArray[np.int64]) -> int:
    """Edits in a confusion matrix."""
    return int(matrix.sum() - np.trace(matrix))


class Bin(NamedTuple):
    """Answers of similar confidence: the mean of it, the share that was right, how many."""

    confidence: float
    right: Share
    answers: int


def calibration(confidences: Sequence[float], right: Sequence[bool], bins: int = 10) -> list[Bin]:
    """Answers sorted into bins of equal width, empty ones left out."""
    sure, good = np.asarray(confidences), np.asarray(right)
    place = np.minimum((sure * bins).astype(int), bins - 1)
    return [
        Bin(float(sure[here].mean()), share(int(good[here].sum()), int(here.sum())), int(here.sum()))
        for here in (place == b for b in range(bins))
        if here.any()
    ]


def expected_calibration_error(bins: Sequence[Bin]) -> float:
    """Mean distance of confidence and share right, weighted by answers (Guo et al., 2017)."""
    total = sum(b.answers for b in bins)
    return sum(b.answers * abs(b.confidence - b.right.value) for b in bins) / total


def brier(confidences: Sequence[float], right: Sequence[bool]) -> float:
    """Mean square of the distance between confidence and what came true, 0 or 1: 0 is a prophet, 0.25 says one half of
    everything (Brier, 1950)."""
    return float(np.mean((np.asarray(confidences) - np.asarray(right, float)) ** 2))
