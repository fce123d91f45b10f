"""How many guesses are allowed, and when the next one is looked at. Pure.

A guess is a pair of phone and insurance number that was refused, counted once however often it is asked again; or a
reset that its caller did not hear to the end. What is asked during a wait is not looked at, so it is no guess, and the
wait ends even if somebody keeps calling.

    guess   1 … free-1      free      free+1     …            CAP
    wait    none            1 min     2 min      … longest    until an operator unlocks
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import NamedTuple

from bot.accounts.schema import State

DAY = timedelta(days=1)
"""Guesses before this time no longer make waits longer, and resets before it no longer count."""

HOUR = timedelta(hours=1)
"""The time over which the refusals of all callers are counted."""

FIRST_WAIT = timedelta(minutes=1)
"""After the last free guess; every further one doubles it."""

CAP = 100
"""Guesses in a row, however slowly they come, after which only an operator unlocks (NIST SP 800-63B-4, 3.2.2)."""

STRANGERS = 10
"""An insurance number has this many times as many free guesses as a phone. Strangers who guess it from other phones
make its owner wait, and a few calls must not be enough for that. The cap still limits their guesses."""

UNTIL_UNLOCKED = datetime.max

GUESSES = frozenset((State.REFUSED, State.DISCARDED))
GRANTED = frozenset((State.PENDING, State.ACTIVE, State.DISCARDED))


class Asked(NamedTuple):
    """An earlier call, found by its phone or by its insurance number; `other` is the other of the two."""

    at: datetime
    state: State
    other: str


def guesses(history: Sequence[Asked]) -> list[datetime]:
    """When there was a guess since the last password that came into force. `history` is in order of time."""
    found: list[datetime] = []
    for asked in history:
        if asked.state is State.ACTIVE:
            found.clear()
        elif asked.state in GUESSES:
            found.append(asked.at)
    return found


@dataclass(frozen=True)
class Allowance:
    """The limits of one phone or one insurance number: `free` guesses within a day, then waits that grow to
    `longest`."""

    free: int
    longest: timedelta

    def wait_ends(self, made: Sequence[datetime], now: datetime) -> datetime | None:
        """When the wait after these guesses, in order, ends; None if there is none now."""
        if len(made) >= CAP:
            return UNTIL_UNLOCKED
        recent = [at for at in made if now - at < DAY]
        if len(recent) < self.free:
            return None
        doublings = min(len(recent) - self.free, 32)  # beyond that the longest wait is shorter
        end = recent[-1] + min(FIRST_WAIT * 2**doublings, self.longest)
        return end if now < end else None


@dataclass(frozen=True)
class Throttle:
    """The limits of a store.

    max_failures  guesses of one phone within a day before it has to wait
    longest       the longest wait
    max_resets    passwords granted to one phone within a day, heard or not
    max_refusals  guesses of all callers within an hour; then only phones that were served before are looked at
    """

    max_failures: int
    longest: timedelta
    max_resets: int
    max_refusals: int

    def locked_until(self, by_phone: Sequence[Asked], by_number: Sequence[Asked], now: datetime) -> datetime | None:
        """When a phone and a number with these histories may try again; None if they may now."""
        ends = (
            Allowance(self.max_failures, self.longest).wait_ends(guesses(by_phone), now),
            Allowance(self.max_failures * STRANGERS, self.longest).wait_ends(guesses(by_number), now),
            self._next_reset(by_phone, now),
        )
        return max((end for end in ends if end is not None), default=None)

    def judge(
        self,
        matches: bool,
        insurance_number: str,
        by_phone: Sequence[Asked],
        by_number: Sequence[Asked],
        refusals: int,
        now: datetime,
    ) -> State:
        """The state for a call from a phone with a history: pending, refused, repeated or locked.

        matches   phone and insurance number belong together
        refusals  guesses of all callers within the last hour
        """
        served = any(asked.state is State.ACTIVE for asked in by_phone)
        if (self.exhausted(refusals) and not served) or self.locked_until(by_phone, by_number, now):
            return State.LOCKED
        if matches:
            return State.PENDING
        before = any(asked.state is State.REFUSED and asked.other == insurance_number for asked in by_phone)
        return State.REPEATED if before else State.REFUSED

    def exhausted(self, refusals: int) -> bool:
        """Whether the refusals of all callers within an hour are too many."""
        return refusals >= self.max_refusals

    def _next_reset(self, by_phone: Sequence[Asked], now: datetime) -> datetime | None:
        granted = [asked.at for asked in by_phone if asked.state in GRANTED and now - asked.at < DAY]
        return granted[-self.max_resets] + DAY if len(granted) >= self.max_resets else None
