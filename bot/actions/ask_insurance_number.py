"""Asks for the insurance number, or only for what is still needed of it: the missing digits, or one uncertain digit."""

from __future__ import annotations

from typing import Any

from rasa_sdk import Action, Tracker
from rasa_sdk.executor import CollectingDispatcher

from bot.numbers import speak_number

ORDINALS = {"1": "nhất", "4": "tư"}
"""Where the ordinal is not the numeral."""


class ActionAskInsuranceNumber(Action):  # type: ignore[misc]  # rasa_sdk ships no types
    def name(self) -> str:
        return "action_ask_insurance_number"

    def run(self, dispatcher: CollectingDispatcher, tracker: Tracker, domain: dict[str, Any]) -> list[dict[str, Any]]:
        if cell := tracker.get_slot("cell"):
            nth = ORDINALS.get(cell) or speak_number(cell)
            dispatcher.utter_message(response="utter_ask_digit", cell=cell, nth=nth)
        elif tracker.get_slot("after"):
            dispatcher.utter_message(response="utter_ask_missing_after")
        elif tracker.get_slot("missing"):
            dispatcher.utter_message(response="utter_ask_missing")
        else:
            dispatcher.utter_message(response="utter_ask_insurance_number")
        return []
