"""The parts of `make eval`: each writes its sections of the card, and can be run alone (`--only`)."""

from __future__ import annotations

import platform
from collections.abc import Callable, Iterator, Sequence
from pathlib import Path

import numpy as np

from asr_models.evaluation import card, courtesies
from asr_models.evaluation.figures import (
    brier,
    calibration,
    confusions,
    expected_calibration_error,
    over_speakers,
    share,
)
from asr_models.evaluation.hearing import Heard, Passes
from asr_models.evaluation.lines import CLEAN, CONDITIONS, IN_A_ROOM, OFFICE, Condition
from asr_models.evaluation.measure import Evaluation

Section = Callable[[Evaluation, Path], Iterator[str]]
"""Markdown, in lines; pictures go to the folder."""

SHORT = 0.15
"""Seconds. Nobody dictates words that are shorter; they are cut from fluent speech."""

COURTESIES = 240
"""Numbers with polite words, of all that `courtesies.every` has."""

RATES = ("taken", "first", "among five", "digit errors")
PICTURES = {Passes.FIRST: "confusions-first.png", Passes.BOTH: "confusions.png", Passes.SECOND: "confusions-second.png"}


Strings = dict[tuple[Passes, int, Condition], list[Heard]]
"""Numbers by who heard them, how many digits they have, and the line."""

ASKED = ((10, CLEAN), (10, OFFICE), (12, CLEAN))


def passes(evaluation: Evaluation, folder: Path) -> Iterator[str]:
    """One pass, two, and the second alone, side by side; the worst speaker first of all."""
    those = evaluation.passes
    heard = {(p, length, line): evaluation.strings(line, length, p) for p in those for length, line in ASKED}
    taken = Passes.BOTH if Passes.BOTH in those else those[0]
    worst, low = min(_by_speaker(heard[taken, 10, CLEAN]), key=lambda each: each[1])
    yield "### In one pass, in two, and by the second alone"
    yield f"**The worst speaker, {taken.value}, ten digits, {CLEAN.name}: {worst}, {low:.1%} of whole numbers.**\n"
    yield f"Whole numbers right, {evaluation.count} strings of each speaker. “First pass”: with augmented decoding, as"
    yield "on a machine without onnxruntime. The second pass alone hears the same pieces.\n"
    yield card.table(["digits", "line", "speaker", *(p.value for p in those)], _compared(evaluation, heard))
    yield "### Confusions"
    yield f"Ten digits, {CLEAN.name}, {evaluation.count} strings of each speaker.\n"
    for p in those:
        matrix = np.sum([confusions(h.said, h.digits) for h in heard[p, 10, CLEAN]], axis=0)
        card.draw_confusions(matrix, folder / PICTURES[p], p.value)
        yield f"{p.value.capitalize()}:\n"
        yield card.confusion_table(matrix)
        yield f"![Confusions of digits, {p.value}]({PICTURES[p]})\n"
    yield "### Words shorter than 0.15 s"
    yield "Words cut from fluent news may be so short; nobody dictates them. All strings of ten digits, and those of"
    yield "them that hold no such word. Means over speakers.\n"
    yield card.table(["line", "strings", "how many", *(p.value for p in those)], _without_short(evaluation, heard))


def _by_speaker(heard: Sequence[Heard]) -> list[tuple[str, float]]:
    names = dict.fromkeys(h.speaker for h in heard)
    return [(name, float(np.mean([h.right for h in heard if h.speaker == name]))) for name in names]


def _compared(evaluation: Evaluation, heard: Strings) -> Iterator[list[object]]:
    for length, line in ASKED:
        for name in evaluation.speakers:
            own = [[h.right for h in heard[p, length, line] if h.speaker == name] for p in evaluation.passes]
            yield [length, line.name, name, *(share(sum(hit), len(hit)) for hit in own)]
        each = [_by_speaker(heard[p, length, line]) for p in evaluation.passes]
        yield [length, line.name, "all", *(over_speakers([right for _, right in own]) for own in each)]


def _without_short(evaluation: Evaluation, heard: Strings) -> Iterator[list[object]]:
    for line in (CLEAN, OFFICE):
        for what, shortest in (("all", 0.0), ("no word under 0.15 s", SHORT)):
            own = [[h for h in heard[p, 10, line] if h.shortest >= shortest] for p in evaluation.passes]
            means = [np.mean([right for _, right in _by_speaker(each)]) for each in own]
            yield [line.name, what, len(own[0]), *(f"{mean:.1%}" for mean in means)]


def numbers(evaluation: Evaluation, folder: Path) -> Iterator[str]:
    """Whole numbers by speaker, by dialect, and on every line."""
    clean, twelve = evaluation.strings(CLEAN, 10), evaluation.strings(CLEAN, 12)
    yield "### Whole numbers, by speaker"
    yield f"{evaluation.count} strings of ten digits each, and as many of twelve, {CLEAN.name}. “Taken” is what a call"
    yield "goes on with; “first” heads the list of alternatives, where those of the right length lead; “among"
    yield "five”: the right one is among the first five.\n"
    yield card.table(["speaker", "digits known", *RATES], evaluation.by_speaker(clean))
    yield "Twelve digits:\n"
    yield card.table(["speaker", "digits known", *RATES], evaluation.by_speaker(twelve))
    yield "### Whole numbers, by dialect"
    yield "All strings of ten digits. The intervals are over strings, as if speakers were all alike: with so few of"
    yield "them, what is told apart here is these people, not the dialects.\n"
    rows = [row for line in (CLEAN, OFFICE) for row in evaluation.by_dialect(line, evaluation.strings(line, 10))]
    yield card.table(["dialect", "line", "speakers", "strings", *RATES], rows)
    yield "### Whole numbers, by line, noise and length"
    yield "Means over speakers; the intervals draw speakers anew.\n"
    lines = [*((10, line) for line in CONDITIONS + IN_A_ROOM), (12, CLEAN)]
    rows = [[length, line.name, *evaluation.over_all(evaluation.strings(line, length))] for length, line in lines]
    yield card.table(["digits", "line", *RATES], rows)


def calls(evaluation: Evaluation, folder: Path) -> Iterator[str]:
    if not evaluation.calls:
        return
    yield "### Whole calls"
    yield f"{evaluation.calls} scripted calls of each speaker, with a number of ten digits, through the whole bot: its"
    yield "dialogue, account store and prompts. The caller listens to the read-back and says *đúng* or *không*"
    yield "(recordings of others); he answers what he is asked, by voice, and takes the keypad where it is offered"
    yield "after something went wrong. “Right”: he hears the new password of his account. “At once”: right, and he"
    yield "gave his number only once, though one digit or the rest of it may have been asked for. “Wrong”: a number"
    yield "that is not his was taken, which the account store refused; the others gave up or were handed over to a"
    yield "person. Intervals are Wilson's over calls. Seconds: the median, to the end of the goodbye.\n"
    head = ["line", "speaker", "calls", "right", "at once", "with no question", "keypad", "wrong", "seconds"]
    yield card.table(head, [row for condition in (CLEAN, OFFICE) for row in evaluation.made(condition)])


def as_read(evaluation: Evaluation, folder: Path) -> Iterator[str]:
    yield "### Numbers as read"
    yield "“Seven hundred and sixty-nine million …”: read fluently, two to nine digits.\n"
    yield card.table(["speaker", "numbers", "right"], evaluation.as_read())


def with_courtesies(evaluation: Evaluation, folder: Path) -> Iterator[str]:
    """What polite words and hesitations around a number do to it."""
    yield "### Numbers with polite words around them"
    yield f"{COURTESIES} of {len(courtesies.every())} numbers that espeak-ng says in three dialects, on a quiet line"
    yield "and in office noise at 15 dB, with a beginning (“dạ mã số của tôi là …”) and an ending (“… nhé cháu”)."
    yield "A third of both are no words of the graphs. “Right”: read back at once; “asked”: again, or for a part;"
    yield "“wrong”: another number is read back.\n"
    model = evaluation.settings.model
    yield from courtesies.report(
        [courtesies.outcome(said, model, evaluation.shared) for said in courtesies.drawn(COURTESIES)]
    )
    yield ""


def other_sounds(evaluation: Evaluation, folder: Path) -> Iterator[str]:
    yield "### Sounds that are no number"
    yield "Graph `number`. “Number”: as many digits as a number has, and so taken for one.\n"
    yield card.table(["what", "recordings", "any digit", "three digits or more", "number"], evaluation.no_numbers())


def answers(evaluation: Evaluation, folder: Path) -> Iterator[str]:
    yield "### Yes, no, back"
    yield "Single words of many people, over a telephone-like line.\n"
    yield card.table(["said", "graph", "recordings", "right", "something else"], evaluation.words())


def confidence(evaluation: Evaluation, folder: Path) -> Iterator[str]:
    every = [h for condition in CONDITIONS for h in evaluation.strings(condition, 10)]
    told, right = [h.confidence for h in every], [h.right for h in every]
    bins, score = calibration(told, right), brier(told, right)
    card.draw_calibration(bins, score, folder / "calibration.png")
    yield "### Confidence"
    yield f"Of whole numbers: all strings of ten digits on all lines, {len(every)} of them. Mean distance of confidence"
    yield f"and share right: {expected_calibration_error(bins):.3f}. Brier score: {score:.3f}; who tells of each the"
    yield f"share of all that are right gets {np.var(right):.3f}. Its constants were fitted on numbers of these"
    yield "speakers; `--fit-confidence` tells what each is told with those of the others.\n"
    yield card.table(["confidence", "right", "numbers"], [[f"{b.confidence:.2f}", b.right, b.answers] for b in bins])
    yield "![Calibration of confidence](calibration.png)\n"


def cost(evaluation: Evaluation, folder: Path) -> Iterator[str]:
    megabytes = evaluation.megabytes_a_call
    evaluation.strings(CLEAN, 10)
    factor = evaluation.ear.real_time_factor
    yield "### Cost"
    rows = [
        ["real-time factor, all of hearing, one core", f"{factor:.4f}"],
        ["calls in the middle of speech that one core can hear", f"{1 / factor:.0f}"],
        ["memory of a further call in the middle of speech", f"{megabytes:.1f} MB"],
        ["loading all four graphs", f"{evaluation.ear.load_seconds:.2f} s"],
        ["machine", f"{platform.machine()}, {_processor()}"],
    ]
    yield card.table(["what", "figure"], rows)


SECTIONS: dict[str, Section] = {
    "passes": passes,
    "numbers": numbers,
    "calls": calls,
    "as-read": as_read,
    "courtesies": with_courtesies,
    "other-sounds": other_sounds,
    "answers": answers,
    "confidence": confidence,
    "cost": cost,
}


def report(evaluation: Evaluation, folder: Path, only: Sequence[str] = ()) -> str:
    """These parts, or all, as Markdown; pictures go to the folder."""
    asked = [name for name in SECTIONS if name in only or not only]
    if "cost" in asked:
        _ = evaluation.megabytes_a_call  # before anything else has used memory
    return "\n".join(line for name in asked for line in SECTIONS[name](evaluation, folder))


def _processor() -> str:
    lines = Path("/proc/cpuinfo").read_text(encoding="utf-8").splitlines()
    return next((line.split(": ")[1] for line in lines if line.startswith("model name")), "unknown processor")
