"""The hearing of many calls in a few threads."""

import asyncio
import threading
from collections.abc import AsyncIterator
from functools import partial

import pytest

from bot.events import Heard, KeyHeard
from bot.hearing.pool import HearingPool

GUARD = 20


class Noted:
    def __init__(self) -> None:
        self.batches = 0

    def __call__(self, waited: float, took: float) -> None:
        assert waited >= 0
        assert took >= 0
        self.batches += 1


@pytest.fixture
def noted() -> Noted:
    return Noted()


@pytest.fixture
async def pool(noted: Noted) -> AsyncIterator[HearingPool]:
    made = HearingPool(2, noted)
    yield made
    made.close()


def key(at: int) -> list[Heard]:
    return [KeyHeard("1", at)]


def where(at: int) -> list[Heard]:
    return [KeyHeard(threading.current_thread().name, at)]


async def test_work_is_done_in_another_thread(pool: HearingPool) -> None:
    [heard] = await pool.run_hearing(partial(where, 0))
    assert isinstance(heard, KeyHeard)
    assert heard.key.startswith("hearing")


async def test_everybody_gets_his_own_result_and_calls_come_along(pool: HearingPool, noted: Noted) -> None:
    results = await asyncio.gather(*(pool.run_hearing(partial(key, at)) for at in range(100)))
    assert results == [key(at) for at in range(100)]
    assert noted.batches < 100


async def test_a_batch_of_long_work_does_not_hold_the_event_loop_up(pool: HearingPool) -> None:
    """The loop goes on while all threads are stuck: it is the loop that frees them."""
    free = threading.Event()

    def stuck() -> list[Heard]:
        assert free.wait(GUARD)
        return []

    working = [asyncio.ensure_future(pool.run_hearing(stuck)) for _ in range(4)]
    for _ in range(10):
        await asyncio.sleep(0)
    assert not any(each.done() for each in working)
    free.set()
    await asyncio.wait_for(asyncio.gather(*working), GUARD)


async def test_nobody_waits_behind_long_work_while_a_thread_is_free(pool: HearingPool) -> None:
    """A second pass takes longer than all else of a batch; whatever came with it is done by the other thread."""
    free = threading.Event()

    def long() -> list[Heard]:
        assert free.wait(GUARD)
        return []

    before = [asyncio.ensure_future(pool.run_hearing(partial(key, at))) for at in range(5)]
    waiting = asyncio.ensure_future(pool.run_hearing(long))
    behind = [asyncio.ensure_future(pool.run_hearing(partial(key, at))) for at in range(5, 10)]
    assert await asyncio.wait_for(asyncio.gather(*before, *behind), GUARD) == [key(at) for at in range(10)]
    assert not waiting.done()
    free.set()
    assert await asyncio.wait_for(waiting, GUARD) == []


async def test_what_was_done_before_long_work_is_told_with_the_next_work(noted: Noted) -> None:
    alone, began, free = HearingPool(1, noted), threading.Event(), threading.Event()

    def long() -> list[Heard]:
        began.set()
        assert free.wait(GUARD)
        return []

    short = asyncio.ensure_future(alone.run_hearing(partial(key, 0)))
    waiting = asyncio.ensure_future(alone.run_hearing(long))
    await asyncio.sleep(0)
    assert await asyncio.to_thread(began.wait, GUARD)
    later = asyncio.ensure_future(alone.run_hearing(partial(key, 1)))
    assert await asyncio.wait_for(short, GUARD) == key(0)
    free.set()
    await asyncio.wait_for(asyncio.gather(waiting, later), GUARD)
    alone.close()


async def test_what_work_raises_reaches_its_call_alone(pool: HearingPool) -> None:
    def broken() -> list[Heard]:
        raise ValueError("no model")

    results = await asyncio.gather(
        pool.run_hearing(broken), *(pool.run_hearing(partial(key, at)) for at in range(5)), return_exceptions=True
    )
    assert isinstance(results[0], ValueError)
    assert results[1:] == [key(at) for at in range(5)]


async def test_a_call_that_is_gone_leaves_the_others_alone(pool: HearingPool) -> None:
    gone = asyncio.ensure_future(pool.run_hearing(partial(key, 0)))
    await asyncio.sleep(0)
    gone.cancel()
    assert await asyncio.wait_for(pool.run_hearing(partial(key, 1)), GUARD) == key(1)
