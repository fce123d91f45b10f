"""How a line's time passes while the bot works."""

from __future__ import annotations

import asyncio
import time
from typing import Any


async def by_the_clock(work: asyncio.Future[Any], seconds: float) -> float:
    """`bot.events.Channel.wait` for a line in real time."""
    began = time.monotonic()
    await asyncio.wait([work], timeout=seconds)
    return time.monotonic() - began


class Sleepers:
    """Tasks that wait for a time on a line whose time is counted in samples."""

    def __init__(self) -> None:
        self._due: list[tuple[int, asyncio.Future[None]]] = []
        self._came = asyncio.Event()

    def __bool__(self) -> bool:
        return any(not sleeper.done() for _, sleeper in self._due)

    async def sleep_until(self, at: int) -> None:
        """Wait until the line's time is `at`, in samples."""
        sleeper = asyncio.get_running_loop().create_future()
        self._due.append((at, sleeper))
        self._came.set()
        await sleeper

    def advanced(self, now: int) -> None:
        """The line's time is `now`, in samples."""
        for at, sleeper in self._due:
            if at <= now and not sleeper.done():
                sleeper.set_result(None)
        self._due = [each for each in self._due if not each[1].done()]

    async def any_or(self, work: asyncio.Future[Any]) -> None:
        """Wait until some task sleeps, or the work is done."""
        self._came.clear()
        if self or work.done():
            return
        came = asyncio.ensure_future(self._came.wait())
        try:
            await asyncio.wait([work, came], return_when=asyncio.FIRST_COMPLETED)
        finally:
            came.cancel()
