"""The first reading was heard to its end: the pending password is put in force."""

from __future__ import annotations

import logging
import math
import time
from typing import Any

from rasa_sdk import Tracker
from rasa_sdk.events import SlotSet
from rasa_sdk.executor import CollectingDispatcher

from bot.actions import services
from bot.actions.services import ServiceAction, in_thread, reset_of
from bot.errors import VoicebotError

logger = logging.getLogger(__name__)


class ActionActivatePassword(ServiceAction):
    def name(self) -> str:
        return "action_activate_password"

    async def run(
        self, dispatcher: CollectingDispatcher, tracker: Tracker, domain: dict[str, Any]
    ) -> list[dict[str, Any]]:
        call, until = reset_of(tracker.sender_id), min(_until(tracker), time.time() + services.WORK_SECONDS)
        try:
            active = await in_thread(lambda: self.services.accounts.activate(call, until))
        except VoicebotError as error:
            logger.error("a reset could not be completed: %s", error)
            return [SlotSet("reset_state", await self._after_all(call))]
        return [SlotSet("reset_state", "done" if active else "unavailable")]

    async def _after_all(self, call: str) -> str:
        """The state of a reset whose activation failed: perhaps it was done, and only the answer was lost. If it was
        not, it never will be: it is discarded. A commit that stands still at the disk may be written yet."""
        try:
            return "done" if await in_thread(lambda: self.services.accounts.discard(call)) else "unavailable"
        except VoicebotError as error:
            logger.error("a reset that could not be completed could not be discarded either: %s", error)
            return "unknown"


def _until(tracker: Tracker) -> float:
    """Unix time, in seconds, until which the call waits for the answer. Activation that comes later, from a process
    that stood still, must not happen: the caller has been told that the password is void."""
    value = next(tracker.get_latest_entity_values("until"), None)
    return math.inf if value is None else float(value)
