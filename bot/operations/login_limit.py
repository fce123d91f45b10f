"""Limits on failed logins. Pure except for the clock that it is given; kept in the memory of one process.

A name may fail FREE times, whether there is such an operator or not; after that each failure doubles the wait. All
names together may fail ALL times a minute, so that nobody fills the audit trail by trying names.
"""

from __future__ import annotations

from collections import deque
from collections.abc import Callable

FREE = 5
FIRST_SECONDS, LONGEST_SECONDS = 30.0, 900.0
ALL, MINUTE = 30, 60.0

MOST_NAMES = 1000
"""Names that are remembered; beyond that, the name that failed longest ago is forgotten."""


class LoginLimit:
    """`clock`: seconds, which never go back."""

    def __init__(self, clock: Callable[[], float]) -> None:
        self._clock = clock
        self._failures: dict[str, tuple[int, float]] = {}  # how many, and when the last one was; oldest first
        self._recent: deque[float] = deque()

    def wait(self, name: str) -> float:
        """Seconds until this name may be tried; 0: now."""
        now = self._clock()
        count, last = self._failures.get(name, (0, 0.0))
        own = 0.0
        if count >= FREE:
            own = last + min(FIRST_SECONDS * 2 ** (count - FREE), LONGEST_SECONDS) - now
        while self._recent and self._recent[0] <= now - MINUTE:
            self._recent.popleft()
        everybodys = self._recent[0] + MINUTE - now if len(self._recent) >= ALL else 0.0
        return max(0.0, own, everybodys)

    def failed(self, name: str) -> None:
        """A login of this name was refused."""
        now = self._clock()
        count, last = self._failures.pop(name, (0, now))
        if now - last > LONGEST_SECONDS:
            count = 0
        self._failures[name] = (min(count + 1, 30), now)
        self._recent.append(now)
        if len(self._failures) > MOST_NAMES:
            del self._failures[next(iter(self._failures))]

    def succeeded(self, name: str) -> None:
        """A login of this name succeeded: its failures are forgiven."""
        self._failures.pop(name, None)
