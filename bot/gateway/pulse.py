"""Whether a served Rasa can be reached, asked every few seconds: a gateway without it is to be sent no call."""

from __future__ import annotations

import asyncio
import logging

import aiohttp

PATH = "/webhooks/rest/"
"""Where Rasa's REST channel, which takes the turns, says that it is there. It needs no token, touches no tracker and no
lock, and is missing where `rest` is not enabled, where every turn would fail, too."""

PULSE_SECONDS = 2.0
"""From one beat to the next."""

TIMEOUT = aiohttp.ClientTimeout(total=3)
"""Seconds: a Rasa that is silent for so long answers no caller in time either."""

MISSES = 2
"""Beats in a row that must fail before no call is taken. One is lost when a connection breaks or one of several Rasa
workers restarts, which costs one call an apology, and a whole gateway must not go for that. So a Rasa that is gone is
known in 4 s at most, one that hangs in 10; the first beat that is answered brings it back."""

log = logging.getLogger(__name__)


class Pulse:
    """Of Rasa at `url`, e.g. http://localhost:5005."""

    def __init__(self, url: str) -> None:
        self._url = url.rstrip("/")
        self._missed = MISSES - 1  # of a Rasa that was never there, one beat tells enough

    @property
    def up(self) -> bool:
        """Nothing is known to be wrong with it."""
        return self._missed < MISSES

    async def run(self) -> None:
        """Beat until cancelled."""
        while True:
            await self.beat()
            await asyncio.sleep(PULSE_SECONDS)

    async def beat(self) -> None:
        """Ask once."""
        was_up, trouble = self.up, await self._trouble()
        self._missed = self._missed + 1 if trouble else 0
        if was_up and not self.up:
            log.error("Rasa at %s %s; no call is taken until it answers", self._url, trouble)
        elif self.up and not was_up:
            log.warning("Rasa at %s answers again", self._url)

    async def _trouble(self) -> str | None:
        """Why it cannot be reached, None where it can."""
        try:
            # A connection of its own: one that is kept may end between two beats, and waits behind the turns in a pool.
            async with aiohttp.ClientSession(timeout=TIMEOUT) as session, session.get(self._url + PATH) as response:
                return f"answers with status {response.status}" if response.status >= 400 else None
        except asyncio.TimeoutError:
            return "does not answer in time"
        except (aiohttp.ClientError, OSError, ValueError) as error:
            return f"cannot be reached ({type(error).__name__})"
