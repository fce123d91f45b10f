"""Fits what makes probabilities of a recogniser's scores: `python -m asr_models.evaluation --fit-confidence`.

The dev speakers dictate numbers of three, ten and twelve digits on all lines. What is most likely is the calibration
under which the pieces' alternatives, joined in every way, give the numbers that were said, and, where they cannot give
it, leave much to what was pruned.
"""

from __future__ import annotations

import math
from collections import defaultdict
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from functools import cache

import numpy as np

from asr_models.evaluation import people
from asr_models.evaluation.lines import CLEAN, CONDITIONS, Surroundings
from bot.commands.transcribe import hear
from bot.events import RATE, Grammar
from bot.hearing import CallHearing
from bot.hearing.models import find
from bot.hearing.recogniser import Calibration, Recognised, Scored, VoskRecogniser, ranked, vosk_model
from bot.numbers import WHOLE, Hypotheses, read

LENGTHS = {10: 4, 3: 1, 12: 1}
"""Digits of the numbers, and how many of them in so many."""

ASKING, AGAIN = 4, 18
"""Seconds that the question for one digit takes, and a rejected read-back with what follows it, in scripted calls."""

ENOUGH = 0.8
"""Of all thresholds that save so much of what the best one saves, the highest is taken: a model mishears people it does
not know more often than the dev speakers, so that more questions pay."""

IMPROBABLE = 1e-6
BOUNDS = ((0.02, 2.0), (-8.0, 4.0), (-1.0, 5.0), (-10.0, 2.0))
"""Of scale, rest, words and score."""

Piece = tuple[list[Scored], float]
"""Alternatives with their scores, and for how many frames these are."""


@dataclass(frozen=True)
class Dictated:
    """A number said, and the pieces that were heard of it."""

    speaker: str
    digits: str
    pieces: tuple[Piece, ...]

    def recognised(self, calibration: Calibration) -> list[Recognised]:
        """The pieces that hold something."""
        return [r for r in (ranked(*piece, calibration) for piece in self.pieces) if r.texts]


def dictated(model: str, speakers: dict[str, people.Words], around: Surroundings, count: int) -> Iterator[Dictated]:
    """`count` numbers of each speaker, every third on a quiet line, the others on all lines in turn."""
    folder = find(model)
    graph = vosk_model(folder.graph_folder(Grammar.NUMBER))
    pieces: list[Piece] = []

    class Noted(VoskRecogniser):
        def scored(self) -> Piece:
            pieces.append(super().scored())
            return pieces[-1]

    for name, words in speakers.items():
        for length, share in LENGTHS.items():
            for seed, said in enumerate(people.strings(name, words, length, count * share // sum(LENGTHS.values()))):
                condition = CONDITIONS[seed % len(CONDITIONS)] if seed % 3 else CLEAN
                sound = around.carry(said.sound, condition, seed)
                pieces.clear()
                hear("", sound, RATE, CallHearing(RATE, lambda _: Noted(graph, folder.rate)), Grammar.NUMBER, (length,))
                yield Dictated(name, said.digits, tuple(pieces))


@cache
def _digits(text: str) -> str | None:
    return read(text).digits


def probability(digits: str, heard: Sequence[Recognised]) -> tuple[float, float]:
    """That of these digits among all ways of joining alternatives of the pieces, and that of all these ways."""
    reached = {0: 1.0}  # by how many digits are told
    for piece in heard:
        further: dict[int, float] = defaultdict(float)
        for at, weight in reached.items():
            for text, share in zip(piece.texts, piece.shares, strict=True):
                told = _digits(text)
                if told is not None and digits.startswith(told, at):
                    further[at + len(told)] += weight * share
        reached = further
    return reached.get(len(digits), 0.0), math.prod(sum(piece.shares) for piece in heard)


def surprise(calibration: Calibration, numbers: Sequence[Dictated]) -> float:
    """Mean negative log-likelihood of what was said, in nats."""
    total = 0.0
    for number in numbers:
        right, listed = probability(number.digits, number.recognised(calibration))
        total -= math.log(max(IMPROBABLE, right or 1 - listed))
    return total / len(numbers)


def fitted(numbers: Sequence[Dictated]) -> Calibration:
    """The calibration of least surprise."""
    from scipy.optimize import minimize  # type: ignore[import-untyped]  # scipy ships no types

    found = minimize(
        lambda values: surprise(Calibration(*values), numbers),
        (0.3, -1.0, 1.0, -1.0),
        method="Powell",
        bounds=BOUNDS,
        options={"xtol": 1e-2, "ftol": 1e-4},
    )
    return Calibration(*(float(value) for value in found.x))


def scores(numbers: Sequence[Dictated]) -> tuple[float, float]:
    """The range of scores for a frame, without a hundredth at either end."""
    found = [scored[0][1] / frames for number in numbers for scored, frames in number.pieces if scored and scored[0][0]]
    low, high = np.percentile(found, [1, 99])
    return float(low), float(high)


@dataclass(frozen=True)
class Asked:
    """With this threshold: how many numbers had a digit asked for, how many that mended, and the seconds that saves."""

    sure: float
    asked: int
    mended: int

    @property
    def saved(self) -> int:
        return AGAIN * self.mended - ASKING * self.asked


def asked(numbers: Sequence[Dictated], calibration: Calibration, sure: float) -> Asked:
    """What asking for digits on which less than `sure` of the alternatives agrees does to numbers of ten digits."""
    questions = mended = 0
    for number in numbers:
        if len(number.digits) != 10:
            continue
        heard = Hypotheses((10, 12), sure)
        for piece in number.recognised(calibration):
            heard.hear(piece.texts, piece.shares)
        heard.settle()
        digits, cell = heard.best.digits, heard.uncertain
        if cell and heard.best.status in WHOLE:
            questions += 1
            mended += digits != number.digits == digits[: cell - 1] + number.digits[cell - 1 : cell] + digits[cell:]
    return Asked(sure, questions, mended)


def report(numbers: Sequence[Dictated]) -> str:
    """The constants, as they are to be written, and what they are based on."""
    calibration, (low, high) = fitted(numbers), scores(numbers)
    values = ", ".join(f"{name}={value:.3g}" for name, value in calibration._asdict().items())
    rows = [asked(numbers, calibration, percent / 100) for percent in range(45, 100, 5)]
    enough = ENOUGH * max(row.saved for row in rows)
    best = [row for row in rows if row.saved >= enough][-1]
    table = "\n".join(f"  {row.sure:.2f}  {row.asked:5}  {row.mended:6}  {row.saved:+5} s" for row in rows)
    return (
        f"bot/hearing/recogniser.py\n  CALIBRATION = Calibration({values})\n  SCORES = ({low:.2g}, {high:.2g})\n"
        f"  ({len(numbers)} numbers; surprise {surprise(calibration, numbers):.3f} nats)\n"
        f"bot/numbers/hypotheses.py\n  SURE = {best.sure:.2f}\n  sure  asked  mended  saved\n{table}\n"
    )
