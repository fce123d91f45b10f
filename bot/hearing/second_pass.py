"""The second pass: a piece is heard again as a whole, by an encoder that learned from far more people.

    sound ──▶ first pass ──▶ words so far, end of speech, alternatives ─┐
          └─▶ encoder ──▶ frames ──▶ its own alternatives ──────────────┴─▶ both weighed ──▶ alternatives

Each pass is wrong where the other one mostly is not, so the sum of both is better than either (`Weights`). This is of
numbers; answers stand in second_answers.py.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from itertools import groupby, pairwise, takewhile
from typing import NamedTuple

import numpy as np
import numpy.typing as npt

from bot.events import UNKNOWN
from bot.hearing import ctc
from bot.hearing.calibration import Weights
from bot.hearing.encoder import Encoder, Scores
from bot.hearing.recogniser import KEPT, Recognised
from bot.hearing.syllables import syllables_at
from vietnamese_numbers import Collector, read

NUMERALS = (
    *("không", "một", "hai", "ba", "bốn", "năm", "sáu", "bảy", "tám", "chín"),
    *("mốt", "tư", "lăm", "mười", "mươi", "trăm", "linh", "lẻ"),
)
"""Words of which the second pass makes alternatives of its own; any others it only weighs."""

TENS, COUNTED = frozenset(("mười", "mươi")), "số"
"""What is said of a number in its ten digits: "mười số cả thảy"."""

INTRODUCES = "là"
"""The last word before a number that is introduced: "mã số của tôi là"."""

ALSO_ANSWERS = frozenset(("không", "một", "mốt", "hai"))
"""Number words that are answers, too, or sound like one."""

AMONG_OTHERS, BY_ITSELF = 6, 3
"""Number words in a row in which the second pass hears a number in place of an answer: among other words, and alone."""

CLEAR_WORDS, LONG_ROW = 2, 4
"""Number words in a row that are digits and no answer: two that are not of ALSO_ANSWERS, or four with one of them."""

BEAM = 24
"""Rows of words that are followed."""

BESIDE = 1
"""Frames beside a syllable in which a number word counts as heard in its place."""


def heard_again(first: Recognised, scores: Scores, encoder: Encoder) -> Recognised | None:
    """What both passes make of a piece of a number; None where the second hears other words in it, too: what is said
    around numbers is the first pass's graph to know."""
    return None if foreign_words(scores, encoder) else weighed(compared(first, scores, encoder), encoder.fit.weights)


def number_within(first: Recognised, scores: Scores, encoder: Encoder, wanted: int) -> Recognised | None:
    """The number that is said in one row between other words, by both passes, or its beginning behind the word that
    introduces it: what was said around it is not made into digits. None where the second pass hears neither, or nothing
    else beside it; where no alternative of the first is longer; and where its best is a shorter number: it knows
    courtesies, too."""
    if not wanted or not first.texts:
        return None
    told = _numerals(scores, encoder)
    row = _longest_row(told)
    if not row or len(read(" ".join(row.words)).digits or "") < wanted:
        row = None if Collector.corrects(first.texts[0]) else _introduced(told)
    if not row or max(map(_size, first.texts)) <= len(row.words):
        return None
    if wanted <= _size(first.texts[0]) < len(row.words):
        return None
    nearest: dict[str, float] = {}
    for text, share in zip(first.texts, first.probabilities, strict=True):
        part = " ".join(_nearest(text.split(), row.words))
        nearest[part] = nearest.get(part, 0.0) + share
    inside = Recognised(tuple(nearest), tuple(nearest.values()))
    return weighed(compared(inside, scores[row.begin : row.end], encoder), encoder.fit.weights)


def dictated_row(scores: Scores, encoder: Encoder) -> list[str]:
    """The longest row of number words, where it can be no answer: AMONG_OTHERS of them, or BY_ITSELF and nothing
    else. Empty where none is."""
    told = _numerals(scores, encoder)
    rows = [
        [each.numeral for each in group] for numeral, group in groupby(told, lambda each: bool(each.numeral)) if numeral
    ]
    row = max(rows, key=len, default=[])
    alone = len(row) == len(told) - 1
    return row if len(row) >= (BY_ITSELF if alone else AMONG_OTHERS) and no_answer(row) else []


def heard_by_both(text: str, row: Sequence[str], wanted: int) -> bool:
    """Whether the number words that end this text of the first pass, which knows every word before them, are a whole
    number, and end the row."""
    run = list(takewhile(NUMERALS.__contains__, reversed(text.split())))
    return UNKNOWN not in text.split() and len(run) >= wanted and [*reversed(row)][: len(run)] == run


def among_others(scores: Scores, encoder: Encoder) -> str:
    """Number words in a row among other words, which are unknown; empty where a row can be an answer."""
    parts, found = [], False
    for numeral, group in groupby(_numerals(scores, encoder)[:-1], lambda each: bool(each.numeral)):
        row = [each.numeral for each in group]
        parts += row if numeral else [UNKNOWN]
        found = found or no_answer(row)
    return " ".join(parts) if found else ""


def no_answer(row: Sequence[str]) -> bool:
    """Whether these number words in a row are digits: "không" is a no, too, and "hai" sounds like "phải"."""
    clear = sum(bool(word) and word not in ALSO_ANSWERS for word in row)
    return clear >= (1 if len(row) >= LONG_ROW else CLEAR_WORDS)


class _Told(NamedTuple):
    """A syllable that the second pass hears: in which frame, and which number word it is; empty: another syllable."""

    at: int
    numeral: str
    syllable: str


class _Row(NamedTuple):
    """Number words one behind the other, their first frame and the one behind their last."""

    words: list[str]
    begin: int
    end: int


def _numerals(scores: Scores, encoder: Encoder) -> list[_Told]:
    """All syllables, and behind them one of no sound, where the piece ends."""
    names = {column: word for word, column in encoder.words.items()}
    told = [(at, names[column]) for at, column in syllables_at(scores, encoder)]
    return [*(_Told(at, word if word in NUMERALS else "", word) for at, word in told), _Told(len(scores), "", "")]


def _longest_row(told: Sequence[_Told]) -> _Row | None:
    """The longest row of number words; None where no other word is heard. The "mười" of "mười số" counts digits, and is
    none."""
    rows, begin = [], 0
    others = [place for place, each in enumerate(told) if not each.numeral]
    for place in others:
        counts = place > begin and told[place].syllable == COUNTED and told[place - 1].numeral in TENS
        end = place - counts
        first = told[begin - 1].at + 1 if begin else 0
        rows.append(_Row([each.numeral for each in told[begin:end]], first, told[end].at))
        begin = place + 1
    return max(rows, key=lambda row: len(row.words)) if len(rows) > 1 else None


def _introduced(told: Sequence[_Told]) -> _Row | None:
    """The number words from the last "là" to the end of the piece, where other words stand before it, and fewer number
    words than behind it: "số chín thẻ của là không một hai"."""
    place = max((place for place, each in enumerate(told) if each.syllable == INTRODUCES), default=0)
    before, behind = told[:place], told[place + 1 : -1]
    digits = [each.numeral for each in before if each.numeral]
    if len(digits) == len(before) or len(digits) >= len(behind) or not all(each.numeral for each in behind):
        return None
    return _Row([each.numeral for each in behind], told[place].at + 1, told[-1].at)


def _size(text: str) -> int:
    return len(text.split())


def _nearest(words: list[str], row: list[str]) -> list[str]:
    """The part of these words that is most like the row, of its length."""
    parts = [words[at : at + len(row)] for at in range(max(1, len(words) - len(row) + 1))]
    return max(parts, key=lambda part: sum(one == other for one, other in zip(part, row, strict=False)))


def foreign_words(scores: Scores, encoder: Encoder) -> int:
    """How many syllables the second pass hears that are no number word, nor sound like one."""
    known = [encoder.words[word] for word in NUMERALS]
    best = scores.argmax(1)
    edges = [0, *(np.flatnonzero(np.diff(best)) + 1).tolist(), len(best)]
    found = 0
    for begin, end in pairwise(edges):
        if len(best) and best[begin] not in (encoder.blank, *known):
            near = scores[max(0, begin - BESIDE) : end + BESIDE, known]
            found += bool(scores[begin:end].max() - near.max() >= encoder.fit.foreign)
    return found


def only_foreign(scores: Scores, encoder: Encoder) -> bool:
    """Whether the second pass hears syllables, none of which is a number word or sounds like one."""
    return 0 < len(syllables_at(scores, encoder)) <= foreign_words(scores, encoder)


class Compared(NamedTuple):
    """What both passes say of a piece: texts, the share of each in the first pass (0: it is not there), and its log
    likelihood in the second, both of shape (texts,)."""

    texts: tuple[str, ...]
    first: npt.NDArray[np.float64]
    second: npt.NDArray[np.float64]


def compared(first: Recognised, scores: Scores, encoder: Encoder) -> Compared:
    """The alternatives of both, and that nothing of the grammar was said."""
    told = dict(zip(first.texts, first.probabilities, strict=True))
    spoken = {word for text in told for word in text.split() if word in encoder.words}
    words = ["", *sorted(spoken | set(NUMERALS))]
    columns = {word: at for at, word in enumerate(words) if at}
    frames = ctc.folded(scores, encoder.blank, [encoder.words[word] for word in columns], encoder.fit.stranger)
    found = ctc.likeliest(frames, BEAM, [columns[word] for word in NUMERALS])
    # Nothing of the grammar was said. Where the first pass makes nothing of the sound, the second decides.
    told.setdefault("", max(0.0, 1.0 - sum(first.probabilities)) if first.texts else 0.0)
    texts = tuple(dict.fromkeys([*told, *(" ".join(words[at] for at in row) for row in found)]))
    rows = [tuple(columns[word] for word in text.split() if word in columns) for text in texts]
    return Compared(texts, np.array([told.get(text, 0.0) for text in texts]), ctc.log_likelihoods(frames, rows))


def weighed(both: Compared, weights: Weights) -> Recognised:
    """The likeliest texts by what both passes say, and their probabilities."""
    told = np.log(np.maximum(both.first, math.exp(weights.absent)))
    logs = weights.first * told + weights.second * (both.second - both.second.max())
    probabilities = np.exp(logs - logs.max())
    probabilities /= probabilities.sum() + math.exp(weights.rest)
    best = np.argsort(-probabilities, kind="stable")[:KEPT]
    return Recognised(tuple(both.texts[at] for at in best), tuple(float(probabilities[at]) for at in best))
