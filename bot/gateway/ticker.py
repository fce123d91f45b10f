"""One clock of 20 ms for all calls: a timer for each would wake the process a hundred times more often."""

from __future__ import annotations

import asyncio
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager

from bot.events import FRAME_MS

PERIOD = FRAME_MS / 1000


LONGEST_LAG = 1.0
"""Seconds of missed ticks that are caught up with; a machine that slept does not catch up with the night."""


Tick = Callable[[float], None]
"""Gets the number of seconds by which it is called late."""


class Ticker:
    """Calls each registered function every 20 ms, and catches up if the event loop was busy, so that the number of
    ticks of a call is right. `noted` gets the lateness of each tick."""

    def __init__(self, noted: Callable[[float], None]) -> None:
        self._ticks: set[Tick] = set()
        self._noted = noted

    @contextmanager
    def beats(self, tick: Tick) -> Iterator[None]:
        self._ticks.add(tick)
        try:
            yield
        finally:
            self._ticks.discard(tick)

    def beat(self, late: float) -> None:
        """One tick, which is `late` by this many seconds."""
        self._noted(late)
        for tick in tuple(self._ticks):
            tick(late)

    async def run(self) -> None:
        """Tick until cancelled."""
        due = time.monotonic()
        while True:
            due += PERIOD
            late = time.monotonic() - due
            if late < 0:
                await asyncio.sleep(-late)
                late = time.monotonic() - due
            else:
                await asyncio.sleep(0)
                due = max(due, due + late - LONGEST_LAG)
            self.beat(max(0.0, late))
