"""How long a turn waits for the caller to go on. Pure; the clock is the sample count."""

from __future__ import annotations

from dataclasses import dataclass, replace

from bot.events import RATE
from bot.settings import Settings
from vietnamese_numbers import WHOLE, Collected, Collector

HESITANT = 1.8
"""Factor on `Timing.pause` for a caller who has been told that digits are missing: he reads them slowly, from a
booklet, and is not to be told so after every pair. 2.5 s become 4.5 s."""

SECOND_THOUGHT = RATE
"""Samples after a spoken yes in which the caller may take it back: "vâng, à nhầm sai rồi"."""


@dataclass(frozen=True)
class Timing:
    """Silence in samples at `RATE`.

    no_input  where nothing was said or keyed
    settle    behind what may go on but is enough, e.g. 10 digits where 12 are allowed too
    pause     behind what is unfinished
    """

    no_input: int
    settle: int
    pause: int

    @classmethod
    def of(cls, settings: Settings) -> Timing:
        return cls(
            no_input=int(settings.no_input_seconds * RATE),
            settle=int(settings.settle_seconds * RATE),
            pause=int(settings.pause_seconds * RATE),
        )

    def hesitant(self) -> Timing:
        """The timing for a caller who was told that digits are missing."""
        return replace(self, pause=int(self.pause * HESITANT))

    def after_digits(self, number: Collector, keyed_last: bool, one_asked: bool) -> int:
        """Samples of silence that this number is given to go on. `keyed_last`: its last digit was keyed. `one_asked`:
        the caller was asked for one digit."""
        if number.status not in WHOLE or number.repeats:
            return self.pause
        # Where one digit was asked for, a key may be that digit or the first of the whole number; and after the twelfth
        # digit one more key shows that there are too many, or that all are keyed again.
        full = number.status is Collected.FULL and number.spoken and not keyed_last and not one_asked
        return 0 if full else self.settle
