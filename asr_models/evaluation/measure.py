"""What is measured of one model, and how it is told on its card."""

from __future__ import annotations

import asyncio
import dataclasses
import platform
import sys
from collections import defaultdict
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path

import numpy as np

from asr_models.evaluation import calls, card, people
from asr_models.evaluation.figures import (
    Share,
    calibration,
    confusions,
    errors,
    expected_calibration_error,
    over_speakers,
    ratio,
    share,
)
from asr_models.evaluation.hearing import Ear, Heard, number
from asr_models.evaluation.lines import CLEAN, CONDITIONS, OFFICE, Condition, Surroundings
from asr_models.recipe.corpora import Clip
from bot.events import Grammar
from bot.numbers import read
from bot.settings import load

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
        self.ear = Ear(self.settings)

    def strings(self, condition: Condition, length: int) -> list[Heard]:
        _tell(f"{length} digits, {condition.name}")
        return [
            number(self.ear, name, said.digits, self.around.carry(said.sound, condition, seed))
            for name, words in self.speakers.items()
            for seed, said in enumerate(people.strings(name, words, length, self.count))
        ]

    def report(self, folder: Path) -> str:
        """Everything, as Markdown; pictures go to the folder."""
        megabytes = self.megabytes_a_call()  # first of all: later there is memory left over from what was heard
        clean = self.strings(CLEAN, 10)
        factor = self.ear.real_time_factor
        others = {c: self.strings(c, 10) for c in CONDITIONS[1:]}
        twelve = self.strings(CLEAN, 12)
        matrix = np.sum([confusions(h.said, h.digits) for h in clean], axis=0)
        every = [h for heard in (clean, *others.values()) for h in heard]
        bins = calibration([h.confidence for h in every], [h.right for h in every])
        card.draw_confusions(matrix, folder / "confusions.png")
        card.draw_calibration(bins, folder / "calibration.png")
        lines = [("10", CLEAN.name, clean), *(("10", c.name, h) for c, h in others.items()), ("12", CLEAN.name, twelve)]
        rates = ["taken", "first", "among five", "digit errors"]
        # fmt: off
        return "\n".join((
            "### Whole numbers, by speaker",
            f"{self.count} strings of ten digits each, and as many of twelve, {CLEAN.name}. “Taken” is what a call",
            "goes on with; “first” heads the list of alternatives, where those of the right length lead; “among",
            "five”: the right one is among the first five.\n",
            card.table(["speaker", "digits known", *rates], self.by_speaker(clean)),
            "Twelve digits:\n",
            card.table(["speaker", "digits known", *rates], self.by_speaker(twelve)),
            "### Whole numbers, by dialect",
            "All strings of ten digits. The intervals are over strings, as if speakers were all alike: with so few of",
            "them, what is told apart here is these people, not the dialects.\n",
            card.table(["dialect", "line", "speakers", "strings", *rates],
                       [row for c, heard in ((CLEAN, clean), *others.items()) if c in (CLEAN, OFFICE)
                        for row in self.by_dialect(c, heard)]),
            "### Whole numbers, by line, noise and length",
            "Means over speakers; the intervals draw speakers anew.\n",
            card.table(["digits", "line", *rates], [[n, name, *self.over_all(heard)] for n, name, heard in lines]),
            *self.scripted(),
            "### Numbers as read",
            "“Seven hundred and sixty-nine million …”: read fluently, two to nine digits.\n",
            card.table(["speaker", "numbers", "right"], self.as_read()),
            "### Confusions",
            "Ten digits, clean.\n",
            card.confusion_table(matrix), "![Confusions of digits](confusions.png)\n",
            "### Sounds that are no number",
            "Graph `number`. “Number”: as many digits as a number has, and so taken for one.\n",
            card.table(["what", "recordings", "any digit", "three digits or more", "number"], self.no_numbers()),
            "### Yes, no, back",
            "Single words of many people, over a telephone-like line.\n",
            card.table(["said", "graph", "recordings", "right", "something else"], self.words()),
            "### Confidence",
            f"Of whole numbers: all strings of ten digits on all lines, {len(every)} of them. Mean distance of",
            f"confidence and share right: {expected_calibration_error(bins):.3f}. Its six constants were fitted on",
            "numbers of these speakers; `--fit-confidence` tells what each is told with those of the others.\n",
            card.table(["confidence", "right", "numbers"], [[f"{b.confidence:.2f}", b.right, b.answers] for b in bins]),
            "![Calibration of confidence](calibration.png)\n",
            "### Cost",
            card.table(["what", "figure"], [
                ["real-time factor, all of hearing, one core", f"{factor:.4f}"],
                ["calls in the middle of speech that one core can hear", f"{1 / factor:.0f}"],
                ["memory of a further call in the middle of speech", f"{megabytes:.1f} MB"],
                ["loading all four graphs", f"{self.ear.load_seconds:.2f} s"],
                ["machine", f"{platform.machine()}, {_processor()}"],
            ]),
        ))
        # fmt: on

    def megabytes_a_call(self) -> float:
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

    def scripted(self) -> Iterator[str]:
        """The section of whole calls."""
        if not self.calls:
            return
        yield "### Whole calls"
        yield (
            f"{self.calls} scripted calls of each speaker, with a number of ten digits, through the whole bot: its"
            "\ndialogue, account store and prompts. The caller listens to the read-back and says *đúng* or *không*"
            "\n(recordings of others); he answers what he is asked, by voice, and takes the keypad where it is offered"
            "\nafter something went wrong. “Right”: he hears the new password of his account. “At once”: right, and he"
            "\ngave his number only once, though one digit or the rest of it may have been asked for. “Wrong”: a number"
            "\nthat is not his was taken, which the account store refused; the others gave up or were handed over to a"
            "\nperson. Intervals are Wilson's over calls. Seconds: the median, to the end of the goodbye.\n"
        )
        head = ["line", "speaker", "calls", "right", "at once", "with no question", "keypad", "wrong", "seconds"]
        yield card.table(head, [row for condition in (CLEAN, OFFICE) for row in self.made(condition)])

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


def _processor() -> str:
    lines = Path("/proc/cpuinfo").read_text(encoding="utf-8").splitlines()
    return next((line.split(": ")[1] for line in lines if line.startswith("model name")), "unknown processor")
