"""The figures that README and docs quote, and where they come from.

docs/figures.json    written by `make bench` and `make bench-load`: each measurement with its day and machine
the model's card     written by `make eval`; `FROM_CARD` names the cells that are quoted

A quoted figure stands directly before its mark, as in `91 %<!-- eval.quiet -->`. It must be equal to its source,
rounded to the same number of decimals. A test checks every mark; `python -m benchmarks.figures` writes the marked
figures, and the tables of `make bench` in docs/benchmarks.md, again.
"""

from __future__ import annotations

import json
import os
import platform
import re
from collections.abc import Iterator, Mapping
from datetime import date
from decimal import ROUND_HALF_UP, Decimal
from pathlib import Path
from typing import Any

from asr_models.evaluation import card
from benchmarks import bench_report
from bot.places import PACKAGES

FILE = PACKAGES / "docs" / "figures.json"
CARD = PACKAGES / "asr_models" / "vi-digits" / "CARD.md"
BENCHMARKS = PACKAGES / "docs" / "benchmarks.md"
BENCH = card.Marks("This machine", "<!-- bench: written by `make bench` -->", "<!-- end of bench -->")

_TWICE = "In one pass, in two, and by the second alone"
_CALLS = "Whole calls"
FROM_CARD = {
    "eval.quiet": (_TWICE, ("10", "clean, µ-law", "all"), "both passes"),
    "eval.quiet.cn-spk2": (_TWICE, ("10", "clean, µ-law", "cn-spk2"), "both passes"),
    "eval.quiet.dw-block4": (_TWICE, ("10", "clean, µ-law", "dw-block4"), "both passes"),
    "eval.quiet.dw-block6": (_TWICE, ("10", "clean, µ-law", "dw-block6"), "both passes"),
    "eval.quiet.sn-S_S03": (_TWICE, ("10", "clean, µ-law", "sn-S_S03"), "both passes"),
    "eval.office": (_TWICE, ("10", "office, 10 dB", "all"), "both passes"),
    "eval.calls": (_CALLS, ("clean, µ-law", "all"), "right"),
    "eval.calls.at_once": (_CALLS, ("clean, µ-law", "all"), "at once"),
    "eval.calls.office": (_CALLS, ("office, 10 dB", "all"), "right"),
    "eval.calls.office.at_once": (_CALLS, ("office, 10 dB", "all"), "at once"),
}
"""Name of a figure → section of the card, the row's first cells, and the column; all in per cent."""

_MARKED = re.compile(r"(?P<number>\d[\d,]*(?:\.\d+)?)(?P<unit>[^\d<|\n]*)<!-- (?P<name>[a-z]+\.[\w.-]+) -->")


def pages() -> Iterator[Path]:
    """Every page that may quote a figure."""
    yield from (PACKAGES / "README.md", PACKAGES / "README.vi.md", *sorted((PACKAGES / "docs").glob("*.md")), CARD)


def record(measurement: str, figures: Mapping[str, Any]) -> None:
    """Replace the last such measurement by one made now on this machine, and update the quotes."""
    kept = json.loads(FILE.read_text("utf-8"))
    kept[measurement] = {"measured": f"{date.today():%-d %B %Y}, {_machine()}", **figures}
    FILE.write_text(json.dumps(kept, indent=2, ensure_ascii=False) + "\n", "utf-8")
    rewrite()


def rewrite() -> None:
    """Update every quoted figure from its source."""
    bench = json.loads(FILE.read_text("utf-8"))["bench"]
    BENCHMARKS.write_text(card.replaced(BENCHMARKS.read_text("utf-8"), bench_report.text(bench), BENCH), "utf-8")
    figures = read()
    for page in pages():
        text = page.read_text("utf-8")
        new = _MARKED.sub(lambda mark: f"{_as_quoted(mark, figures)}{mark[2]}<!-- {mark['name']} -->", text)
        if new != text:
            page.write_text(new, "utf-8")


def disagreements(text: str, figures: Mapping[str, Decimal]) -> list[str]:
    """The figures of a page that differ from their source, each in one line."""
    return [
        f"{mark['name']}: {mark['number']} is quoted, {_as_quoted(mark, figures)} was measured"
        for mark in _MARKED.finditer(text)
        if mark["number"] != _as_quoted(mark, figures)
    ]


def read() -> dict[str, Decimal]:
    """Every figure by the name of its mark."""
    measured = json.loads(FILE.read_text("utf-8"), parse_float=Decimal, parse_int=Decimal)
    return {**dict(_flat("", measured)), **of_card(CARD.read_text("utf-8"))}


def of_card(text: str) -> dict[str, Decimal]:
    """The figures that are quoted from a model's card. Cells that the card lacks are left out."""
    parts = {title.removeprefix("### "): part for title, part in card.sections(text).items()}
    found = {}
    for name, (section, row, column) in FROM_CARD.items():
        rows = [[cell.strip() for cell in line.strip("| ").split("|")] for line in parts.get(section, "").splitlines()]
        heads = [cells for cells in rows if column in cells]
        for cells in rows:
            if heads and tuple(cells[: len(row)]) == row:
                found[name] = Decimal(cells[heads[0].index(column)].split("%")[0])
    return found


def _flat(prefix: str, tree: Mapping[str, Any]) -> Iterator[tuple[str, Decimal]]:
    for name, value in tree.items():
        if isinstance(value, Mapping):
            yield from _flat(f"{prefix}{name}.", value)
        elif isinstance(value, Decimal):
            yield prefix + name, value


def _as_quoted(mark: re.Match[str], figures: Mapping[str, Decimal]) -> str:
    """The source's figure with the decimals and the separators of the quoted one."""
    if mark["name"] not in figures:
        raise SystemExit(f"{mark['name']} is quoted, but neither {FILE.name} nor the card has it")
    _, _, decimals = mark["number"].partition(".")
    return f"{figures[mark['name']].quantize(Decimal(1).scaleb(-len(decimals)), ROUND_HALF_UP):,}"


def _machine() -> str:
    names = re.findall(r"^model name\s*: (.*)$", _cpuinfo(), re.MULTILINE)
    return f"{os.cpu_count()} cores of {names[0] if names else platform.machine()}"


def _cpuinfo() -> str:
    path = Path("/proc/cpuinfo")
    return path.read_text("utf-8") if path.exists() else ""


if __name__ == "__main__":
    rewrite()
