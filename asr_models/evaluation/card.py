"""Figures as text and pictures, and their place on a model's card."""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from pathlib import Path
from typing import NamedTuple

import numpy as np
import numpy.typing as npt

from asr_models.evaluation.figures import Bin, expected_calibration_error


class Marks(NamedTuple):
    """What stands around a part of the card that is written by a program."""

    title: str
    begin: str
    end: str


FIGURES = Marks("Figures", "<!-- figures: written by `make eval` -->", "<!-- end of figures -->")
BESIDE = Marks(
    "Beside another model", "<!-- beside: written by `… evaluation --card --beside PATH` -->", "<!-- end of beside -->"
)


def table(head: Sequence[str], rows: Iterable[Sequence[object]]) -> str:
    """A Markdown table."""
    lines = [head, ["---"] * len(head), *rows]
    return "\n".join("| " + " | ".join(map(str, line)) + " |" for line in lines) + "\n"


def confusion_table(matrix: npt.NDArray[np.int64]) -> str:
    names = [*map(str, range(10)), "–"]
    rows = [[f"**{name}**", *(n or "" for n in line)] for name, line in zip(names, matrix.tolist(), strict=True)]
    return table(["said \\ heard", *names], rows)


def draw_confusions(matrix: npt.NDArray[np.int64], path: Path, whose: str) -> None:
    """Share of each digit heard as each other one, of all digits for those inserted; the diagonal is left out. `whose`:
    which pass's they are."""
    from matplotlib.figure import Figure

    names = [*map(str, range(10)), "–"]
    said = matrix.sum(axis=1, keepdims=True)
    said[-1] = said[:-1].sum()
    share = matrix / np.maximum(1, said)
    np.fill_diagonal(share, np.nan)
    figure = Figure(figsize=(5.4, 4.6), layout="constrained")
    axes = figure.subplots()
    image = axes.imshow(100 * share, cmap="Oranges", vmin=0)
    axes.set(xticks=range(11), yticks=range(11), xticklabels=names, yticklabels=names, xlabel="heard", ylabel="said")
    for row, column in zip(*np.nonzero(np.nan_to_num(share) >= 0.005), strict=True):
        axes.text(column, row, f"{100 * share[row, column]:.0f}", ha="center", va="center", fontsize=7)
    figure.colorbar(image, label="% of a digit's occurrences")
    axes.set_title(f"What digits are taken for by the {whose} (– lost or inserted)", fontsize=9)
    figure.savefig(path, dpi=110, metadata={"Software": None})


def draw_calibration(bins: Sequence[Bin], score: float, path: Path) -> None:
    """Share of right numbers against confidence, with 95 % intervals. `score`: Brier's."""
    from matplotlib.figure import Figure

    figure = Figure(figsize=(4.6, 4.2), layout="constrained")
    axes = figure.subplots()
    axes.plot([0, 1], [0, 1], color="0.7", linewidth=1)
    x, y = [b.confidence for b in bins], [b.right.value for b in bins]
    spread = [[b.right.value - b.right.low for b in bins], [b.right.high - b.right.value for b in bins]]
    axes.errorbar(x, y, yerr=spread, fmt="o-", color="tab:orange", capsize=3)
    for b in bins:
        axes.annotate(str(b.answers), (b.confidence, b.right.value), (5, -10), textcoords="offset points", fontsize=7)
    axes.set(xlim=(0, 1.02), ylim=(0, 1.02), xlabel="confidence", ylabel="share of whole numbers right")
    axes.set_title(f"Calibration (error {expected_calibration_error(bins):.2f}, Brier score {score:.2f})", fontsize=10)
    figure.savefig(path, dpi=110, metadata={"Software": None})


def replaced(card: str, text: str, marks: Marks = FIGURES) -> str:
    """The card with this text in place of that between the marks; at its end where it has no marks."""
    if marks.begin not in card:
        card = f"{card.rstrip()}\n\n## {marks.title}\n{marks.begin}\n{marks.end}\n"
    before, rest = card.split(marks.begin)
    return f"{before}{marks.begin}\n{text.strip()}\n{marks.end}{rest.split(marks.end)[1]}"


def merged(card: str, text: str) -> str:
    """The card with these sections of the figures in place of those of the same title; new ones come last."""
    if FIGURES.begin not in card:
        return replaced(card, text)
    old = sections(card.split(FIGURES.begin)[1].split(FIGURES.end)[0])
    return replaced(card, "\n\n".join((old | sections(text)).values()))


def sections(text: str) -> dict[str, str]:
    """Markdown by its headings of the third level."""
    parts = [part.strip() for part in re.split(r"^(?=### )", text, flags=re.MULTILINE) if part.strip()]
    return {part.splitlines()[0]: part for part in parts}
