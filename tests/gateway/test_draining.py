"""SIGTERM lets the calls in progress end; a second one does not."""

import asyncio
import os
import signal

import pytest

from bot.gateway.admission import Admission, Busy
from bot.gateway.serving import drained
from tests.gateway.conftest import until

GUARD = 10


@pytest.fixture
def told() -> list[str]:
    return []


async def signalled(told: list[str], drain: "asyncio.Future[None]") -> None:
    """Send SIGTERM as soon as it is waited for, and let it arrive."""
    await asyncio.sleep(0)
    os.kill(os.getpid(), signal.SIGTERM)
    before = len(told)
    await until(lambda: len(told) > before or drain.done())


async def test_it_waits_for_the_last_call(told: list[str]) -> None:
    admission = Admission(9)
    with admission.call():
        drain = asyncio.ensure_future(drained(admission, told.append))
        await signalled(told, drain)
        assert told[0].startswith("draining: 1 calls")
        with pytest.raises(Busy, match="draining"), admission.call():
            pass
        assert not drain.done()
    await asyncio.wait_for(drain, GUARD)


async def test_without_calls_it_ends_at_once(told: list[str]) -> None:
    drain = asyncio.ensure_future(drained(Admission(9), told.append))
    await signalled(told, drain)
    await asyncio.wait_for(drain, GUARD)


async def test_a_second_signal_waits_for_nobody(told: list[str]) -> None:
    admission = Admission(9)
    with admission.call():
        drain = asyncio.ensure_future(drained(admission, told.append))
        await signalled(told, drain)
        await signalled(told, drain)
        await asyncio.wait_for(drain, GUARD)
        assert admission.in_progress == 1
