"""Table and picture of a load bench."""

from __future__ import annotations

import os
import platform
from collections.abc import Sequence
from pathlib import Path

import numpy as np

from benchmarks.load_drive import Level


def print_levels(levels: Sequence[Level], limit: float) -> None:
    """Markdown."""
    print(f"# Load\n\n{platform.machine()}, {os.cpu_count()} cores, load generator on the same machine\n")
    print("| callers | calls | failed | refused | late | answers p50 ms | p95 ms | cores | MB | fds | threads |")
    print("|---|---|---|---|---|---|---|---|---|---|---|")
    for level in levels:
        times = [seconds for kind in level.answers.values() for seconds in kind] or [0.0]
        refused = sum(n for how, n in level.ended.items() if how.startswith("refused"))
        cores = sum(cores for part, cores in level.cpu.items() if part != "load generator")
        print(
            f"| {level.callers} | {level.calls} | {level.failed} | {refused} | {level.late + level.gateway_late} |"
            f" {np.median(times) * 1000:.0f} | {level.p95() * 1000:.0f} | {cores:.2f} | {level.memory:.0f} |"
            f" {level.descriptors} | {level.threads} |"
        )
    good = [level for level in levels if level.well(limit)]
    print(f"\nHeld well: {max((level.callers for level in good), default=0)} calls at once.\n")
    last = good[-1] if good else levels[-1]
    print(f"At {last.callers} callers:\n\n| turn | n | p50 ms | p95 ms |\n|---|---|---|---|")
    for kind, times in sorted(last.answers.items()):
        print(f"| {kind} | {len(times)} | {np.median(times) * 1000:.0f} | {np.percentile(times, 95) * 1000:.0f} |")
    print("\n| CPU by part | cores | of a core per call |\n|---|---|---|")
    for part, cores in last.cpu.items():
        print(f"| {part} | {cores:.2f} | {cores / last.callers:.4f} |")
    if (per_call := memory_per_call(levels)) is not None:
        print(f"\nMemory of a further call at once: {per_call:.2f} MB.")
    if (per_ended := memory_per_ended_call(levels)) is not None:
        print(f"\nMemory gained per call that ended, over the whole run: {per_ended * 1000:.1f} kB.")
    if any(level.behind for level in levels):
        behind = ", ".join(f"{level.callers}: {level.behind}" for level in levels if level.behind)
        print(f"\nTicks that the load generator itself made late, by callers: {behind}.")


def memory_per_call(levels: Sequence[Level]) -> float | None:
    """Slope of memory over calls at once, MB; None where the number of callers did not change."""
    counts = [level.callers for level in levels]
    if len(set(counts)) < 2:
        return None
    return float(np.polyfit(counts, [level.memory for level in levels], 1)[0])


def memory_per_ended_call(levels: Sequence[Level]) -> float | None:
    """Slope of memory over calls that ended, MB, where the number of callers stayed the same for three rows."""
    if len({level.callers for level in levels}) > 1 or len(levels) < 3:
        return None
    return float(np.polyfit(np.cumsum([level.calls for level in levels]), [level.memory for level in levels], 1)[0])


def write_picture(path: Path, levels: Sequence[Level], limit: float) -> None:
    """Latency, CPU by part and memory, over callers, or over minutes where their number stayed the same."""
    import matplotlib

    matplotlib.use("Agg")
    from matplotlib import pyplot

    same = len({level.callers for level in levels}) == 1 and len(levels) > 1
    x = np.cumsum([level.seconds / 60 for level in levels]) if same else [level.callers for level in levels]
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
    bottom.plot(x, [level.memory for level in levels], "o-", color="tab:purple")
    bottom.set_ylabel("memory of the gateway, MB")
    bottom.set_ylim(bottom=0)
    bottom.set_xlabel(f"minutes of {levels[0].callers} calls at once" if same else "calls at once")
    figure.tight_layout()
    figure.savefig(path, dpi=110)
