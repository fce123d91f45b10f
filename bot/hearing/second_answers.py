"""An answer, heard by the first pass and checked by the second.

The first pass knows more of answers, but it hears a yes in whatever sounds like one ("bậy rồi" as "phải rồi"): a yes
that the second pass, which knows many more syllables, does not hear is in doubt (`doubted`). Pure, given what the
encoder says.
"""

from __future__ import annotations

import math
import re
from collections.abc import Sequence
from itertools import groupby, pairwise

from bot.hearing.encoder import Encoder, Scores
from bot.hearing.recogniser import Recognised
from bot.hearing.syllables import spotted, syllables, syllables_at
from rasa_components.negation import holds_negation

DONE = "rồi"
"""Behind a yes, and a yes by itself, and the last word of many a no ("chệch rồi")."""

HEARD_BY_BOTH = "đúng"
"""The yes that neither pass misses. Where one alone hears it before a "rồi", something else was said ("hụt rồi")."""

POLITE = frozenset(("ạ", "à", "ờ", "em", "anh", "chị", "cô", "chú", "bác", "cháu", "con", "ơi", "thưa", "là", DONE))
"""What may stand before a yes. A negation stands there, too, so whatever else is heard there is a doubt."""


SINGLE = {"phải": frozenset(("phải", "hai")), "ừ": frozenset(("ừ", "ờ"))}
"""Each a yes alone, and what the second pass hears in it. "Phải" is the end of many a denial ("chả phải", in which the
first pass hears nothing more), and "ừ" is like "hả", "hở": neither is a yes beside a syllable of another kind."""

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
"""A no, and what is told where the second pass hears one. By itself it is also all that the second pass hears in some
"phải"; with any other syllable, polite or not, it is a no: "dạ sai"."""

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
        return not said or not (SINGLE[text].issuperset(rest) or told == SAI)
    known = {word: column for word, column in encoder.words.items() if word in fit.yes or word in POLITE}
    heard = syllables_at(scores, encoder)
    enough = {known[word] for word in (DONE, *fit.yes) if word in known and (word != DONE or text == DONE)}
    others = [at for at, column in heard if column not in known.values()]
    if not others and any(column in enough for _, column in heard):
        return False
    spoken = f"được {DONE}" if text == DONE else text  # of which the first pass often hears the end alone
    cost, begins = 0.0, len(scores)
    for yes, words in groupby(spoken.split(), lambda word: word == DONE or word in fit.yes):
        if not yes or not (run := [word for word in words if word in known]):
            continue
        cheapest, begun = spotted(run, scores, encoder)
        cost, begins = cost + cheapest, min(begins, begun)
        rival = [fit.rivals.get(word, word) for word in run]
        if rival != run and spotted(rival, scores, encoder)[0] > cheapest:
            return True
    if begins == len(scores):
        return False  # no yes that the second pass knows
    return cost < fit.doubt or any(at < begins - TOGETHER for at in others)


def only_a_no(text: str, told: str, encoder: Encoder) -> bool:
    """Whether a no, with polite words, is all that the second pass hears. Not where the first pass heard a yes or a
    wish. `text`: what the first pass heard; `told`: the second pass's syllables."""
    pattern = encoder.fit.denial
    return (text in HEARD_IN_SAI or holds_negation(text)) and bool(pattern and re.search(pattern, told))


def _nearly_denied(text: str, scores: Scores, encoder: Encoder) -> bool:
    """Whether a denial that ends in this yes is nearly as likely to the second pass."""
    for yes, denials in DENIALS.items():
        known = [denial.split() for denial in denials if encoder.words.keys() >= {*yes.split(), *denial.split()}]
        if text.endswith(yes) and known:
            nearest = max(spotted(words, scores, encoder)[0] for words in known)
            return nearest - spotted(yes.split(), scores, encoder)[0] >= encoder.fit.denied
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
    where it is all that was said; or a "rồi" directly behind it or behind other words. Nobody denies with "không rồi",
    but "khớp rồi" is heard so: neither pass knows its first word. Then the caller is asked again.

    The second pass hears "không" in 51 of 56 recordings of 20 people with other voices 10 dB below, as in quiet."""
    if text == NO_BY_KEY:
        if not {NO_BY_KEY, RIGHT} <= encoder.words.keys():
            return False
        return spotted([RIGHT], scores, encoder)[0] > spotted([NO_BY_KEY], scores, encoder)[0]
    if not {NO, DONE} <= encoder.words.keys():
        return False
    no, done = encoder.words[NO], encoder.words[DONE]
    heard = [column for _, column in syllables_at(scores, encoder)]
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
    others = {column for _, column in syllables_at(scores, encoder)} - polite
    return bool(others) and others <= said
