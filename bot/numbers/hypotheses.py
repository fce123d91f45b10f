"""What a caller may have meant, where the recogniser offers alternatives: a collector for each way of hearing it.

Pieces come one by one, and which alternative of an early piece was right often shows only at the end, in the count. So
none is thrown away at once: every hypothesis hears every alternative, with the product of their shares as its weight,
and the best few go on. While the number grows the heaviest leads; when it is over, `settle` prefers a whole number.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from copy import copy
from dataclasses import dataclass

from bot.numbers.collector import WHOLE, Collected, Collector

WIDTH = 12
"""Hypotheses that go on."""

NEAR = 0.02
"""One with less than this share of the best one's weight is not looked at. Callers who fall silent have given a whole
number far more often than not, and to be asked for more after that is odd, so a count that fits makes up for that much
and no more."""

CORRECTION = 2.0
"""A correction that can be read weighs so much more. Nobody says "à nhầm" by chance, but digits heard in its place
would be added without a word."""

UNCLEAR = 0.3
"""One that cannot be read counts so much less; where it is far likelier, nothing is guessed from the others."""

SURE = 0.7
"""A digit on which less than this share of the hypotheses agrees is uncertain. Asking for it alone takes four seconds,
giving the whole number again and having it read back eighteen; so it pays where it mends one number in four or five.
`python -m asr_models.evaluation --fit-confidence` reckons what each value saves."""

SLOPE, SHIFT = 0.83, 0.16
"""Between the log odds of a whole number by its alternatives and those of its being right. The pieces of a number have
one voice and one line: what is hard to hear in one is hard in the others, so neither their certainty nor their doubts
multiply in full (Platt, 1999). Fitted by `python -m asr_models.evaluation --fit-confidence`."""

DOUBTS = 2
"""More uncertain digits than this are not asked for one by one: the read-back shows them all."""


@dataclass(frozen=True)
class Hypothesis:
    """One way of hearing the number. `texts`: the alternatives it is made of."""

    cells: Collector
    weight: float
    texts: tuple[str, ...] = ()

    def after(self, text: str, share: float) -> Hypothesis:
        cells = copy(self.cells)
        if not text:
            return Hypothesis(cells, self.weight * share, self.texts)
        cells.hear(text)
        if cells.status is not Collected.UNCLEAR and cells.corrects(text):
            share *= CORRECTION
        return Hypothesis(cells, self.weight * share, (*self.texts, text))


class Hypotheses:
    """`Collector` for speech with alternatives; keys and prompts reach all hypotheses. Pure."""

    def __init__(self, lengths: tuple[int, ...], sure: float = SURE, near: float = NEAR) -> None:
        """`sure`, `near`: as the constants. Raises ValueError without lengths, or with one under 1."""
        self._sure, self._near = sure, near
        self._each = [Hypothesis(Collector(lengths), 1.0)]
        self._asked = False  # one digit of this number has been asked for
        self._wrong: frozenset[str] = frozenset()  # numbers that were read back and called wrong

    @property
    def best(self) -> Collector:
        """The cells of the leading hypothesis; to be read, not changed."""
        return self._each[0].cells

    @property
    def texts(self) -> tuple[str, ...]:
        """The alternatives that the leading hypothesis took since the last prompt."""
        return self._each[0].texts

    def hear(self, texts: Sequence[str], shares: Sequence[float] = ()) -> None:
        """Takes one final piece of speech: its alternatives, best first, and the share of each, where known. An empty
        one is that nothing was said to the collector."""
        known = shares or [1.0, *[NEAR] * (len(texts) - 1)]
        grown: dict[tuple[str, Collected], Hypothesis] = {}
        for hypothesis in self._each:
            for text, share in zip(texts, known, strict=False):
                new = hypothesis.after(text, share)
                key = new.cells.digits, new.cells.status
                old = grown.setdefault(key, new)
                if old is not new:
                    heavier = max(old, new, key=lambda each: each.weight)
                    grown[key] = Hypothesis(heavier.cells, old.weight + new.weight, heavier.texts)
        heaviest = max((each.weight for each in grown.values()), default=0.0)
        near = [each for each in grown.values() if each.weight >= self._near * heaviest]
        near.sort(key=lambda each: -each.weight * (UNCLEAR if each.cells.status is Collected.UNCLEAR else 1.0))
        self._each = near[:WIDTH] or self._each

    def press(self, key: str) -> None:
        """Takes one key, as `Collector.press`."""
        for each in self._each:
            each.cells.press(key)

    def settle(self) -> None:
        """The number is over: whole numbers lead from here on, those not yet called wrong before the others."""
        self._each.sort(key=lambda each: (each.cells.status not in WHOLE, each.cells.digits in self._wrong))

    @property
    def confidence(self) -> float:
        """How likely the leading number is to be the right one, in 0…1."""
        return levelled(self.share)

    @property
    def share(self) -> float:
        """What falls to the leading number, in 0…1: where it is a whole one, other counts are out of the question, and
        what is wanting to 1 in all weights is that of numbers not among the alternatives."""
        best = self._each[0]
        none = max(0.0, 1.0 - sum(each.weight for each in self._each))
        whole = sum(each.weight for each in self._each if each.cells.status in WHOLE)
        return best.weight / (whole + none) if best.cells.status in WHOLE else min(1.0, best.weight)

    @property
    def uncertain(self) -> int | None:
        """The digit of the leading number, counted from 1, that is best asked for alone; once for each number."""
        digits = self.best.digits
        alike = [each for each in self._each if len(each.cells.digits) == len(digits)]
        total = sum(each.weight for each in alike)
        agreed = [sum(each.weight for each in alike if each.cells.digits[i] == d) for i, d in enumerate(digits)]
        doubts = [i for i, weight in enumerate(agreed) if weight < self._sure * total]
        if self._asked or not 0 < len(doubts) <= DOUBTS:
            return None
        return 1 + min(doubts, key=agreed.__getitem__)

    def resume(self) -> None:
        """The caller was told what stands in the leading hypothesis, and goes on from there."""
        cells = copy(self.best)
        if cells.in_question and cells.reached in WHOLE:  # read back before, and now asked for again
            self._wrong |= {cells.digits}
        cells.resume()
        self._asked = self._asked and not cells.in_question
        self._each = [Hypothesis(cells, 1.0)]

    def ask(self, cell: int) -> None:
        """The caller was asked for one digit of the leading number, counted from 1."""
        cells = copy(self.best)
        cells.ask(cell)
        self._asked = True
        self._each = [Hypothesis(cells, 1.0)]

    def put_right(self, text: str) -> bool:
        """Takes a correction of the whole number that stands, or another whole number; False for anything else, which
        changes nothing."""
        right = Hypothesis(self.best, 1.0).after(text, 1.0)
        if right.cells.status not in WHOLE or right.cells.digits == self.best.digits:
            return False
        self._each = [right]
        return True


def levelled(share: float, slope: float = SLOPE, shift: float = SHIFT) -> float:
    """The confidence in a number of this share: `slope` times its log odds, and `shift`."""
    right, wrong = math.exp(shift) * math.pow(share, slope), math.pow(1.0 - share, slope)
    return right / (right + wrong)
