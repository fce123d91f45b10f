"""The actions, run on a tracker's state."""

from __future__ import annotations

from typing import Any

import pytest
from action_tools import PaperAccounts, PaperSeal, Run
from rasa_sdk import Action, Tracker
from rasa_sdk.executor import CollectingDispatcher
from rasa_sdk.utils import call_potential_coroutine

from bot.actions import all_actions
from bot.actions.services import Services
from bot.settings import Settings


@pytest.fixture
def accounts() -> PaperAccounts:
    return PaperAccounts()


@pytest.fixture
def run(accounts: PaperAccounts) -> Run:
    """Runs an action: its slots, and the responses it utters."""
    its = Services(Settings(caller="0912345678"))
    vars(its).update(accounts=accounts, seal=PaperSeal())
    actions: dict[str, Action] = {action.name(): action for action in all_actions(its)}

    async def run(
        name: str,
        slots: dict[str, Any] | None = None,
        intent: str = "affirm",
        entities: dict[str, str] | None = None,
        call_id: str = "call",
    ) -> tuple[dict[str, Any], list[str]]:
        message = {
            "intent": {"name": intent},
            "intent_ranking": [{"name": intent}, {"name": "deny"}],
            "entities": [{"entity": entity, "value": value} for entity, value in (entities or {}).items()],
        }
        said = [{"event": "user", "parse_data": message}]
        tracker = Tracker(call_id, slots or {}, message, said, False, None, {}, "action_listen")
        dispatcher = CollectingDispatcher()
        events = await call_potential_coroutine(actions[name].run(dispatcher, tracker, {}))
        return {e["name"]: e["value"] for e in events}, [m["response"] for m in dispatcher.messages]

    return run
