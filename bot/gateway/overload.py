"""How late the parts of this machine are, so that a call that could not be held well is not taken. Pure."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

HALVED_AFTER = 250
"""Ticks of 20 ms after which the weight of what was noted is halved: a part that does nothing is not late."""


@dataclass(frozen=True)
class Part:
    """A part is overloaded when its mean lateness is `limit` seconds; the newest value counts `weight` in the mean."""

    limit: float
    weight: float


PARTS: Mapping[str, Part] = {
    "clock": Part(limit=0.06, weight=0.02),
    "hearing": Part(limit=0.1, weight=0.02),
    "dialogue": Part(limit=0.5, weight=0.1),
}
"""The event loop's clock: three frames late. Hearing: the time that sound waits for a thread. Dialogue: the part of the
800 ms for an answer that is left for a turn."""

MOST = 5
"""The most that one value counts, as a multiple of the limit: a turn that hangs until it is given up is only one
turn."""

_KEPT = 0.5 ** (1 / HALVED_AFTER)


class Overload:
    """The mean lateness of each part."""

    def __init__(self) -> None:
        self._late = dict.fromkeys(PARTS, 0.0)

    def note(self, part: str, seconds: float) -> None:
        """A part was this late, once."""
        seen = min(seconds, MOST * PARTS[part].limit)
        self._late[part] += PARTS[part].weight * (seen - self._late[part])

    def tick(self) -> None:
        """20 ms have passed."""
        for part in self._late:
            self._late[part] *= _KEPT

    def loads(self) -> dict[str, float]:
        """Each part's mean lateness divided by its limit: from 1 on it is overloaded."""
        return {part: late / PARTS[part].limit for part, late in self._late.items()}

    @property
    def behind(self) -> bool:
        """Whether some part is overloaded."""
        return any(load >= 1 for load in self.loads().values())
