"""What the whole of hearing makes of a sound: end of speech, recogniser, digits; and what that costs."""

from __future__ import annotations

import ctypes
import resource
import time
from dataclasses import dataclass
from pathlib import Path

import numpy as np

from bot.commands.transcribe import Transcript, hear
from bot.events import RATE, Grammar, Partial, Samples
from bot.hearing import load_models, open_hearing
from bot.settings import Settings

FIRST = 5
"""Alternatives among which the right one should be."""

FRAME = RATE // 50


class Ear:
    """Hearing with one model, as calls use it."""

    def __init__(self, settings: Settings) -> None:
        self._settings = settings
        self.seconds = self.cpu_seconds = 0.0
        began = time.perf_counter()
        load_models(settings)
        self.load_seconds = time.perf_counter() - began

    @property
    def real_time_factor(self) -> float:
        return self.cpu_seconds / self.seconds

    def hear(self, sound: Samples, grammar: Grammar, lengths: tuple[int, ...] = (10, 12)) -> Transcript:
        """One recording, as `voicebot transcribe` reads it."""
        transcript = hear("", sound, RATE, open_hearing(self._settings, RATE), grammar, lengths)
        self.seconds += transcript.seconds
        self.cpu_seconds += transcript.cpu_seconds
        return transcript

    def megabytes_a_call(self, speech: Samples, calls: int = 40) -> float:
        """Memory that each of so many calls adds to the process in the middle of this speech, after its words began."""
        rooms = [open_hearing(self._settings, RATE) for _ in range(calls + 1)]
        ctypes.CDLL(None).malloc_trim(0)  # else calls would live in what reading the recordings left over
        before = 0
        for room in rooms:
            room.expect(Grammar.NUMBER)
            frames = iter(np.split(speech, range(FRAME, speech.size, FRAME)))
            while not any(
                isinstance(event, Partial) and len(event.text.split()) > 2 for event in room.feed(next(frames))
            ):
                pass
            before = before or _resident()  # the first one brings what all share
        return (_resident() - before) / calls / 1e6


def _resident() -> int:
    """Bytes of this process in memory."""
    pages = Path("/proc/self/statm").read_text(encoding="ascii").split()[1]
    return int(pages) * resource.getpagesize()


@dataclass(frozen=True)
class Heard:
    """A number said and what came of it. `digits` is what a call would take, `best` the recogniser's first choice."""

    speaker: str
    said: str
    digits: str
    best: str
    among_first: bool
    confidence: float

    @property
    def right(self) -> bool:
        return self.digits == self.said


def number(ear: Ear, speaker: str, said: str, sound: Samples) -> Heard:
    """A dictated number, expected at its own length."""
    transcript = ear.hear(sound, Grammar.NUMBER, (len(said),))
    listed = [each["digits"] or "" for each in transcript.alternatives]
    return Heard(
        speaker,
        said,
        transcript.digits or "",
        next(iter(listed), ""),
        said in (transcript.digits, *listed[:FIRST]),
        transcript.confidence,
    )
