"""The second pass: a piece of a number is heard again as a whole, by an encoder that learned from far more people.

    sound ──▶ first pass ──▶ words so far, end of speech, alternatives ─┐
          └─▶ encoder ──▶ frames ──▶ its own alternatives ──────────────┴─▶ both weighed ──▶ alternatives

Each pass is wrong where the other one mostly is not, so the sum of both is better than either (`Weights`).
"""

from __future__ import annotations

import math
from typing import NamedTuple

import numpy as np
import numpy.typing as npt

from bot.hearing import ctc
from bot.hearing.encoder import Encoder, Scores, Weights
from bot.hearing.recogniser import KEPT, Recognised

NUMERALS = (
    *("không", "một", "hai", "ba", "bốn", "năm", "sáu", "bảy", "tám", "chín"),
    *("mốt", "tư", "lăm", "mười", "mươi", "trăm", "linh", "lẻ"),
)
"""Words of which the second pass makes alternatives of its own; any others it only weighs."""

BEAM = 24
"""Rows of words that are followed."""


def heard_again(first: Recognised, scores: Scores, encoder: Encoder) -> Recognised | None:
    """What both passes make of a piece of a number; None where the second hears other words in it, too: what is said
    around numbers is the first pass's graph to know."""
    return None if strangers(scores, encoder) else weighed(compared(first, scores, encoder), encoder.weights)


def strangers(scores: Scores, encoder: Encoder) -> int:
    """How many syllables that are no number word the second pass hears."""
    best = scores.argmax(1)
    heard = best[np.flatnonzero(np.diff(best, prepend=encoder.blank))]
    known = {encoder.blank, *(encoder.words[word] for word in NUMERALS)}
    return sum(int(column) not in known for column in heard)


class Compared(NamedTuple):
    """What both passes say of a piece: texts, the share of each in the first pass (0: it is not there), and its log
    likelihood in the second, both of shape (texts,)."""

    texts: tuple[str, ...]
    first: npt.NDArray[np.float64]
    second: npt.NDArray[np.float64]


def compared(first: Recognised, scores: Scores, encoder: Encoder) -> Compared:
    """The alternatives of both, and that nothing of the grammar was said."""
    told = dict(zip(first.texts, first.shares, strict=True))
    spoken = {word for text in told for word in text.split() if word in encoder.words}
    words = ["", *sorted(spoken | set(NUMERALS))]
    columns = {word: at for at, word in enumerate(words) if at}
    frames = ctc.folded(scores, encoder.blank, [encoder.words[word] for word in columns], encoder.stranger)
    found = ctc.likeliest(frames, BEAM, [columns[word] for word in NUMERALS])
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
