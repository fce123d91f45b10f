"""Asks for the insurance number, or only for what is still needed of it: the missing digits, or one uncertain digit.

Where as many digits are missing as the last time, the question names the keys, too: it was heard without them."""

from __future__ import annotations

from typing import Any

from rasa_sdk import Action, Tracker
from rasa_sdk.events import SlotSet
from rasa_sdk.executor import CollectingDispatcher

from vietnamese_numbers import speak_number

NTH = {"1": "đầu tiên", "4": "thứ tư"}
"""Where the ordinal is not "thứ" and the numeral."""


class ActionAskInsuranceNumber(Action):  # type: ignore[misc]  # rasa_sdk ships no types
    def name(self) -> str:
        return "action_ask_insurance_number"

    def run(self, dispatcher: CollectingDispatcher, tracker: Tracker, domain: dict[str, Any]) -> list[dict[str, Any]]:
        cell, after, missing = (tracker.get_slot(name) for name in ("cell", "after", "missing"))
        failures = int(tracker.get_slot("failures") or 0)
        same = missing == tracker.get_slot("asked_missing")
        if tracker.get_slot("failure") == "wait":
            dispatcher.utter_message(response="utter_wait_for_number")
        elif cell and after:
            dispatcher.utter_message(response="utter_ask_digit_after", cell=cell)
        elif cell:
            dispatcher.utter_message(
                response="utter_ask_digit", cell=cell, nth=NTH.get(cell) or f"thứ {speak_number(cell)}"
            )
        elif after:
            again = same or failures > 1
            dispatcher.utter_message(response="utter_ask_missing_after_again" if again else "utter_ask_missing_after")
        elif missing:
            again = same or failures > 0
            dispatcher.utter_message(response="utter_ask_missing_again" if again else "utter_ask_missing")
        else:
            dispatcher.utter_message(response="utter_ask_insurance_number")
        return [SlotSet("asked_missing", missing)]
