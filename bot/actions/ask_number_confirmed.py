"""The read-back: the number once, then the question; a caller who did not answer hears the question alone."""

from __future__ import annotations

from typing import Any

from rasa_sdk import Action, Tracker
from rasa_sdk.executor import CollectingDispatcher


class ActionAskNumberConfirmed(Action):  # type: ignore[misc]  # rasa_sdk ships no types
    def name(self) -> str:
        return "action_ask_number_confirmed"

    def run(self, dispatcher: CollectingDispatcher, tracker: Tracker, domain: dict[str, Any]) -> list[dict[str, Any]]:
        if not tracker.get_slot("failure"):
            dispatcher.utter_message(response="utter_read_back")
        dispatcher.utter_message(response="utter_ask_number_confirmed")
        return []
