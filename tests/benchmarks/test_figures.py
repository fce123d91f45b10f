"""README and docs quote the figures that `make bench`, `make bench-load` and `make eval` wrote."""

from __future__ import annotations

import json
import re
from decimal import Decimal
from pathlib import Path

import pytest

from benchmarks import bench_report, figures
from benchmarks.load_drive import Level
from benchmarks.load_report import in_short
from bot.places import PACKAGES

CARD = """# a model
### Whole calls
| line | speaker | right | at once |
| --- | --- | --- | --- |
| clean, µ-law | cn-spk2 | 96.0% (80%–99%) | 90.0% (70%–97%) |
| clean, µ-law | all | 99.4% (96%–100%) | 93.0% (86%–97%) |
"""


@pytest.mark.parametrize("page", figures.pages(), ids=lambda page: str(page.relative_to(PACKAGES)))
def test_a_page_quotes_what_was_measured(page: Path) -> None:
    assert figures.disagreements(page.read_text("utf-8"), figures.read()) == [], "run `make figures`"


def test_the_page_of_benchmarks_shows_the_last_ones() -> None:
    bench = json.loads(figures.FILE.read_text("utf-8"))["bench"]
    assert bench_report.text(bench) in figures.BENCHMARKS.read_text("utf-8"), "run `make figures`"


def test_every_row_of_the_readmes_table_names_its_source() -> None:
    table = (PACKAGES / "README.md").read_text("utf-8").partition("## How good it is")[2].partition("\n\nThe ")[0]
    rows = [line for line in table.splitlines() if line.startswith("| ") and "measured on" not in line]
    assert len(rows) > 5
    assert [row for row in rows if not figures._MARKED.search(row)] == []


def test_every_figure_of_the_card_is_found() -> None:
    assert set(figures.of_card(figures.CARD.read_text("utf-8"))) == set(figures.FROM_CARD)


def test_a_cell_of_the_card_is_found_by_its_row_and_column() -> None:
    found = figures.of_card(CARD)
    assert found == {"eval.calls": Decimal("99.4"), "eval.calls.at_once": Decimal("93.0")}


@pytest.mark.parametrize(
    ("quoted", "complaints"),
    [
        ("99 %<!-- eval.calls -->", []),
        ("99.4 %<!-- eval.calls -->", []),
        ("99.40 %<!-- eval.calls -->", []),
        ("98 %<!-- eval.calls -->", ["eval.calls: 98 is quoted, 99 was measured"]),
        ("7,580 calls<!-- soak.ended -->", []),
        ("7580 calls<!-- soak.ended -->", ["soak.ended: 7580 is quoted, 7,580 was measured"]),
        ("98 %, and no mark", []),
    ],
)
def test_a_quoted_figure_is_compared_as_far_as_it_is_told(quoted: str, complaints: list[str]) -> None:
    known = {"eval.calls": Decimal("99.4"), "soak.ended": Decimal(7580)}
    assert figures.disagreements(quoted, known) == complaints


def test_a_mark_without_a_source_is_an_error() -> None:
    with pytest.raises(SystemExit, match=r"eval\.nothing"):
        figures.disagreements("98 %<!-- eval.nothing -->", {})


def test_what_is_measured_is_written_and_quoted(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    page = tmp_path / "page.md"
    rtf = f"{json.loads(figures.FILE.read_text('utf-8'))['bench']['rtf']:.3f}"
    page.write_text(f"held: 68<!-- load.at_once --> calls, {rtf}<!-- bench.rtf -->, by 12 people\n", "utf-8")
    kept = tmp_path / "figures.json"
    kept.write_bytes(figures.FILE.read_bytes())
    board = tmp_path / "benchmarks.md"
    board.write_bytes(figures.BENCHMARKS.read_bytes())
    for name, path in (("FILE", kept), ("BENCHMARKS", board)):
        monkeypatch.setattr(figures, name, path)
    monkeypatch.setattr(figures, "pages", lambda: iter([page]))
    figures.record("load", {"at_once": 1070})
    assert page.read_text("utf-8") == f"held: 1,070<!-- load.at_once --> calls, {rtf}<!-- bench.rtf -->, by 12 people\n"
    load = json.loads(kept.read_text("utf-8"))["load"]
    assert re.match(r"\d+ \w+ \d{4}, \d+ cores of ", load.pop("measured"))
    assert load == {"at_once": 1070}


def level(callers: int, answer: float, **changed: int) -> Level:
    """`answer`: seconds from the end of speech to the first sound."""
    counted = {"calls": 10, "late": 0, "gateway_late": 0, **changed}
    return Level(
        callers=callers, at_once=callers - 1.0, seconds=60.0, ended={}, outcomes={"reset": counted["calls"]},
        answers={"key": [answer] * 100}, lost=0, behind=0, cpu={}, memory={}, descriptors=0, threads=0, **counted,
    )  # fmt: skip


def test_the_most_calls_that_were_held_well_and_the_fewest_that_were_not() -> None:
    short = in_short([level(20, 0.2), level(40, 0.4), level(60, 1.2)], 0.8)
    assert (short["at_once"], short["too_many"], short["ended"]) == (39, 59, 30)


def test_of_an_hour_the_middle_and_the_worst_minute_are_told() -> None:
    short = in_short([level(70, 0.2), level(70, 0.3), level(70, 0.9, late=1)], 0.8)
    assert (short["p95"], short["p95_worst"], short["at_once"], short["late"]) == (300, 900, 69, 1)
    assert "too_many" not in short
