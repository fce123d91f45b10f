"""The second pass: a piece is heard again as a whole, by an encoder that learned from far more people.

    sound ──▶ first pass ──▶ words so far, end of speech, alternatives ─┐
          └─▶ encoder ──▶ frames ──▶ its own alternatives ──────────────┴─▶ both weighed ──▶ alternatives

Each pass is wrong where the other one mostly is not, so the sum of both is better than either (`Weights`). So much for
numbers. Of answers the first pass knows more, but it hears a yes in whatever sounds like one ("bậy rồi" as "phải rồi"):
a yes that the second pass, which knows many more syllables, does not hear is in doubt (`doubted`).
"""

from __future__ import annotations

import math
import re
from collections.abc import Iterable, Sequence
from itertools import groupby, pairwise
from typing import NamedTuple

import numpy as np
import numpy.typing as npt

from bot.events import UNKNOWN
from bot.hearing import ctc
from bot.hearing.calibration import Weights
from bot.hearing.encoder import Encoder, Scores
from bot.hearing.recogniser import KEPT, Recognised
from rasa_components.negation import holds_negation
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

BEAM = 24
"""Rows of words that are followed."""

BESIDE = 1
"""Frames beside a syllable in which a number word counts as heard in its place."""

DONE = "rồi"
"""Behind a yes, and a yes by itself, and the last word of many a no ("chệch rồi")."""

HEARD_BY_BOTH = "đúng"
"""The yes that neither pass misses. Where one alone hears it before a "rồi", something else was said ("hụt rồi")."""

POLITE = frozenset(("ạ", "à", "ờ", "em", "anh", "chị", "cô", "chú", "bác", "cháu", "con", "ơi", "thưa", "là", DONE))
"""What may stand before a yes. A negation stands there, too, so whatever else is heard there is a doubt."""


SINGLE = {"phải": frozenset(("phải", "hai")), "ừ": frozenset(("ừ", "ờ"))}
"""Each a yes alone, and what the second pass hears in it. "Phải" is the end of many a denial ("chả phải", in which the
first pass hears nothing more), and "ừ" is like "hả", "hở": neither is a yes beside a syllable of another kind."""

PHAI_ALONE = "sai"
"""All that the second pass hears in some "phải". With any other syllable, polite or not, it is a no: "dạ sai"."""

DENIALS = {"đúng rồi": ("hút rồi",), "phải": ("chả phải", "chẳng phải")}
"""Denials that both passes may hear as the yes that is their last word: they sound much like it. For "hụt", which the
second pass never learned, stands the nearest syllable that it knows."""

NEVER_DONE = "ok"
"""A yes that ends in no "rồi" of the second pass: "hụt rồi" is heard so, too."""

YES_BY_KEY = "một"
"""The key of a yes, said. In other words the first pass hears it, too ("lộn số rồi"): it is a yes alone."""

TONES = {YES_BY_KEY: ("mốt",)}
"""What the second pass hears in many a "một"."""

NO_BY_KEY, RIGHT = "hai", "phải"
"""The key of a no, said, and the yes that the first pass sometimes hears so."""

NO = "không"

SAI = "sai"
"""What is told where the second pass hears a no."""

HEARD_IN_SAI = frozenset(("", "hai", "đọc lại", "nghe lại", "nhắc lại", "nói lại"))
"""What the first pass hears in "sai", besides "sai" itself."""

MISHEARD_NO = frozenset((NO, "không đúng", NO_BY_KEY))
"""What the first pass hears in "khớp" and "khớp rồi" and, rarely, in "phải"."""

PARTLY = re.compile(
    r"\b(?:số|phần|khúc|đoạn) (?:đầu|cuối|trước|sau|giữa)\b|\b(?:nửa|thiếu|thừa)\b"
    r"|\b(?:mấy|vài|hai|ba|bốn|năm|sáu|bảy|tám|chín) số\b"
)
"""Words with which a yes is true of a part alone: "đúng số đầu thôi", "đúng bảy số". The first pass has no place for
them."""

TOGETHER = 1
"""Frames, 20 ms: no syllable is so short, so what is heard so little before a yes is heard in its place, and its cost
tells."""


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
    told = [(at, names[column]) for at, column in _syllables(scores, encoder)]
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


def doubted(text: str, scores: Scores, encoder: Encoder) -> bool:
    """Whether the second pass hears other words in place of the yes that the first pass heard in this text, or words
    before it that are not polite ones."""
    fit = encoder.fit
    if not fit.uncertain.isdisjoint(text.split()):
        return True
    told = syllables(scores, encoder)
    if PARTLY.search(told):
        return True
    if text == DONE and HEARD_BY_BOTH in told.split():
        return True
    if text == NEVER_DONE and told.endswith(DONE):
        return True
    if _nearly_denied(text, scores, encoder):
        return True
    if YES_BY_KEY in text.split():
        return not _alone(YES_BY_KEY, scores, encoder)
    if text in SINGLE:
        said = [word for word in told.split() if word not in POLITE]
        rest = [word for word in said if word not in ("dạ", "vâng")]
        return not said or not (SINGLE[text].issuperset(rest) or told == PHAI_ALONE)
    known = {word: column for word, column in encoder.words.items() if word in fit.yes or word in POLITE}
    heard = _syllables(scores, encoder)
    enough = {known[word] for word in (DONE, *fit.yes) if word in known and (word != DONE or text == DONE)}
    others = [at for at, column in heard if column not in known.values()]
    if not others and any(column in enough for _, column in heard):
        return False
    spoken = f"được {DONE}" if text == DONE else text  # of which the first pass often hears the end alone
    cost, begins = 0.0, len(scores)
    for yes, words in groupby(spoken.split(), lambda word: word == DONE or word in fit.yes):
        if not yes or not (run := [word for word in words if word in known]):
            continue
        spotted, begun = _spotted(run, scores, encoder)
        cost, begins = cost + spotted, min(begins, begun)
        rival = [fit.rivals.get(word, word) for word in run]
        if rival != run and _spotted(rival, scores, encoder)[0] > spotted:
            return True
    if begins == len(scores):
        return False  # no yes that the second pass knows
    return cost < fit.doubt or any(at < begins - TOGETHER for at in others)


def denied(text: str, told: str, encoder: Encoder) -> bool:
    """Whether the second pass hears a no, and nothing else, where the first heard this text, which is none of a yes.
    `told`: the second pass's syllables."""
    pattern = encoder.fit.denial
    return (text in HEARD_IN_SAI or holds_negation(text)) and bool(pattern and re.search(pattern, told))


def _nearly_denied(text: str, scores: Scores, encoder: Encoder) -> bool:
    """Whether a denial that ends in this yes is nearly as likely to the second pass."""
    for yes, denials in DENIALS.items():
        known = [denial.split() for denial in denials if encoder.words.keys() >= {*yes.split(), *denial.split()}]
        if text.endswith(yes) and known:
            nearest = max(_spotted(words, scores, encoder)[0] for words in known)
            return nearest - _spotted(yes.split(), scores, encoder)[0] >= encoder.fit.denied
    return False


def heard_wholly(told: Sequence[str], yes: frozenset[str]) -> bool:
    """Whether a yes, with polite words, is all that the second pass hears, two words or more ("đừng" is one "đúng").
    `told`: its syllables; `yes`: the words of a yes that it knows."""
    return len(told) > 1 and (yes | POLITE).issuperset(told) and not yes.isdisjoint(told)


def goes_on(text: str, told: Sequence[str], yes: frozenset[str]) -> bool:
    """Whether the second pass hears the yes of this text and words behind it that are not polite: "đúng chỗ nào".
    Behind a "rồi" they change nothing. `told`, `yes`: as in `heard_wholly`."""
    said = yes.intersection(text.split())
    ends = max((at for at, word in enumerate(told, 1) if word in said), default=0)
    return ends > 0 and not text.endswith(DONE) and not (yes | POLITE).issuperset(told[ends:])


def seconded(heard: Recognised, wholly: float) -> Recognised:
    """A yes that the second pass hears, too: all else than a yes is less likely by the logarithm `wholly`."""
    less = math.exp(-wholly)
    shares = [
        share * (less if holds_negation(text) else 1.0)
        for text, share in zip(heard.texts, heard.probabilities, strict=True)
    ]
    total = sum(shares) + less * max(0.0, 1.0 - sum(heard.probabilities))
    return Recognised(heard.texts, tuple(share / total for share in shares))


def misheard_no(text: str, scores: Scores, encoder: Encoder) -> bool:
    """Whether the second pass hears something else than this no of `MISHEARD_NO`: "phải" rather than "hai"; no "không"
    where it is all that was said; or a "rồi" directly behind it or behind other words, for nobody denies with "không
    rồi", but "khớp rồi", of which neither pass knows the first word, is heard so. Then the caller is asked again.

    The second pass hears "không" in 51 of 56 recordings of 20 people with other voices 10 dB below, as in quiet."""
    if text == NO_BY_KEY:
        if not {NO_BY_KEY, RIGHT} <= encoder.words.keys():
            return False
        return _spotted([RIGHT], scores, encoder)[0] > _spotted([NO_BY_KEY], scores, encoder)[0]
    if not {NO, DONE} <= encoder.words.keys():
        return False
    no, done = encoder.words[NO], encoder.words[DONE]
    heard = [column for _, column in _syllables(scores, encoder)]
    if text == NO and (no not in heard or (no, done) in pairwise(heard)):
        return True
    said = {encoder.words[word] for word in text.split() if word in encoder.words}
    return heard[-1:] == [done] and said.isdisjoint(heard)


def _alone(word: str, scores: Scores, encoder: Encoder) -> bool:
    """Whether this word, by whatever tone, is all that the second pass hears, polite words left out."""
    if word not in encoder.words:
        return True
    polite = {encoder.words[each] for each in (*POLITE, "dạ", "vâng", "ừ") if each in encoder.words}
    said = {encoder.words[each] for each in TONES.get(word, ()) if each in encoder.words} | {encoder.words[word]}
    others = {column for _, column in _syllables(scores, encoder)} - polite
    return bool(others) and others <= said


def syllables(scores: Scores, encoder: Encoder) -> str:
    """What the second pass hears, syllable by syllable."""
    spelled = {column: word for word, column in encoder.words.items()}
    return " ".join(spelled.get(column, UNKNOWN) for _, column in _syllables(scores, encoder))


def well_heard(text: str, scores: Scores, encoder: Encoder) -> float | None:
    """How well the second pass hears these words somewhere in the piece: a logarithm for each syllable that it knows, 0
    where they are what it hears; None where it knows fewer than two of them."""
    known = [word for word in text.split() if word in encoder.words]
    return _spotted(known, scores, encoder)[0] / len(known) if len(known) > 1 else None


def _spotted(words: Iterable[str], scores: Scores, encoder: Encoder) -> tuple[float, int]:
    return ctc.spotted(scores, encoder.blank, [encoder.words[word] for word in words])


def _syllables(scores: Scores, encoder: Encoder) -> list[tuple[int, int]]:
    """The likeliest syllables, in order: the frame in which each begins, and its column."""
    return ctc.best_path(scores, encoder.blank)


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
