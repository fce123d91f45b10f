"""Keeps a number of callers on the line and measures their calls."""

from __future__ import annotations

import asyncio
import random
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from benchmarks.load_gateway import Gateway
from benchmarks.load_gauge import outcomes, read, scrape
from benchmarks.load_line import Line, handshake
from benchmarks.load_people import Answered, Caller, Part

TICK = 0.02
PHASES = 4
"""Lines tick at this many different moments within 20 ms, as unrelated callers do."""

BETWEEN_CALLS = (0.5, 3.0)
"""Seconds from one call to the next of the same line."""

JOINING = 0.15
"""Seconds between two callers who join: calls do not begin all at once."""


@dataclass(frozen=True)
class Level:
    """What was measured while `callers` were calling. Times are seconds, memory is MB, CPU is cores by part."""

    callers: int
    at_once: float
    """Calls in progress on average: callers pause between calls, and some may be refused."""
    seconds: float
    calls: int
    ended: dict[str, int]
    """How connections ended: hung up (by the bot), dropped, refused STATUS."""
    outcomes: dict[str, int]
    answers: dict[str, list[float]]
    """Seconds from the end of the last word or key to the first sound of the answer, by kind of turn, without the time
    in which the caller may go on (an eleventh key, "à không" behind a yes)."""
    late: int
    """How often the bot's sound broke off in the middle, as heard by the callers."""
    gateway_late: int
    """The same by the gateway's count, for calls that ended."""
    lost: int
    """Frames of callers' sound that the gateway dropped."""
    behind: int
    """Ticks of the load generator itself that were more than 20 ms late: if there are many, it is the bottleneck."""
    cpu: dict[str, float]
    memory: dict[str, float]
    descriptors: int
    threads: int

    def p95(self) -> float:
        return float(np.percentile([seconds for kind in self.answers.values() for seconds in kind] or [0.0], 95))

    @property
    def failed(self) -> int:
        """Calls that broke off or did not end with a new password."""
        return self.ended.get("dropped", 0) + sum(n for outcome, n in self.outcomes.items() if outcome != "reset")

    def well(self, limit: float) -> bool:
        return not self.late and not self.gateway_late and not self.failed and self.p95() < limit

    def line(self) -> str:
        return (
            f"{self.callers} callers, {self.at_once:.0f} calls at once: {self.calls} ended,"
            f" {self.failed} failed, {self.late} late, p95 {self.p95() * 1000:.0f} ms,"
            f" {sum(self.memory.values()):.0f} MB"
        )


class Callers:
    """Keeps `wanted` lines busy; each calls again and again, as the same person."""

    def __init__(self, parts: Sequence[Part], port: int, secret: str) -> None:
        self.wanted = 0
        self.behind = 0
        self.late = 0
        self.spoken = 0.0
        """Seconds of all calls together."""
        self.ended: Counter[str] = Counter()
        self.answers: list[Answered] = []
        self._parts, self._port, self._secret = parts, port, secret
        self._lines: dict[int, Line] = {}
        self._calls = 0
        self._loop = asyncio.get_running_loop()
        self._random = random.Random(7)

    async def run(self) -> None:
        """Tick until cancelled; then all lines are cut."""
        due = self._loop.time()
        phase = 0
        try:
            while True:
                due += TICK / PHASES
                now = self._loop.time()
                if now > due + TICK:
                    self.behind += 1
                await asyncio.sleep(max(0.0, due - now))
                now = self._loop.time()
                for index in tuple(self._lines):
                    if index % PHASES == phase:
                        self.spoken += TICK * self._lines[index].tick(now)
                phase = (phase + 1) % PHASES
        finally:
            self.wanted = 0
            for line in tuple(self._lines.values()):
                line.cut()

    async def grow(self, count: int) -> None:
        """Add callers until there are `count`."""
        while self.wanted < count:
            self.wanted += 1
            await self._call(self.wanted - 1)
            await asyncio.sleep(JOINING)

    @property
    def talking(self) -> int:
        return len(self._lines)

    async def _call(self, index: int) -> None:
        if index >= self.wanted:
            return
        self._calls += 1
        part = self._parts[index]
        caller = Caller(part, self._calls, lambda who: self._over(index, who))
        path = f"/asterisk?caller={part.phone}&did=19009068&call=load-{self._calls}"
        line = Line(handshake(f"127.0.0.1:{self._port}", path, self._secret), caller, self._loop)
        self._lines[index] = line
        try:
            await self._loop.create_connection(lambda: line, "127.0.0.1", self._port)
        except OSError:
            caller.ended(self._loop.time(), "dropped")

    def _over(self, index: int, caller: Caller) -> None:
        del self._lines[index]
        self.late += caller.late
        self.answers += caller.answers
        self.ended[caller.how or "dropped"] += 1
        self._loop.call_later(self._random.uniform(*BETWEEN_CALLS), lambda: asyncio.ensure_future(self._call(index)))


async def hold(callers: Callers, gateway: Gateway, count: int, seconds: float) -> Level:
    """Keep `count` callers on the line for `seconds` and measure. Raises OSError if the gateway is gone."""
    await callers.grow(count)
    answers, late, behind, ended = len(callers.answers), callers.late, callers.behind, callers.ended.copy()
    spoken = callers.spoken
    figures, reading = await asyncio.to_thread(scrape, gateway.metrics), read(gateway.pid)
    await asyncio.sleep(seconds)
    figures_after, after = await asyncio.to_thread(scrape, gateway.metrics), read(gateway.pid)
    by_kind: dict[str, list[float]] = {}
    for answer in callers.answers[answers:]:
        by_kind.setdefault(answer.kind, []).append(answer.seconds)
    endings = callers.ended - ended
    return Level(
        count,
        (callers.spoken - spoken) / seconds,
        seconds,
        sum(n for how, n in endings.items() if not how.startswith("refused")),
        dict(endings),
        outcomes(figures_after, figures),
        by_kind,
        callers.late - late,
        round(figures_after["voicebot_frames_late_total"] - figures["voicebot_frames_late_total"]),
        round(figures_after["voicebot_frames_lost_total"] - figures["voicebot_frames_lost_total"]),
        callers.behind - behind,
        after.cores(reading),
        after.memory,
        after.descriptors,
        after.threads,
    )
