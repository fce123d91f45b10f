"""Whether a telephone line is alive, by the sound that it gives. Pure; the clock is ticks of 20 ms.

    sound   ▓▓▓▓▓▓▓▓▓▓▓▓▓▓▓▓▓▓▓▓▓▓▓▓▓▓│▓        heard: the line gave sound all along, and after the end as well
    sound   ▓▓▓▓▓▓▓▓▓▓▓▓▓▓▓▓▓▓▓              │  not heard: the line fell silent before the end
            ├──── WINDOW_SECONDS ─────┤ the end of what was played

A telephone sends sound all the time, also while nobody speaks. A phone that has lost its radio, and an exchange that
hangs, send none, although they still accept what is played to them.
"""

from __future__ import annotations

from collections import deque

from bot.events import FRAME_MS

WINDOW_SECONDS = 4.0
"""The time before the end of what was played: most of a password's reading, which takes some seven seconds."""

LEAST_SHARE = 0.75
"""The share of the window's sound that must have come. Lost packets cost a few hundredths, a change of the radio cell
less than a second. A caller who has missed more than a second has missed a digit."""

PATIENCE_TICKS = 50
"""Ticks after the end until the line counts as dead. TCP repeats a lost packet after 0.2 s and, if it is lost again,
after another 0.4 s."""


class Liveness:
    """One line. `rate` in Hz."""

    def __init__(self, rate: int) -> None:
        self._tick_samples = rate * FRAME_MS // 1000
        self._given = deque([0], maxlen=round(WINDOW_SECONDS * 1000 / FRAME_MS) + 1)  # samples a tick, newest last
        self.gave_sound = False  # ever
        self._missing = 0.0  # samples that the window lacks, beyond what it may lack
        self._asked_ago: int | None = None  # ticks
        self._since_asked = 0  # samples

    def sound(self, samples: int) -> None:
        """The line gave this many samples."""
        self.gave_sound = True
        self._given[-1] += samples
        self._since_asked += samples

    def tick(self) -> None:
        """20 ms have passed."""
        self._given.append(0)
        if self._asked_ago is not None:
            self._asked_ago += 1

    def ask(self) -> None:
        """What was played ends here: was it heard?"""
        self._missing = LEAST_SHARE * self._tick_samples * (len(self._given) - 1) - sum(self._given)
        self._asked_ago, self._since_asked = 0, 0

    @property
    def heard(self) -> bool | None:
        """The answer to `ask`; None while it is not known. Sound that comes faster than time passes was late, and
        counts for the window."""
        if self._asked_ago is None:
            return None
        if self._since_asked and self._since_asked - self._asked_ago * self._tick_samples >= self._missing:
            return True
        return False if self._asked_ago >= PATIENCE_TICKS else None
