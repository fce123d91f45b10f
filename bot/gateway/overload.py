"""How far behind the parts of this machine are, so that a call that could not be held well is not taken. Pure."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

HALVED_AFTER = 250
"""Ticks of 20 ms after which half of what was noted is forgotten: a part that does nothing is not behind."""


@dataclass(frozen=True)
class Part:
    """A part is behind when it is `limit` seconds late on a mean in which the newest counts `weight`."""

    limit: float
    weight: float


PARTS: Mapping[str, Part] = {
    "clock": Part(limit=0.06, weight=0.02),
    "hearing": Part(limit=0.1, weight=0.02),
    "dialogue": Part(limit=0.5, weight=0.1),
}
"""The event loop's clock: three frames late. Sound on its way to a thread that hears it; and turns of the dialogue:
what is left for them of the 800 ms in which a caller is to be answered."""

MOST = 5
"""Limits that one lateness counts at most: a turn that hangs until it is given up is one turn."""

_KEPT = 0.5 ** (1 / HALVED_AFTER)


class Overload:
    """The mean lateness of each part."""

    def __init__(self) -> None:
        self._late = dict.fromkeys(PARTS, 0.0)

    def note(self, part: str, seconds: float) -> None:
        """A part was so late, once."""
        seen = min(seconds, MOST * PARTS[part].limit)
        self._late[part] += PARTS[part].weight * (seen - self._late[part])

    def tick(self) -> None:
        """20 ms have passed."""
        for part in self._late:
            self._late[part] *= _KEPT

    def probabilities(self) -> dict[str, float]:
        """Each part's lateness as a share of its limit: it is behind from 1 on."""
        return {part: late / PARTS[part].limit for part, late in self._late.items()}

    @property
    def behind(self) -> bool:
        """Some part cannot keep up."""
        return any(share >= 1 for share in self.probabilities().values())
