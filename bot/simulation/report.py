"""A call kept for people: its sound, a picture of it over time, and its words, in which secrets come masked."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

import numpy as np

from bot.audio import wav
from bot.errors import VoicebotError
from bot.events import RATE, Samples
from bot.simulation.timeline import draw_timeline
from bot.simulation.transcript import TranscriptLine


def write_report(
    folder: Path, title: str, lines: Sequence[TranscriptLine], caller: Samples, bot: Samples, outcome: str
) -> list[Path]:
    """Write call.wav (caller left, bot right, 8 kHz), timeline.png and transcript.txt; returns their paths.

    `caller` and `bot` have shape (samples,) at 8 kHz, sample 0 being the beginning of the call. Raises VoicebotError
    where the folder cannot be written.
    """
    caller, bot = _equally_long(caller, bot)
    lines = sorted(lines, key=lambda line: (line.at_s, line.end_s))
    paths = [folder / name for name in ("call.wav", "timeline.png", "transcript.txt")]
    try:
        folder.mkdir(parents=True, exist_ok=True)
        with paths[0].open("wb") as file:
            wav.write(file, np.stack([caller, bot], axis=1), RATE)
        draw_timeline(paths[1], title, lines, caller, bot, outcome)
        paths[2].write_text(_transcript(title, lines, len(caller) / RATE, outcome), "utf-8")
    except OSError as error:
        raise VoicebotError(
            f"the report cannot be written to {folder} ({error.strerror}); give another folder"
        ) from None
    return paths


def _equally_long(caller: Samples, bot: Samples) -> tuple[Samples, Samples]:
    size = max(caller.size, bot.size)
    return np.pad(caller, (0, size - caller.size)), np.pad(bot, (0, size - bot.size))


def _transcript(title: str, lines: Sequence[TranscriptLine], seconds: float, outcome: str) -> str:
    said = [f"{line.at_s:7.2f} {line.end_s:7.2f}  {line.who:<6}  {line.text}" for line in lines]
    return "\n".join([f"{title}: {outcome}, {seconds:.1f} s", "", "  begin     end  who     text", *said, ""])
