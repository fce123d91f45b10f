"""`make eval`: measures a model on speakers left out of training, and writes the figures on its card."""

from __future__ import annotations

import argparse
import dataclasses
import platform
import sys
from collections import defaultdict
from collections.abc import Iterator
from pathlib import Path

import numpy as np

from asr_models.evaluation import card, people
from asr_models.evaluation.figures import calibration, confusions, errors, over_speakers, share
from asr_models.evaluation.hearing import Ear, Heard, number
from asr_models.evaluation.lines import CLEAN, CONDITIONS, Condition, Surroundings
from bot.errors import VoicebotError
from bot.events import Grammar
from bot.hearing.models import find
from bot.numbers import read
from bot.settings import ROOT, load

LIMIT = 200
"""Recordings of each kind of speech outside the grammar."""

GRAMMAR_WORDS = {"đúng": Grammar.YESNO, "không": Grammar.YESNO, "trở lại": Grammar.MENU}


class Evaluation:
    """One model, one part of the speakers, so many strings each."""

    def __init__(self, model: str, part: str, count: int, shared: Path) -> None:
        self.clips = people.clips_of(part, shared)
        self.speakers = people.speakers(self.clips)
        self.count = count
        self.around = Surroundings(shared)
        self.ear = Ear(dataclasses.replace(load(), model=model))

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
            f"{self.count} strings of ten digits each, {CLEAN.name}. “Taken” is what a call goes on with: it prefers",
            "alternatives of the right length; “first” the recogniser's first choice; “among five”: the right one is",
            "among the first five.\n",
            card.table(["speaker", "digits known", *rates], self.by_speaker(clean)),
            "### Whole numbers, by line, noise and length",
            "Means over speakers; the intervals draw speakers anew.\n",
            card.table(["digits", "line", *rates], [[n, name, *self.over_all(heard)] for n, name, heard in lines]),
            "### Numbers as read",
            "“Seven hundred and sixty-nine million …”: read fluently, two to nine digits.\n",
            card.table(["speaker", "numbers", "right"], self.as_read()),
            "### Confusions",
            "Ten digits, clean.\n",
            card.confusion_table(matrix), "![Confusions of digits](confusions.png)\n",
            "### Sounds that are no number",
            "Graph `number`. “Number”: as many digits as a number has, and so taken for one.\n",
            card.table(["what", "recordings", "any digit", "three digits or more", "number"], self.outside()),
            "### Yes, no, back",
            "Single words of many people, over a telephone-like line.\n",
            card.table(["said", "graph", "recordings", "right", "something else"], self.words()),
            "### Confidence",
            f"All strings of ten digits on all lines, {len(every)} of them.\n",
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
            hits = ([h.right for h in own], [h.best == h.said for h in own], [h.among_first for h in own])
            wrong = sum(errors(confusions(h.said, h.digits)) for h in own)
            digits = sum(len(h.said) for h in own)
            dialect = people.DIALECTS[name[:2]]
            yield [f"{name} ({dialect})", len(words), *(share(sum(h), len(h)) for h in hits), f"{wrong / digits:.1%}"]

    def over_all(self, heard: list[Heard]) -> list[object]:
        by_speaker = defaultdict(list)
        for h in heard:
            by_speaker[h.speaker].append((h.right, h.best == h.said, h.among_first))
        shares = np.array([np.mean(hits, axis=0) for hits in by_speaker.values()])
        wrong = sum(errors(confusions(h.said, h.digits)) for h in heard) / sum(len(h.said) for h in heard)
        return [*(over_speakers(column) for column in shares.T), f"{wrong:.1%}"]

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

    def outside(self) -> Iterator[list[object]]:
        """A row for each kind of sound that holds no digit."""
        sounds = {**people.outside(self.clips, LIMIT), "melodies": people.melodies(50)}
        for kind, spoken in sounds.items():
            _tell(f"no number: {kind}")
            found = [
                self.ear.hear(self.around.carry(s.sound, CLEAN, i), Grammar.NUMBER).digits or ""
                for i, s in enumerate(spoken)
            ]
            counts = [sum(map(bool, found)), sum(len(d) >= 3 for d in found), sum(len(d) in (10, 12) for d in found)]
            yield [kind, len(spoken), *(share(n, len(spoken)) for n in counts)]

    def words(self) -> Iterator[list[object]]:
        for phrase, grammar in GRAMMAR_WORDS.items():
            spoken = people.saying(self.clips, phrase)
            texts = [self.ear.hear(self.around.carry(s.sound, CLEAN, i), grammar).text for i, s in enumerate(spoken)]
            right, other = sum(t == phrase for t in texts), sum(t not in (phrase, "") for t in texts)
            yield [phrase, grammar.value, len(texts), share(right, len(texts)), share(other, len(texts))]


def _tell(what: str) -> None:
    print(what, "…", file=sys.stderr, flush=True)


def _processor() -> str:
    lines = Path("/proc/cpuinfo").read_text(encoding="utf-8").splitlines()
    return next((line.split(": ")[1] for line in lines if line.startswith("model name")), "unknown processor")


def main() -> None:
    parser = argparse.ArgumentParser(prog="python -m asr_models.evaluation", description=__doc__)
    parser.add_argument("--model", default="vi-digits", help="name or folder")
    parser.add_argument("--part", default="test", choices=["test", "dev"], help="whom to measure on; dev for choosing")
    parser.add_argument("--strings", type=int, default=60, help="for each speaker and line")
    parser.add_argument("--shared", type=Path, default=ROOT.parent / "shared", help="folder with speech/ and noise/")
    parser.add_argument(
        "--card", action="store_true", help="write the figures on the model's card, not to the terminal"
    )
    args = parser.parse_args()
    if not (args.shared / "speech" / "utterances.tsv").exists():
        raise SystemExit(
            f"evaluation needs the recordings, and {args.shared} has none; name their folder with --shared"
        )
    try:
        folder = find(args.model).path
        evaluation = Evaluation(args.model, args.part, args.strings, args.shared)
    except VoicebotError as error:
        raise SystemExit(f"evaluation: {error}") from None
    figures = evaluation.report(folder if args.card else Path.cwd())
    if args.card:
        path = folder / "CARD.md"
        text = path.read_text(encoding="utf-8") if path.exists() else f"# {folder.name}\n"
        path.write_text(card.replaced(text, figures), encoding="utf-8")
    else:
        print(figures)


if __name__ == "__main__":
    main()
