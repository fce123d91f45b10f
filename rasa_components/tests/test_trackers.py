"""Conversations that have ended are forgotten, and no others."""

from __future__ import annotations

import asyncio

from rasa.shared.core.domain import Domain
from rasa.shared.core.trackers import DialogueStateTracker

from rasa_components.trackers import ForgetfulTrackerStore


def test_a_conversation_is_forgotten_when_its_time_is_over() -> None:
    now = 0.0
    store = ForgetfulTrackerStore(Domain.empty(), seconds=900, clock=lambda: now)

    def keep(conversation: str) -> None:
        asyncio.run(store.save(DialogueStateTracker(conversation, [])))

    keep("dead")
    keep("alive")
    now = 900.0
    keep("alive")
    assert set(store.store) == {"dead", "alive"}
    now = 900.1
    keep("new")
    assert set(store.store) == {"alive", "new"}
    assert list(store._kept_at) == ["alive", "new"]


def test_the_time_may_stand_in_endpoints_yml_as_text() -> None:
    assert ForgetfulTrackerStore(Domain.empty(), None, seconds="60")._seconds == 60.0  # type: ignore[arg-type]  # endpoints.yml may give a text
