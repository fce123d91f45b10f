"""Fits what makes probabilities of both passes' scores: `python -m asr_models.evaluation --fit-confidence`.

Speakers left out of all training dictate numbers of three, ten and twelve digits on all lines: of those whom a model
learned from it would be too sure of itself. And others say what is no number. What is most likely is the calibration
under which the pieces' alternatives, joined in every way, give the numbers that were said, and, where they cannot give
it, leave much to what was pruned: first of the first pass alone, then the weights of both.
"""

from __future__ import annotations

import math
from collections import defaultdict
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass, replace
from functools import cache
from typing import NamedTuple

import numpy as np

from asr_models.evaluation import people
from asr_models.evaluation.figures import brier, expected_calibration_error
from asr_models.evaluation.figures import calibration as bins_of
from asr_models.evaluation.lines import CONDITIONS
from asr_models.evaluation.measure import Recordings
from bot.events import RATE, Grammar, Samples
from bot.hearing import CallHearing, second_of
from bot.hearing.calibration import FirstPass, Weights
from bot.hearing.encoder import Encoder, Scores
from bot.hearing.models import find
from bot.hearing.recogniser import Recognised, Scored, VoskRecogniser, ranked, vosk_model
from bot.hearing.second_pass import Compared, compared, foreign_words, weighed
from bot.transcription import hear
from vietnamese_numbers import DIGIT_WORDS, WHOLE, Certainty, Hypotheses, read
from vietnamese_numbers.hypotheses import platt_scaled

LENGTHS = {10: 4, 3: 1, 12: 1}
"""Digits of the numbers, and how many of them in so many."""

ASKING, AGAIN = 4, 18
"""Seconds that the question for one digit takes, and a rejected read-back with what follows it, in scripted calls."""

IMPROBABLE = 1e-6
BOUNDS = ((0.02, 2.0), (-8.0, 4.0), (-1.0, 5.0), (-10.0, 2.0))
"""Of scale, rest, words and score."""

WEIGHTS = ((0.0, 3.0), (-12.0, 0.0), (0.0, 3.0), (-10.0, 2.0))
"""Bounds of first, absent, second and rest."""

OTHERS = 60
"""Recordings of each kind of speech that holds no digit."""


class FinalResult(NamedTuple):
    """The first pass's alternatives with their scores, for how many frames these are, and what the second pass says."""

    scored: list[Scored]
    frames: float
    scores: Scores | None = None


class Answer(NamedTuple):
    """What falls to a whole number by its alternatives (`Hypotheses.share`), and whether it is right."""

    share: float
    right: bool


@dataclass(frozen=True)
class Dictated:
    """A number said, or no number where there are no digits, and the pieces that were heard of it."""

    speaker: str
    digits: str
    pieces: tuple[FinalResult, ...]

    def once(self, calibration: FirstPass) -> list[Recognised]:
        """What the first pass makes of the pieces that hold something."""
        found = (ranked(piece.scored, piece.frames, calibration) for piece in self.pieces)
        return [recognised for recognised in found if recognised.texts]


Said = tuple[str, list[Recognised]]
"""The digits of a number, and what is made of its pieces."""


def dictated(model: str, recordings: Recordings, count: int) -> Iterator[Dictated]:
    """`count` numbers of each speaker, and `OTHERS` of each kind of other speech, on all lines in turn."""
    folder = find(model)
    graph, encoder = vosk_model(folder.graph_folder(Grammar.NUMBER)), second_of(model)
    noted: list[tuple[Recognised, FinalResult]] = []

    class Noted(VoskRecogniser):
        def __init__(self) -> None:
            super().__init__(graph, folder.rate, folder.calibration.first)

        def finish(self) -> Recognised:
            scored, frames = self.scored()
            first = ranked(scored, frames, folder.calibration.first)
            noted.append((first, FinalResult(scored, frames)))
            return first

    for number, (speaker, digits, said) in enumerate(_all_said(recordings, count)):
        sound = recordings.around.carry(said, CONDITIONS[number % len(CONDITIONS)], number)
        noted.clear()
        second = _Heard(encoder, []) if encoder else None
        hearing = CallHearing(RATE, lambda _: Noted(), second, folder.calibration)
        hear("", sound, RATE, hearing, Grammar.NUMBER, (len(digits) or 10,))
        later = second.noted if second else []
        pieces = [piece._replace(scores=_last(first, later)) for first, piece in noted]
        yield Dictated(speaker, digits, tuple(pieces))


@dataclass(frozen=True)
class _Heard:
    """Notes what the second pass says of each piece (`bot.hearing.whole.Second`); None where it hears other words."""

    encoder: Encoder
    noted: list[tuple[Recognised, Scores | None]]

    def alone(self, first: Recognised, sound: Samples, wanted: int) -> Recognised:
        return first

    def again(self, first: Recognised, scores: Scores, sound: Samples, wanted: int) -> Recognised:
        self.noted.append((first, None if foreign_words(scores, self.encoder) else scores))
        return first


def _last(first: Recognised, noted: Sequence[tuple[Recognised, Scores | None]]) -> Scores | None:
    """What was noted last of this very piece."""
    return next((scores for piece, scores in reversed(noted) if piece is first), None)


def _all_said(recordings: Recordings, count: int) -> Iterator[tuple[str, str, people.Sound]]:
    """Who says which digits, and how it sounds."""
    for name, words in recordings.speakers.items():
        for length, share in LENGTHS.items():
            for said in people.strings(name, words, length, count * share // sum(LENGTHS.values())):
                yield name, said.digits, said.sound
    for kind, others in people.outside(recordings.clips, OTHERS).items():
        yield from ((kind, "", other.sound) for other in others)


@cache
def _digits(text: str) -> str | None:
    return read(text).digits


def probability(digits: str, heard: Sequence[Recognised]) -> tuple[float, float]:
    """That of these digits among all ways of joining alternatives of the pieces, and that of all these ways."""
    reached = {0: 1.0}  # by how many digits are told
    for piece in heard:
        further: dict[int, float] = defaultdict(float)
        for at, weight in reached.items():
            for text, share in zip(piece.texts, piece.probabilities, strict=True):
                told = _digits(text)
                if told is not None and digits.startswith(told, at):
                    further[at + len(told)] += weight * share
        reached = further
    return reached.get(len(digits), 0.0), math.prod(sum(piece.probabilities) for piece in heard)


def surprise(heard: Sequence[Said]) -> float:
    """Mean negative log-likelihood of the digits that were said, in nats."""
    total = 0.0
    for digits, pieces in heard:
        right, listed = probability(digits, pieces)
        total -= math.log(max(IMPROBABLE, right or 1 - listed))
    return total / len(heard)


def fitted(numbers: Sequence[Dictated]) -> FirstPass:
    """What makes probabilities of the first pass's scores, with least surprise."""
    said = [number for number in numbers if number.digits]
    lowest, highest = scores(numbers)

    def surprising(values: Sequence[float]) -> float:
        scale, rest, words, score = values
        first = FirstPass(scale, rest, words, score, lowest, highest)
        return surprise([(each.digits, each.once(first)) for each in said])

    scale, rest, words, score = _least(surprising, (0.3, -1.0, 1.0, -1.0), BOUNDS)
    return FirstPass(scale, rest, words, score, lowest, highest)


@dataclass(frozen=True)
class Both:
    """Both passes with constants that were fitted to them, or the first alone."""

    calibration: FirstPass
    encoder: Encoder | None = None
    weights: Weights | None = None

    def compared(self, number: Dictated) -> list[Compared | Recognised]:
        """What both say of the pieces that hold something to one of them, or the first pass where the second has no
        say."""
        heard = ((ranked(piece.scored, piece.frames, self.calibration), piece.scores) for piece in number.pieces)
        return [
            first if scores is None or not self.encoder else compared(first, scores, self.encoder)
            for first, scores in heard
            if first.texts or (scores is not None and self.encoder)
        ]

    def heard(self, number: Dictated) -> Said:
        return number.digits, _weighed(self.compared(number), self.weights)


def _weighed(pieces: Sequence[Compared | Recognised], weights: Weights | None) -> list[Recognised]:
    found = []
    for each in pieces:
        if isinstance(each, Recognised):
            found.append(each)
        elif weights:
            found.append(weighed(each, weights))
    return found


def balanced(numbers: Sequence[Dictated], encoder: Encoder | None) -> Both:
    """Constants of least surprise: of the first pass, and then of both together."""
    both = Both(fitted(numbers), encoder)
    if not encoder:
        return both
    found = [(number.digits, both.compared(number)) for number in numbers]

    def surprising(values: Sequence[float]) -> float:
        weights = Weights(*values)
        return surprise([(digits, _weighed(pieces, weights)) for digits, pieces in found])

    weights = Weights(*_least(surprising, (0.3, -4.0, 0.5, -4.0), WEIGHTS))
    return Both(both.calibration, encoder, weights)


def _least(
    of: Callable[[Sequence[float]], float], start: Sequence[float], bounds: Sequence[tuple[float, float]]
) -> list[float]:
    """The values under which `of` is least (Powell's method)."""
    from scipy.optimize import minimize  # type: ignore[import-untyped]  # scipy ships no types

    found = minimize(of, start, method="Powell", bounds=bounds, options={"xtol": 1e-2, "ftol": 1e-4})
    return [float(value) for value in found.x]


def odds(answers: Sequence[Answer]) -> tuple[float, float]:
    """Slope and shift of `platt_scaled` under which it is most likely that these were right, and these not (Platt,
    1999: a logistic regression on the log odds)."""
    from scipy.optimize import minimize

    share = np.clip([share for share, _ in answers], IMPROBABLE, 1 - IMPROBABLE)
    log_odds = np.log(share / (1 - share))
    signs = np.where([right for _, right in answers], -1.0, 1.0)
    found = minimize(lambda line: np.logaddexp(0.0, signs * (line[0] * log_odds + line[1])).sum(), (1.0, 0.0))
    return float(found.x[0]), float(found.x[1])


def answered(heard: Iterable[Said], certainty: Certainty) -> Iterator[Answer]:
    """Every whole number as a call collects it."""
    for digits, pieces in heard:
        number = _collected(pieces, (len(digits),), certainty)
        yield Answer(number.share, number.best.digits == digits)


def foretold(
    numbers: Sequence[Dictated], certainty: Certainty, encoder: Encoder | None = None
) -> Iterator[tuple[float, bool]]:
    """Of each whole number its confidence, with constants fitted on all speakers but its own, and whether it is right:
    what to expect of somebody new."""
    for speaker in dict.fromkeys(number.speaker for number in numbers if number.digits):
        others = [number for number in numbers if number.speaker != speaker]
        both = balanced(others, encoder)
        line = odds(list(answered((both.heard(number) for number in others if number.digits), certainty)))
        own = [both.heard(number) for number in numbers if number.speaker == speaker]
        yield from ((platt_scaled(share, *line), right) for share, right in answered(own, certainty))


def _collected(pieces: Sequence[Recognised], lengths: tuple[int, ...], certainty: Certainty) -> Hypotheses:
    """The number as a call collects it."""
    number = Hypotheses(lengths, certainty)
    for piece in pieces:
        number.hear(piece.texts, piece.probabilities)
    number.settle()
    return number


def scores(numbers: Sequence[Dictated]) -> tuple[float, float]:
    """The range of scores for a frame, without a hundredth at either end."""
    pieces = [piece for number in numbers if number.digits for piece in number.pieces]
    found = [scored[0][1] / frames for scored, frames, _ in pieces if scored and scored[0][0]]
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


def asked(heard: Iterable[Said], certainty: Certainty) -> Asked:
    """What asking for digits on which less than `certainty.sure` of the alternatives agrees does to numbers of ten
    digits."""
    questions = mended = 0
    for said, pieces in heard:
        if len(said) != 10:
            continue
        number = _collected(pieces, (10, 12), certainty)
        digits, cell = number.best.digits, number.uncertain
        if cell and number.best.status in WHOLE:
            questions += 1
            if cell > len(said):  # of a number that was heard longer than it is: nobody has an answer
                continue
            number.ask(cell)
            number.hear([DIGIT_WORDS[int(said[cell - 1])]])
            mended += digits != said == number.best.digits
    return Asked(certainty.sure, questions, mended)


class Report(NamedTuple):
    """`constants`: table of calibration.toml → the keys that were fitted. `text`: what they are based on."""

    constants: dict[str, dict[str, float]]
    text: str


def report(numbers: Sequence[Dictated], certainty: Certainty, encoder: Encoder | None) -> Report:
    """Fits all constants of confidence. `certainty`: what is not fitted here stays as it says."""
    both = balanced(numbers, encoder)
    said = [both.heard(number) for number in numbers if number.digits]
    rows = [asked(said, replace(certainty, sure=percent / 100)) for percent in range(45, 100, 5)]
    best = max(rows, key=lambda row: row.saved)
    slope, shift = odds(list(answered(said, certainty)))
    new = list(foretold(numbers, certainty, encoder))
    bins = bins_of([confidence for confidence, _ in new], [right for _, right in new])
    told = "\n".join(f"  {b.confidence:.2f}  {b.right}  {b.answers:5}" for b in bins)
    score = brier([confidence for confidence, _ in new], [right for _, right in new])
    table = "\n".join(f"  {row.sure:.2f}  {row.asked:5}  {row.mended:6}  {row.saved:+5} s" for row in rows)
    constants = {"first": _rounded(both.calibration._asdict())}
    if both.weights:
        constants["second.weights"] = _rounded(both.weights._asdict())
    constants["numbers"] = {"sure": best.sure, **_rounded({"platt_slope": slope, "platt_shift": shift})}
    return Report(
        constants,
        f"{len(said)} numbers; surprise {surprise(said):.3f} nats\n"
        "of a speaker whom the constants were not fitted on, mean distance of confidence and share right: "
        f"{expected_calibration_error(bins):.3f}, Brier score {score:.3f}\n  confidence  right  numbers\n{told}\n"
        f"  sure  asked  mended  saved\n{table}\n",
    )


def _rounded(constants: dict[str, float]) -> dict[str, float]:
    """Three figures: more would say nothing about new speakers."""
    return {name: float(f"{value:.3g}") for name, value in constants.items()}
