"""What a filled slot of the form means: progress, and a number that was keyed needs no read-back."""

from __future__ import annotations

from typing import Any

from rasa_sdk import FormValidationAction, Tracker
from rasa_sdk.executor import CollectingDispatcher

from bot.actions.count_retry import PROGRESS, WHOLE

Slots = dict[str, Any]


class ValidateResetForm(FormValidationAction):  # type: ignore[misc]  # rasa_sdk ships no types
    def name(self) -> str:
        return "validate_reset_form"

    def validate_wish(self, value: str, dispatcher: CollectingDispatcher, tracker: Tracker, domain: Slots) -> Slots:
        return {"wish": value, **PROGRESS}

    def validate_insurance_number(
        self, value: str, dispatcher: CollectingDispatcher, tracker: Tracker, domain: Slots
    ) -> Slots:
        """A number is sealed here and stays so: hearing has counted its digits."""
        source = next(tracker.get_latest_entity_values("number_source"), "voice")
        return {"insurance_number": value, "number_confirmed": source == "keys" or None, **PROGRESS, **WHOLE}

    def validate_number_confirmed(
        self, value: bool, dispatcher: CollectingDispatcher, tracker: Tracker, domain: Slots
    ) -> Slots:
        return {"number_confirmed": value, **PROGRESS}
