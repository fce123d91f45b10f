"""Whether a served Rasa can be reached, and how the account store is, asked every few seconds: a gateway without either
is to be sent no call."""

from __future__ import annotations

import asyncio
import logging

import aiohttp

from bot.credentials import Credentials
from bot.events import StoreHealth

PATH = "/webhooks/rest/"
"""Where Rasa's REST channel, which takes the turns, says that it is there. It touches no tracker and no lock, and is
missing where the channel is not enabled, where every turn would fail, too."""

ASK_FOR_STORE = {
    "next_action": "action_store_health",
    "tracker": {"sender_id": "health"},
    "domain": {},
}
"""What an action server answers with the health of its account store (bot/actions/store_health.py)."""

CHECK_SECONDS = 2.0
"""From one beat to the next."""

TIMEOUT = aiohttp.ClientTimeout(total=3)
"""Seconds: a Rasa that is silent for so long answers no caller in time either."""

MISSES = 2
"""Beats in a row that must fail before no call is taken. One is lost when a connection breaks or one of several Rasa
workers restarts, which costs one call an apology, and a whole gateway must not go for that. So a Rasa that is gone is
known in 4 s at most, one that hangs in 10; the first beat that is answered brings it back."""

log = logging.getLogger(__name__)


class StoreWatch:
    """What is known of the account store, which the dialogue looks after; the log tells when it goes and comes back."""

    def __init__(self) -> None:
        self.health = StoreHealth()

    @property
    def up(self) -> bool:
        """Nothing is known to be wrong with it."""
        return not self.health.trouble

    @property
    def alarmed(self) -> bool:
        """Callers guess too much."""
        return 0 < self.health.max_refusals <= self.health.refusals

    def reported(self, health: StoreHealth) -> None:
        was_up, self.health = self.up, health
        if was_up and not self.up:
            log.error("%s; no call is taken until it can be used", health.trouble)
        elif self.up and not was_up:
            log.warning("the account store can be used again")


class HealthCheck:
    """Of Rasa at `url`, e.g. http://localhost:5005, and of the account store behind the action server's `actions_url`,
    e.g. http://localhost:5055/webhook; nothing is known of the store where that is empty. Both want one of the
    secrets."""

    def __init__(self, url: str, secrets: Credentials, actions_url: str = "") -> None:
        self._url, self._secrets, self._actions_url = url.rstrip("/"), secrets, actions_url
        self.store = StoreWatch()
        self.missed = MISSES - 1  # of a Rasa that was never there, one beat tells enough
        """Beats in a row that Rasa did not answer."""
        self.actions_missed = 0
        """The same of the action server."""

    @property
    def up(self) -> bool:
        """Nothing is known to be wrong with it."""
        return self.missed < MISSES

    async def run(self) -> None:
        """Beat until cancelled."""
        while True:
            await self.check()
            await asyncio.sleep(CHECK_SECONDS)

    async def check(self) -> None:
        """Ask once."""
        trouble, _ = await asyncio.gather(self._trouble(), self._look_after_store())
        was_up = self.up
        self.missed = self.missed + 1 if trouble else 0
        if was_up and not self.up:
            log.error("Rasa at %s %s; no call is taken until it answers", self._url, trouble)
        elif self.up and not was_up:
            log.warning("Rasa at %s answers again", self._url)

    def _session(self) -> aiohttp.ClientSession:
        return aiohttp.ClientSession(timeout=TIMEOUT, headers=self._secrets.headers)

    async def _trouble(self) -> str | None:
        """Why it cannot be reached, None where it can."""
        try:
            # A connection of its own: one that is kept may end between two beats, and waits behind the turns in a pool.
            async with self._session() as session, session.get(self._url + PATH) as response:
                return f"answers with status {response.status}" if response.status >= 400 else None
        except TimeoutError:
            return "does not answer in time"
        except (aiohttp.ClientError, OSError, ValueError) as error:
            return f"cannot be reached ({type(error).__name__})"

    async def _look_after_store(self) -> None:
        if not self._actions_url:
            return
        try:
            async with (
                self._session() as session,
                session.post(self._actions_url, json=ASK_FOR_STORE) as response,
            ):
                response.raise_for_status()
                (event,) = (await response.json())["events"]
                health = StoreHealth(**event["value"])
            self.actions_missed = 0
        except (TimeoutError, aiohttp.ClientError, OSError, ValueError, LookupError, TypeError) as error:
            health = StoreHealth(f"the action server at {self._actions_url} does not tell ({type(error).__name__})")
            self.actions_missed += 1
        self.store.reported(health)
