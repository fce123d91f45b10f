"""How many calls are taken at once, and whether any are. For one event loop."""

from __future__ import annotations

import asyncio
from collections.abc import Iterator
from contextlib import contextmanager


class Busy(Exception):  # noqa: N818  # what the exchange is told
    """No call is taken now. `reason`: full; draining; overloaded (the machine is slow, and calls in progress must keep
    their quality); or out_of_order (Rasa does not answer, or the account store cannot be written)."""

    def __init__(self, reason: str) -> None:
        super().__init__(reason)
        self.reason = reason


class Admission:
    """Calls in progress, at most `limit`."""

    def __init__(self, limit: int) -> None:
        self.in_progress = 0
        self.hindrance: str | None = None
        """Why this machine cannot hold a further call now; None if it can."""
        self.draining = False
        """No further call is taken."""
        self._limit = limit
        self._empty = asyncio.Event()
        self._empty.set()

    @property
    def refusal(self) -> str | None:
        """Why no call would be taken now; None if one would."""
        if self.draining:
            return "draining"
        if self.in_progress >= self._limit:
            return "full"
        return self.hindrance

    @contextmanager
    def call(self) -> Iterator[None]:
        """Holds a place for one call. Raises Busy."""
        if reason := self.refusal:
            raise Busy(reason)
        self.in_progress += 1
        self._empty.clear()
        try:
            yield
        finally:
            self.in_progress -= 1
            if not self.in_progress:
                self._empty.set()

    async def empty(self) -> None:
        """Wait until no call is in progress."""
        await self._empty.wait()
