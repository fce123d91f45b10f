"""Passes the current span through Rasa to the actions, in the form of W3C Trace Context.

    call ──contextvar──▶ ServedRasa ──message's metadata──▶ Rasa's tracker ──▶ action server

It is empty if traces are off: then messages to Rasa have no metadata.
"""

from __future__ import annotations

from contextvars import ContextVar
from typing import Any

FIELD = "traceparent"
"""The field of a Rasa message's metadata; its value has the form of the HTTP header of the same name."""

parent: ContextVar[str] = ContextVar("parent", default="")
"""The span of the call that is held in this context."""


def metadata() -> dict[str, dict[str, str]]:
    """The metadata of a message to Rasa, as a field; empty if there is none."""
    found = parent.get()
    return {"metadata": {FIELD: found}} if found else {}


def parent_of(asked: dict[str, Any]) -> str:
    """The parent of an action that Rasa asks for: the span of the caller's last message. Empty if there is none."""
    for event in reversed(asked.get("tracker", {}).get("events") or ()):
        if event.get("event") == "user":
            return str((event.get("metadata") or {}).get(FIELD, ""))
    return ""
