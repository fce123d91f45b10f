"""What a caller may have meant, where the recogniser offers alternatives: a collector for each way of hearing it.

Pieces come one by one, and often only the number of digits at the end shows which alternative of an early piece was
right. So no alternative is dropped at once: every hypothesis hears every alternative. Its weight is the product of
their probabilities, and the best few are kept. While the number grows, the one with the most weight leads; when it is
over, `settle` prefers a whole number.
"""

from __future__ import annotations

import math
from collections import defaultdict
from collections.abc import Sequence
from copy import copy
from dataclasses import dataclass, replace

from vietnamese_numbers import tens
from vietnamese_numbers.collector import WHOLE, Collected, Collector

WIDTH = 12
"""Hypotheses that are kept after each piece."""

HEARD = 20
"""Ways of hearing one piece that are tried, the likeliest."""

CORRECTION = 2.0
"""Factor on the weight of a correction that can be read. Nobody says "à nhầm" by chance, and digits that were heard in
its place would be added unnoticed. This depends on callers, not on the recogniser, so it is not in `Certainty`."""

UNCLEAR = 0.3
"""Factor on the weight, for the ranking, of a hypothesis that cannot be read: people say numbers that can be read. If
it is still far likelier than the others, these are not used to guess."""

LENGTHENED = 3.0
"""The longer of two whole numbers in one breath must be this many times as likely as its own beginning: most callers
have a number of the shorter length."""

DOUBTS = 2
"""More uncertain digits than this are not asked for one by one: the read-back shows them all."""


@dataclass(frozen=True)
class Certainty:
    """How far the probabilities of one recogniser can be trusted. The defaults use them unchanged.

    Fitted to a recogniser; a bundled model has them in its calibration.toml."""

    sure: float = 0.5
    """0…1. If hypotheses with less than this part of the weight agree on a digit, it is uncertain, and asked for
    alone."""

    near: float = 0.01
    """0…1. A hypothesis with less than this part of the best one's weight is dropped. So the right number of digits can
    make up for that much doubt, and no more."""

    clear: float = 0.0
    """0…1. After a whole number: from this probability of an alternative on, digits were said, and not a polite word
    that sounds like one."""

    nothing: float = 0.0
    """0…1. After a whole number: the probability that no digit was said, if no alternative is `clear`. If the second
    pass gives that a probability of its own, both count."""

    hardly: float = 0.0
    """0…1. The same if one is `clear`."""

    too_long: float = 0.0
    """0…1. Where too many digits were heard, a whole number must have this part of their weight to lead: a caller may
    have said too many."""

    platt_slope: float = 1.0
    """Above 0. Factor on the log odds of a whole number (`platt_scaled`). It is below 1 because the pieces of a number
    have the same voice and line, so their probabilities are not independent (Platt, 1999)."""

    platt_shift: float = 0.0
    """Added to these log odds."""


NEUTRAL = Certainty()


@dataclass(frozen=True)
class Hypothesis:
    """One way of hearing the number. `texts`: the alternatives that it took."""

    cells: Collector
    weight: float
    texts: tuple[str, ...] = ()

    def after(self, text: str, share: float) -> list[Hypothesis]:
        """The hypotheses after this text: several if the text has several readings. `share`: the text's probability."""
        if not text:
            return [Hypothesis(copy(self.cells), self.weight * share, self.texts)]
        ways = self.cells.ways(text)
        if Collector.corrects(text) and ways[0].status is not Collected.UNCLEAR:
            share *= CORRECTION
        return [Hypothesis(cells, self.weight * share / len(ways), (*self.texts, text)) for cells in ways]


class Hypotheses:
    """`Collector` for speech with alternatives; keys and prompts reach all hypotheses. Pure."""

    def __init__(self, lengths: tuple[int, ...], certainty: Certainty = NEUTRAL, echo: str = "") -> None:
        """`echo` as in `Collector`. Raises ValueError without lengths, or with one under 1."""
        self._certainty = certainty
        self._each = [Hypothesis(Collector(lengths, echo), 1.0)]
        self._asked = False  # one digit of this number has been asked for
        self._wrong: frozenset[str] = frozenset()  # numbers that were read back and called wrong
        self._before: dict[int, list[Hypothesis]] = {}  # each piece since the last prompt or key

    @property
    def best(self) -> Collector:
        """The cells of the leading hypothesis, for reading only."""
        return self._each[0].cells

    @property
    def texts(self) -> tuple[str, ...]:
        """The alternatives that the leading hypothesis took since the last prompt."""
        return self._each[0].texts

    def hear(self, texts: Sequence[str], probabilities: Sequence[float] = (), at: int = 0) -> None:
        """Takes one final piece of speech: its alternatives, best first, and the probability of each, if known. An
        empty alternative means that nothing was said to the collector. `at`: where the piece ended, which identifies it
        in `hear_again`."""
        self._before[at] = self._each
        heard = self._heard(
            list(zip(texts, probabilities or [1.0, *[self._certainty.near] * (len(texts) - 1)], strict=False))
        )
        grown = _merged([new for each in self._each for text, share in heard for new in each.after(text, share)])
        heaviest = max((each.weight for each in grown), default=0.0)
        near = [each for each in grown if each.weight >= self._certainty.near * heaviest]
        near.sort(key=_rank)
        self._each = near[:WIDTH] or self._each

    def hear_again(self, pieces: Sequence[tuple[int, Sequence[str], Sequence[float]]]) -> None:
        """Takes pieces, the last one included, in place of earlier ones that ended at the same places. A piece that was
        not heard before is left out."""
        known = [piece for piece in pieces if piece[0] in self._before]
        if known:
            self._each = self._before[known[0][0]]
        for at, texts, probabilities in known:
            self.hear(texts, probabilities, at)

    def _heard(self, heard: list[tuple[str, float]]) -> list[tuple[str, float]]:
        """The alternatives of a piece, and further ones that sound like them."""
        texts = [text for text, _ in heard]
        clear = max((share for text, share in heard if text), default=1.0)
        if clear < 1.0 and self._behind and not any(map(Collector.corrects, texts[:1])):
            certainty = self._certainty
            nothing = certainty.hardly if clear >= certainty.clear else certainty.nothing
            silent = sum(share for text, share in heard if not text)
            spoken = [(text, share * (1.0 - nothing)) for text, share in heard if text]
            heard = [("", nothing + silent * (1.0 - nothing)), *spoken]
        found = []
        for text, share in heard:
            others = [(way, part) for way, part in tens.ways(text) if way == text or way not in texts]
            total = sum(part for _, part in others)
            found += [(way, share * part / total) for way, part in others]
        return sorted(found, key=lambda way: -way[1])[:HEARD] if len(found) > HEARD else found

    @property
    def _behind(self) -> bool:
        """Whether a whole number was given since the last prompt."""
        return self.best.status in WHOLE and not self.best.in_question

    def press(self, key: str) -> None:
        """Takes one key, as `Collector.press`."""
        self._before = {}
        for each in self._each:
            each.cells.press(key)
        self._each = _merged(self._each)

    def answered(self, key: str) -> None:
        """The next key may have been an answer of its own, as `Collector.answered`."""
        for each in self._each:
            each.cells.answered(key)

    def breath(self) -> None:
        """The caller was silent for about a second, as `Collector.breath`."""
        for each in self._each:
            each.cells.breath()

    def settle(self) -> None:
        """The number is over. From here on whole numbers lead, those not yet called wrong before the others; one that
        is hardly likelier than its own beginning comes after that beginning. They do not lead where too many digits are
        far likelier. Of several readings of the same words the number of digits shows the right one, which gets the
        weight of all."""
        self._each = _by_count(self._each)
        likeliest = max((each.weight for each in self._each if each.cells.status in WHOLE), default=0.0)
        first = self._each[0]
        if first.cells.status is Collected.TOO_LONG and likeliest < self._certainty.too_long * first.weight:
            return
        self._each.sort(key=lambda each: (each.cells.status not in WHOLE, each.cells.digits in self._wrong))
        leader = self._each[0]
        for each in self._each[1:]:
            begins = each.cells.status in WHOLE and leader.cells.digits.startswith(each.cells.digits)
            if begins and each.cells.digits not in {leader.cells.digits, *self._wrong}:
                if leader.weight < LENGTHENED * each.weight:
                    self._each.remove(each)
                    self._each.insert(0, each)
                return

    @property
    def confidence(self) -> float:
        """The probability that the leading number is right, 0…1."""
        return platt_scaled(self.share, self._certainty.platt_slope, self._certainty.platt_shift)

    @property
    def share(self) -> float:
        """The leading number's part of the weight, 0…1. If it is a whole number, only whole numbers count. If all
        weights together are less than 1, the rest belongs to numbers that are not among the alternatives."""
        best = self._each[0]
        none = max(0.0, 1.0 - sum(each.weight for each in self._each))
        whole = sum(each.weight for each in self._each if each.cells.status in WHOLE)
        return best.weight / (whole + none) if best.cells.status in WHOLE else min(1.0, best.weight)

    @property
    def uncertain(self) -> int | None:
        """The digit of the leading number, counted from 1, that should be asked for alone; at most one for each
        number."""
        digits = self.best.digits
        alike = [each for each in self._each if len(each.cells.digits) == len(digits)]
        total = sum(each.weight for each in alike)
        agreed = [sum(each.weight for each in alike if each.cells.digits[i] == d) for i, d in enumerate(digits)]
        doubts = [i for i, weight in enumerate(agreed) if weight < self._certainty.sure * total]
        if self._asked or not 0 < len(doubts) <= DOUBTS:
            return None
        return 1 + min(doubts, key=agreed.__getitem__)

    def resume(self, echo: str = "") -> None:
        """The caller was told the digits of the leading hypothesis, and goes on from there. `echo`: the key that led to
        this question, as in `Collector`."""
        cells = copy(self.best)
        if cells.in_question and cells.reached in WHOLE:  # read back before, and now asked for again
            self._wrong |= {cells.digits}
        cells.resume(echo)
        self._before = {}
        self._asked = self._asked and not cells.in_question
        self._each = [Hypothesis(cells, 1.0)]

    def ask(self, cell: int) -> None:
        """The caller was asked for one digit of the leading number, counted from 1. The answer may choose another
        hypothesis: digits that were heard together are right or wrong together."""
        cells = copy(self.best)
        others = sorted(self._each[1:], key=lambda each: -each.weight)
        same = [each.cells.digits for each in others if len(each.cells.digits) == len(cells.digits)]
        cells.ask(cell, same)
        self._asked, self._before = True, {}
        self._each = [Hypothesis(cells, 1.0)]

    def correct(self, text: str) -> bool:
        """Takes a correction of the whole number so far, or another whole number; False for anything else, which
        changes nothing."""
        right = [each for each in Hypothesis(self.best, 1.0).after(text, 1.0) if each.cells.status in WHOLE]
        if len(right) != 1 or right[0].cells.digits == self.best.digits:
            return False
        self._each = right
        return True


def _rank(each: Hypothesis) -> float:
    """The sort key of a hypothesis: the lowest leads."""
    return -each.weight * (UNCLEAR if each.cells.status is Collected.UNCLEAR else 1.0)


def _by_count(each: list[Hypothesis]) -> list[Hypothesis]:
    """The hypotheses in the order of `_rank`. If some readings of the same words are whole numbers, they get the weight
    of all readings."""
    total: dict[tuple[str, ...], float] = defaultdict(float)
    whole: dict[tuple[str, ...], float] = defaultdict(float)
    for one in each:
        total[one.texts] += one.weight
        whole[one.texts] += one.weight if one.cells.status in WHOLE else 0.0
    settled = [
        replace(one, weight=one.weight * total[one.texts] / whole[one.texts])
        if one.cells.status in WHOLE
        else replace(one, weight=0.0)
        if whole[one.texts]
        else one
        for one in each
    ]
    return sorted(settled, key=_rank)


def _merged(hypotheses: Sequence[Hypothesis]) -> list[Hypothesis]:
    """The hypotheses, with those that have the same digits joined into one with the weight of all."""
    merged: dict[tuple[str, Collected], Hypothesis] = {}
    for new in hypotheses:
        key = new.cells.row, new.cells.status
        old = merged.setdefault(key, new)
        if old is not new:
            heavier = max(old, new, key=lambda each: each.weight)
            merged[key] = Hypothesis(heavier.cells, old.weight + new.weight, heavier.texts)
    return list(merged.values())


def platt_scaled(share: float, slope: float = 1.0, shift: float = 0.0) -> float:
    """The confidence in a number with this part of the weight: its log odds times `slope` plus `shift`, as a
    probability."""
    right, wrong = math.exp(shift) * math.pow(share, slope), math.pow(1.0 - share, slope)
    return right / (right + wrong)
