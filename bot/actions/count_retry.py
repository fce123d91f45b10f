"""Says why the question is put again, which chooses its words, and counts the turns that brought a call no further."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from rasa_sdk import Action, Tracker
from rasa_sdk.events import SlotSet
from rasa_sdk.executor import CollectingDispatcher

from vietnamese_numbers import speak_number

LAST = 3
"""The failure that ends a call, and the third time that a caller has no number, which hands over to a person."""

WAITS = 2
"""How often a caller may ask the bot to wait; later it is a failure as any other."""

PROGRESS = {"failure": None, "failures": 0}
"""Slots after a turn that brought the call further."""

WHOLE = {"missing": None, "after": None, "cell": None}
"""Slots where no part of the number is asked for: it is there, or it is asked for from the beginning."""

COUNTERS = {"rejected": "rejections", "no_number": "without_number"}
"""Slots of what is counted for the whole call and by itself. Other failures count together, as long as they follow each
other: each rejected read-back is followed by a new number, so rejections would never stand in a row."""

Slots = dict[str, Any]


class ActionCountRetry(Action):  # type: ignore[misc]  # rasa_sdk ships no types
    def name(self) -> str:
        return "action_count_retry"

    def run(self, dispatcher: CollectingDispatcher, tracker: Tracker, domain: dict[str, Any]) -> list[dict[str, Any]]:
        reason = _reason(tracker)
        slots = {**_counted(reason, tracker), **_about_the_number(reason, tracker)}
        return [SlotSet(name, value) for name, value in slots.items()]


def _counted(reason: str, tracker: Tracker) -> Slots:
    if reason == "more_digits":
        return {**PROGRESS, "given_up": False}
    if reason == "uncertain_digit":
        return {"failure": None, "given_up": False}
    if reason == "own_phone":  # once in a call at most
        return {"failure": "own_phone", "given_up": False}
    if reason == "wait":
        return {"waits": _count(tracker, "waits"), "failure": "wait", "given_up": False}
    counter = COUNTERS.get(reason, "failures")
    count = _count(tracker, counter)
    return {counter: count, "failure": f"{reason} {count}", "given_up": count >= LAST}


def _count(tracker: Tracker, counter: str) -> int:
    return int(tracker.get_slot(counter) or 0) + 1


def _about_the_number(reason: str, tracker: Tracker) -> Slots:
    """What is asked for next of the number. None that was given before stands any more."""
    part: Slots
    if reason in ("too_few", "more_digits"):
        part = {"missing": _in_words(tracker, "missing"), "cell": None}
    elif reason == "uncertain_digit":
        part = {"missing": None, "cell": _entity(tracker, "cell")}
    elif reason in ("too_many", "too_many_keys"):
        part = {**WHOLE, "count": _in_words(tracker, "count")}
    elif reason == "own_phone":
        part = WHOLE
    elif reason == "rejected":
        part = {"failures": 0}
    else:
        return {}
    return {**part, "after": _entity(tracker, "after"), "insurance_number": None}


def _entity(tracker: Tracker, entity: str) -> str | None:
    value: str | None = next(tracker.get_latest_entity_values(entity), None)
    return value


def _in_words(tracker: Tracker, entity: str) -> str:
    return speak_number(_entity(tracker, entity) or "")


REASONS: Mapping[str, str] = {
    **{intent: intent for intent in ("no_input", "more_digits", "too_few", "too_many", "uncertain_digit")},
    **{"own_phone": "own_phone", "no_number": "no_number", "ask_wait": "wait"},
}
"""Of intents; any other is a turn that was not understood."""


def _reason(tracker: Tracker) -> str:
    intent = tracker.latest_message["intent"]["name"]
    asked = tracker.get_slot("requested_slot")
    if intent == "deny" and asked == "number_confirmed":
        return "rejected"
    reason = REASONS.get(intent, "no_match")
    if reason == "too_many" and _entity(tracker, "number_source") == "keys":
        return "too_many_keys"
    if reason == "wait" and int(tracker.get_slot("waits") or 0) >= WAITS:
        return "no_match"
    if reason == "no_number" and asked != "insurance_number":
        return "no_match"
    return reason
