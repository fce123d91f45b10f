"""The room of `--background`: other people's sentences, as loud as it says, the same each time."""

from __future__ import annotations

import numpy as np
import pytest

from asr_models.evaluation.background import CORPORA, LOUDER_DB, SECONDS, over, room, sentences
from asr_models.recipe.corpora import Clip
from bot.audio.level import NOMINAL_LEVEL, active_level
from bot.events import RATE
from bot.simulation.line import Line


def clip(corpus: str, seed: int) -> Clip:
    sound = np.random.default_rng(seed).normal(0, 500 * (seed + 1), 2 * RATE).astype(np.float32)
    return Clip(f"{seed}", corpus, f"{seed}", "dev", ["a"], sound)


BEHIND = sentences([clip(CORPORA[0], seed) for seed in range(3)])


def test_sentences_are_those_of_people_who_read_sentences() -> None:
    assert len(sentences([clip(CORPORA[0], 0), clip("digit-words", 1), clip(CORPORA[1], 2)])) == 2


@pytest.mark.parametrize("below", [10, 30])
def test_it_is_so_many_decibels_below_the_caller(below: float) -> None:
    sound = room(BEHIND, below, 0)
    assert sound.size == SECONDS * RATE
    level = 20 * np.log10(active_level(sound) / NOMINAL_LEVEL)
    assert abs(level + below) <= LOUDER_DB


def test_it_pauses_between_sentences() -> None:
    quiet = np.abs(room(BEHIND, 10, 0).reshape(-1, RATE // 10)).max(axis=1) == 0
    assert 0.05 < quiet.mean() < 0.35


def test_it_is_the_same_for_the_same_seed() -> None:
    assert (room(BEHIND, 10, 1) == room(BEHIND, 10, 1)).all()
    assert (room(BEHIND, 10, 1) != room(BEHIND, 10, 2)).any()


def test_the_lines_own_noise_goes_on_behind_it() -> None:
    hiss = np.array([1, -1], np.int16)
    assert over(Line("u", hiss), np.array([100, 100, 0], np.int16)).tolist() == [101, 99, 1]
    assert over(Line("u"), np.array([100], np.int16)).tolist() == [100]
