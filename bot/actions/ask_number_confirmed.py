"""The read-back: the number once, then the question; a caller who did not answer hears the question alone.

From the third read-back of a call on the question names the keys: whoever heard two of them and neither confirmed nor
denied is not helped by a third in the same words.
"""

from __future__ import annotations

from typing import Any

from rasa_sdk import Action, Tracker
from rasa_sdk.events import SlotSet
from rasa_sdk.executor import CollectingDispatcher

BY_KEY = 3
"""The read-back of a call from which on the question names the keys."""


class ActionAskNumberConfirmed(Action):  # type: ignore[misc]  # rasa_sdk ships no types
    def name(self) -> str:
        return "action_ask_number_confirmed"

    def run(self, dispatcher: CollectingDispatcher, tracker: Tracker, domain: dict[str, Any]) -> list[dict[str, Any]]:
        digits = next(tracker.get_latest_entity_values("digits"), None)
        if tracker.get_slot("failure") and not digits:
            dispatcher.utter_message(response="utter_ask_number_confirmed")
            return []
        count = int(tracker.get_slot("read_backs") or 0) + 1
        dispatcher.utter_message(response="utter_read_back")
        dispatcher.utter_message(response="utter_confirm_by_key" if count >= BY_KEY else "utter_ask_number_confirmed")
        return [SlotSet("read_backs", count)]
