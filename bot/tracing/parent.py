"""The span that the bot's work belongs to now, as W3C Trace Context writes it, on its way through Rasa to the actions.

    call ──contextvar──▶ ServedRasa ──message's metadata──▶ Rasa's tracker ──▶ action server

Empty where traces are off: then Rasa's messages hold no metadata.
"""

from __future__ import annotations

from contextvars import ContextVar
from typing import Any

FIELD = "traceparent"
"""Of a Rasa message's metadata; the value is that of the HTTP header of the same name."""

parent: ContextVar[str] = ContextVar("parent", default="")
"""Of the call that is held in this context."""


def metadata() -> dict[str, dict[str, str]]:
    """What a message to Rasa has besides its text: nothing, or its metadata."""
    found = parent.get()
    return {"metadata": {FIELD: found}} if found else {}


def parent_of(asked: dict[str, Any]) -> str:
    """The parent of an action that Rasa asks for: that of the caller's last message. Empty where there is none."""
    for event in reversed(asked.get("tracker", {}).get("events") or ()):
        if event.get("event") == "user":
            return str((event.get("metadata") or {}).get(FIELD, ""))
    return ""
