"""How the account store of an action server is: asked by gateways whose Rasa is served. No part of a conversation, so
it is not in domain.yml.

    POST /webhook {"next_action": "action_store_health", "tracker": {"sender_id": "health"}}
"""

from __future__ import annotations

import dataclasses
from typing import Any

from rasa_sdk import Tracker
from rasa_sdk.events import SlotSet
from rasa_sdk.executor import CollectingDispatcher

from bot.actions.services import ServiceAction


class ActionStoreHealth(ServiceAction):
    def name(self) -> str:
        return "action_store_health"

    async def run(
        self, dispatcher: CollectingDispatcher, tracker: Tracker, domain: dict[str, Any]
    ) -> list[dict[str, Any]]:
        """The fields of a bot.events.StoreHealth, as the value of a slot."""
        return [SlotSet("store_health", dataclasses.asdict(await self.services.health()))]
