"""The second pass: a piece is heard again as a whole, by an encoder that learned from far more people.

    sound ──▶ first pass ──▶ words so far, end of speech, alternatives ─┐
          └─▶ encoder ──▶ frames ──▶ its own alternatives ──────────────┴─▶ both weighed ──▶ alternatives

Each pass is wrong where the other one mostly is not, so the sum of both is better than either (`Weights`).
"""

from __future__ import annotations

import math
from typing import NamedTuple

import numpy as np
import numpy.typing as npt

from bot.events import Samples
from bot.hearing import ctc
from bot.hearing.encoder import Encoder, Scores, Weights
from bot.hearing.recogniser import KEPT, Recognised, Recogniser, length

NUMERALS = (
    *("không", "một", "hai", "ba", "bốn", "năm", "sáu", "bảy", "tám", "chín"),
    *("mốt", "tư", "lăm", "mười", "mươi", "trăm", "linh", "lẻ"),
)
"""Words of which the second pass makes alternatives of its own; any others it only weighs."""

import os
MOST=int(os.environ.get("MOST","0"))
LEAST = 0.78
NOTHING = 0.62
BEAM = 24
"""Rows of words that are followed."""


class TwoPasses:
    """A recogniser that hears a piece again when it is over. `finds`: with alternatives of its own."""

    def __init__(self, first: Recogniser, encoder: Encoder, finds: bool) -> None:
        self._first, self._encoder, self._finds = first, encoder, finds
        self._sound: list[Samples] = []

    def accept(self, samples: Samples) -> str:
        self._sound.append(samples)
        return self._first.accept(samples)

    def finish(self) -> Recognised:
        first = self._first.finish()
        if not first.texts:
            return first
        scores = self._encoder.scores(np.concatenate(self._sound))
        if self._finds and strangers(scores, self._encoder) > MOST:
            if os.environ.get("SW"):
                return weighed(compared(first, scores, self._encoder, False), self._encoder.weights)
            return doubtful(first)
        return weighed(compared(first, scores, self._encoder, self._finds), self._encoder.weights)


def strangers(scores: Scores, encoder: Encoder) -> int:
    """How many syllables that are no number word the second pass hears."""
    best = scores.argmax(1)
    heard = best[np.flatnonzero(np.diff(best, prepend=encoder.blank))]
    known = {encoder.blank, *(encoder.words[word] for word in NUMERALS)}
    return sum(int(column) not in known for column in heard)


def doubtful(first: Recognised) -> Recognised:
    """The first pass alone; where it is not sure enough for so many words, nothing of the grammar was said before it."""
    if first.confidence >= math.pow(LEAST, length(first.texts[0])):
        return first
    return Recognised(("", *first.texts), (NOTHING, *(share * (1 - NOTHING) for share in first.shares)))


class Compared(NamedTuple):
    """What both passes say of a piece: texts, the share of each in the first pass (0: it is not there), and its log
    likelihood in the second, both of shape (texts,)."""

    texts: tuple[str, ...]
    first: npt.NDArray[np.float64]
    second: npt.NDArray[np.float64]


def compared(first: Recognised, scores: Scores, encoder: Encoder, finds: bool) -> Compared:
    """The alternatives of both. Texts that differ in unknown speech alone are alike to the second pass."""
    told = dict(zip(first.texts, first.shares, strict=True))
    spoken = {word for text in told for word in text.split() if word in encoder.words}
    words = ["", *sorted(spoken | set(NUMERALS if finds else ()))]
    columns = {word: at for at, word in enumerate(words) if at}
    frames = ctc.folded(scores, encoder.blank, [encoder.words[word] for word in columns], encoder.stranger)
    found = ctc.likeliest(frames, BEAM, [columns[word] for word in NUMERALS]) if finds else []
    told.setdefault("", max(0.0, 1.0 - sum(first.shares)))  # nothing of the grammar was said
    texts = tuple(dict.fromkeys([*told, *(" ".join(words[at] for at in row) for row in found)]))
    rows = [tuple(columns[word] for word in text.split() if word in columns) for text in texts]
    return Compared(texts, np.array([told.get(text, 0.0) for text in texts]), ctc.log_likelihoods(frames, rows))


def weighed(both: Compared, weights: Weights) -> Recognised:
    """The likeliest texts by what both passes say, and their shares."""
    told = np.log(np.maximum(both.first, math.exp(weights.absent)))
    logs = weights.first * told + weights.second * (both.second - both.second.max())
    shares = np.exp(logs - logs.max())
    shares /= shares.sum() + math.exp(weights.rest)
    best = np.argsort(-shares, kind="stable")[:KEPT]
    return Recognised(tuple(both.texts[at] for at in best), tuple(float(shares[at]) for at in best))
