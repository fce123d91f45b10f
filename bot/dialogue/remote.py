"""A Rasa that is served somewhere, and watched."""

from __future__ import annotations

import asyncio

from bot.credentials import of_rasa
from bot.dialogue.health import HealthCheck, StoreWatch
from bot.dialogue.served import ServedRasa
from bot.events import Reply, Utterance
from bot.operations.client import Client
from bot.sealing import load_seal
from bot.settings import Settings


class RemoteRasa:
    """`bot.dialogue.WatchedDialogue` at `rasa_url`. Its pulse is felt from when it is made, in a running event loop,
    until it is closed."""

    def __init__(self, settings: Settings) -> None:
        """Raises VoicebotError where a secret is too weak."""
        secrets = of_rasa(settings)
        seal = load_seal(settings)
        self._served = ServedRasa(settings.rasa_url, seal, settings.number_lengths, secrets)
        self._operations = Client(settings.actions_url, secrets, seal) if settings.actions_url else None
        self._health = HealthCheck(settings.rasa_url, secrets, settings.actions_url)
        self._watching = asyncio.ensure_future(self._health.run())

    @property
    def up(self) -> bool:
        return self._health.up

    @property
    def store(self) -> StoreWatch:
        return self._health.store

    @property
    def operations(self) -> Client | None:
        return self._operations

    async def tell(self, call_id: str, utterance: Utterance) -> Reply:
        """One turn. Raises VoicebotError where Rasa cannot be reached, is too slow or answers nonsense."""
        return await self._served.tell(call_id, utterance)

    async def close(self) -> None:
        self._watching.cancel()
        await asyncio.wait([self._watching])
        await self._served.close()
