"""The calling number and the insurance number are checked together; on a match a new password is made, pending."""

from __future__ import annotations

import logging
from typing import Any

from rasa_sdk import Tracker
from rasa_sdk.events import SlotSet
from rasa_sdk.executor import CollectingDispatcher

from bot.actions.services import ServiceAction, in_thread, reset_of
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
        sealed = self.services.seal.of_call(tracker.sender_id).seal(password, Purpose.PASSWORD)
        return [SlotSet("password", sealed), SlotSet("reset_state", "pending")]

    def _begin_reset(self, tracker: Tracker) -> str | None:
        try:
            number = self.number(tracker)
            return self.services.accounts.begin_reset(reset_of(tracker.sender_id), self.caller(tracker), number)
        except SealBroken:  # expired, forged, or of another call: no more a match than a wrong number is
            return None
