"""A call kept for people: its sound, a picture of it over time, and its words, in which secrets come masked."""

from __future__ import annotations

import wave
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Literal

import numpy as np

from bot.errors import VoicebotError
from bot.events import RATE, Samples

Who = Literal["caller", "bot", "key", "state"]


@dataclass(frozen=True)
class Line:
    """What somebody said or pressed from `at_s` to `end_s` (seconds of the call), or how the dialogue stood then."""

    at_s: float
    end_s: float
    who: Who
    text: str


def write_report(
    folder: Path, title: str, lines: Sequence[Line], caller: Samples, bot: Samples, outcome: str
) -> list[Path]:
    """Write call.wav (caller left, bot right, 8 kHz), timeline.png and transcript.txt; returns their paths.

    `caller` and `bot` have shape (samples,) at 8 kHz, sample 0 being the beginning of the call. Raises VoicebotError
    where the folder cannot be written.
    """
    from bot.timeline import draw_timeline

    caller, bot = _equally_long(caller, bot)
    lines = sorted(lines, key=lambda line: (line.at_s, line.end_s))
    paths = [folder / name for name in ("call.wav", "timeline.png", "transcript.txt")]
    try:
        folder.mkdir(parents=True, exist_ok=True)
        _write_sound(paths[0], caller, bot)
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


def _write_sound(path: Path, caller: Samples, bot: Samples) -> None:
    with wave.open(str(path), "wb") as out:
        out.setnchannels(2)
        out.setsampwidth(2)
        out.setframerate(RATE)
        out.writeframes(np.stack([caller, bot], axis=1).astype("<i2").tobytes())


def _transcript(title: str, lines: Sequence[Line], seconds: float, outcome: str) -> str:
    said = [f"{line.at_s:7.2f} {line.end_s:7.2f}  {line.who:<6}  {line.text}" for line in lines]
    return "\n".join([f"{title}: {outcome}, {seconds:.1f} s", "", "  begin     end  who     text", *said, ""])
