"""What simulated lines have in common: what is played to them goes to an `Ear`."""

from __future__ import annotations

import asyncio
from typing import Any

from bot.audio.playout import Playout
from bot.events import RATE, Samples
from bot.simulation.scripted_caller import Ear

LONGEST_CALL = 600 * RATE
"""Samples after which a simulated caller hangs up on a bot that never ends the call."""


class SimulatedLine:
    """Both directions at 8 kHz. A subclass defines `caller` and `events`, and lets time pass there."""

    rate = RATE
    hears_while_speaking = True

    def __init__(self) -> None:
        self.transferred = False
        self._ear, self._playout = Ear(), Playout(LONGEST_CALL)
        self._ended = False

    async def play(self, samples: Samples, mark: str) -> None:
        if samples.size and not self._ended:
            self._ear.bot_queued(self._playout.pending)
        self._playout.put(samples, mark)

    async def stop(self) -> None:
        if self._playout.pending:
            self._ear.bot_stopped()
        self._playout.clear()

    async def heard(self) -> None:
        """None: there is no line that could die."""

    async def wait(self, work: asyncio.Future[Any], seconds: float) -> float:
        """The bot's work takes no time here."""
        await asyncio.wait([work])
        return 0.0

    async def hang_up(self) -> None:
        self._ended = True

    async def transfer(self) -> None:
        self.transferred = True
        self._ended = True
