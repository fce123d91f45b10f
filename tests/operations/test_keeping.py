"""Records on their way to the account store: they are tried again, and no call waits for them."""

from __future__ import annotations

import asyncio
from typing import Any

import pytest

from bot.errors import VoicebotError
from bot.events import Expect, Grammar, Outcome
from bot.operations import keeping
from bot.operations.client import Refused
from bot.operations.keeping import TRIES, CallsOfGateway
from bot.watching import Ended, Speaks

PHONE = "0912345678"
GREETING = Speaks(0.0, "xin chào", 1.0, None, None, False, Expect(Grammar.MENU))


class Store:
    """An action server that is out of order so many times."""

    def __init__(self, failures: int = 0) -> None:
        self.failures = failures
        self.asked: list[tuple[str, dict[str, Any]]] = []

    async def ask(self, what: str, **fields: Any) -> dict[str, Any]:
        self.asked.append((what, fields))
        if self.failures:
            self.failures -= 1
            raise VoicebotError("out of order")
        return {"new": True}


def calls_of(store: Store) -> tuple[CallsOfGateway, list[float]]:
    slept: list[float] = []

    async def sleep(seconds: float) -> None:
        slept.append(seconds)
        await asyncio.sleep(0)

    return CallsOfGateway(store, lambda: 1000.0, sleep), slept


async def settled(calls: CallsOfGateway) -> None:
    while calls._waiting:  # noqa: ASYNC110  # the code under test has no event for it
        await asyncio.sleep(0)


async def test_a_call_in_progress_is_shown_and_its_record_is_written_when_it_ends() -> None:
    store = Store()
    calls, _ = calls_of(store)
    async with calls.keeping():
        watch = calls.begin("1764.1", PHONE)
        watch(GREETING)
        (shown,) = calls.snapshot()
        assert (shown["exchange"], shown["stage"], shown["expect"]) == ("1764.1", "answered", "menu")
        assert PHONE not in str(shown)
        watch(Ended(3.0, Outcome.HUNG_UP))
        assert calls.snapshot() == []
        await settled(calls)
    ((what, fields),) = store.asked
    assert (what, fields["phone"], fields["record"]["outcome"]) == ("keep", PHONE, "hung_up")
    assert calls.kept == 1


async def test_a_name_that_may_be_a_telephone_number_is_not_shown() -> None:
    calls, _ = calls_of(Store())
    calls.begin(PHONE, PHONE)
    assert PHONE not in str(calls.snapshot())


async def test_what_cannot_be_written_is_tried_again_and_later(caplog: pytest.LogCaptureFixture) -> None:
    store = Store(failures=3)
    calls, slept = calls_of(store)
    async with calls.keeping():
        calls.begin("", PHONE)(Ended(3.0, Outcome.HUNG_UP))
        await settled(calls)
    assert slept == [1, 2, 4]
    assert calls.kept == 1
    assert caplog.text.count("a record of a call waits") == 1
    assert PHONE not in caplog.text


async def test_after_some_tries_it_is_given_up_and_the_next_one_is_written(caplog: pytest.LogCaptureFixture) -> None:
    store = Store(failures=TRIES)
    calls, slept = calls_of(store)
    async with calls.keeping():
        for _ in range(2):
            calls.begin("", PHONE)(Ended(3.0, Outcome.HUNG_UP))
        await settled(calls)
    assert slept == [1, 2, 4, 8, 16, 32, 60]
    assert calls.kept == 1
    assert "is lost: out of order" in caplog.text


async def test_what_would_be_refused_again_is_given_up_at_once(caplog: pytest.LogCaptureFixture) -> None:
    class Refusing(Store):
        async def ask(self, what: str, **fields: Any) -> dict[str, Any]:
            raise Refused(400, "no record of a call")

    calls, slept = calls_of(Refusing())
    async with calls.keeping():
        calls.begin("", PHONE)(Ended(3.0, Outcome.HUNG_UP))
        await settled(calls)
    assert (slept, calls.kept) == ([], 0)
    assert "is lost: no record" in caplog.text


async def test_no_more_than_so_many_wait(monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture) -> None:
    monkeypatch.setattr(keeping, "MOST_WAITING", 2)
    store = Store()
    calls, _ = calls_of(store)
    for _ in range(3):
        calls.begin("", PHONE)(Ended(3.0, Outcome.HUNG_UP))
    assert "is lost: 2 others wait" in caplog.text
    async with calls.keeping():
        await settled(calls)
    assert calls.kept == 2


async def test_what_waits_when_the_gateway_ends_is_written_before() -> None:
    store = Store()
    calls, _ = calls_of(store)
    async with calls.keeping():
        calls.begin("", PHONE)(Ended(3.0, Outcome.HUNG_UP))
    assert calls.kept == 1


async def test_a_gateway_does_not_wait_long_for_a_store_that_is_gone(
    monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    class Silent(Store):
        async def ask(self, what: str, **fields: Any) -> dict[str, Any]:
            await asyncio.Event().wait()
            raise AssertionError

    monkeypatch.setattr(keeping, "DRAIN_SECONDS", 0.0)
    calls, _ = calls_of(Silent())
    async with calls.keeping():
        calls.begin("", PHONE)(Ended(3.0, Outcome.HUNG_UP))
    assert "the records of 1 calls are lost" in caplog.text


async def test_who_looks_is_told_of_each_change() -> None:
    calls, _ = calls_of(Store())
    waiting = asyncio.ensure_future(calls.changed(100))
    await asyncio.sleep(0)
    watch = calls.begin("", None)
    await waiting
    waiting = asyncio.ensure_future(calls.changed(100))
    await asyncio.sleep(0)
    watch(GREETING)
    await waiting
