"""Stages of the recipe; see README.md. Everything is kept in work/ and an interrupted run goes on from there."""

import argparse
from pathlib import Path

from . import align, corpora, evaluate, export, network, synthetic, train
from .corpora import Clip

HERE = Path(__file__).resolve().parent
WORK = HERE / "work"
FOLDER = HERE.parent / "vi-digits"
SENTENCES = ("common-voice", "home-commands")


#: Shares of the training time: words alone, then sentences too, then whole strings as well.
PASSES = {"first": 0.08, "second": 0.16, "third": 0.76}


def clips_to_learn(speech: Path) -> list[Clip]:
    return [c for c in corpora.load(speech) if c.part == "train"] + synthetic.speak(WORK / "synthetic.npz")


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
    parser.add_argument("stage", nargs="?", default="all", choices=["all", "train", "export", "graphs", "evaluate"])
    parser.add_argument(
        "--shared", type=Path, default=HERE.parents[2] / "shared", help="folder with speech/ and noise/"
    )
    parser.add_argument("--minutes", type=float, default=74, help="of training, all passes together")
    parser.add_argument("--model", type=Path, default=FOLDER, help="model folder to write or to evaluate")
    parser.add_argument("--part", default="test", choices=["dev", "test"], help="whom to evaluate on")
    args = parser.parse_args()
    speech, noise = args.shared / "speech", args.shared / "noise"
    WORK.mkdir(exist_ok=True)
    if args.stage in ("all", "train"):
        clips = clips_to_learn(speech)
        share = {name: part * args.minutes for name, part in PASSES.items()}
        first = train.train(aligned(clips), noise, WORK, "first", share["first"])
        second = train.train(realigned(clips, first), noise, WORK, "second", share["second"], first)
        clips = realigned(clips, second)
        train.train(clips, noise, WORK, "third", share["third"], second, whole_strings=True)
    if args.stage in ("all", "export"):
        export.write(WORK / "third.pt", args.model)
    if args.stage == "graphs":
        export.write_graphs(args.model)
    if args.stage in ("all", "export", "graphs"):
        export.write_sums(args.model)
    if args.stage in ("all", "evaluate"):
        evaluate.report(args.model, [c for c in corpora.load(speech) if c.part == args.part])


if __name__ == "__main__":
    main()
