"""A second pass that hears what it was given to hear."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import numpy as np

from bot.hearing.calibration import SecondPass, Weights
from bot.hearing.encoder import Encoder, Scores
from bot.hearing.second_pass import NUMERALS
from tests.fitted import FIT

WORDS = ["<b>", *NUMERALS, "gặp", "đúng", "phải", "sai", "được", "rồi", "dạ", "hết", "số", "là", "đầu", "thiếu", "<o>"]
WEIGHTS = Weights(first=0.5, absent=-5.0, second=0.5, rest=-3.0)
SECOND: SecondPass = replace(FIT.second, weights=WEIGHTS)


class Session:
    """Says in every piece what it was given to say."""

    def __init__(self, scores: Scores) -> None:
        self.scores = scores
        self.asked: list[int] = []
        """Cells of the sounds that it heard."""

    def run(self, _: Any, given: dict[str, Any]) -> list[Scores]:
        assert given["mel"].shape[:2] == (1, 80)
        self.asked.append(given["mel"].shape[2])
        return [self.scores[None]]


def scores_of(*spoken: str | dict[str, float]) -> Scores:
    """A word, or words with a probability each, in every second frame; the rest falls to the blank."""
    frames = np.full((2 * len(spoken) + 1, len(WORDS)), 1e-6, np.float32)
    for at, word in enumerate(spoken):
        for each, probability in ({word: 0.98} if isinstance(word, str) else word).items():
            frames[2 * at + 1, WORDS.index(each)] = probability
    frames[:, 0] = 1 - frames[:, 1:].sum(1)
    return np.log(frames)


def encoder_of(scores: Scores) -> Encoder:
    return Encoder({word: at for at, word in enumerate(WORDS)}, 0, SECOND, Session(scores))
