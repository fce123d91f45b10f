"""Digits joined from clips of single words."""

import numpy as np
import pytest

from tts.digits import PACES, Pace, join

CLIPS = [np.full(100 + 10 * digit, digit + 1, np.int16) for digit in range(10)]
"""Ten clips that can be told apart by value and length."""


def pieces(samples: np.ndarray) -> list[tuple[int, int]]:
    """Runs of one value: (value, samples)."""
    edges = np.flatnonzero(np.diff(samples)) + 1
    return [(int(run[0]), len(run)) for run in np.split(samples, edges)]


def test_digits_come_in_order_with_a_longer_pause_between_groups() -> None:
    sound = join(CLIPS, ("01", "290"), Pace(digit=10, group=50), rate=8000)
    assert pieces(sound) == [
        *[(1, 100), (0, 80), (2, 110), (0, 400)],
        *[(3, 120), (0, 80), (10, 190), (0, 80), (1, 100)],
    ]


@pytest.mark.parametrize("rate", [8000, 16000])
def test_the_pauses_last_as_long_at_every_rate(rate: int) -> None:
    sound = join(CLIPS, ("1", "1"), Pace(digit=90, group=350), rate)
    assert len(sound) == 2 * len(CLIPS[1]) + rate * 350 // 1000


def test_a_repeated_digit_is_heard_twice() -> None:
    assert [value for value, _ in pieces(join(CLIPS, ("000",), Pace(10, 50), 8000))] == [1, 0, 1, 0, 1]


def test_no_digits_no_sound() -> None:
    assert len(join(CLIPS, (), Pace(10, 50), 8000)) == 0


def test_a_password_is_dictated_more_slowly_than_a_number_is_read_back() -> None:
    assert PACES["password"].digit > PACES["number"].digit
    assert all(pace.group > 2 * pace.digit for pace in PACES.values())
