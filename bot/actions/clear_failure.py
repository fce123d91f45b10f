"""The caller wants the last question again: whole, and not counted as a failure."""

from __future__ import annotations

from typing import Any

from rasa_sdk import Action, Tracker
from rasa_sdk.events import SlotSet
from rasa_sdk.executor import CollectingDispatcher


class ActionClearFailure(Action):  # type: ignore[misc]  # rasa_sdk ships no types
    def name(self) -> str:
        return "action_clear_failure"

    def run(self, dispatcher: CollectingDispatcher, tracker: Tracker, domain: dict[str, Any]) -> list[dict[str, Any]]:
        return [SlotSet("failure", None)]
