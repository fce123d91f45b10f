"""Holds the calls, checks every account afterwards, and counts."""

from __future__ import annotations

import asyncio
import logging
from collections import Counter, defaultdict
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import numpy as np

from bot.events import RATE, Outcome
from bot.gateway.metrics import Metrics
from bot.patience import Words
from bot.simulation.run import CallRecord
from bot.watching import Notice, Speaks
from proof import canary
from proof.house import Citizen, House
from proof.line import ProofLine, caller
from proof.plan import CLOCK, Trial, hangs_up, trial
from proof.run import Run, current
from proof.sound import PROMPT_LEVEL, heard_whole

MOST_SILENCE = 3.0
"""Longest allowed silence, in seconds."""

DEBUG_EVERY = 16
"""One call in this many is logged at DEBUG."""

EXAMPLES = 20
"""Violations that are printed one by one."""


@dataclass(frozen=True)
class Layout:
    """Samples of an undisturbed call at which the first reading begins and ends, and at which the call ends."""

    reading_from: int
    reading_to: int
    end: int


@dataclass(frozen=True)
class Held:
    """A call that is over."""

    outcome: Outcome
    heard: list[str]  # passwords, whole
    last: str  # what the bot said last
    silence: float  # seconds
    trackers: list[str] = field(repr=False)


@dataclass
class Tally:
    """The counts over all calls."""

    calls: int = 0
    fresh: int = 0
    outcomes: dict[str, Counter[str]] = field(default_factory=lambda: defaultdict(Counter))
    violations: Counter[str] = field(default_factory=Counter)
    examples: list[str] = field(default_factory=list)
    longest_silence: float = 0.0
    log_bytes: int = 0

    def violated(self, what: str, plan: Trial, seen: str) -> None:
        self.violations[what] += 1
        if len(self.examples) < EXAMPLES:
            self.examples.append(f"{what}: n={plan.n} {plan.kind} {plan.turn}/{plan.operation}/{plan.clip}: {seen}")


class Campaign:
    """Holds calls in a house. `log_file`: the log of everything, which is searched after each call."""

    def __init__(self, house: House, seed: int, words: Words, log_file: Path) -> None:
        self._house, self._seed, self._words, self._log = house, seed, words, log_file
        self._metrics = Metrics()
        self._layout: Layout | None = None
        self._read = 0  # bytes of the log
        self.tally = Tally()
        self.secrets: set[str] = set()

    async def hold(self, numbers: Sequence[int], progress: Callable[[int], None]) -> Tally:
        """The calls with these numbers, one after the other, each followed by an undisturbed one."""
        for n in numbers:
            await self.attempt(trial(self._seed, n))
            progress(self.tally.calls)
        return self.tally

    async def attempt(self, plan: Trial) -> None:
        """One trial: its calls, what holds afterwards, and an undisturbed call."""
        house = self._house
        someone = house.citizen(plan.n + 1)
        _log_level(logging.DEBUG if plan.n % DEBUG_EVERY == 0 else logging.WARNING)
        if self._layout is None:
            self._layout = await self._undisturbed(house.citizen(0))
            house.accounts.forget()
        held = await self._meet(plan, someone)
        house.accounts.settle()
        house.clock.offset = 0.0
        if house.dialogue.late:
            await asyncio.wait(house.dialogue.late)
            house.dialogue.late.clear()
        issued = [password for passwords in house.accounts.issued.values() for password in passwords]
        now = house.in_force(someone.phone, [someone.password, *issued])
        self._judge(plan, someone, held, now)
        house.accounts.forget()
        fresh = await self._call(None, someone)
        newest = [password for passwords in house.accounts.issued.values() for password in passwords]
        self._judge_fresh(plan, fresh, house.in_force(someone.phone, [*now, *newest]))
        self._canary(plan, [someone.phone, someone.number, someone.password, *issued, *newest], [*held, fresh])
        house.accounts.forget()

    async def _undisturbed(self, someone: Citizen) -> Layout:
        line = ProofLine(caller(someone.phone, someone.number))
        with current(Run(None, line)):
            await self._house.bot.answer(line, lambda notice: None)
        sound = line.recording[1]
        digits = np.flatnonzero((sound != 0) & (sound != PROMPT_LEVEL))
        again = digits[0] + int(np.flatnonzero(sound[digits[0] :] == PROMPT_LEVEL)[0])
        return Layout(int(digits[0]), int(digits[digits < again][-1]) + 1, len(sound))

    async def _meet(self, plan: Trial, someone: Citizen) -> list[Held]:
        """Hold the call with its fault; for some kinds two calls."""
        assert self._layout is not None  # noqa: S101  # it is measured before the first call
        until = None
        if plan.kind == "hung up in a reading" or hangs_up(plan):
            start, end = self._layout.reading_from, self._layout.reading_to
            until = round(start + plan.share * (end - start))
        if plan.kind == "hung up anywhere":
            until = round(plan.share * self._layout.end)
        if plan.kind == "same call twice":
            return list(await asyncio.gather(*(self._call(plan, someone, f"same {plan.n}") for _ in range(2))))
        if plan.kind == "same call again":
            return [await self._call(plan, someone, f"same {plan.n}") for _ in range(2)]
        if plan.kind == "two calls of one account":
            return list(await asyncio.gather(self._call(plan, someone), self._call(plan, someone)))
        if plan.kind == "wrong number":
            other = self._house.citizen(plan.n + 2).number
            return [await self._call(plan, Citizen(someone.phone, other, ""))]
        return [await self._call(plan, someone, until=until)]

    async def _call(self, plan: Trial | None, someone: Citizen, name: str = "", until: int | None = None) -> Held:
        line = ProofLine(caller(someone.phone, someone.number), until)
        run, record, measure = Run(plan, line), CallRecord(), self._metrics.watch()

        def watch(notice: Notice) -> None:
            record.watch(notice)
            measure(notice)

        with current(run):
            outcome = await self._house.bot.answer(line, watch, name)
        said = [notice.text for notice in record.notices if isinstance(notice, Speaks)]
        if plan:
            self.tally.calls += 1
            self.tally.outcomes[plan.kind][outcome.value] += 1
        else:
            self.tally.fresh += 1
        silence = line.silence / RATE
        self.tally.longest_silence = max(self.tally.longest_silence, silence)
        return Held(outcome, heard_whole(line.recording[1], RATE), said[-1] if said else "", silence, run.trackers)

    # ── what must hold ──

    def _judge(self, plan: Trial, someone: Citizen, held: Sequence[Held], now: Sequence[str]) -> None:
        heard = {password for each in held for password in each.heard}
        seen = f"{len(now)} in force, {[(each.outcome.value, len(each.heard), each.last) for each in held]}"
        if len(now) != 1:
            self.tally.violated("inconsistent account", plan, seen)
        elif now[0] != someone.password and now[0] not in heard:
            self.tally.violated("unheard password in force", plan, seen)
        for each in held:
            stands = bool(each.heard) and each.heard[0] in now
            if each.outcome is Outcome.RESET and len(each.heard) == 2 and not stands and len(held) == 1:
                self.tally.violated("heard twice, not in force", plan, seen)
            nobody_knows = each.last == self._words.unknown and self._house.accounts.unanswered > 0
            if each.outcome is Outcome.ERROR and each.heard and not nobody_knows:
                if each.last not in (self._words.void, self._words.stands):
                    self.tally.violated("heard, and left in doubt", plan, seen)
                elif stands is not (each.last == self._words.stands):
                    self.tally.violated("told what is not so", plan, seen)
            if each.silence > MOST_SILENCE:
                self.tally.violated("silence", plan, f"{each.silence:.2f} s, {seen}")

    def _judge_fresh(self, plan: Trial, fresh: Held, now: Sequence[str]) -> None:
        good = fresh.outcome is Outcome.RESET and len(fresh.heard) == 2 and now == [fresh.heard[0]]
        if not good and not (plan.kind in CLOCK and fresh.outcome is Outcome.REFUSED):
            self.tally.violated("stuck", plan, f"afterwards {fresh.outcome.value}, {len(now)} in force")
        if fresh.silence > MOST_SILENCE:
            self.tally.violated("silence", plan, f"{fresh.silence:.2f} s in the call after it")

    def _canary(self, plan: Trial, secrets: Sequence[str], held: Sequence[Held]) -> None:
        self.secrets.update(secrets)
        with self._log.open("rb") as file:
            file.seek(self._read)
            new = file.read()
        self._read += len(new)
        self.tally.log_bytes = self._read
        if canary.found_in(new.decode("utf-8", "replace"), secrets):
            self.tally.violated("canary in the log", plan, "")
        if any(canary.found_in(tracker, secrets) for each in held for tracker in each.trackers):
            self.tally.violated("canary in a tracker", plan, "")

    def look_through(self, folder: Path) -> None:
        """Search the metrics, and every file that was written, for secrets."""
        (folder / "metrics.txt").write_bytes(self._metrics.text())
        for name in canary.found_in_files(folder, self.secrets):
            self.tally.violations["canary in a file"] += 1
            self.tally.examples.append(f"canary in {name}")


def _log_level(level: int) -> None:
    for name in ("", "rasa", "rasa_sdk"):
        logging.getLogger(name).setLevel(level)


def as_json(tally: Tally) -> dict[str, Any]:
    """The counts, in the order of names."""
    return {
        "calls": tally.calls + tally.fresh,
        "faulted": tally.calls,
        "undisturbed": tally.fresh,
        "outcomes": {kind: dict(sorted(counts.items())) for kind, counts in sorted(tally.outcomes.items())},
        "violations": dict(sorted(tally.violations.items())),
        "examples": tally.examples,
        "longest_silence_seconds": round(tally.longest_silence, 2),
        "log_bytes": tally.log_bytes,
    }
