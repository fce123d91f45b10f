"""A caller who hung up, or whose call failed: a password that was not heard is dropped, the old one stays in force. The
answer says whether it was in force already, or that this could not be found out."""

from __future__ import annotations

import logging
from typing import Any

from rasa_sdk import Tracker
from rasa_sdk.events import SlotSet
from rasa_sdk.executor import CollectingDispatcher

from bot.actions.services import ServiceAction, in_thread, reset_of
from bot.errors import VoicebotError

logger = logging.getLogger(__name__)


class ActionDiscardReset(ServiceAction):
    def name(self) -> str:
        return "action_discard_reset"

    async def run(
        self, dispatcher: CollectingDispatcher, tracker: Tracker, domain: dict[str, Any]
    ) -> list[dict[str, Any]]:
        try:
            active = await in_thread(lambda: self.services.accounts.discard(reset_of(tracker.sender_id)))
        except VoicebotError as error:  # a pending password never works
            logger.error("a pending reset could not be discarded: %s", error)
            return [SlotSet("reset_state", "unknown")] if _may_be_in_force(tracker) else []
        return [SlotSet("reset_state", "done")] if active else []


def _may_be_in_force(tracker: Tracker) -> bool:
    """Whether it may have been put in force: not one whose reading was not heard."""
    return bool(tracker.get_intent_of_latest_message() != "unheard")
