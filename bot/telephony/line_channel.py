"""What calls on a telephone line have in common, whatever their protocol: an inbox, and an end."""

from __future__ import annotations

import asyncio
import contextlib
from abc import ABC, abstractmethod
from collections.abc import AsyncIterator
from typing import Any

from bot.channels.waiting import by_the_clock
from bot.events import ChannelEvent, Samples
from bot.telephony.inbox import Inbox
from bot.telephony.liveness import Liveness

CLOSE_SECONDS = 2.0
"""How long, after the hang-up, the exchange may take to close the connection itself."""


class LineChannel(ABC):
    """A channel on a telephone line. Reads from the first moment on; `close` frees everything."""

    hears_while_speaking = True

    tells_what_was_played = False
    """Whether the exchange itself reports what it has played. On a line that never gives sound nothing else is
    known."""

    def __init__(self, rate: int, caller: str | None) -> None:
        """`rate` in Hz; `caller` as the exchange reports it. Needs a running event loop."""
        self.rate, self.caller = rate, caller
        self._inbox = Inbox(rate)
        self._liveness = Liveness(rate)
        self._news = asyncio.Event()  # something happened that may tell whether the line lives
        self._ended = False
        self._reading = asyncio.ensure_future(self._read())

    @property
    @abstractmethod
    def late(self) -> int:
        """How often the caller heard a gap, because sound was sent late."""

    @property
    def lost(self) -> int:
        """Frames of the caller that were dropped because this machine was busy."""
        return self._inbox.lost

    def events(self) -> AsyncIterator[ChannelEvent]:
        return self._inbox.events()

    async def play(self, samples: Samples, mark: str) -> None:
        if not self._ended:
            self._queue(samples, mark)

    async def heard(self) -> bool | None:
        """Whether the line was alive during the last seconds and still is: whether it gives sound
        (bot/telephony/liveness.py). The answer takes one frame, or a second for a dead line. None if the line has given
        no sound during the whole call but the exchange reports what it has played: a phone that sends nothing while
        nobody speaks."""
        if self.tells_what_was_played and not self._liveness.gave_sound and not self._ended:
            return None
        self._liveness.ask()
        while not self._ended and self._liveness.heard is None:
            self._news.clear()
            await self._news.wait()
        return not self._ended and self._liveness.heard is True

    async def wait(self, work: asyncio.Future[Any], seconds: float) -> float:
        return await by_the_clock(work, seconds)

    @abstractmethod
    async def stop(self) -> None: ...

    async def hang_up(self) -> None:
        if not self._ended:
            self._end(drop=True)
            self._say_goodbye()

    async def transfer(self) -> None:
        """The bot's part ends; the dialplan then asks how the call ended, and connects the caller with a person."""
        await self.hang_up()

    def tick(self, late: float) -> None:
        """20 ms have passed, `late` seconds ago."""
        self._inbox.tick()
        self._liveness.tick()
        self._news.set()
        if not self._ended:
            self._advance(late)

    async def close(self) -> None:
        """End the call and the connection in any state; the exchange has CLOSE_SECONDS to close it first."""
        await self.hang_up()
        with contextlib.suppress(asyncio.TimeoutError):
            await asyncio.wait_for(asyncio.shield(self._reading), CLOSE_SECONDS)
        await cancelled(self._reading)
        await self._disconnect()

    def _end(self, *, drop: bool) -> None:
        """The call is over; with `drop` also for what has not been fetched."""
        if not self._ended:
            self._ended = True
            self._clear()
            self._inbox.end(drop=drop)
            self._news.set()

    def _hear(self, samples: Samples) -> None:
        """The caller's next sound."""
        self._liveness.sound(samples.size)
        self._news.set()
        self._inbox.hear(samples)

    @abstractmethod
    def _advance(self, late: float) -> None:
        """Do the work of 20 ms of a call in progress."""

    @abstractmethod
    async def _read(self) -> None:
        """Fill the inbox until the connection ends, and then call `_end`."""

    @abstractmethod
    def _queue(self, samples: Samples, mark: str) -> None:
        """Queue a clip."""

    @abstractmethod
    def _clear(self) -> None:
        """Drop what was not played yet."""

    @abstractmethod
    def _say_goodbye(self) -> None:
        """Tell the exchange that the call is over."""

    @abstractmethod
    async def _disconnect(self) -> None: ...


async def cancelled(task: asyncio.Future[None]) -> None:
    """Cancel a task and wait until it has ended."""
    task.cancel()
    await asyncio.wait([task])
