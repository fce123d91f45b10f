"""Counts the turns that brought a call no further, and says which variation of the question comes next."""

from __future__ import annotations

from typing import Any

from rasa_sdk import Action, Tracker
from rasa_sdk.events import SlotSet
from rasa_sdk.executor import CollectingDispatcher

from bot.numbers import speak_number

LAST = 3
"""The failure that ends a call."""

PROGRESS = {"failure": None, "failures": 0}
"""Slots after a turn that brought the call further."""


WHOLE = {"missing": None, "after": None, "cell": None}
"""Slots where nothing of the number is wanting: it is there, or it is asked for from the beginning."""


class ActionCountRetry(Action):  # type: ignore[misc]  # rasa_sdk ships no types
    """Failures in a row count together, whatever they were. Rejected read-backs count for the whole call: each is
    followed by a new number, so they would never stand in a row."""

    def name(self) -> str:
        return "action_count_retry"

    def run(self, dispatcher: CollectingDispatcher, tracker: Tracker, domain: dict[str, Any]) -> list[dict[str, Any]]:
        reason = _reason(tracker)
        rejected = reason == "rejected"
        counter = "rejections" if rejected else "failures"
        count = int(tracker.get_slot(counter) or 0) + 1
        events = [
            SlotSet(counter, count),
            SlotSet("failure", f"{reason} {count}"),
            SlotSet("given_up", count >= LAST),
        ]
        if reason == "too_few":
            events += [SlotSet("missing", _in_words(tracker, "missing")), SlotSet("cell", None)]
            events.append(SlotSet("after", next(tracker.get_latest_entity_values("after"), None)))
        if reason == "too_many":
            events += [SlotSet("count", _in_words(tracker, "count")), *(SlotSet(*slot) for slot in WHOLE.items())]
        if rejected:
            events += [SlotSet("insurance_number", None), SlotSet("failures", 0)]
        return events


def _in_words(tracker: Tracker, entity: str) -> str:
    return speak_number(next(tracker.get_latest_entity_values(entity), ""))


def _reason(tracker: Tracker) -> str:
    intent = tracker.latest_message["intent"]["name"]
    if intent == "deny" and tracker.get_slot("requested_slot") == "number_confirmed":
        return "rejected"
    return intent if intent in ("no_input", "too_few", "too_many") else "no_match"
