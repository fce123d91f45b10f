"""What is known of a call outside its connection is known once, and for a while."""

import uuid

import pytest

from bot.events import Outcome
from bot.gateway import call_registry
from bot.gateway.call_registry import ANNOUNCED_SECONDS, ENDED_SECONDS, CallRegistry


class Clock:
    now = 0.0

    def __call__(self) -> float:
        return self.now


def test_an_announced_call_arrives_once() -> None:
    here = CallRegistry(Clock())
    name = here.announce("0912345678")
    announced = here.arrive(name)
    assert announced is not None
    assert announced.caller == "0912345678"
    assert "0912345678" not in repr(announced)
    assert here.arrive(name) is None
    assert here.arrive(uuid.uuid4()) is None


def test_a_withheld_number_is_announced_too() -> None:
    here = CallRegistry(Clock())
    announced = here.arrive(here.announce(None))
    assert announced is not None
    assert announced.caller is None


def test_announcements_and_endings_are_forgotten() -> None:
    clock = Clock()
    here = CallRegistry(clock)
    name = here.announce("0912345678")
    here.ended("7", Outcome.RESET)
    clock.now = ANNOUNCED_SECONDS
    assert here.arrive(name) is None
    assert here.outcome("7") is Outcome.RESET
    clock.now = ENDED_SECONDS
    assert here.outcome("7") is None


def test_a_name_that_is_used_again_means_the_last_call() -> None:
    clock = Clock()
    here = CallRegistry(clock)
    here.ended("7", Outcome.RESET)
    clock.now = ENDED_SECONDS / 2
    here.ended("7", Outcome.TRANSFERRED)
    clock.now = ENDED_SECONDS
    assert here.outcome("7") is Outcome.TRANSFERRED


def test_no_more_than_so_much_is_kept(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(call_registry, "MOST", 3)
    here = CallRegistry(Clock())
    names = [here.announce(str(n)) for n in range(5)]
    assert [here.arrive(name) is not None for name in names] == [False, False, True, True, True]
