"""A call kept for people: its sound, a picture over time, a page, and its words, in which secrets are masked."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import UTC, datetime
from pathlib import Path

import numpy as np

from bot.audio import wav
from bot.errors import VoicebotError
from bot.events import RATE, Samples
from bot.reports import event_log, vcon
from bot.reports.page import page_of
from bot.reports.sound import equally_long, opus
from bot.reports.transcript import TranscriptLine
from bot.simulation.timeline import draw_timeline

FILES = ("call.wav", "timeline.png", "transcript.txt", "call.html", "events.jsonl", "call.vcon.json")


def write_report(
    folder: Path,
    title: str,
    lines: Sequence[TranscriptLine],
    caller: Samples,
    bot: Samples,
    outcome: str,
    events: Sequence[event_log.Event] = (),
) -> list[Path]:
    """Write call.wav (caller left, bot right, 8 kHz), timeline.png, transcript.txt, call.html, events.jsonl and
    call.vcon.json; returns their paths.

    `caller` and `bot` have shape (samples,) at 8 kHz; sample 0 is the beginning of the call. Raises VoicebotError
    if the folder cannot be written.
    """
    caller, bot = equally_long(caller, bot)
    lines = sorted(lines, key=lambda line: (line.at_s, line.end_s))
    paths = [folder / name for name in FILES]
    try:
        folder.mkdir(parents=True, exist_ok=True)
        with paths[0].open("wb") as file:
            wav.write(file, np.stack([caller, bot], axis=1), RATE)
        draw_timeline(paths[1], title, lines, caller, bot, outcome)
        seconds, sound = len(caller) / RATE, opus(caller, bot)
        paths[2].write_text(_transcript(title, lines, seconds, outcome), "utf-8")
        paths[3].write_text(page_of(title, outcome, lines, caller, bot, secrets="invented", sound=sound), "utf-8")
        paths[4].write_text(event_log.written(events), "utf-8")
        container = vcon.vcon_of(title, outcome, lines, sound, seconds, datetime.now(UTC))
        paths[5].write_text(vcon.written(container), "utf-8")
    except OSError as error:
        raise VoicebotError(
            f"the report cannot be written to {folder} ({error.strerror}); give another folder"
        ) from None
    return paths


def _transcript(title: str, lines: Sequence[TranscriptLine], seconds: float, outcome: str) -> str:
    said = [f"{line.at_s:7.2f} {line.end_s:7.2f}  {line.who:<6}  {line.text}" for line in lines]
    return "\n".join([f"{title}: {outcome}, {seconds:.1f} s", "", "  begin     end  who     text", *said, ""])
