"""Which sound is heard when: Viterbi alignment of a recording with its words.

First from a flat start with one Gaussian a phone third over cepstra, later with the network's own
scores (`by_network`). Silence is allowed between any two words. Where the times of the words are
known, the words are kept in their places.
"""

from collections.abc import Callable
from pathlib import Path

import numpy as np
import scipy.fft

from .corpora import Clip
from .features import SHIFT, WINDOW, fbank
from .lexicon import FILLER, PHONES, RECORDED, SIL, Sound, sounds

THIRDS = 3
UNKNOWN = -100  # torch's number for a label that counts for nothing
#: From a stretch of cells and (phone, tone, word, third) of each state: log scores, (cells, states).
Scores = Callable[[slice, np.ndarray], np.ndarray]


def padded(x: np.ndarray) -> np.ndarray:
    """The signal with its edges repeated, so that it has one frame for each cell, centred on it."""
    return np.pad(x, (WINDOW - SHIFT) // 2, mode="reflect")


def cepstra(x: np.ndarray) -> np.ndarray:
    """13 cepstra with first and second differences, (cells, 39); level and mean are those of the speech."""
    c = scipy.fft.dct(fbank(padded(x)), norm="ortho")[:, :13]
    c[:, 0] -= np.percentile(c[:, 0], 95)
    c[:, 1:] -= c[_loud(c), 1:].mean(0)
    d = np.gradient(c, axis=0) if len(c) > 1 else np.zeros_like(c)
    dd = np.gradient(d, axis=0) if len(c) > 1 else np.zeros_like(c)
    return np.hstack([c, 2 * d, 4 * dd]).astype(np.float32)


def _loud(c: np.ndarray) -> np.ndarray:
    """Frames in the upper half of the range of levels."""
    low, high = np.percentile(c[:, 0], (5, 95))
    return c[:, 0] >= (low + high) / 2 - 1e-3


def chain(words: list[str], thirds: int) -> tuple[list[Sound], list[int], np.ndarray]:
    """States of the words with optional silences: sounds, third of each, and which may be skipped."""
    states, part, skip = [SIL], [0], [True]
    for word in words:
        for sound in sounds(word):
            states += [sound] * thirds
            part += range(thirds)
            skip += [False] * thirds
        states, part, skip = [*states, SIL], [*part, 0], [*skip, True]
    return states, part, np.array(skip)


def viterbi(scores: np.ndarray, skip: np.ndarray) -> np.ndarray:
    """Best left-to-right path through (frames, states) log scores; states marked in `skip` are optional."""
    frames, n = scores.shape
    best = np.full(n, -np.inf)
    best[0] = scores[0, 0]
    if n > 1 and skip[0]:
        best[1] = scores[0, 1]
    back = np.zeros((frames, n), np.int8)
    jump = np.full(n, -np.inf)
    options = np.empty((3, n))
    jump[2:] = np.where(skip[1:-1], 0.0, -np.inf)
    for t in range(1, frames):
        options[0] = best
        options[1, 0], options[1, 1:] = -np.inf, best[:-1]
        options[2, :2], options[2, 2:] = -np.inf, best[:-2] + jump[2:]
        back[t] = options.argmax(0)
        best = options.max(0) + scores[t]
    last = n - 2 if n > 1 and skip[-1] and best[-2] > best[-1] else n - 1
    path = np.empty(frames, int)
    for t in range(frames - 1, -1, -1):
        path[t] = last
        last -= int(back[t, last])
    return path


def _even(count: int, n: int) -> np.ndarray:
    return np.arange(count) * n // max(1, count)


def spans(clip: Clip) -> list[tuple[int, int, list[str]]]:
    """Stretches of cells to align one by one: each word where times are known, else the whole."""
    n = len(clip.sound) // SHIFT
    if not clip.times:
        return [(0, n, clip.words)]
    out, at = [], 0
    for word, (begin, end) in zip(clip.words, clip.times, strict=True):
        a, b = max(begin, at), min(end, n)
        if a > at:
            out.append((at, a, []))
        if b - a >= 3:
            out.append((a, b, [word]))
        at = max(at, b)
    if n > at:
        out.append((at, n, []))
    return out


def align(clip: Clip, scores: Scores | None, thirds: int, loud: np.ndarray | None = None) -> np.ndarray:
    """Row (phone, tone, word, third) for each cell, (cells, 4).

    `scores` come from a model; without one the words are spread evenly over the `loud` cells.
    """
    n = len(clip.sound) // SHIFT
    rows = np.zeros((n, 4), np.int16)
    rows[:, :3] = SIL
    for a, b, words in spans(clip):
        if not words:
            continue
        states, part, skip = chain(words, thirds)
        if clip.times:  # the span holds the word alone
            states, part, skip = states[1:-1], part[1:-1], skip[1:-1]
        if b - a < len(states) - skip.sum():
            path = _even(b - a, len(states))
        elif loud is not None:  # to begin with: evenly over the loud frames
            inner = np.flatnonzero(~skip)
            place = np.cumsum(loud[a:b]) - 1
            path = inner[np.maximum(0, place) * len(inner) // max(1, loud[a:b].sum())]
            path[~loud[a:b]] = 0
        else:
            key = np.array([(*s, p) for s, p in zip(states, part, strict=True)])
            path = viterbi(scores(slice(a, b), key), skip)
        rows[a:b] = np.array([(*s, p) for s, p in zip(states, part, strict=True)], np.int16)[path]
    return rows


class Gaussians:
    """One Gaussian with a diagonal covariance for each third of each phone."""

    def __init__(self, data: list[np.ndarray], rows: list[np.ndarray]) -> None:
        frames, state = np.concatenate(data), np.concatenate([r[:, 0] * THIRDS + r[:, 3] for r in rows])
        n = len(PHONES) * THIRDS
        count = np.bincount(state, minlength=n)[:, None] + 1e-3
        mean = np.stack([np.bincount(state, f, n) for f in frames.T], 1) / count
        square = np.stack([np.bincount(state, f * f, n) for f in frames.T], 1) / count
        var = np.maximum(square - mean**2, frames.var(0) * 0.05)
        rare = (count < 20)[:, 0]
        mean[rare], var[rare] = frames.mean(0), frames.var(0)
        self.mean, self.inverse, self.constant = mean, 1 / var, -0.5 * np.log(var).sum(1)

    def scores(self, data: np.ndarray) -> Scores:
        """What `align` asks for, of one clip."""

        def score(part: slice, key: np.ndarray) -> np.ndarray:
            s, which = np.unique(key[:, 0] * THIRDS + key[:, 3], return_inverse=True)
            x, mean, inverse = data[part].astype(np.float64), self.mean[s], self.inverse[s]
            square = (x * x) @ inverse.T - 2 * x @ (mean * inverse).T + (mean**2 * inverse).sum(1)
            return (self.constant[s] - 0.5 * square)[:, which]

        return score


def flat_start(clips: list[Clip], rounds: int = 6) -> None:
    """Gives every clip its labels, by Gaussians re-estimated on their own alignments."""
    data = [cepstra(c.sound) for c in clips]
    alone = ("digit-words", "other-words")
    loud = [
        np.ones(len(d), bool) if c.times or c.corpus in alone else _loud(d) for c, d in zip(clips, data, strict=True)
    ]
    rows = [align(c, None, THIRDS, keep) for c, keep in zip(clips, loud, strict=True)]
    for _ in range(rounds):
        model = Gaussians(data, rows)
        rows = [align(c, model.scores(d), THIRDS) for c, d in zip(clips, data, strict=True)]
    for c, r in zip(clips, rows, strict=True):
        c.labels = r[:, :3].copy()


def unspelled(clips: list[Clip]) -> None:
    """Before a network can align sentences: loud is speech of whatever kind, quiet is silence, the rest unknown."""
    for c in clips:
        level = cepstra(c.sound)[:, 0]
        low, high = np.percentile(level, (5, 95))
        c.labels = np.full((len(level), 3), UNKNOWN, np.int16)
        c.labels[level < low + 0.15 * (high - low)] = SIL
        if not set(c.words) & set(RECORDED):
            c.labels[level > low + 0.5 * (high - low), 2] = FILLER


def by_network(clips: list[Clip], scores: Callable[[np.ndarray], np.ndarray]) -> None:
    """Gives every clip its labels anew; `scores(features)` is (frames, phones) log-likelihoods."""
    for c in clips:
        p = scores(fbank(padded(c.sound)))

        def score(part: slice, key: np.ndarray, p: np.ndarray = p) -> np.ndarray:
            return p[part][:, key[:, 0]].astype(float)

        c.labels = align(c, score, 2)[:, :3].copy()


def save(path: Path, clips: list[Clip]) -> None:
    np.savez(path, **{c.name: c.labels for c in clips})


def restore(path: Path, clips: list[Clip]) -> list[Clip]:
    """The clips that have labels in the file, with them."""
    known = np.load(path)
    for c in clips:
        c.labels = known.get(c.name)
    return [c for c in clips if c.labels is not None]
