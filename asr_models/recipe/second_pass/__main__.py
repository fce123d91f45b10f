"""Stages of the second pass's recipe; see asr_models/recipe/README.md.

Everything is kept in work/second-pass, and an interrupted training goes on from there.
"""

from __future__ import annotations

import argparse
import math
import os
import shutil
import sys
import time
from pathlib import Path

from .. import corpora, graphs, synthetic, tables
from ..corpora import Clip
from ..line import Surroundings
from . import MissingError, pack

RECIPE = Path(__file__).resolve().parents[1]
DEPTHS, BLOCKS = (4, 6), 6  # as in encoder.py, which needs PyTorch
SPOKEN = 3  # one in so many synthetic phrases is carried along in a pack


def recordings(args: argparse.Namespace) -> tuple[list[Clip], Surroundings]:
    """What the network learns from: of people, of machines, and noise. No test speakers, no doubtful files.

    Raises MissingError.
    """
    kept = args.work / "espeak.npz"
    tables.check(args.shared)
    if not kept.exists() and not shutil.which("espeak-ng"):
        raise MissingError("espeak-ng is missing: apt-get install espeak-ng")
    args.work.mkdir(parents=True, exist_ok=True)
    left_out = {"test", "dev"} if args.dev_apart else {"test"}
    clips = [
        c
        for c in corpora.load(args.shared / "speech", args.licence == "free", args.every)
        if c.part not in left_out and c.name not in corpora.DOUBTFUL
    ]
    clips += synthetic.speak(kept, None if args.every == 1 else 1)
    return clips, Surroundings.load(args.shared / "noise")


def main() -> None:
    parser = argparse.ArgumentParser(prog="asr_models/recipe/run.sh second-pass", description=__doc__)
    parser.add_argument(
        "stage", nargs="?", default="all", choices=["all", "train", "export", "pack"], help="all: train, then export"
    )
    parser.add_argument("--shared", type=Path, default=RECIPE.parents[2] / "shared", help="folder with speech, noise")
    parser.add_argument("--pack", type=Path, help="train: recordings in this pack instead; pack: folder to write")
    parser.add_argument("--work", type=Path, help="folder for the checkpoint and synthetic speech")
    parser.add_argument("--weights", type=Path, help="folder that training writes and export reads (that of --work)")
    parser.add_argument("--model", type=Path, help="export: model folder; writes its folder `second`")
    parser.add_argument("--depth", type=int, default=BLOCKS, choices=DEPTHS, help=f"export: blocks ({BLOCKS})")
    parser.add_argument("--start", type=Path, help="folder with weights to begin with (Whisper's own)")
    parser.add_argument("--minutes", type=float, default=60, help="of training in all (60)")
    parser.add_argument("--piece", type=float, default=math.inf, metavar="MINUTES", help="stop then, to go on later")
    parser.add_argument(
        "--step-seconds", type=float, metavar="SECONDS", help="count each step as so long: the same training everywhere"
    )
    parser.add_argument("--every", type=int, default=1, metavar="N", help="one recording in N, to try the recipe out")
    parser.add_argument("--licence", choices=["any", "free"], default="any", help="free: of free recordings alone")
    parser.add_argument("--dev-apart", action="store_true", help="leave the development speakers out: for trials")
    parser.add_argument("--batch", type=int, default=64, help="examples (64)")
    parser.add_argument("--workers", type=int, default=max(1, (os.cpu_count() or 2) - 1), help="processes that feed")
    parser.add_argument("--peak", type=float, help="highest learning rate (3e-4; from fine-tuned weights 1.5e-4)")
    parser.add_argument("--device", help="cuda or cpu (a GPU where there is one)")
    parser.add_argument("--limit", type=int, default=46, help="pack: MiB of one part (46)")
    args = parser.parse_args()
    free = args.licence == "free"
    args.work = args.work or RECIPE / ("work-free" if free else "work") / "second-pass"
    args.weights = args.weights or args.work
    args.model = args.model or RECIPE.parent / ("vi-digits-free" if free else "vi-digits")
    try:
        if args.stage == "pack":
            write_pack(args)
        if args.stage in ("all", "train"):
            train(args)
        if args.stage in ("all", "export"):
            export(args)
    except MissingError as missing:
        print(missing, file=sys.stderr)
        sys.exit(tables.CANNOT_BE_HAD)


def write_pack(args: argparse.Namespace) -> None:
    clips, surroundings = recordings(args)
    spoken = [c for c in clips if c.corpus.startswith("espeak")][::SPOKEN]
    clips = [c for c in clips if not c.corpus.startswith("espeak")] + spoken
    weights = sorted((args.start or args.shared / "second-pass").glob("*.*"))
    weights = [f for f in weights if f.suffix in (".npz", ".json")]
    folder = args.pack or RECIPE / "work-pack"
    parts = pack.write(clips, surroundings, weights, folder, args.limit << 20)
    print(f"{len(clips)} recordings, {sum(len(c.sound) for c in clips) / 480_000:.0f} minutes")
    for part in parts:
        print(f"{part}: {sum(f.stat().st_size for f in part.iterdir()) / 2**20:.1f} MiB")


def train(args: argparse.Namespace) -> None:
    from . import weights
    from .examples import WordStudio
    from .feed import Feeder
    from .vocabulary import Vocabulary

    checkpoint = args.work / "checkpoint.pt"
    args.work.mkdir(parents=True, exist_ok=True)
    began = time.monotonic()
    if args.pack:
        clips, surroundings = pack.read(args.pack)
    else:
        clips, surroundings = recordings(args)
    # What lies in ../shared learned from recordings of every licence.
    instead = None if args.licence == "free" else args.shared / "second-pass"
    start = weights.begin_with(args.start, args.work, instead)
    print(f"begins with {start.source}")
    vocabulary = start.vocabulary or Vocabulary.of(c.words for c in clips)
    minutes = sum(len(c.sound) for c in clips) / 480_000
    print(
        f"{len(clips)} recordings, {minutes:.0f} minutes, {len(vocabulary.syllables)} classes,"
        f" {time.monotonic() - began:.0f} s to load",
        flush=True,
    )
    import torch  # takes seconds; what is missing has been told

    from .train import Budget, Trainer
    from .train import train as go_on

    at = torch.load(checkpoint, weights_only=True, map_location="cpu")["steps"] if checkpoint.exists() else 0
    feeder = Feeder(WordStudio(clips, surroundings), vocabulary, args.batch, at, args.workers)
    torch.set_num_threads(1)  # on a CPU: the feeding processes need the other cores
    trainer = Trainer(start, vocabulary, args.device or ("cuda" if torch.cuda.is_available() else "cpu"), args.peak)
    if checkpoint.exists():
        trainer.restore(checkpoint)
    if trainer.seconds < args.minutes * 60:
        go_on(trainer, feeder, checkpoint, args.weights, Budget(args.minutes, args.piece, args.step_seconds))
    feeder.close()
    print(f"{trainer.steps} steps, {trainer.seconds / 60:.1f} minutes, weights in {args.weights}")


def export(args: argparse.Namespace) -> None:
    from . import weights

    start = weights.fine_tuned(args.weights)
    from . import export  # brings PyTorch, which takes seconds; what is missing has been told

    export.write(start, args.model / "second", args.depth)
    graphs.write_sums(args.model)
    print(f"exported to {args.model / 'second'}")


if __name__ == "__main__":
    main()
