"""A picture of a call: both voices over time, what was heard above, what the bot said below, and the turns.

Drawn like lines of text: as many rows as the call needs, always at the same scale.
"""

from __future__ import annotations

import textwrap
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np

from bot.events import RATE, Samples
from bot.reports.transcript import TranscriptLine

ROW_SECONDS = 24.0
WIDTH = 15.0  # inches, of which a row of sound takes
ROW_WIDTH = 13.9
WAVE = 0.62  # inches of height of a voice
MAX_OVERHANG = 1.9  # inches of width of a text whose sound is shorter
LINE = 0.145  # inches of height of a line of text
CHARACTER = 0.0665  # inches of width of an average character
FONT = {"family": "DejaVu Sans", "size": 8}  # has every Vietnamese letter
COLOURS = {"caller": "#1b7f4d", "bot": "#1f5fa8", "key": "#b35c00", "state": "#6b6b6b"}
VERDICTS = {"reset": "#1b7f4d", "transferred": "#1b7f4d", "error": "#a3262a"}


@dataclass
class Label:
    """A text and its place: inches from the left of a row, and its lane."""

    line: TranscriptLine
    left: float
    width: float
    texts: list[str]
    lane: int = 0

    @property
    def height(self) -> float:
        return LINE * len(self.texts) + 0.07


@dataclass
class Row:
    """Some seconds of the call; labels above the voices, below them, and at the foot."""

    start: float
    seconds: float
    above: list[Label]
    below: list[Label]
    foot: list[Label]

    def inches(self, seconds: float) -> float:
        return (seconds - self.start) / ROW_SECONDS * ROW_WIDTH

    @property
    def height(self) -> float:
        return sum(_lanes(labels)[-1] for labels in (self.above, self.below, self.foot)) + 2 * WAVE + 0.34


def draw_timeline(
    path: Path, title: str, lines: Sequence[TranscriptLine], caller: Samples, bot: Samples, outcome: str
) -> None:
    """Draw a PNG. Raises OSError if it cannot be written."""
    from matplotlib.backends.backend_agg import FigureCanvasAgg
    from matplotlib.figure import Figure

    seconds = max(len(caller) / RATE, *(line.end_s for line in lines), 1.0) if lines else max(len(caller) / RATE, 1.0)
    rows = _rows(lines, seconds)
    height = sum(row.height for row in rows) + 0.75
    figure = Figure(figsize=(WIDTH, height), dpi=110)
    FigureCanvasAgg(figure)
    top = height - 0.3
    figure.text(0.45 / WIDTH, top / height, _plain(title), weight="bold", size=12, va="center")
    figure.text(1 - 0.6 / WIDTH, top / height, f"{outcome}   {seconds:.1f} s", weight="bold", size=11,
                va="center", ha="right", color=VERDICTS.get(outcome, "#333333"))  # fmt: skip
    top -= 0.25
    for row in rows:
        top -= row.height
        box = (0.5 / WIDTH, (top + 0.2) / height, ROW_WIDTH / WIDTH, (row.height - 0.25) / height)
        _draw_row(figure.add_axes(box), row, lines, caller, bot)
    figure.savefig(path, facecolor="white")


# ── where things stand ────────────────────────────────────────────────────────────────────────────


def _rows(lines: Sequence[TranscriptLine], seconds: float) -> list[Row]:
    rows = []
    for number in range(int(np.ceil(seconds / ROW_SECONDS))):
        start = number * ROW_SECONDS
        row = Row(start, min(ROW_SECONDS, seconds - start), [], [], [])
        for line in lines:
            if line.text.strip() and _belongs(line, row):
                shelf = {"bot": row.below, "state": row.foot}.get(line.who, row.above)
                _place(_label(line, row), shelf)
        rows.append(row)
    return rows


def _belongs(line: TranscriptLine, row: Row) -> bool:
    """A text that goes over the end of a row is in the row that has more of it."""
    middle = (line.at_s + line.end_s) / 2
    return row.start <= middle < row.start + ROW_SECONDS


def _label(line: TranscriptLine, row: Row) -> Label:
    """A label as wide as the line's sound if the text fits there, otherwise wider, up to a limit."""
    begin, end = (min(max(row.inches(at), 0), ROW_WIDTH) for at in (line.at_s, line.end_s))
    text = _plain(line.text)
    for width in np.arange(max(end - begin, 0.2), max(end - begin, MAX_OVERHANG) + 0.1, 0.1):
        texts = textwrap.wrap(
            text, max(int((width - 0.1) / CHARACTER), 3), max_lines=3, placeholder=" …", break_long_words=False
        )
        whole = not texts[-1].endswith("…") and all(len(part) * CHARACTER + 0.1 <= width for part in texts)
        if whole:
            break
    return Label(line, max(0, min(begin, ROW_WIDTH - width)), float(width), texts)


def _place(label: Label, shelf: list[Label]) -> None:
    """Put the label into the first lane where it covers no other."""
    while any(
        other.lane == label.lane
        and label.left < other.left + other.width - 1e-6
        and other.left < label.left + label.width - 1e-6
        for other in shelf
    ):
        label.lane += 1
    shelf.append(label)


def _lanes(labels: Sequence[Label]) -> list[float]:
    """Where each lane begins, and last where all end; inches from the voices."""
    ends = [0.0]
    for lane in range(max((label.lane for label in labels), default=-1) + 1):
        ends.append(ends[-1] + max(label.height for label in labels if label.lane == lane) + 0.04)
    return ends


# ── drawing ───────────────────────────────────────────────────────────────────────────────────────


def _draw_row(axes: Any, row: Row, lines: Sequence[TranscriptLine], caller: Samples, bot: Samples) -> None:
    foot, below, above = (_lanes(labels) for labels in (row.foot, row.below, row.above))
    bot_at = foot[-1] + below[-1] + WAVE / 2 + 0.03
    caller_at = bot_at + WAVE + 0.02
    total = caller_at + WAVE / 2 + 0.03 + above[-1]
    axes.set_xlim(0, ROW_WIDTH)
    axes.set_ylim(0, total)
    _draw_voice(axes, row, caller, caller_at, "caller")
    _draw_voice(axes, row, bot, bot_at, "bot")
    for line in lines:
        if line.who != "state" and line.end_s >= row.start and line.at_s < row.start + ROW_SECONDS:
            _draw_span(axes, row, line, bot_at if line.who == "bot" else caller_at)
    for label in row.foot:
        # Where the dialogue changed its state: a stroke through both voices down to the state's name.
        name_at, x = foot[-1] - foot[label.lane] - label.height, row.inches(label.line.at_s)
        axes.plot(
            [x, x], [name_at, caller_at + WAVE / 2], color="#777777", linewidth=0.8, linestyle=(0, (3, 2)), zorder=0
        )
        _draw_label(axes, label, name_at)
    for label in row.above:
        _draw_label(axes, label, caller_at + WAVE / 2 + 0.03 + above[label.lane])
    for label in row.below:
        _draw_label(axes, label, bot_at - WAVE / 2 - 0.03 - below[label.lane] - label.height)
    for name, at in (("caller", caller_at), ("bot", bot_at)):
        axes.text(-0.08, at, name, color=COLOURS[name], ha="right", va="center", rotation=90, weight="bold", **FONT)
    ticks = np.arange(np.ceil(row.start / 2) * 2, row.start + row.seconds + 1e-9, 2)
    axes.set_xticks([row.inches(tick) for tick in ticks])
    axes.set_xticklabels([f"{tick:g} s" for tick in ticks], color=COLOURS["state"], **{**FONT, "size": 7})
    axes.set_yticks([])
    axes.tick_params(axis="x", length=2, color="#cccccc", pad=1)
    for side in ("top", "left", "right", "bottom"):
        axes.spines[side].set_visible(False)


def _draw_voice(axes: Any, row: Row, sound: Samples, at: float, who: str) -> None:
    """Draw the envelope, one stroke a pixel, on a scale of square roots, so that quiet sounds are seen too."""
    piece = sound[int(row.start * RATE) : int((row.start + ROW_SECONDS) * RATE)]
    step = int(ROW_SECONDS * RATE / (ROW_WIDTH * 110))
    axes.plot([0, row.inches(row.start + row.seconds)], [at, at], color=COLOURS[who], linewidth=0.4)
    if piece.size < step:
        return
    blocks = np.abs(piece[: piece.size // step * step].astype(np.float64)).reshape(-1, step).max(axis=1)
    extent = np.sqrt(blocks / 32768) * WAVE / 2
    x = np.arange(extent.size) * step / RATE / ROW_SECONDS * ROW_WIDTH
    axes.fill_between(x, at - extent, at + extent, color=COLOURS[who], linewidth=0)


def _draw_span(axes: Any, row: Row, line: TranscriptLine, at: float) -> None:
    """Draw where a line lies in the sound."""
    x = [max(row.inches(line.at_s), 0), min(row.inches(line.end_s), ROW_WIDTH)]
    axes.fill_between(x, at - WAVE / 2, at + WAVE / 2, color=COLOURS[line.who], alpha=0.13, linewidth=0)


def _draw_label(axes: Any, label: Label, bottom: float) -> None:
    from matplotlib.patches import FancyBboxPatch

    who = label.line.who
    if who != "state":
        shape = "round,pad=0,rounding_size=0.04"
        face = {"caller": "#e5f3eb", "bot": "#e4edf8", "key": "#fdeedd"}[who]
        box = FancyBboxPatch((label.left, bottom), label.width - 0.04, label.height, shape, linewidth=0.6,
                             edgecolor=COLOURS[who], facecolor=face)  # fmt: skip
        axes.add_patch(box)
    axes.text(
        label.left + 0.05,
        bottom + label.height / 2,
        "\n".join(label.texts),
        color=COLOURS[who],
        va="center",
        style="italic" if who == "state" else "normal",
        linespacing=1.15,
        **FONT,
    )


def _plain(text: str) -> str:
    """The text on one line, without characters that Matplotlib would take for mathematics."""
    return " ".join(text.split()).replace("$", r"\$")
