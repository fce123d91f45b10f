"""`make eval`: measures a model on speakers left out of training, and writes the figures on its card."""

from __future__ import annotations

import argparse
import dataclasses
from pathlib import Path

from asr_models.evaluation import background, calibration_file, card, confidence, sections
from asr_models.evaluation.measure import Evaluation, Recordings
from bot.errors import VoicebotError
from bot.hearing import second_of
from bot.hearing.models import find
from bot.places import PACKAGES
from bot.settings import load


def beside(models: list[str], recordings: Recordings, strings: int) -> str:
    """A short table of the first model's figures and another's, as Markdown."""
    names = [find(model).path.name for model in models]
    columns = [dict(Evaluation(model, recordings, strings).in_short()) for model in models]
    rows = [[what, *(column[what] for column in columns)] for what in columns[0]]
    return f"{strings} strings for each speaker and line.\n\n" + card.table(["what", *names], rows)


def main() -> None:
    args = _arguments()
    if not (args.shared / "speech" / "utterances.tsv").exists():
        raise SystemExit(
            f"evaluation needs the recordings, and {args.shared} has none; name their folder with --shared"
        )
    try:
        print(_work(args), end="")
    except VoicebotError as error:
        raise SystemExit(f"evaluation: {error}") from None


def _work(args: argparse.Namespace) -> str:
    """What is to be printed."""
    folder = find(args.model).path
    recordings = Recordings(args.part, args.shared)
    if args.fit_confidence:
        return _fit_confidence(args, recordings)
    if args.background:
        others = Recordings("dev" if args.part == "test" else "test", args.shared)
        settings = dataclasses.replace(load(), model=args.model)
        return background.report(settings, recordings.clips, others.clips, recordings.around, args.background)
    if args.beside:
        text = beside([args.model, args.beside], recordings, args.strings)
    else:
        evaluation = Evaluation(args.model, recordings, args.strings, args.calls)
        text = sections.report(evaluation, folder if args.card else Path.cwd(), args.only)
    if not args.card:
        return text
    path = folder / "CARD.md"
    old = path.read_text(encoding="utf-8") if path.exists() else f"# {folder.name}\n"
    if args.only and not args.beside:
        new = card.merged(old, text)
    else:
        new = card.replaced(old, text, card.BESIDE if args.beside else card.FIGURES)
    path.write_text(new, encoding="utf-8")
    return ""


def _fit_confidence(args: argparse.Namespace, recordings: Recordings) -> str:
    """Fits the constants of confidence, and writes them where that was asked for; what is to be printed."""
    folder = find(args.model)
    numbers = list(confidence.dictated(args.model, recordings, args.strings))
    constants, text = confidence.report(numbers, folder.calibration.numbers, second_of(args.model))
    if args.write:
        calibration_file.write(folder.path, constants)
    return calibration_file.told(constants) + "\n" + text


def _arguments() -> argparse.Namespace:
    parser = argparse.ArgumentParser(prog="python -m asr_models.evaluation", description=__doc__)
    parser.add_argument("--model", default="vi-digits", help="name or folder")
    parser.add_argument("--part", default="test", choices=["test", "dev"], help="whom to measure on (test)")
    parser.add_argument("--strings", type=int, default=60, help="for each speaker and line")
    parser.add_argument("--calls", type=int, default=25, help="scripted calls for each speaker and line; 0: none")
    parser.add_argument(
        "--only", nargs="+", default=[], choices=sections.SECTIONS, metavar="PART", help=", ".join(sections.SECTIONS)
    )
    parser.add_argument(
        "--shared", type=Path, default=PACKAGES.parent / "shared", help="folder with speech/ and noise/"
    )
    parser.add_argument("--card", action="store_true", help="write on the model's card, not to the terminal")
    parser.add_argument("--beside", metavar="MODEL", help="only compare with another model, by name or folder")
    parser.add_argument(
        "--fit-confidence", action="store_true", help="only fit the constants of confidence, and print them"
    )
    parser.add_argument(
        "--write", action="store_true", help="with --fit-confidence: write them into the model's calibration.toml"
    )
    parser.add_argument(
        "--background",
        type=int,
        default=0,
        metavar="CALLS",
        help="run this measure alone: N calls in each room with other voices (default 30)",
    )
    args = parser.parse_args()
    if args.write and not args.fit_confidence:
        parser.error("--write goes with --fit-confidence")
    return args


if __name__ == "__main__":
    main()
