"""The fault of each call of the campaign, derived from (seed, n). Pure."""

from __future__ import annotations

import random
from dataclasses import dataclass

TURNS = ("start", "menu", "number", "played")
"""The turns of a keyed call, in order, by what the dialogue is told."""

OPERATIONS = ("begin", "activate", "discard")
"""What a call does in the account store."""

CLIPS = 12
"""A few more than the segments that the voice is asked for in a whole call."""

DIALOGUE = (
    "dialogue fails",  # before the turn
    "dialogue crashes",  # with an error that is not a VoicebotError
    "dialogue's answer lost",  # after the turn was done
    "dialogue slow",  # the turn comes late
    "dialogue's answer late",
    "dialogue hangs",  # and never answers
    "dialogue's answer never",  # it did its turn
    "dialogue stopped",  # and goes on when the call has given it up
)
STORE = (
    "store locked",
    "store locked briefly",
    "store read-only",
    "store's disk full",
    "store gone",
    "store dies in mid-transaction",
    "store's answer lost",
    "store crashes",
    "store hangs",
    "store hangs afterwards",
)
VOICE = ("voice fails", "voice slow", "voice hangs", "voice dead from here on")
CLOCK = ("clock jumps",)
CALLERS = (
    "hung up in a reading",
    "hung up anywhere",
    "same call twice",
    "same call again",
    "two calls of one account",
    "wrong number",
)
KINDS = ("none", *DIALOGUE, *STORE, *VOICE, *CLOCK, *CALLERS)

STANDS_STILL = "store stands still in its commit"
"""A kind that is tried by itself (tests/proof): its calls are the only ones that may be told that nobody knows which
password is in force. The numbers of `KINDS` stay as they were when the record was made."""

JUMPS = (-86400.0, -3600.0, -61.0, 61.0, 601.0, 3600.0, 86400.0)
"""Seconds by which the clock of store and seal jumps."""

SPACE = 9973
"""Points at which callers hang up, spread over the time in question. A prime, so that every kind of fault reaches
each."""


@dataclass(frozen=True)
class Trial:
    """One call with its fault. The kind decides which of `turn`, `operation`, `clip`, `seconds` and `share` are
    used."""

    n: int
    kind: str
    turn: str  # of TURNS
    operation: str  # of OPERATIONS
    clip: int  # counted from 1
    seconds: float  # how slow a part is, or how far the clock jumps
    share: float  # 0…1, of the reading or of the call, where the caller hangs up


def trial(seed: int, n: int) -> Trial:
    """The n-th call. The kinds alternate, and each goes through its places one after the other."""
    rng = random.Random(f"{seed}/{n}")
    kind, visit = KINDS[n % len(KINDS)], n // len(KINDS)
    operation = OPERATIONS[visit % len(OPERATIONS)]
    return Trial(
        n=n,
        kind=kind,
        turn=TURNS[visit % len(TURNS)],
        operation=operation,
        clip=1 + visit % CLIPS,
        seconds=rng.choice(JUMPS) if kind in CLOCK else round(rng.uniform(0.1, 12.0), 2),
        share=(visit * 3947 + seed) % SPACE / SPACE,
    )


def hangs_up(plan: Trial) -> bool:
    """Whether the caller must hang up in the reading for the fault to happen: only then is a reset discarded."""
    return plan.kind in STORE and plan.operation == "discard"
