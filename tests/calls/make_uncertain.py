"""Makes sounds/bon_or_tam.flac: ten digits whose fifth may be bốn or tám. `python -m tests.calls.make_uncertain`

It is espeak-ng's, the two words over each other, mixed so that the bundled model cannot tell them apart; so it has to
be made again for another model, or other constants of its confidence.
"""

from __future__ import annotations

from itertools import groupby
from pathlib import Path

import numpy as np
import soundfile

from bot.events import RATE, FinalResult, Grammar, Samples
from bot.hearing import load_models, open_hearing
from bot.hearing.whole import revised
from bot.places import PACKAGES
from bot.settings import Settings
from bot.simulation.caller_script import CallerVoice, Say
from bot.simulation.caller_voice import sound_of
from bot.transcription import in_a_room
from vietnamese_numbers import WHOLE, Hypotheses

SOUND = Path(__file__).parent / "sounds" / "bon_or_tam.flac"
PAUSE = np.zeros(RATE // 10, np.int16)
SHARES = np.arange(0.02, 0.99, 0.01)
"""Of the second word."""


def say(text: str) -> Samples:
    return sound_of(Say(text), CallerVoice(), PACKAGES / "var" / "callers")


def between(one: Samples, other: Samples, share: float) -> Samples:
    """Both at once, so much of the other."""
    both = np.zeros((2, max(one.size, other.size)))
    both[0, : one.size], both[1, : other.size] = one * (1 - share), other * share
    return np.rint(both.sum(axis=0)).astype(np.int16)


def number(share: float) -> Samples:
    fifth = between(say("bốn"), say("tám"), share)
    return np.concatenate([say("không một hai ba"), PAUSE, fifth, PAUSE, say("năm sáu bảy tám chín")])


def asked_for(sound: Samples) -> int | None:
    """The digit of a whole number that a call would ask for."""
    hearing = open_hearing(Settings(), RATE)
    lengths = Settings().number_lengths
    hearing.expect(Grammar.NUMBER, wanted=min(lengths))
    numbers = Hypotheses(lengths, hearing.calibration.numbers)
    for piece in revised(hearing.feed(in_a_room(sound, RATE))):
        if isinstance(piece, FinalResult):
            numbers.hear(piece.texts, piece.probabilities)
    numbers.settle()
    return numbers.uncertain if numbers.best.status in WHOLE else None


def main() -> None:
    load_models(Settings())
    runs = [
        (cell, list(probabilities)) for cell, probabilities in groupby(SHARES, lambda share: asked_for(number(share)))
    ]
    for cell, probabilities in runs:
        print(
            f"{probabilities[0]:.2f} to {probabilities[-1]:.2f}: {f'digit {cell} is asked for' if cell else 'none is'}"
        )
    unclear = [probabilities for cell, probabilities in runs if cell == 5]
    if not unclear:
        raise SystemExit("no mix of the two words makes the fifth digit uncertain")
    widest = max(unclear, key=len)
    soundfile.write(SOUND, number(widest[len(widest) // 2]), RATE)


if __name__ == "__main__":
    main()
