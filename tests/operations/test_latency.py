"""Shares of latencies: exact for a call, within an eighth over many."""

import random

import pytest

from bot.accounts.schema import LATENCY_BUCKETS
from bot.operations.latency import ENDS, bucket_of, counted, share_of, share_of_counts


def test_a_bucket_holds_what_is_up_to_its_end() -> None:
    assert [bucket_of(each) for each in (0, 50, 51, 62, ENDS[-1], ENDS[-1] + 1)] == [
        0, 0, 1, 1, LATENCY_BUCKETS - 2, LATENCY_BUCKETS - 1,
    ]  # fmt: skip


def test_of_a_few_the_share_is_one_of_them() -> None:
    assert share_of([], 0.5) is None
    assert share_of([300], 0.95) == 300
    assert share_of([100, 200, 300, 400], 0.5) == 200
    assert share_of(list(range(1, 101)), 0.95) == 95


def test_of_none_there_is_no_share() -> None:
    assert share_of_counts([0] * LATENCY_BUCKETS, 0.5) is None


@pytest.mark.parametrize("share", [0.5, 0.95])
def test_of_many_the_share_is_near_the_true_one(share: float) -> None:
    rng = random.Random(3)
    latencies = [rng.lognormvariate(6.2, 0.5) for _ in range(5000)]
    found = share_of_counts(counted(latencies), share)
    assert found == pytest.approx(share_of(latencies, share), rel=0.125)
