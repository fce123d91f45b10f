"""Stages of the recipe; see README.md. Everything is kept in work/ and an interrupted run goes on from there."""

import argparse
from pathlib import Path
from typing import NamedTuple

from . import align, corpora, export, network, synthetic, train
from .corpora import Clip

HERE = Path(__file__).resolve().parent
WORK = HERE / "work"
FOLDER = HERE.parent / "vi-digits"
SENTENCES = ("common-voice", "home-commands")


class Pass(NamedTuple):
    """share of the training time, and the highest learning rate."""

    share: float
    peak: float


#: Words alone; sentences too; whole strings as well; the same from better labels and with the development speakers.
PASSES = {
    "first": Pass(0.05, 1.6e-3),
    "second": Pass(0.10, 1.6e-3),
    "third": Pass(0.35, 1.6e-3),
    "fourth": Pass(0.50, 1.2e-3),
}


def clips_to_learn(speech: Path, parts: tuple[str, ...]) -> list[Clip]:
    recorded = [c for c in corpora.load(speech) if c.part in parts and c.name not in corpora.DOUBTFUL]
    return recorded + synthetic.speak(WORK / "synthetic.npz")


def aligned(clips: list[Clip]) -> list[Clip]:
    """Labels from the flat start, for all but the sentences."""
    path = WORK / "flat-start.npz"
    words = [c for c in clips if c.corpus not in SENTENCES]
    if not path.exists():
        align.flat_start(words)
        align.save(path, words)
    words = align.restore(path, words)
    sentences = [c for c in clips if c.corpus in SENTENCES]
    align.unspelled(sentences)
    return words + sentences


def realigned(clips: list[Clip], checkpoint: Path) -> list[Clip]:
    """Labels from a first network; sentences alone while it is young, then everything."""
    again = clips
    if checkpoint.stem != "third":
        clips = aligned(clips)
        again = [c for c in clips if c.corpus in SENTENCES] if checkpoint.stem == "first" else clips
    path = WORK / f"by-{checkpoint.stem}.npz"
    if not path.exists():
        align.by_network(again, network.phone_scores(checkpoint))
        align.save(path, again)
    align.restore(path, again)
    return clips


def main() -> None:
    parser = argparse.ArgumentParser(prog="asr_models/recipe/run.sh", description=__doc__)
    parser.add_argument("stage", nargs="?", default="all", choices=["all", "train", "export", "graphs"])
    parser.add_argument(
        "--shared", type=Path, default=HERE.parents[2] / "shared", help="folder with speech/ and noise/"
    )
    parser.add_argument("--minutes", type=float, default=60, help="of training, all passes together")
    parser.add_argument("--model", type=Path, default=FOLDER, help="model folder to write")
    args = parser.parse_args()
    speech, noise = args.shared / "speech", args.shared / "noise"
    WORK.mkdir(exist_ok=True)
    if args.stage in ("all", "train"):
        few, all_but_test = clips_to_learn(speech, ("train",)), clips_to_learn(speech, ("train", "dev"))

        def pass_on(name: str, clips: list[Clip], start: Path | None, whole_strings: bool = False) -> Path:
            minutes = PASSES[name].share * args.minutes
            return train.train(clips, noise, WORK, name, minutes, PASSES[name].peak, start, whole_strings)

        first = pass_on("first", aligned(few), None)
        second = pass_on("second", realigned(few, first), first)
        third = pass_on("third", realigned(few, second), second, whole_strings=True)
        pass_on("fourth", realigned(all_but_test, third), third, whole_strings=True)
    if args.stage in ("all", "export"):
        export.write(WORK / "fourth.pt", args.model)
    if args.stage == "graphs":
        export.write_graphs(args.model)
    if args.stage in ("all", "export", "graphs"):
        export.write_sums(args.model)


if __name__ == "__main__":
    main()
