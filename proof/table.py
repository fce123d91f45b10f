"""Adds up the results of several runs, and prints them in Markdown for docs/proof.md. Pure."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from bot.events import Outcome

PROMISES = (
    "inconsistent account",
    "unheard password in force",
    "heard twice, not in force",
    "heard, and left in doubt",
    "told what is not so",
    "stuck",
    "silence",
    "canary in the log",
    "canary in a tracker",
    "canary in a file",
)


def table(results: Mapping[str, Any]) -> str:
    """Two tables: what must not happen, and how the calls ended."""
    lines = ["| must not happen | times |", "|---|---:|"]
    lines += [f"| {promise} | {results['violations'].get(promise, 0)} |" for promise in PROMISES]
    outcomes = [o.value for o in Outcome if any(o.value in counts for counts in results["outcomes"].values())]
    lines += ["", f"| fault | {' | '.join(outcomes)} |", f"|---|{'---:|' * len(outcomes)}"]
    for kind, counts in results["outcomes"].items():
        lines.append(f"| {kind} | {' | '.join(str(counts.get(outcome, 0)) for outcome in outcomes)} |")
    return "\n".join(lines)


def together(before: Mapping[str, Any], after: Mapping[str, Any]) -> dict[str, Any]:
    """The results of two runs: of two seeds, or of one seed, where the second run continued the first."""
    both = {**after, "runs": _joined([*_runs(before), *_runs(after)])}
    for name in ("calls", "faulted", "undisturbed", "seconds", "log_bytes"):
        both[name] = round(before[name] + after[name], 1)
    both["calls_per_second"] = round(both["calls"] / both["seconds"], 2) if both["seconds"] else 0.0
    both["violations"] = _sum(before["violations"], after["violations"])
    kinds = sorted({*before["outcomes"], *after["outcomes"]})
    both["outcomes"] = {k: _sum(before["outcomes"].get(k, {}), after["outcomes"].get(k, {})) for k in kinds}
    both["examples"] = [*before["examples"], *after["examples"]]
    both["longest_silence_seconds"] = max(before["longest_silence_seconds"], after["longest_silence_seconds"])
    for name in ("seed", "first", "last", "commit"):
        both.pop(name, None)
    return both


def last_of(results: Mapping[str, Any], seed: int) -> int:
    """The n of the last call of this seed; -1 if there was none."""
    return max((run["last"] for run in _runs(results) if run["seed"] == seed), default=-1)


def _runs(results: Mapping[str, Any]) -> list[dict[str, Any]]:
    """What is needed to repeat each run."""
    return results.get("runs") or [{name: results[name] for name in ("seed", "first", "last", "commit")}]


def _joined(runs: list[dict[str, Any]]) -> list[dict[str, Any]]:
    """The runs, where a run that continued another of the same seed and commit is joined with it."""
    joined: list[dict[str, Any]] = []
    for run in runs:
        last = joined[-1] if joined else {}
        same = all(run[name] == last.get(name) for name in ("seed", "commit"))
        if same and run["first"] == last["last"] + 1:
            last["last"] = run["last"]
        else:
            joined.append(dict(run))
    return joined


def _sum(before: Mapping[str, int], after: Mapping[str, int]) -> dict[str, int]:
    return {name: before.get(name, 0) + after.get(name, 0) for name in sorted({*before, *after})}
