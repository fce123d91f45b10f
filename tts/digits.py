"""Digits joined from clips of single digit words, so that a secret is never a text, a file or a cache entry. Pure."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from bot.events import Samples
from tts.sound import silence


@dataclass(frozen=True)
class Pace:
    """Silence after a digit and after a group of digits, in milliseconds."""

    digit: int
    group: int


PACES = {
    "number": Pace(90, 350),  # read back: the caller knows it and listens for what is wrong
    "password": Pace(280, 700),  # dictated: the caller writes it down
}


def join(clips: Sequence[Samples], groups: Sequence[str], pace: Pace, rate: int) -> Samples:
    """The digits of `groups` one after the other at `rate` Hz, with silence between them and none at the ends.

    `clips`: the ten digit words at `rate`, from 0 to 9."""
    between, apart = silence(pace.digit, rate), silence(pace.group, rate)
    pieces: list[Samples] = []
    for group in groups:
        for digit in group:
            pieces += [clips[int(digit)], between]
        pieces[-1] = apart
    return np.concatenate(pieces[:-1]) if pieces else silence(0, rate)
