"""Whole sound files through the whole of hearing: words, digits, alternatives."""

from __future__ import annotations

import heapq
import itertools
import math
import time
from collections import deque
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from pathlib import Path

import numpy as np

from bot.audio.files import NoSound, read_sound
from bot.audio.resampling import to_samples
from bot.errors import VoicebotError
from bot.events import FinalResult, Grammar, KeyHeard, Samples
from bot.hearing import CallHearing
from bot.hearing.whole import revised
from vietnamese_numbers import Certainty, Collected, Hypotheses, find, read

ALTERNATIVES = 10
"""Alternatives for a whole file, at most."""

COMBINED = 100
"""Ways to join alternatives of its pieces that are looked at, the likeliest ones."""

LEAD_SECONDS, TAIL_SECONDS = 0.4, 1.0
"""Quiet before a file, in which hearing learns the room, and after it, in which the last piece ends."""


Given = FinalResult | KeyHeard
"""What a caller gives: words, or a key that is heard as tones."""


@dataclass(frozen=True)
class Transcript:
    """What was heard in a file; several pieces and keys are joined with a space. `digits` is None where no number was
    heard. `confidence` (0…1) is the probability that the digits are right; without digits, that the words are."""

    path: str
    text: str
    digits: str | None
    confidence: float
    alternatives: list[dict[str, str | None]]
    seconds: float
    cpu_seconds: float


def read_audio(file: Path) -> tuple[Samples, int]:
    """Samples, channels mixed to one, and their rate in Hz. Raises VoicebotError where the file cannot be read."""

    try:
        sound, rate = read_sound(file)
    except NoSound as error:
        raise VoicebotError(f"{file}: cannot be read as audio ({error}); give WAV or FLAC") from None
    return to_samples(sound * 32768), rate


def in_a_room(samples: Samples, rate: int) -> Samples:
    """The sound with quiet before and after it: noise as loud as the file's own quietest moments.

    Files begin and end in the middle of things, calls do not."""
    cell = max(1, rate // 20)  # 50 ms
    cells = [samples[at : at + cell].astype(np.float64).std() for at in range(0, len(samples), cell)]
    noise = np.random.default_rng(0).normal(0.0, min(cells, default=0.0), int((LEAD_SECONDS + TAIL_SECONDS) * rate))
    quiet = to_samples(noise)
    lead = int(LEAD_SECONDS * rate)
    return np.concatenate((quiet[:lead], samples, quiet[lead:]))


def hear(
    path: str,
    samples: Samples,
    rate: int,
    hearing: CallHearing,
    grammar: Grammar,
    lengths: tuple[int, ...],
    any_length: bool = False,
) -> Transcript:
    """A file's sound as a call's. `any_length`: its number need not be of one of these lengths; one of another length
    that is much likelier is told as it is (`bot.hearing.calibration.Files`)."""
    began = time.process_time()
    hearing.expect(grammar, wanted=min(lengths))
    frame = max(1, rate // 50)
    sound = in_a_room(samples, rate)
    heard = revised(event for at in range(0, len(sound), frame) for event in hearing.feed(sound[at : at + frame]))
    given = [
        event for event in heard if isinstance(event, KeyHeard) or (isinstance(event, FinalResult) and event.texts)
    ]
    if not any(event.text for event in given if isinstance(event, FinalResult)):
        given = [event for event in given if isinstance(event, KeyHeard)]  # doubts alone make no number
    cpu_seconds = time.process_time() - began
    certainty = hearing.calibration.numbers
    if any_length:
        certainty = replace(certainty, near=hearing.calibration.files.near)
    text, digits, confidence = understood(given, grammar, lengths, certainty)
    return Transcript(
        path,
        text,
        digits,
        round(confidence, 3),
        alternatives(given, grammar, lengths),
        round(len(samples) / rate, 3),
        round(cpu_seconds, 4),
    )


def understood(
    given: Sequence[Given], grammar: Grammar, lengths: tuple[int, ...], certainty: Certainty
) -> tuple[str, str | None, float]:
    """Words and digits of a file's pieces and keys, and the probability of the digits, or else of the words: a number
    is collected from them as in a call."""
    clear = [event for event in given if isinstance(event, KeyHeard) or event.text]
    spoken = [event for event in clear if isinstance(event, FinalResult)]
    every = math.prod(piece.confidence for piece in spoken) if clear else 0.0
    nothing_else = grammar is not Grammar.YESNO and all(read(piece.text).digits for piece in spoken)
    if grammar is not Grammar.NUMBER and not nothing_else:
        return *_joined([event.key if isinstance(event, KeyHeard) else event.text for event in clear], grammar), every
    numbers = Hypotheses(lengths, certainty)
    for event in given:
        if isinstance(event, KeyHeard):
            numbers.press(event.key)
        else:
            numbers.hear(event.texts, event.probabilities)
    numbers.settle()
    told = numbers.best.status not in (Collected.EMPTY, Collected.UNCLEAR)
    text = " ".join(_in_order(given, numbers.texts))
    return (text, numbers.best.digits, numbers.confidence) if told else (text, None, every)


def _in_order(given: Sequence[Given], texts: Sequence[str]) -> Iterator[str]:
    """These texts of the pieces, and the keys between them."""
    left = deque(texts)
    for event in given:
        if isinstance(event, KeyHeard):
            yield event.key
        elif left and left[0] in event.texts:
            yield left.popleft()
    yield from left


def alternatives(given: Sequence[Given], grammar: Grammar, lengths: tuple[int, ...]) -> list[dict[str, str | None]]:
    """Alternatives of the whole: those of the pieces combined, numbers of these lengths before all others, and then the
    likeliest first. No number is told twice."""
    pieces = [*_keys_as_pieces(given)]
    if not pieces:
        return []
    combined: list[tuple[float, tuple[str, ...]]] = [(1.0, ())]
    for piece in pieces:
        probabilities = piece.probabilities or [1 / rank for rank in range(1, len(piece.texts) + 1)]
        choices = list(zip(piece.texts, probabilities, strict=False))
        grown = ((weight * share, (*texts, text)) for weight, texts in combined for text, share in choices)
        best = heapq.nlargest(COMBINED, grown, key=lambda each: each[0])
        combined = [(weight / best[0][0], texts) for weight, texts in best]  # of many pieces the product would vanish
    found: dict[str, tuple[str, str | None]] = {}
    for _, texts in combined:
        text, digits = _joined([text for text in texts if text], grammar)
        found.setdefault(digits or text, (text, digits))
    ranked = sorted(found.values(), key=lambda each: len(each[1] or "") not in lengths)
    return [{"text": text, "digits": digits} for text, digits in ranked[:ALTERNATIVES]]


def _keys_as_pieces(given: Sequence[Given]) -> Iterator[FinalResult]:
    """Digits that were keyed in a row are one piece of one text."""
    for keyed, events in itertools.groupby(given, lambda event: isinstance(event, KeyHeard)):
        if keyed:
            digits = [event.key for event in events if isinstance(event, KeyHeard) and event.key.isdigit()]
            if digits:
                yield FinalResult((" ".join(digits),), 1.0, 0, 0, (1.0,))
        else:
            yield from (event for event in events if isinstance(event, FinalResult))


def _joined(texts: list[str], grammar: Grammar) -> tuple[str, str | None]:
    """Texts of successive pieces, and the one number in them."""
    if grammar is Grammar.YESNO:
        return " ".join(texts), None
    paused = ", ".join(texts)
    digits = read(paused).digits
    if digits is None and len(found := find(paused)) == 1:
        digits = found[0].digits
    return " ".join(texts), digits
