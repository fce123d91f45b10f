"""Whole calls with other people behind the caller: a television, or a conversation in the room.

    caller      ▁▁▁▁▁▁▁▁▁▁▁█▇█▅▇█▁▁▁▁▁▁▁▁▁█▇▁▁▁
    room        ▂▃▂▃▁▂▃▃▂▁▃▂▃▃▁▂▃▂▁▃▂▃▃▂▁▂▃▂▃▂    sentences of people who never call, one after the other

The room is measured as it is heard: the active level of its sentences lies so many dB below the caller's.
"""

from __future__ import annotations

import asyncio
import random
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from asr_models.evaluation import calls, card, people
from asr_models.evaluation.figures import share
from asr_models.evaluation.lines import CLEAN, Surroundings, spoken
from asr_models.recipe.corpora import Clip
from bot.audio.level import NOMINAL_LEVEL, active_level
from bot.audio.resampling import to_samples
from bot.events import RATE, Outcome, Samples
from bot.settings import Settings
from bot.simulation.line import Line

BELOW_DB = (10, 15, 20, 30)
"""dB by which the room is softer than the caller."""

CORPORA = ("common-voice", "home-commands")
"""Whole sentences of many people."""

BETWEEN = (0.1, 0.9)
"""Seconds between two sentences, drawn evenly: the gaps of a conversation (Heldner & Edlund, 2010: most turns follow
within a second)."""

LOUDER_DB = 2.0
"""A sentence is up to so much louder or softer than the room's level, drawn evenly."""

SECONDS = 120
"""The room repeats after so long; few calls last longer."""

SILENT = 5.0
"""Seconds without a word of the bot after which a caller believes the line to be dead."""


@dataclass(frozen=True)
class Fared:
    """The calls with one room. `below_db` is None where nobody else speaks."""

    below_db: int | None
    made: Sequence[calls.Made]

    def row(self) -> list[object]:
        """For the table of `report`."""
        count = len(self.made)
        waits = [wait for call in self.made for wait in call.waits_ms]
        return [
            "nobody" if self.below_db is None else f"{self.below_db} dB below",
            count,
            share(sum(call.right for call in self.made), count),
            sum(call.wrong for call in self.made),
            sum(call.outcome is Outcome.TRANSFERRED for call in self.made),
            sum(call.silence > SILENT for call in self.made),
            f"{max(call.silence for call in self.made):.1f}",
            f"{np.median([call.seconds for call in self.made]):.0f}",
            f"{np.median(waits):.0f}, {np.percentile(waits, 95):.0f}",
        ]


HEAD = ["room", "calls", "right", "wrong", "transferred", "silent", "longest silence, s", "seconds", "wait, ms"]

LEGEND = (
    "“Right”: the caller hears the new password of his account; “wrong”: a number that is not his was taken, and"
    "\nrefused; “transferred”: to a person, whom no caller asked for; “silent”: the bot says nothing for more than"
    f"\n{SILENT:.0f} s after the last sound of both. Seconds: the median. Wait: from the caller's last word or key to"
    "\nwhere it is known to be the last, median and 95th percentile.\n"
)


def report(settings: Settings, clips: Sequence[Clip], others: Sequence[Clip], around: Surroundings, count: int) -> str:
    """`count` calls by the speakers of `clips` for each room, and as many alone, as Markdown."""
    rows = [fared(settings, clips, others, around, count, below).row() for below in (None, *BELOW_DB)]
    return LEGEND + "\n" + card.table(HEAD, rows)


def fared(
    settings: Settings,
    clips: Sequence[Clip],
    others: Sequence[Clip],
    around: Surroundings,
    count: int,
    below_db: int | None,
) -> Fared:
    """The same callers with the same words, whatever is behind them. `others` speak in the room."""
    speakers = people.speakers(list(clips))
    answers = [people.saying(list(clips), word) for word in ("không", "đúng")]
    each = -(-count // len(speakers))
    plan = sorted(calls.planned(speakers, each), key=lambda call: call.seed % each)[:count]
    behind = sentences(others)

    def line(seed: int) -> Line:
        quiet = around.line(CLEAN, seed)
        return quiet if below_db is None else Line(CLEAN.law, over(quiet, room(behind, below_db, seed)))

    return Fared(below_db, asyncio.run(calls.make(settings, plan, speakers, answers, line)))


def sentences(clips: Sequence[Clip]) -> list[Samples]:
    """Each in the telephone's band, at the level of a line."""
    return [spoken(clip.sound.astype(np.float64)) for clip in clips if clip.corpus in CORPORA]


def room(behind: Sequence[Samples], below_db: float, seed: int) -> Samples:
    """`SECONDS` of these sentences in an order drawn with `seed`, with gaps, at their level in the room."""
    draw = random.Random(f"room-{seed}")
    parts: list[Samples] = []
    while sum(part.size for part in parts) < SECONDS * RATE:
        sentence = draw.choice(behind)
        gain = 10 ** ((draw.uniform(-LOUDER_DB, LOUDER_DB) - below_db) / 20)
        gap = np.zeros(round(draw.uniform(*BETWEEN) * RATE), np.int16)
        parts += [to_samples(sentence * (gain * NOMINAL_LEVEL / active_level(sentence))), gap]
    return np.concatenate(parts)[: SECONDS * RATE]


def over(quiet: Line, voices: Samples) -> Samples:
    """What is heard while the caller says nothing: the line's own noise and the room's voices."""
    hiss = quiet.noise if quiet.noise is not None else np.zeros(1, np.int16)
    return to_samples(np.resize(hiss, voices.size).astype(np.float64) + voices)
