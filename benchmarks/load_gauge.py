"""What the gateway costs, read from /proc and from its own metrics."""

from __future__ import annotations

import os
import re
import time
import urllib.request
from collections import Counter
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

TICKS = os.sysconf("SC_CLK_TCK")
PAGE = os.sysconf("SC_PAGE_SIZE")


@dataclass(frozen=True)
class Reading:
    """One reading of the gateway: CPU seconds since it started, and memory in MB, by part."""

    at: float
    cpu: dict[str, float]
    memory: dict[str, float]
    descriptors: int
    threads: int

    def cores(self, before: Reading) -> dict[str, float]:
        """Cores in use since an earlier reading, by part."""
        return {part: (self.cpu[part] - before.cpu.get(part, 0.0)) / (self.at - before.at) for part in self.cpu}


def read(pid: int) -> Reading:
    """A reading now. Raises OSError if the process is gone."""
    children = {child: _name(child) for child in _children(pid)}
    threads = {int(task.name): _cpu(task / "stat") for task in Path(f"/proc/{pid}/task").iterdir()}
    event_loop = threads.pop(pid)
    return Reading(
        time.monotonic(),
        {
            "event loop": event_loop,
            "hearing and other threads": sum(threads.values()),
            **_by_name(children, lambda child: _cpu(Path(f"/proc/{child}/stat"))),
            "load generator": time.process_time(),
        },
        {"gateway": _memory(pid), **_by_name(children, _memory)},
        sum(1 for _ in Path(f"/proc/{pid}/fd").iterdir()),
        1 + len(threads),
    )


def _cpu(stat: Path) -> float:
    fields = stat.read_text().rpartition(")")[2].split()
    return (int(fields[11]) + int(fields[12])) / TICKS


def _memory(pid: int) -> float:
    return int(Path(f"/proc/{pid}/statm").read_text().split()[1]) * PAGE / 1e6


PARTS = {"Rasa": b"rasa_components.quiet", "actions": b"actions\0--host"}
"""Parts → text in the command line of the part's process."""


def _name(pid: int) -> str:
    """The name of a process's part. Rasa and its actions have processes of their own; another one is the
    synthesiser."""
    command = Path(f"/proc/{pid}/cmdline").read_bytes()
    return next((name for name, part in PARTS.items() if part in command), "other processes")


def _by_name(children: dict[int, str], measure: Callable[[int], float]) -> dict[str, float]:
    sums = dict.fromkeys([*PARTS, "other processes"], 0.0)
    for child, name in children.items():
        sums[name] += measure(child)
    return sums


def _children(pid: int) -> list[int]:
    own = [int(each) for each in Path(f"/proc/{pid}/task/{pid}/children").read_text().split()]
    return own + [grandchild for child in own for grandchild in _children(child)]


def scrape(url: str) -> Counter[str]:
    """The gateway's own figures, by name and labels as they are written."""
    with urllib.request.urlopen(url, timeout=10) as answer:  # noqa: S310  # the gateway that this bench started
        lines = answer.read().decode().splitlines()
    return Counter(
        {name: float(value) for line in lines if line[:1] != "#" for name, _, value in [line.rpartition(" ")]}
    )  # type: ignore[dict-item]  # a Counter of floats


def outcomes(figures: Counter[str], before: Counter[str]) -> dict[str, int]:
    """Calls that ended between two scrapes, by outcome."""
    ended: Counter[str] = Counter()
    for name, value in figures.items():
        if match := re.match(r'voicebot_calls_total\{outcome="(\w+)"', name):
            ended[match[1]] += round(value - before[name])
    return {outcome: count for outcome, count in ended.items() if count}
