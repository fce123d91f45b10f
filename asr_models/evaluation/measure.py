"""What is measured of one model, and how it is told on its card."""

from __future__ import annotations

import asyncio
import dataclasses
import sys
from collections import defaultdict
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path

import numpy as np

from asr_models.evaluation import calls, people
from asr_models.evaluation.figures import (
    Share,
    confusions,
    errors,
    over_speakers,
    ratio,
    share,
)
from asr_models.evaluation.hearing import Ear, Heard, Passes, number
from asr_models.evaluation.lines import CLEAN, OFFICE, Condition, Surroundings
from asr_models.recipe.corpora import Clip
from bot.events import Grammar
from bot.hearing import second_of
from bot.settings import load
from vietnamese_numbers import read

LIMIT = 200
"""Recordings of each kind of speech outside the grammar."""

GRAMMAR_WORDS = {"đúng": Grammar.YESNO, "không": Grammar.YESNO, "trở lại": Grammar.MENU}


@dataclass(frozen=True)
class Recordings:
    """People of one part, `test` or `dev`, and what is around them."""

    part: str
    shared: Path

    @cached_property
    def clips(self) -> list[Clip]:
        return people.clips_of(self.part, self.shared)

    @cached_property
    def speakers(self) -> dict[str, people.Words]:
        return people.speakers(self.clips)

    @cached_property
    def around(self) -> Surroundings:
        return Surroundings(self.shared)


class Evaluation:
    """One model and these people, so many strings and scripted calls each."""

    def __init__(self, model: str, recordings: Recordings, strings: int, calls: int = 0) -> None:
        self.clips, self.speakers, self.around = recordings.clips, recordings.speakers, recordings.around
        self.shared = recordings.shared
        self.count, self.calls = strings, calls
        self.settings = dataclasses.replace(load(), model=model)
        self._ears: dict[Passes, Ear] = {}
        self._heard: dict[tuple[Condition, int, Passes], list[Heard]] = {}
        self.ear = self.ear_of(Passes.BOTH)

    @property
    def passes(self) -> list[Passes]:
        """Those that this model has."""
        return list(Passes) if second_of(self.settings.model) else [Passes.FIRST]

    def ear_of(self, passes: Passes) -> Ear:
        if passes not in self._ears:
            self._ears[passes] = Ear(self.settings, passes)
        return self._ears[passes]

    def strings(self, condition: Condition, length: int, passes: Passes = Passes.BOTH) -> list[Heard]:
        """Strings of so many digits by all speakers, heard once for all parts that ask for them."""
        key = condition, length, passes
        if key not in self._heard:
            _tell(f"{length} digits, {condition.name}, {passes.value}")
            ear = self.ear_of(passes)
            self._heard[key] = [
                number(ear, name, said.digits, self.around.carry(said.sound, condition, seed), said.shortest)
                for name, words in self.speakers.items()
                for seed, said in enumerate(people.strings(name, words, length, self.count))
            ]
        return self._heard[key]

    @cached_property
    def megabytes_a_call(self) -> float:
        """To be asked for first of all: later there is memory left over from what was heard."""
        name, words = next(iter(self.speakers.items()))
        said = next(people.strings(name, words, 12, 1))
        return self.ear.megabytes_a_call(self.around.carry(said.sound, CLEAN, 0))

    def by_speaker(self, heard: list[Heard]) -> Iterator[list[object]]:
        for name, words in self.speakers.items():
            own = [h for h in heard if h.speaker == name]
            yield [f"{name} ({_dialect(name)})", len(words), *_rates(own)]

    def by_dialect(self, condition: Condition, heard: list[Heard]) -> Iterator[list[object]]:
        for dialect in sorted(set(map(_dialect, self.speakers))):
            own = [h for h in heard if _dialect(h.speaker) == dialect]
            yield [dialect, condition.name, len({h.speaker for h in own}), len(own), *_rates(own)]

    def over_all(self, heard: list[Heard]) -> list[object]:
        by_speaker = defaultdict(list)
        for h in heard:
            by_speaker[h.speaker].append((h.right, h.best == h.said, h.among_first, _wrong(h) / len(h.said)))
        shares = np.array([np.mean(hits, axis=0) for hits in by_speaker.values()])
        return [over_speakers(column) for column in shares.T]

    def made(self, condition: Condition) -> Iterator[list[object]]:
        """A row for each speaker, and one for all."""
        _tell(f"calls, {condition.name}")
        plan = calls.planned(self.speakers, self.calls)
        answers = [people.saying(self.clips, word) for word in ("không", "đúng")]
        found = asyncio.run(
            calls.make(self.settings, plan, self.speakers, answers, lambda seed: self.around.line(condition, seed))
        )
        for name in (*self.speakers, "all"):
            own = [call for call in found if name in (call.speaker, "all")]
            hits = (
                [call.right for call in own],
                [call.at_once for call in own],
                [call.at_once and not call.caller.asked + call.caller.repeated for call in own],
                [call.caller.keyed for call in own],
                [call.wrong for call in own],
            )
            seconds = np.median([call.seconds for call in own])
            yield [condition.name, name, len(own), *(share(sum(hit), len(own)) for hit in hits), f"{seconds:.0f}"]

    def as_read(self) -> Iterator[list[object]]:
        _tell("numbers as read")
        hits = defaultdict(list)
        for seed, spoken in enumerate(people.as_read(self.clips)):
            said = read(" ".join(spoken.words)).digits
            if said:
                sound = self.around.carry(spoken.sound, CLEAN, seed)
                hits[spoken.speaker].append(number(self.ear, spoken.speaker, said, sound).right)
        for name, own in hits.items():
            yield [name, len(own), share(sum(own), len(own))]

    def outside(self) -> Iterator[tuple[str, list[str]]]:
        """The digits heard in each kind of sound that holds none."""
        sounds = {
            **people.outside(self.clips, LIMIT),
            "đúng": people.saying(self.clips, "đúng"),
            "noises, as loud as a voice": people.noises(self.shared),
            "melodies": people.melodies(50),
        }
        for kind, spoken in sounds.items():
            _tell(f"no number: {kind}")
            carried = (self.around.carry(each.sound, CLEAN, i) for i, each in enumerate(spoken))
            yield kind, [self.ear.hear(sound, Grammar.NUMBER).digits or "" for sound in carried]

    def no_numbers(self) -> Iterator[list[object]]:
        for kind, found in self.outside():
            counts = [sum(map(bool, found)), sum(len(d) >= 3 for d in found), sum(len(d) in (10, 12) for d in found)]
            yield [kind, len(found), *(share(n, len(found)) for n in counts)]

    def words(self) -> Iterator[list[object]]:
        for phrase, grammar in GRAMMAR_WORDS.items():
            texts = self.texts(phrase, grammar)
            right, other = sum(t == phrase for t in texts), sum(t not in (phrase, "") for t in texts)
            yield [phrase, grammar.value, len(texts), share(right, len(texts)), share(other, len(texts))]

    def texts(self, phrase: str, grammar: Grammar) -> list[str]:
        """What is heard where people say this phrase."""
        spoken = people.saying(self.clips, phrase)
        return [self.ear.hear(self.around.carry(s.sound, CLEAN, i), grammar).text for i, s in enumerate(spoken)]

    def in_short(self) -> Iterator[tuple[str, Share]]:
        """The figures that models are compared by."""
        for condition in (CLEAN, OFFICE):
            heard = self.strings(condition, 10)
            for name in self.speakers if condition is CLEAN else ():
                own = [h.right for h in heard if h.speaker == name]
                yield f"ten digits, {condition.name}, {name} ({_dialect(name)})", share(sum(own), len(own))
            yield f"ten digits, {condition.name}, all", share(sum(h.right for h in heard), len(heard))
        right = [text == phrase for phrase in ("đúng", "không") for text in self.texts(phrase, Grammar.YESNO)]
        yield "yes and no", share(sum(right), len(right))
        for kind, found in self.outside():
            yield f"taken for a number: {kind}", share(sum(len(d) in (10, 12) for d in found), len(found))


def _dialect(speaker: str) -> str:
    return people.DIALECTS[speaker[:2]]


def _wrong(heard: Heard) -> int:
    return errors(confusions(heard.said, heard.digits))


def _rates(heard: list[Heard]) -> list[object]:
    """Of these strings alone: taken, first, among five, digit errors."""
    hits = ([h.right for h in heard], [h.best == h.said for h in heard], [h.among_first for h in heard])
    wrong = ratio([_wrong(h) for h in heard], [len(h.said) for h in heard])
    return [*(share(sum(hit), len(hit)) for hit in hits), wrong]


def _tell(what: str) -> None:
    print(what, "…", file=sys.stderr, flush=True)
