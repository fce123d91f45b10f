"""Augmented decoding: what the recogniser is unsure of, it hears again, a little slower, a little faster, and duller.

    sound ──▶ recogniser ──▶ sure enough ──────────────────────────▶ its alternatives
          │              └─▶ unsure ─┐
          ├─ slower ─▶ recogniser ──▶├─▶ the mean of all probabilities ───▶ alternatives
          └─ faster ─▶ recogniser ──▶┘                └─ too low ──▶ nothing of the grammar, or else these

Played slower, a voice has longer words, a lower pitch and a longer vocal tract, and without its highest sounds it
comes from another telephone: somebody else, to a network that was trained on few voices. What it gets wrong by chance
of this voice it gets wrong in one way here and in another there (test-time augmentation; for speech e.g. the speed
perturbation of Ko et al., 2015, used at recognition).
"""

from __future__ import annotations

import math
from collections.abc import Callable, Sequence
from dataclasses import dataclass

import numpy as np
import soxr

from bot.audio.resampling import to_samples
from bot.events import RATE, UNKNOWN, Samples
from bot.hearing import wishes
from bot.hearing.calibration import Augmented, Calibration
from bot.hearing.encoder import Encoder, Scores
from bot.hearing.questions import asks
from bot.hearing.recogniser import KEPT, Recognised, Recogniser, length
from bot.hearing.second_answers import (
    MISHEARD_NO,
    SAI,
    doubted,
    goes_on,
    heard_wholly,
    misheard_no,
    only_a_no,
    seconded,
)
from bot.hearing.second_pass import (
    AMONG_OTHERS,
    among_others,
    dictated_row,
    heard_again,
    heard_by_both,
    number_within,
    only_foreign,
)
from bot.hearing.syllables import syllables, well_heard
from rasa_components.negation import holds_negation
from vietnamese_numbers import Collector

REST = RATE // 5
"""Samples. The second pass begins in a pause (`listener.QUIET`), and 0.1 s later the piece is over or speech has gone
on: after more sound than this it must hear the piece anew."""


SHORT = 4 * RATE
"""Samples. In a piece of up to so many of which the first pass is sure of nothing, the second looks for a wish for a
person: "nối máy cho tôi gặp nhân viên", said slowly, takes three seconds. Longer ones are somebody else's talk, and
would take its time."""


DICTATED, LONGEST_DICTATED = RATE, 8 * RATE
"""Samples. In a piece of such a length the second pass looks for digits in place of an answer: three digits said fast
take 1 s with the pauses around them, twelve said slowly less than eight."""


class AugmentedDecoding:
    """A recogniser that asks for further decodings. `fresh` makes the recognisers it asks, one for each.
    `answers`: they hear answers, of which several mean the same ("dạ", "dạ dạ", "ừ"). `encoder`: of answers, a yes is
    told with unknown speech beside it where the second pass does not hear it. `menu`: a wish for its service may be
    heard by the second pass alone. `numbers`: hears digits that are said in place of an answer; a number
    has `wanted` of them, at least."""

    def __init__(
        self,
        fresh: Callable[[], Recogniser],
        fit: Calibration,
        answers: bool = False,
        encoder: Encoder | None = None,
        menu: bool = False,
        numbers: BothPasses | None = None,
        wanted: int = 0,
    ) -> None:
        self._numbers, self._wanted = numbers, wanted
        self._fresh, self._fit, self._answers, self._encoder, self._menu = fresh, fit, answers, encoder, menu
        self._first = fresh()
        self._sound: list[Samples] = []
        self._ahead: tuple[int, Scores] | None = None  # the samples encoded last, and what came of it

    def accept(self, samples: Samples) -> str:
        self._sound.append(samples)
        return self._first.accept(samples)

    def pause(self) -> None:
        if self._encoder:
            sound = np.concatenate(self._sound)
            self._ahead = sound.size, self._encoder.scores(sound)

    def finish(self) -> Recognised:
        first = self._first.finish()
        sound = np.concatenate(self._sound)
        if other := self._in_place_of_answer(first, sound):
            return other
        heard = self._believed(considered(first, sound, self._fresh, self._fit.augmented, self._answers), sound)
        if not self._encoder:
            return heard
        encoder = self._encoder
        if self._menu and sound.size <= SHORT and self._doubtful(heard):
            told = syllables(self._scores(encoder, sound), encoder)
            if service := wishes.for_service(told, self._fit.wishes):
                return service
        heard = asked_for(first, heard, encoder, self._fit, lambda: self._scores(encoder, sound), sound.size <= SHORT)
        if heard.confidence or not self._may_be_number(sound):
            return heard
        told = among_others(self._scores(encoder, sound), encoder)
        return Recognised((told,), (self._fit.wishes.both,)) if told else heard

    def _may_be_number(self, sound: Samples) -> bool:
        return bool(self._numbers) and DICTATED <= sound.size <= LONGEST_DICTATED

    def _in_place_of_answer(self, first: Recognised, sound: Samples) -> Recognised | None:
        """A number that was said in place of an answer, heard as where a number is asked for, or a wish to hear the
        number again. None where the first pass hears the digits, too: it knows the denials before a number, of which
        the second makes digits ("sai rồi")."""
        if not self._numbers or not self._may_be_number(sound):
            return None
        scores = self._scores(self._numbers.encoder, sound)
        if wishes.repeat(syllables(scores, self._numbers.encoder)):
            return Recognised((wishes.REPEAT,), (self._fit.wishes.both,))
        row = dictated_row(scores, self._numbers.encoder)
        if self._menu and len(row) < AMONG_OTHERS:  # "bấm phím tám"
            return None
        if not row or (first.texts and heard_by_both(first.texts[0], row, self._wanted)):
            return None
        recogniser = self._numbers.fresh()
        recogniser.accept(sound)
        found = self._numbers.again(recogniser.finish(), scores, sound, self._wanted)
        return found if found.confidence else Recognised((" ".join(row),), (self._fit.wishes.both,))

    def _doubtful(self, heard: Recognised) -> bool:
        """Whether a wish may be another one: the first pass is not sure of it, or hears a person."""
        return heard.confidence < self._fit.augmented.sure or bool(heard.texts and wishes.named(heard.texts[0]))

    def _believed(self, heard: Recognised, sound: Samples) -> Recognised:
        """An answer. A no that the second pass hears alone is one. A yes has unknown speech beside it where the second
        pass does not hear it, or hears a question; a no that the second pass hears otherwise is not told."""
        text = heard.texts[0] if heard.texts else ""
        a_no = holds_negation(text) and text not in MISHEARD_NO
        sure_no = a_no and heard.confidence >= self._fit.augmented.sure
        if not self._encoder or sure_no or (not text and sound.size > SHORT):
            return heard
        scores = self._scores(self._encoder, sound)
        told = syllables(scores, self._encoder)
        if not self._menu and only_a_no(text, told, self._encoder):
            return Recognised((SAI,), (self._fit.wishes.both,))
        if a_no or not text:
            return heard
        if text in MISHEARD_NO:
            return Recognised((), ()) if misheard_no(text, scores, self._encoder) else heard
        a_yes = not self._fit.second.yes.isdisjoint(text.split())
        question = a_yes and asks(sound, scores, self._encoder, self._fit.questions)
        words, fit = told.split(), self._fit.second
        unsure = heard.confidence < fit.goes_on and goes_on(text, words, fit.yes)
        if not question and not unsure and not doubted(text, scores, self._encoder):
            return seconded(heard, fit.wholly) if heard_wholly(words, fit.yes) else heard
        return heard._replace(texts=(f"{UNKNOWN} {text}", *heard.texts[1:]))

    def _scores(self, encoder: Encoder, sound: Samples) -> Scores:
        """Of the whole piece, encoded once. What was heard in the pause is enough where nothing but that pause came
        since."""
        if self._ahead is None or sound.size - self._ahead[0] > REST:
            self._ahead = sound.size, encoder.scores(sound)
        return self._ahead[1]


@dataclass(frozen=True)
class BothPasses:
    """What both passes make of a piece of a number (`bot.hearing.whole.Second`). `fresh`: as in `AugmentedDecoding`."""

    encoder: Encoder
    fresh: Callable[[], Recogniser]
    fit: Calibration

    def alone(self, first: Recognised, sound: Samples, wanted: int = 0, scores: Scores | None = None) -> Recognised:
        """A whole number among other words, where the caller took nothing back, and a wish for a person need the second
        pass. `scores`: what it says of the piece, where it was asked."""

        def scored() -> Scores:
            return self.encoder.scores(sound) if scores is None else scores

        text = first.texts[0] if first.texts else ""
        if wanted and Collector.concerns(text) and not Collector.corrects(text):
            scores = scored()
            if within := number_within(first, scores, self.encoder, wanted):
                return within
        heard = considered(first, sound, self.fresh, self.fit.augmented)
        return asked_for(first, heard, self.encoder, self.fit, scored, sound.size <= SHORT)

    def again(self, first: Recognised, scores: Scores, sound: Samples, wanted: int = 0) -> Recognised:
        """A whole number among other words stands. Where the first pass makes nothing of the sound the second looks for
        digits; where it hears other words, the first is asked for further decodings; where it hears no number word at
        all, there are no digits ("đúng" is heard as "chín")."""
        if within := number_within(first, scores, self.encoder, wanted):
            return within
        found = heard_again(first, scores, self.encoder)
        if found is None or not (first.texts or found.confidence):
            digits = found is not None or not only_foreign(scores, self.encoder)
            return self.alone(first if digits else Recognised((), ()), sound, scores=scores)
        if found.confidence >= self.fit.augmented.sure or sound.size > SHORT:
            return found
        return _a_wish(found, scores, self.encoder, self.fit)  # its own digits are hardly there


def asked_for(
    first: Recognised,
    heard: Recognised,
    encoder: Encoder,
    fit: Calibration,
    scored: Callable[[], Scores],
    short: bool,
) -> Recognised:
    """What was heard, with the second pass's say where the first may have heard a wish for a person, or is sure of
    nothing in a `short` piece. `scored` encodes the piece, where that is needed."""
    named = any(map(wishes.named, (*first.texts, *heard.texts[:1])))
    if not named and (not short or heard.confidence >= fit.augmented.sure):
        return heard
    scores = scored()
    if named:
        count = len(syllables(scores, encoder).split())
        heard = wishes.judged(first, heard, lambda words: well_heard(words, scores, encoder), count, fit.wishes)
    return heard if not short or heard.confidence >= fit.augmented.sure else _a_wish(heard, scores, encoder, fit)


def _a_wish(heard: Recognised, scores: Scores, encoder: Encoder, fit: Calibration) -> Recognised:
    """What was heard, or a wish that the second pass alone hears."""
    told = syllables(scores, encoder)
    return wishes.alone(heard, told, lambda words: well_heard(words, scores, encoder), fit.wishes)


def considered(
    first: Recognised, sound: Samples, fresh: Callable[[], Recogniser], fit: Augmented, answers: bool = False
) -> Recognised:
    """The first decoding, or what all together are worth."""
    if not unsure(first, fit):
        return first
    others = []
    for speed in fit.speeds:
        recogniser = fresh()
        recogniser.accept(played(sound, speed, fit))
        others.append(recogniser.finish())
    return judged([first, *others], fit, answers)


def unsure(first: Recognised, fit: Augmented) -> bool:
    """Whether further decodings are worth their time. Where nothing of the grammar was heard, nothing is looked for."""
    return bool(first.texts) and first.confidence < fit.sure


def least(heard: Recognised, fit: Augmented) -> float:
    """The confidence from which on this was said, and no speech outside the grammar that sounds like it."""
    return math.pow(fit.least, length(heard.texts[0]))


def played(sound: Samples, speed: float, fit: Augmented) -> Samples:
    """The sound so many times as fast, pitch and all, as a tape would play it, and dull."""
    slower = soxr.resample(sound.astype(np.float32), RATE * speed, RATE)
    frequencies = np.fft.rfftfreq(slower.size, 1 / RATE)
    gain = 1 / np.sqrt(1 + (frequencies / fit.dull_hz) ** (2 * fit.slope))
    return to_samples(np.fft.irfft(np.fft.rfft(slower) * gain, slower.size))


def judged(decodings: Sequence[Recognised], fit: Augmented, answers: bool = False) -> Recognised:
    """What to go on with: the mean, and where neither it nor the first decoding is sure enough, nothing before it. Of
    `answers` all that hold no unknown speech count together: which of them it was matters less."""
    together = agreed(decodings)
    if answers:
        sure = sum(
            share for text, share in zip(together.texts, together.probabilities, strict=True) if UNKNOWN not in text
        )
    else:
        sure = max(decodings[0].confidence, together.confidence)
    if sure >= least(together, fit):
        return together
    spoken = (share * (1 - fit.nothing) for share in together.probabilities)
    return Recognised(("", *together.texts), (fit.nothing, *spoken))


def agreed(decodings: Sequence[Recognised]) -> Recognised:
    """The mean of all decodings: each text has the mean of its probabilities, 0 where it was not heard."""
    probabilities: dict[str, float] = {}
    for decoding in decodings:
        for text, share in zip(decoding.texts, decoding.probabilities, strict=True):
            probabilities[text] = probabilities.get(text, 0.0) + share / len(decodings)
    best = sorted(probabilities, key=lambda text: -probabilities[text])[:KEPT]
    return Recognised(tuple(best), tuple(probabilities[text] for text in best))
