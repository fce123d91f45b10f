"""What a caller hears while a part of the bot is slow: never long silence, and an end.

turn over   ├─ QUIET ─┤ xin chờ ├─ QUIET ─┤ xin chờ ├─ … ─┤ LIMIT: VoicebotError, which the call apologises for
part done             answer: at once, or behind the words that are being said
"""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from typing import TypeVar

from bot.errors import VoicebotError
from bot.protocols import Channel

T = TypeVar("T")

QUIET_SECONDS = 2.4
"""Of silence until the caller is asked to wait: nobody hears more than 2.5 s, a frame and a late clock included."""

TURN_SECONDS = 1.0
"""Of that may have passed before the part began, while the bot made sure that the caller had finished. Longer waits for
a caller (a pause inside a number) are the caller's own."""

LIMIT_SECONDS = 10.0
"""For a piece of work. Longer than any takes that will still succeed (a store gives up after 2.4 s)."""

FRAME_SECONDS = 0.02
"""Time passes in frames. Less of a limit than one may be a sum's rounding, in which no sample passes."""

SLOW = "a part of the bot does not answer in time; this machine or its database is overloaded"


@dataclass(frozen=True)
class Words:
    """What the call says of its own accord, because the dialogue or the voice may be what failed.

    wait      while a part is slow
    apology   where a part failed
    void      the same, where a password was read out that is not in force
    stands    the same, where the password that was read out is in force
    unknown   the same, where neither the password's activation nor the question whether it was done was answered
    recorded  before anything else, where the call is recorded
    """

    wait: str
    apology: str
    void: str
    stands: str
    unknown: str
    recorded: str = ""


class Patience:
    """One call's. `ask_to_wait` says so to the caller, where it can."""

    def __init__(self, channel: Channel, ask_to_wait: Callable[[], Awaitable[None]]) -> None:
        self._channel, self._ask_to_wait = channel, ask_to_wait
        self._sound = 0.0  # seconds of sound that are still to be played; below 0: of silence so far

    def turn_over(self, waited: float) -> None:
        """Nothing is being said any more, and the caller said nothing for so many seconds."""
        self._sound = -min(waited, TURN_SECONDS)

    def plays(self, seconds: float) -> None:
        """So much more is going to be heard."""
        self._sound = max(0.0, self._sound) + seconds

    async def of(self, work: Awaitable[T], limit: float = LIMIT_SECONDS) -> T:
        """The result of a piece of work. Raises what the work raises, and VoicebotError where it takes more than
        `limit` seconds: then it is cancelled."""
        task = asyncio.ensure_future(work)
        left = limit
        try:
            while True:
                passed = await self._channel.wait(task, min(left, max(0.0, self._sound + QUIET_SECONDS)))
                left -= passed
                self._sound -= passed
                if task.done():
                    return task.result()
                if left < FRAME_SECONDS:
                    raise VoicebotError(SLOW)
                before = self._sound
                await self._ask_to_wait()
                if self._sound <= before:  # not even that can be said; try again after as long
                    self._sound = 0.0
        finally:
            task.cancel()
