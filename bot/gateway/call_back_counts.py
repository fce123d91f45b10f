"""Counts call backs: in the account store, for all gateways and beyond a restart; or, if a gateway cannot reach the
store, in its own memory."""

from __future__ import annotations

from collections import Counter, deque
from collections.abc import Callable
from typing import Any, Protocol

from bot.accounts.pseudonyms import Pseudonyms
from bot.errors import VoicebotError
from bot.gateway.admission import Busy

DAY, HOUR = 86_400.0, 3_600.0
"""Seconds over which the call backs of one number, and of all numbers, are counted."""


class Counts(Protocol):
    """Counts call backs."""

    async def take(self, number: str) -> str | None:
        """Count a call back of this number, and return None. If there were too many, count nothing and return the
        limit: day (of this number) or hour (of all numbers).

        Raises Busy if the counts cannot be read."""
        ...


class Asks(Protocol):
    """bot.operations.client.Client."""

    async def ask(self, what: str, **fields: Any) -> dict[str, Any]:
        """Raises VoicebotError."""
        ...


class CountsInStore:
    """Counts of all gateways of a store."""

    def __init__(self, a_day: int, an_hour: int, client: Asks) -> None:
        self._a_day, self._an_hour, self._client = a_day, an_hour, client

    async def take(self, number: str) -> str | None:
        try:
            answer = await self._client.ask("call_back", phone=number, a_day=self._a_day, an_hour=self._an_hour)
        except VoicebotError:
            raise Busy("out_of_order") from None  # the call that is rung would not find the store, either
        return str(answer["refused"]) or None


class CountsInMemory:
    """Counts of one gateway, since it was started. `clock`: seconds; `pseudonyms`: kept instead of numbers."""

    def __init__(self, a_day: int, an_hour: int, clock: Callable[[], float], pseudonyms: Pseudonyms) -> None:
        self._a_day, self._an_hour, self._clock, self._pseudonyms = a_day, an_hour, clock, pseudonyms
        self._within_hour: deque[float] = deque()
        self._within_day: deque[tuple[float, str]] = deque()
        self._of_day: Counter[str] = Counter()

    async def take(self, number: str) -> str | None:
        self._forget()
        now, who = self._clock(), self._pseudonyms.phone(number)
        if self._of_day[who] >= self._a_day:
            return "day"
        if len(self._within_hour) >= self._an_hour:
            return "hour"
        self._within_hour.append(now)
        self._within_day.append((now, who))
        self._of_day[who] += 1
        return None

    def _forget(self) -> None:
        now = self._clock()
        while self._within_hour and self._within_hour[0] <= now - HOUR:
            self._within_hour.popleft()
        while self._within_day and self._within_day[0][0] <= now - DAY:
            _, who = self._within_day.popleft()
            self._of_day[who] -= 1
        self._of_day = +self._of_day  # drops counts of zero
