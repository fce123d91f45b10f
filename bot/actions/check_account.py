"""The calling number and the insurance number are checked together; on a match a new password is made, pending."""

from __future__ import annotations

import logging
from typing import Any

from rasa_sdk import Tracker
from rasa_sdk.events import SlotSet
from rasa_sdk.executor import CollectingDispatcher

from bot.actions.services import ServiceAction, in_thread, reset_of
from bot.errors import VoicebotError
from bot.sealing import Purpose, SealBroken, is_sealed

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
            number = self._number(tracker)
            return self.services.accounts.begin_reset(reset_of(tracker.sender_id), self._caller(tracker), number)
        except SealBroken:  # expired, forged, or of another call: no more a match than a wrong number is
            return None

    def _number(self, tracker: Tracker) -> str:
        """The insurance number. In a call it is sealed; only what is typed in `rasa shell` comes in digits."""
        token = tracker.get_slot("insurance_number") or ""
        if not _on_a_line(tracker) and not is_sealed(token):
            return str(token)
        return self.services.seal.of_call(tracker.sender_id).reveal(token, Purpose.INSURANCE_NUMBER)

    def _caller(self, tracker: Tracker) -> str | None:
        """The calling number; None, which matches no account, where the line withheld it.

        Only a conversation that no line started (`rasa shell`) has the number of the settings."""
        if sealed := tracker.get_slot("caller"):
            return self.services.seal.of_call(tracker.sender_id).reveal(sealed, Purpose.CALLER)
        return None if _on_a_line(tracker) else self.services.settings.caller or None


def _on_a_line(tracker: Tracker) -> bool:
    """Whether a line began this conversation, and not `rasa shell`."""
    begun = ("start_call", "caller_withheld")
    return any(e["event"] == "user" and e["parse_data"]["intent"]["name"] in begun for e in tracker.events)
