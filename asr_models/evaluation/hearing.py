"""What the whole of hearing makes of a sound: end of speech, recogniser, digits; and what that costs."""

from __future__ import annotations

import ctypes
import resource
import time
from dataclasses import dataclass
from enum import Enum
from pathlib import Path

import numpy as np

from bot.events import RATE, Grammar, Partial, Samples
from bot.hearing import CallHearing, calibration_of, load_models, open_hearing, second_of
from bot.hearing.augmented_decoding import AugmentedDecoding
from bot.hearing.encoder import Encoder, Scores
from bot.hearing.recogniser import TELLS_UNKNOWN, Recognised, Recogniser, opener
from bot.hearing.second_pass import compared, weighed
from bot.settings import Settings
from bot.transcription import Transcript, hear

FIRST = 5
"""Alternatives among which the right one should be."""

FRAME = RATE // 50


NOBODY = Recognised((), ())
"""What a first pass that has no say tells."""


class Passes(Enum):
    """Who decides what was said."""

    FIRST = "first pass"
    BOTH = "both passes"
    SECOND = "second pass"


@dataclass(frozen=True)
class SecondAlone:
    """The second pass's own alternatives (`bot.hearing.whole.Second`). The first pass tells no more than when there are
    words, by which a piece ends."""

    encoder: Encoder

    def alone(self, first: Recognised, sound: Samples, wanted: int = 0) -> Recognised:
        return self.again(first, self.encoder.scores(sound), sound)

    def again(self, first: Recognised, scores: Scores, sound: Samples, wanted: int = 0) -> Recognised:
        if not first.texts:
            return first
        return weighed(compared(NOBODY, scores, self.encoder), self.encoder.fit.weights._replace(first=0.0))


class Ear:
    """Hearing with one model, as calls use it, or with one of its passes alone."""

    def __init__(self, settings: Settings, passes: Passes = Passes.BOTH) -> None:
        """Raises ModelError where the model is missing or broken, and ValueError where the second pass is to hear
        alone and there is none."""
        self._settings, self._passes = settings, passes
        if passes is Passes.SECOND and not second_of(settings.model):
            raise ValueError(f"{settings.model} has no second pass")
        self.seconds = self.cpu_seconds = 0.0
        began = time.perf_counter()
        load_models(settings)
        self.load_seconds = time.perf_counter() - began

    @property
    def real_time_factor(self) -> float:
        return self.cpu_seconds / self.seconds

    def _open(self) -> CallHearing:
        """As `bot.hearing.open_hearing`."""
        if self._passes is Passes.BOTH:
            return open_hearing(self._settings, RATE)
        first, encoder = opener(self._settings.model), second_of(self._settings.model)
        fit = calibration_of(self._settings.model)
        if encoder and self._passes is Passes.SECOND:
            return CallHearing(RATE, first, SecondAlone(encoder), fit)

        def augmented(grammar: Grammar) -> Recogniser:
            return AugmentedDecoding(lambda: first(grammar), fit, grammar in TELLS_UNKNOWN)

        return CallHearing(RATE, augmented, calibration=fit)

    def hear(self, sound: Samples, grammar: Grammar, lengths: tuple[int, ...] = (10, 12)) -> Transcript:
        """One recording, as `voicebot transcribe` reads it."""
        transcript = hear("", sound, RATE, self._open(), grammar, lengths)
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
    """A number said and what came of it. `digits` is what a call would take, `best` the recogniser's first choice;
    `shortest` as in `Spoken`."""

    speaker: str
    said: str
    digits: str
    best: str
    among_first: bool
    confidence: float
    shortest: float = 0.0

    @property
    def right(self) -> bool:
        return self.digits == self.said


def number(ear: Ear, speaker: str, said: str, sound: Samples, shortest: float = 0.0) -> Heard:
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
        shortest,
    )
