"""What the bench of refusals calls equal, and what slower."""

from __future__ import annotations

import pytest

from benchmarks.refusals import CAUSES, REFUSED, apart, later, plan, told

TIMES = [100.0 + (n * 7919 % 250) / 10 for n in range(250)]


def test_causes_of_one_time_cannot_be_told_apart(capsys: pytest.CaptureFixture[str]) -> None:
    assert told({cause: [t + i / 1000 for t in TIMES] for i, cause in enumerate(REFUSED)}) == 0
    assert "cannot be told apart" in capsys.readouterr().out


def test_one_that_takes_ten_milliseconds_more_can(capsys: pytest.CaptureFixture[str]) -> None:
    times = {cause: list(TIMES) for cause in REFUSED}
    times["unknown phone"] = [t + 10 for t in TIMES]
    assert told(times) == 1
    assert "CAN be told apart" in capsys.readouterr().out


def test_how_far_two_samples_are_apart() -> None:
    """As scipy.stats says (ks_2samp with the method "asymp", and mannwhitneyu)."""
    p, above = apart(list(range(250)), [n + 25 for n in range(250)])
    assert p == pytest.approx(0.1533, abs=0.02)
    assert above == pytest.approx(0.595, abs=0.001)
    assert apart(TIMES, TIMES) == (1.0, 0.5)
    p, above = apart(TIMES, [t + 100 for t in TIMES])
    assert p == pytest.approx(0.0, abs=1e-9)
    assert above == 1.0


@pytest.mark.parametrize(("more", "status"), [(0.0, 0), (49.0, 0), (51.0, 1)])
def test_fifty_milliseconds_more_are_slower(more: float, status: int) -> None:
    assert later(TIMES, [t + more for t in TIMES]) == status


def test_every_call_has_a_phone_of_its_own_and_a_given_one_its_number() -> None:
    calls = plan(50, CAUSES, seed=1)
    assert len({phone for _, phone, _, _ in calls}) == len(calls) == 50 * len(CAUSES)
    for cause, _, given, own in calls:
        assert (given == own) == (cause not in ("wrong number", "of another"))
