"""How a line's time passes while the bot works."""

import asyncio

import pytest

from bot.channels.waiting import Sleepers, by_the_clock


async def test_by_the_clock_a_wait_ends_with_its_time_and_the_work_goes_on() -> None:
    work: asyncio.Future[None] = asyncio.get_running_loop().create_future()
    assert await by_the_clock(work, 0.01) >= 0.009
    assert not work.done()


async def test_sleepers_wake_when_their_time_has_come() -> None:
    sleepers = Sleepers()
    woken: list[int] = []

    async def sleep(until: int) -> None:
        await sleepers.sleep_until(until)
        woken.append(until)

    tasks = [asyncio.ensure_future(sleep(until)) for until in (320, 160)]
    assert not sleepers
    await sleepers.any_or(asyncio.get_running_loop().create_future())
    for now, expected in ((159, []), (160, [160]), (319, [160]), (320, [160, 320])):
        sleepers.advanced(now)
        await asyncio.sleep(0)
        assert woken == expected
    assert not sleepers
    await asyncio.gather(*tasks)


async def test_who_no_longer_sleeps_moves_no_time() -> None:
    sleepers = Sleepers()
    sleeper = asyncio.ensure_future(sleepers.sleep_until(160))
    await asyncio.sleep(0)
    assert sleepers
    sleeper.cancel()
    with pytest.raises(asyncio.CancelledError):
        await sleeper
    assert not sleepers
