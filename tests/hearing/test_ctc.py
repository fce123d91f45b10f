"""Connectionist temporal classification, against its definition: the sum over all ways to spread words over frames."""

from __future__ import annotations

import itertools
import math

import numpy as np
import pytest

from bot.hearing.ctc import Frames, Row, folded, likeliest, log_likelihoods, spotted

WORDS = 3


def frames_of(seed: int, count: int) -> Frames:
    probabilities = np.random.default_rng(seed).dirichlet(np.full(WORDS + 1, 0.5), count)
    return np.log(probabilities + 1e-12)


def by_definition(frames: Frames) -> dict[Row, float]:
    """The probability of every row of words."""
    found: dict[Row, float] = {}
    for path in itertools.product(range(WORDS + 1), repeat=len(frames)):
        row = tuple(word for word, _ in itertools.groupby(path) if word)
        found[row] = found.get(row, 0.0) + math.exp(sum(frames[t, word] for t, word in enumerate(path)))
    return found


@pytest.mark.parametrize("seed", range(5))
def test_the_likelihood_of_a_row_is_the_sum_over_all_its_ways(seed: int) -> None:
    frames = frames_of(seed, 5)
    expected = by_definition(frames)
    rows = list(expected)
    assert np.exp(log_likelihoods(frames, rows)) == pytest.approx([expected[row] for row in rows], rel=1e-6)


def test_a_word_said_twice_needs_a_blank_between() -> None:
    frames = np.log(np.array([[0.01, 0.97, 0.01, 0.01]] * 2))
    once, twice = np.exp(log_likelihoods(frames, [(1,), (1, 1)]))
    assert once > 0.9
    assert twice == pytest.approx(0.0, abs=1e-12)


def test_a_row_longer_than_the_frames_is_impossible() -> None:
    assert log_likelihoods(frames_of(0, 2), [(1, 2, 3)])[0] < -1e6


@pytest.mark.parametrize("seed", range(5))
def test_the_likeliest_rows_come_first(seed: int) -> None:
    frames = frames_of(seed, 6)
    expected = by_definition(frames)
    found = likeliest(frames, 40, [1, 2, 3])
    assert found[:5] == sorted(expected, key=lambda row: -expected[row])[:5]


def test_rows_hold_the_words_asked_for_alone() -> None:
    found = likeliest(frames_of(1, 6), 40, [1, 3])
    assert {word for row in found for word in row} == {1, 3}


def test_frames_of_certain_silence_change_nothing() -> None:
    speech = frames_of(2, 5)
    silence = np.log(np.array([[1 - 3e-5, 1e-5, 1e-5, 1e-5]] * 20))
    longer = np.concatenate([silence, speech, silence])
    assert likeliest(longer, 20, [1, 2, 3])[:5] == likeliest(speech, 20, [1, 2, 3])[:5]


def test_other_syllables_count_to_the_blank_at_a_cost() -> None:
    scores = np.log(np.array([[0.5, 0.2, 0.2, 0.1]], np.float32))
    (frame,) = folded(scores, 0, [2], stranger=math.log(0.5))
    assert np.exp(frame) == pytest.approx([0.5 + 0.5 * 0.3, 0.2], abs=1e-6)


@pytest.mark.parametrize("seed", range(5))
def test_a_row_is_spotted_where_it_costs_least(seed: int) -> None:
    """Against its definition: the best path that holds the row, its other parts being free, beside the best of all."""
    frames = frames_of(seed, 5)
    row = (1, 2)
    paths = itertools.product(range(WORDS + 1), repeat=len(frames))
    best = max(
        sum(frames[t, word] for t, word in enumerate(path))
        for path in paths
        if any(
            tuple(word for word, _ in itertools.groupby(path[begin:end]) if word) == row and path[end - 1] == row[-1]
            for begin in range(len(frames))
            for end in range(begin + 1, len(frames) + 1)
        )
    )
    cost, begins = spotted(frames, 0, row)
    assert cost == pytest.approx(best - frames.max(1).sum())
    assert 0 <= begins < len(frames)


def test_a_row_that_is_heard_costs_nothing_and_begins_with_its_first_word() -> None:
    frames = np.log(np.array([[0.1, 0.1, 0.1, 0.7], [0.7, 0.1, 0.1, 0.1], [0.1, 0.7, 0.1, 0.1], [0.1, 0.1, 0.7, 0.1]]))
    assert spotted(frames, 0, (1, 2)) == (0.0, 2)
