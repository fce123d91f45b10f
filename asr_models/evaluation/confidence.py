"""Fits what makes probabilities of a recogniser's scores: `python -m asr_models.evaluation --fit-confidence`.

Speakers left out of all training dictate numbers of three, ten and twelve digits on all lines: of those whom a model
learned from it would be too sure of itself. What is most likely is the calibration under which the pieces'
alternatives, joined in every way, give the numbers that were said, and, where they cannot give it, leave much to what
was pruned.
"""

from __future__ import annotations

import math
from collections import defaultdict
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from functools import cache
from typing import NamedTuple

import numpy as np

from asr_models.evaluation import people
from asr_models.evaluation.figures import calibration as bins_of
from asr_models.evaluation.figures import expected_calibration_error
from asr_models.evaluation.lines import CONDITIONS, Surroundings
from bot.commands.transcribe import hear
from bot.events import RATE, Grammar, Samples
from bot.hearing import CallHearing
from bot.hearing.models import find
from bot.hearing.opinions import SPEEDS, agreed, judged, played, unsure
from bot.hearing.recogniser import Calibration, Recognised, Scored, VoskRecogniser, ranked, vosk_model
from bot.numbers import DIGIT_WORDS, WHOLE, Hypotheses, read
from bot.numbers.hypotheses import SURE, levelled

LENGTHS = {10: 4, 3: 1, 12: 1}
"""Digits of the numbers, and how many of them in so many."""

ASKING, AGAIN = 4, 18
"""Seconds that the question for one digit takes, and a rejected read-back with what follows it, in scripted calls."""

IMPROBABLE = 1e-6
BOUNDS = ((0.02, 2.0), (-8.0, 4.0), (-1.0, 5.0), (-10.0, 2.0))
"""Of scale, rest, words and score."""

Opinion = tuple[list[Scored], float]
"""Alternatives with their scores, and for how many frames these are."""

Piece = tuple[Opinion, ...]
"""The first opinion, and all that there can be beside it."""


class Answer(NamedTuple):
    """What falls to a whole number by its alternatives (`Hypotheses.share`), and whether it is right."""

    share: float
    right: bool


@dataclass(frozen=True)
class Dictated:
    """A number said, and the pieces that were heard of it."""

    speaker: str
    digits: str
    pieces: tuple[Piece, ...]

    def recognised(
        self, calibration: Calibration, together: Callable[[Sequence[Recognised]], Recognised] = agreed
    ) -> list[Recognised]:
        """The pieces that hold something, with second opinions where a call would have asked for them."""
        found = []
        for first, *others in self.pieces:
            recognised = ranked(*first, calibration)
            if unsure(recognised):
                recognised = together([recognised, *(ranked(*other, calibration) for other in others)])
            found.append(recognised)
        return [recognised for recognised in found if recognised.texts]


def dictated(model: str, speakers: dict[str, people.Words], around: Surroundings, count: int) -> Iterator[Dictated]:
    """`count` numbers of each speaker, on all lines in turn."""
    folder = find(model)
    graph = vosk_model(folder.graph_folder(Grammar.NUMBER))
    pieces: list[Piece] = []

    class Noted(VoskRecogniser):
        def __init__(self) -> None:
            super().__init__(graph, folder.rate)
            self.sound: list[Samples] = []

        def accept(self, samples: Samples) -> str:
            self.sound.append(samples)
            return super().accept(samples)

        def finish(self) -> Recognised:
            opinions = [self.scored()]
            for speed in SPEEDS:
                other = VoskRecogniser(graph, folder.rate)
                other.accept(played(np.concatenate(self.sound), speed))
                opinions.append(other.scored())
            pieces.append(tuple(opinions))
            return ranked(*opinions[0])

    for name, words in speakers.items():
        for length, share in LENGTHS.items():
            for seed, said in enumerate(people.strings(name, words, length, count * share // sum(LENGTHS.values()))):
                sound = around.carry(said.sound, CONDITIONS[seed % len(CONDITIONS)], seed)
                pieces.clear()
                hear("", sound, RATE, CallHearing(RATE, lambda _: Noted()), Grammar.NUMBER, (length,))
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


def odds(answers: Sequence[Answer]) -> tuple[float, float]:
    """Slope and shift of `levelled` under which it is most likely that these were right, and these not (Platt, 1999:
    a logistic regression on the log odds)."""
    from scipy.optimize import minimize

    share = np.clip([share for share, _ in answers], IMPROBABLE, 1 - IMPROBABLE)
    log_odds = np.log(share / (1 - share))
    signs = np.where([right for _, right in answers], -1.0, 1.0)
    found = minimize(lambda line: np.logaddexp(0.0, signs * (line[0] * log_odds + line[1])).sum(), (1.0, 0.0))
    return float(found.x[0]), float(found.x[1])


def answered(numbers: Sequence[Dictated], calibration: Calibration) -> Iterator[Answer]:
    """Every whole number as a call collects it."""
    for number in numbers:
        heard = _collected(number, calibration, (len(number.digits),))
        yield Answer(heard.share, heard.best.digits == number.digits)


def foretold(numbers: Sequence[Dictated]) -> Iterator[tuple[float, bool]]:
    """Of each whole number its confidence, with constants fitted on all speakers but its own, and whether it is right:
    what to expect of somebody new."""
    for speaker in dict.fromkeys(number.speaker for number in numbers):
        others = [number for number in numbers if number.speaker != speaker]
        calibration = fitted(others)
        line = odds(list(answered(others, calibration)))
        own = [number for number in numbers if number.speaker == speaker]
        yield from ((levelled(share, *line), right) for share, right in answered(own, calibration))


def _collected(number: Dictated, calibration: Calibration, lengths: tuple[int, ...], sure: float = SURE) -> Hypotheses:
    """The number as a call collects it."""
    heard = Hypotheses(lengths, sure)
    for piece in number.recognised(calibration, judged):
        heard.hear(piece.texts, piece.shares)
    heard.settle()
    return heard


def scores(numbers: Sequence[Dictated]) -> tuple[float, float]:
    """The range of scores for a frame, without a hundredth at either end."""
    firsts = [first for number in numbers for first, *_ in number.pieces]
    found = [scored[0][1] / frames for scored, frames in firsts if scored and scored[0][0]]
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
        heard = _collected(number, calibration, (10, 12), sure)
        digits, cell = heard.best.digits, heard.uncertain
        if cell and heard.best.status in WHOLE:
            questions += 1
            heard.ask(cell)
            heard.hear([DIGIT_WORDS[int(number.digits[cell - 1])]])
            mended += digits != number.digits == heard.best.digits
    return Asked(sure, questions, mended)


def report(numbers: Sequence[Dictated]) -> str:
    """The constants, as they are to be written, and what they are based on."""
    calibration, (low, high) = fitted(numbers), scores(numbers)
    values = ", ".join(f"{name}={value:.3g}" for name, value in calibration._asdict().items())
    rows = [asked(numbers, calibration, percent / 100) for percent in range(45, 100, 5)]
    best = max(rows, key=lambda row: row.saved)
    slope, shift = odds(list(answered(numbers, calibration)))
    new = list(foretold(numbers))
    bins = bins_of([confidence for confidence, _ in new], [right for _, right in new])
    told = "\n".join(f"  {b.confidence:.2f}  {b.right}  {b.answers:5}" for b in bins)
    table = "\n".join(f"  {row.sure:.2f}  {row.asked:5}  {row.mended:6}  {row.saved:+5} s" for row in rows)
    return (
        f"bot/hearing/recogniser.py\n  CALIBRATION = Calibration({values})\n  SCORES = ({low:.2g}, {high:.2g})\n"
        f"  ({len(numbers)} numbers; surprise {surprise(calibration, numbers):.3f} nats)\n"
        "of a speaker whom the constants were not fitted on, mean distance of confidence and share right: "
        f"{expected_calibration_error(bins):.3f}\n  confidence  right  numbers\n{told}\n"
        f"bot/numbers/hypotheses.py\n  SLOPE, SHIFT = {slope:.2f}, {shift:.2f}\n  SURE = {best.sure:.2f}\n"
        f"  sure  asked  mended  saved\n{table}\n"
    )
