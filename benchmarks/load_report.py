"""Table and picture of a load bench."""

from __future__ import annotations

import os
import platform
from collections.abc import Sequence
from pathlib import Path

import numpy as np

from benchmarks.load_drive import Level

COLUMNS = (
    "callers", "calls at once", "ended", "failed", "refused", "late",
    "answers p50 ms", "p95 ms", "cores", "MB", "fds", "threads",
)  # fmt: skip


def print_levels(levels: Sequence[Level], limit: float) -> None:
    """Markdown."""
    print(f"# Load\n\n{platform.machine()}, {os.cpu_count()} cores, load generator on the same machine\n")
    print("| " + " | ".join(COLUMNS) + " |\n" + "|---" * len(COLUMNS) + "|")
    for level in levels:
        print("| " + " | ".join(_row(level)) + " |")
    good = [level for level in levels if level.well(limit)]
    print(f"\nHeld well: {max((level.at_once for level in good), default=0):.0f} calls at once.\n")
    last = good[-1] if good else levels[-1]
    print(f"At {last.at_once:.0f} calls at once:\n\n| turn | n | p50 ms | p95 ms |\n|---|---|---|---|")
    for kind, times in sorted(last.answers.items()):
        print(f"| {kind} | {len(times)} | {np.median(times) * 1000:.0f} | {np.percentile(times, 95) * 1000:.0f} |")
    print("\n| CPU by part | cores | of a core per call |\n|---|---|---|")
    for part, cores in last.cpu.items():
        print(f"| {part} | {cores:.2f} | {cores / last.at_once:.4f} |")
    if (per_call := memory_per_call(levels)) is not None:
        print(f"\nMemory of a further call at once: {per_call:.2f} MB.")
    for part, per_ended in memory_per_ended_call(levels).items():
        print(f"\nMemory gained per call that ended, {part}: {per_ended * 1000:.1f} kB.")
    if any(level.behind for level in levels):
        behind = ", ".join(f"{level.callers}: {level.behind}" for level in levels if level.behind)
        print(f"\nTicks that the load generator itself made late, by callers: {behind}.")


def _row(level: Level) -> list[str]:
    times = [seconds for kind in level.answers.values() for seconds in kind] or [0.0]
    return [
        str(level.callers),
        f"{level.at_once:.0f}",
        str(level.calls),
        str(level.failed),
        str(sum(n for how, n in level.ended.items() if how.startswith("refused"))),
        str(level.late + level.gateway_late),
        f"{np.median(times) * 1000:.0f}",
        f"{level.p95() * 1000:.0f}",
        f"{sum(cores for part, cores in level.cpu.items() if part != 'load generator'):.2f}",
        f"{sum(level.memory.values()):.0f}",
        str(level.descriptors),
        str(level.threads),
    ]


def in_short(levels: Sequence[Level], limit: float) -> dict[str, int]:
    """The figures for the docs. `at_once`: the most calls at once that were held well, or the average if the number of
    callers stayed the same; `too_many`: the fewest that were not held well, left out if all were; times are
    milliseconds."""
    steps = len({level.callers for level in levels}) > 1
    held = [level.at_once for level in levels if level.well(limit)]
    beyond = [level.at_once for level in levels if not level.well(limit)]
    times = [np.array([s for kind in level.answers.values() for s in kind] or [0.0]) * 1000 for level in levels]
    found = {
        "at_once": max(held, default=0.0) if steps else np.mean([level.at_once for level in levels]),
        "minutes": sum(level.seconds for level in levels) / 60,
        "ended": sum(level.calls for level in levels),
        "failed": sum(level.failed for level in levels),
        "late": sum(level.late + level.gateway_late for level in levels),
        "p95": np.median([np.percentile(each, 95) for each in times]),
        "p95_worst": max(np.percentile(each, 95) for each in times),
        "p99_worst": max(np.percentile(each, 99) for each in times),
    }
    if steps and beyond:
        found["too_many"] = min(beyond)
    return {name: round(float(value)) for name, value in found.items()}


def memory_per_call(levels: Sequence[Level]) -> float | None:
    """Slope of memory over calls at once, in MB; None if the number of callers did not change."""
    if len({level.callers for level in levels}) < 2:
        return None
    return float(
        np.polyfit([level.at_once for level in levels], [sum(level.memory.values()) for level in levels], 1)[0]
    )


def memory_per_ended_call(levels: Sequence[Level]) -> dict[str, float]:
    """Slope of memory over calls that ended, in MB by part, in the second half of a soak: the first half fills
    caches."""
    later = levels[len(levels) // 2 :]
    if len({level.callers for level in levels}) > 1 or len(later) < 3:
        return {}
    ended = np.cumsum([level.calls for level in later])
    return {part: float(np.polyfit(ended, [each.memory[part] for each in later], 1)[0]) for part in later[0].memory}


def write_picture(path: Path, levels: Sequence[Level], limit: float) -> None:
    """Draw latency, CPU by part and memory, over callers, or over minutes if the number of callers stayed the same."""
    import matplotlib

    matplotlib.use("Agg")
    from matplotlib import pyplot

    same = len({level.callers for level in levels}) == 1 and len(levels) > 1
    x = np.cumsum([level.seconds / 60 for level in levels]) if same else [level.at_once for level in levels]
    figure, (top, middle, bottom) = pyplot.subplots(3, 1, figsize=(8, 9), sharex=True)
    times = [[s * 1000 for kind in level.answers.values() for s in kind] or [0.0] for level in levels]
    for percent, style in ((50, "o-"), (95, "s-"), (99, ":")):
        top.plot(x, [np.percentile(each, percent) for each in times], style, label=f"p{percent}")
    top.axhline(limit * 1000, color="tab:red", linewidth=1)
    bad = [(at, level) for at, level in zip(x, levels, strict=True) if level.late or level.gateway_late or level.failed]
    for at, level in bad:
        top.annotate(f"{level.late + level.gateway_late} late\n{level.failed} failed", (at, limit * 1000), ha="center")
    top.set_ylabel("end of speech → first audio, ms")
    top.set_ylim(bottom=0)
    top.legend(loc="upper left")
    parts = list(levels[0].cpu)
    middle.stackplot(x, [[level.cpu[part] for level in levels] for part in parts], labels=parts)
    middle.axhline(os.cpu_count() or 1, color="grey", linewidth=1)
    middle.set_ylabel("cores")
    middle.legend(loc="upper left")
    memory = list(levels[0].memory)
    bottom.stackplot(x, [[level.memory[part] for level in levels] for part in memory], labels=memory)
    bottom.set_ylabel("memory, MB")
    bottom.legend(loc="lower left")
    bottom.set_xlabel(f"minutes with {levels[0].callers} callers" if same else "calls at once")
    figure.tight_layout()
    figure.savefig(path, dpi=110)
