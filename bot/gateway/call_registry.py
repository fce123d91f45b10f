"""What must be known of calls outside their connection: announced calls over AudioSocket, which carries no number, and
the endings of calls, for which the dialplan asks. Both are limited in number and time."""

from __future__ import annotations

import uuid
from collections import OrderedDict
from collections.abc import Callable, Hashable
from dataclasses import dataclass, field
from typing import TypeVar

from bot.events import Outcome

ANNOUNCED_SECONDS = 30.0
"""Longest time from the announcement to the call: the dialplan does nothing in between."""

ENDED_SECONDS = 60.0
"""For how long the ending of a call is kept."""

MOST = 10_000
"""Entries of each kind; beyond that the oldest are dropped."""

K = TypeVar("K", bound=Hashable)
V = TypeVar("V")


class Fleeting[K: Hashable, V]:
    """A dictionary whose entries live for `seconds`, by `clock`."""

    def __init__(self, seconds: float, clock: Callable[[], float]) -> None:
        self._seconds, self._clock = seconds, clock
        self._entries: OrderedDict[K, tuple[float, V]] = OrderedDict()

    def __setitem__(self, key: K, value: V) -> None:
        self._entries.pop(key, None)
        self._forget()
        if len(self._entries) >= MOST:
            self._entries.popitem(last=False)
        self._entries[key] = (self._clock() + self._seconds, value)

    def get(self, key: K) -> V | None:
        self._forget()
        entry = self._entries.get(key)
        return entry[1] if entry else None

    def pop(self, key: K) -> V | None:
        self._forget()
        entry = self._entries.pop(key, None)
        return entry[1] if entry else None

    def _forget(self) -> None:
        now = self._clock()
        while self._entries:
            until, _ = next(iter(self._entries.values()))
            if until > now:
                break
            self._entries.popitem(last=False)


@dataclass(frozen=True)
class Announced:
    """A call that will come soon. `caller`: as the line reported it, None if it was withheld; `called`: the number that
    was dialled."""

    caller: str | None = field(repr=False)
    called: str | None


class CallRegistry:
    """`clock` gives seconds."""

    def __init__(self, clock: Callable[[], float]) -> None:
        self._announced: Fleeting[uuid.UUID, Announced] = Fleeting(ANNOUNCED_SECONDS, clock)
        self._ended: Fleeting[str, Outcome] = Fleeting(ENDED_SECONDS, clock)

    def announce(self, caller: str | None, called: str | None = None) -> uuid.UUID:
        """Announce a call. Returns the name, which nobody can guess, that the call must show once."""
        name = uuid.uuid4()
        self._announced[name] = Announced(caller, called)
        return name

    def arrive(self, name: uuid.UUID) -> Announced | None:
        """The announced call with this name has arrived. None if no such call was announced, it was too long ago, or it
        came already."""
        return self._announced.pop(name)

    def ended(self, name: str, outcome: Outcome) -> None:
        self._ended[name] = outcome

    def outcome(self, name: str) -> Outcome | None:
        """How the call with this name ended; None while it goes on, and when it is no longer kept."""
        return self._ended.get(name)
