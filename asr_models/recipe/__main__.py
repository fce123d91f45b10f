"""Stages of the recipe; see README.md. Everything is kept in work/ and an interrupted run goes on from there.

`python -m asr_models.recipe graphs` needs no PyTorch: the other stages import it when they run."""

import argparse
import sys
from pathlib import Path

from . import graphs, tables

HERE = Path(__file__).resolve().parent
MODELS = HERE.parent


def main() -> None:
    parser = argparse.ArgumentParser(prog="asr_models/recipe/run.sh", description=__doc__)
    parser.add_argument("stage", nargs="?", default="all", choices=["all", "train", "export", "graphs"])
    parser.add_argument("--shared", type=Path, default=HERE.parents[2] / "shared", help="folder with speech, noise")
    parser.add_argument("--minutes", type=float, default=60, help="of training, all passes together (60)")
    parser.add_argument(
        "--step-seconds", type=float, metavar="SECONDS", help="count each step as so long: the same training everywhere"
    )
    parser.add_argument("--licence", choices=["any", "free"], default="any", help="free: of CC0 recordings alone")
    parser.add_argument("--every", type=int, default=1, metavar="N", help="one recording in N, to try the recipe out")
    parser.add_argument("--work", type=Path, help="folder for everything in between")
    parser.add_argument("--model", type=Path, help="model folder to write")
    parser.add_argument("--earlier", type=Path, metavar="CHECKPOINT", help="export the mean with these weights")
    args = parser.parse_args()
    free = args.licence == "free"
    work = args.work or HERE / ("work-free" if free else "work")
    model = args.model or MODELS / ("vi-digits-free" if free else "vi-digits")
    if args.stage in ("all", "train"):
        try:
            tables.check(args.shared)
            from .passes import Recipe

            Recipe(args.shared, work, args.minutes, free, args.every, args.step_seconds).train()
        except tables.MissingError as missing:
            print(missing, file=sys.stderr)
            sys.exit(tables.CANNOT_BE_HAD)
    if args.stage in ("all", "export"):
        from . import export
        from .passes import LAST

        export.write(work / f"{LAST}.pt", model, export.FREE_MIX if free else export.Mix(), args.earlier)
    if args.stage == "graphs":
        graphs.write_all(model)
    if args.stage in ("all", "export", "graphs"):
        graphs.write_sums(model)


if __name__ == "__main__":
    main()
