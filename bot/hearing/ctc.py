"""Connectionist temporal classification: how likely words are, given what an encoder says of each frame (Graves et al.,
2006), and the likeliest rows of words (prefix beam search, Hannun et al., 2014).

Frames are natural logarithms of probabilities, shape (frames, 1 + words): the blank first, which is nothing new, then a
column for each word. What is no word of the task is to be counted to the blank, at a cost (`folded`).
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from typing import Any

import numpy as np
import numpy.typing as npt

Frames = npt.NDArray[np.float64]
Row = tuple[int, ...]
"""Words by their columns, 1 and up."""

NEVER = -1e9

QUIET = -0.01
"""A frame whose blank is at least so likely (99 %) starts no word: nine frames in ten, which need no search."""

UNLIKELY = -9.0
"""A word under this log probability is not begun in a frame."""


def best_path(scores: npt.NDArray[np.floating[Any]], blank: int) -> list[tuple[int, int]]:
    """What is likeliest in each frame, without blanks and what only lasts: the frame in which each begins, and its
    column, in order. `scores`: log posteriors, shape (frames, classes)."""
    best = scores.argmax(1)
    begins = np.flatnonzero(np.diff(best, prepend=blank))
    return [(int(at), int(best[at])) for at in begins if best[at] != blank]


def folded(scores: npt.NDArray[np.floating[Any]], blank: int, words: Sequence[int], stranger: float) -> Frames:
    """The columns of `words` behind a blank that holds all other columns, too, those with the log weight `stranger`.

    `scores`: log posteriors, shape (frames, classes)."""
    scores = scores.astype(np.float64)
    others = np.ones(scores.shape[1], bool)
    others[[blank, *words]] = False
    others_heard = np.logaddexp.reduce(scores[:, others], axis=1, initial=NEVER) + stranger
    return np.column_stack((np.logaddexp(scores[:, blank], others_heard), scores[:, list(words)]))


def log_likelihoods(frames: Frames, rows: Sequence[Row]) -> npt.NDArray[np.float64]:
    """That of each row, over all ways of spreading its words over the frames, shape (rows,)."""
    longest = max((len(row) for row in rows), default=0)
    states = np.zeros((len(rows), 2 * longest + 1), int)  # blank, word, blank, word, … blank
    for at, row in enumerate(rows):
        states[at, 1 : 2 * len(row) : 2] = row
    skips = np.zeros(states.shape, bool)  # from a word straight to the next one, if it is another
    skips[:, 3::2] = (states[:, 3::2] != states[:, 1:-2:2]) & (states[:, 3::2] > 0)
    last = np.array([2 * len(row) for row in rows], int)
    reached = np.full((len(rows), states.shape[1] + 2), NEVER)  # two columns of nothing before the first
    reached[:, 2] = 0.0
    for t, frame in enumerate(frames):
        came = reached[:, 2:]
        if t:
            came = np.logaddexp(came, reached[:, 1:-1])
            came = np.where(skips, np.logaddexp(came, reached[:, :-2]), came)
        else:
            came = np.where(np.arange(states.shape[1]) < 2, 0.0, NEVER)
        reached[:, 2:] = came + frame[states]
    here = np.arange(len(rows))
    ends = np.where(last > 0, reached[here, np.maximum(last - 1, 0) + 2], NEVER)
    return np.asarray(np.logaddexp(reached[here, last + 2], ends))


def likeliest(frames: Frames, width: int, words: Sequence[int]) -> list[Row]:
    """Rows of these words, the likeliest first, at most `width`; the empty one may be among them."""
    # of each row that is followed: what ends in a blank, what ends in its last word
    beam: dict[Row, tuple[float, float]] = {(): (0.0, NEVER)}
    for frame in frames:
        blank = float(frame[0])
        if blank >= QUIET:
            beam = {row: (_either(*ways) + blank, NEVER) for row, ways in beam.items()}
            continue
        begun = [(word, score) for word in words if (score := float(frame[word])) > UNLIKELY]
        grown: dict[Row, tuple[float, float]] = {}
        for row, (silent, spoken) in beam.items():
            total = _either(silent, spoken)
            old = grown.get(row, (NEVER, NEVER))
            goes_on = spoken + float(frame[row[-1]]) if row else NEVER
            grown[row] = (_either(old[0], total + blank), _either(old[1], goes_on))
            for word, score in begun:
                before = silent if row and row[-1] == word else total
                longer = (*row, word)
                old = grown.get(longer, (NEVER, NEVER))
                grown[longer] = (old[0], _either(old[1], before + score))
        best = sorted(grown.items(), key=lambda item: -max(item[1]))[: 2 * width]
        best.sort(key=lambda item: -_either(*item[1]))
        beam = dict(best[:width])
    return sorted(beam, key=lambda row: -_either(*beam[row]))


def spotted(scores: npt.NDArray[np.floating[Any]], blank: int, row: Sequence[int]) -> tuple[float, int]:
    """What it costs to hear these classes in a row somewhere in the frames, and before and behind them whatever is
    likeliest: a logarithm, 0 where the row is part of the likeliest path; and the frame in which the row begins there.

    `scores`: log posteriors, shape (frames, classes)."""
    lost = scores - scores.max(1, keepdims=True)
    states = [state for word in row for state in (word, blank)][:-1]
    reached = [(NEVER, 0)] * len(states)
    best = (NEVER, 0)
    for t, frame in enumerate(lost):
        came = [(0.0, -t), *reached]  # the first word may begin in any frame, the earliest of the best
        for at, state in enumerate(states):
            ways = [reached[at], came[at]]
            if at >= 2 and state not in (blank, states[at - 2]):
                ways.append(came[at - 1])
            cost, begun = max(ways)
            reached[at] = cost + float(frame[state]), begun
        best = max(best, reached[-1])
    return best[0], -best[1]


def _either(one: float, other: float) -> float:
    """log(exp(one) + exp(other))"""
    high, low = (one, other) if one > other else (other, one)
    return high if low - high < -30.0 else high + math.log1p(math.exp(low - high))
