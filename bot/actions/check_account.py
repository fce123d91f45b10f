"""The calling number and the insurance number are checked together; on a match a new password is made, pending."""

from __future__ import annotations

import logging
from typing import Any

from rasa_sdk import Tracker
from rasa_sdk.events import SlotSet
from rasa_sdk.executor import CollectingDispatcher

from bot.actions.services import ServiceAction, in_thread
from bot.errors import VoicebotError
from bot.sealing import Purpose, SealBroken

logger = logging.getLogger(__name__)


class ActionCheckAccount(ServiceAction):
    def name(self) -> str:
        return "action_check_account"

    async def run(
        self, dispatcher: CollectingDispatcher, tracker: Tracker, domain: dict[str, Any]
    ) -> list[dict[str, Any]]:
        try:
            password = await in_thread(lambda: self._begin_reset(tracker))
        except VoicebotError as error:
            logger.error("a reset could not begin: %s", error)
            return [SlotSet("reset_state", "unavailable")]
        if password is None:
            return [SlotSet("reset_state", "refused")]
        sealed = self.services.seal.seal(password, Purpose.PASSWORD)
        return [SlotSet("password", sealed), SlotSet("reset_state", "pending")]

    def _begin_reset(self, tracker: Tracker) -> str | None:
        try:
            number = self.services.seal.reveal(tracker.get_slot("insurance_number") or "", Purpose.INSURANCE_NUMBER)
            return self.services.accounts.begin_reset(tracker.sender_id, self._caller(tracker), number)
        except SealBroken:  # expired or forged: no more a match than a wrong number is
            return None

    def _caller(self, tracker: Tracker) -> str | None:
        """The calling number; None, which matches no account, where the line withheld it.

        Only a conversation that no line started (`rasa shell`) has the number of the settings."""
        if sealed := tracker.get_slot("caller"):
            return self.services.seal.reveal(sealed, Purpose.CALLER)
        on_a_line = any(
            e["event"] == "user" and e["parse_data"]["intent"]["name"] == "start_call" for e in tracker.events
        )
        return None if on_a_line else self.services.settings.caller or None
