"""A tracker store for a Rasa on one machine: in memory, without conversations that ended long ago.

Rasa's own store in memory keeps every conversation for ever. endpoints.yml names this one."""

from __future__ import annotations

import time
from collections.abc import Callable
from typing import Any

from rasa.core.brokers.broker import EventBroker
from rasa.core.tracker_store import InMemoryTrackerStore
from rasa.shared.core.domain import Domain
from rasa.shared.core.trackers import DialogueStateTracker

LONGEST_CALL = 7200.0
"""Seconds that a call may last (the setting max_call_seconds), and so the longest time between two turns."""


class ForgetfulTrackerStore(InMemoryTrackerStore):
    """Conversations without a turn for `seconds` are forgotten when another one is stored.

    clock  seconds of a clock that never goes back
    """

    def __init__(
        self,
        domain: Domain,
        event_broker: EventBroker | None = None,
        seconds: float = LONGEST_CALL,
        clock: Callable[[], float] = time.monotonic,
        **kwargs: Any,
    ) -> None:
        super().__init__(domain, event_broker)
        self._seconds, self._clock = float(seconds), clock
        self._kept_at: dict[str, float] = {}  # oldest first

    async def save(self, tracker: DialogueStateTracker) -> None:
        await super().save(tracker)
        now = self._clock()
        self._kept_at.pop(tracker.sender_id, None)
        self._kept_at[tracker.sender_id] = now
        while (oldest := next(iter(self._kept_at))) and self._kept_at[oldest] < now - self._seconds:
            del self._kept_at[oldest]
            self.store.pop(oldest, None)
