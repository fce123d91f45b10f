"""A voice whose sound can be read back: each digit has its own level, so what was heard is known to the sample."""

from __future__ import annotations

from itertools import pairwise

import numpy as np

from bot.events import Samples
from vietnamese_numbers import DIGIT_WORDS

DIGIT_MS, PROMPT_MS = 80, 300
PROMPT_LEVEL = 20000
FIRST_LEVEL, STEP = 2000, 1000

PASSWORD_DIGITS = 8


class LevelVoice:
    """`tts.voice.Voice`."""

    key = "proof"

    def render(self, text: str, rate: int) -> Samples:
        if text in DIGIT_WORDS:
            return np.full(DIGIT_MS * rate // 1000, FIRST_LEVEL + STEP * DIGIT_WORDS.index(text), np.int16)
        return np.full(PROMPT_MS * rate // 1000, PROMPT_LEVEL, np.int16)

    def close(self) -> None: ...


def readings(sound: Samples, rate: int) -> list[str]:
    """The digits that were heard completely: a text for each reading of digits, in order."""
    whole = DIGIT_MS * rate // 1000
    edges = np.flatnonzero(np.diff(sound, prepend=0, append=0))
    found: list[str] = []
    reading = ""
    for start, end in pairwise(edges):
        level = int(sound[start])
        if level == PROMPT_LEVEL:
            if reading:
                found.append(reading)
            reading = ""
        elif level and end - start == whole:
            reading += str((level - FIRST_LEVEL) // STEP)
    return [*found, reading] if reading else found


def heard_whole(sound: Samples, rate: int) -> list[str]:
    """The passwords that were read to their last sample."""
    return [reading for reading in readings(sound, rate) if len(reading) == PASSWORD_DIGITS]
