"""The results of `make bench` as Markdown."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

TURNS = {
    "menu_key": "menu key",
    "keyed": "number, last digit keyed (account checked)",
    "spoken": "number, last digit spoken",
    "wish": "wish in words",
    "yes": "yes in words (account checked)",
}
"""Kinds of a caller's turn: the name in figures.json → words."""


def text(figures: Mapping[str, Any]) -> str:
    """The tables of a measurement."""
    lines = [
        f"{figures['measured']}. From nothing to ready for calls: {figures['ready_seconds']:.1f} s.",
        "",
        "| turn | n | end-of-speech wait, p95 ms | then first audio, p50 ms | p95 ms |",
        "|---|---|---|---|---|",
    ]
    for kind, words in TURNS.items():
        turn = figures["turns"][kind]
        lines.append(f"| {words} | {turn['n']} | {turn['wait_p95']} | {turn['p50']} | {turn['p95']} |")
    return "\n".join(
        [
            *lines,
            "",
            f"A whole call takes {figures['call_share']:.3f} of one core, at the pace of a real call.",
            "",
            "| hearing | |",
            "|---|---|",
            f"| real-time factor, all of hearing on speech without pause, one core | {figures['rtf']:.4f} |",
            f"| memory of a further caller's hearing | {figures['caller_mb']:.1f} MB |",
        ]
    )
