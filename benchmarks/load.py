"""How many calls one machine holds: synthetic callers over the real WebSocket protocol, at the pace of real calls.

    python -m benchmarks.load                        more callers step by step, until the quality drops
    python -m benchmarks.load --soak 60 --calls 70   that many calls at once for an hour
    python -m benchmarks.load --overload 1.5 --calls 100     1.5 times the calls that the gateway takes

Calls are held well if the bot's sound never breaks off in the middle, no call is dropped or ends wrongly, and 95 of 100
answers begin in less than 800 ms. This time begins at the end of the caller's last word or key, without the wait in
which the caller may go on: 0.8 s after a number in keys that may have one more, a second after a yes.

The gateway is a process of its own with its own account store; the callers share this machine with it.
"""

from __future__ import annotations

import argparse
import asyncio
import json
import os
import sys
from dataclasses import asdict
from pathlib import Path

from benchmarks import figures
from benchmarks.load_drive import Callers, Level, hold
from benchmarks.load_gateway import running
from benchmarks.load_people import cast
from benchmarks.load_report import in_short, print_levels, write_picture
from bot.settings import load

LIMIT_SECONDS = 0.8
"""95 of 100 answers begin within this time."""


def main() -> None:
    parser = argparse.ArgumentParser(
        prog="python -m benchmarks.load",
        description=__doc__.splitlines()[0],
        epilog="\n".join(__doc__.splitlines()[2:]),
        formatter_class=argparse.RawDescriptionHelpFormatter,
    )
    parser.add_argument("--step", type=int, default=20, help="callers added at a time (20)")
    parser.add_argument("--most", type=int, default=300, help="callers at most (300)")
    parser.add_argument("--seconds", type=float, default=60, help="how long each number of callers is measured (60)")
    parser.add_argument("--calls", type=int, help="this number of callers only, or the gateway's limit of --overload")
    parser.add_argument("--soak", type=float, metavar="MINUTES", help="hold --calls for so long, a row each minute")
    parser.add_argument("--overload", type=float, metavar="FACTOR", help="bring so many times --calls to the gateway")
    parser.add_argument("--out", type=Path, default=Path("results/load"), help="folder of load.png and load.json")
    parser.add_argument(
        "--write",
        metavar="NAME",
        choices=["load", "soak", "overload"],
        help="write the figures under this name in docs/figures.json, and where README and docs quote them",
    )
    arguments = parser.parse_args()
    if (arguments.soak or arguments.overload) and not arguments.calls:
        parser.error("--soak and --overload need --calls")
    levels = asyncio.run(measure(arguments))
    if not levels:
        sys.exit("no call was held; see the gateway's log above")
    print_levels(levels, LIMIT_SECONDS)
    arguments.out.mkdir(parents=True, exist_ok=True)
    (arguments.out / "load.json").write_text(json.dumps([asdict(level) for level in levels], indent=1))
    write_picture(arguments.out / "load.png", levels, LIMIT_SECONDS)
    if arguments.write:
        figures.record(arguments.write, in_short(levels, LIMIT_SECONDS))
    print(f"\n{arguments.out}/load.png shows it; load.json has all figures.")


async def measure(arguments: argparse.Namespace) -> list[Level]:
    """The results of each level, one after the other on one gateway."""
    most = arguments.calls or arguments.most
    limit = most
    if arguments.overload:
        most = round(most * arguments.overload)
    settings = load({"VOICEBOT_NUMBER_LENGTHS": "10"})
    tell("making callers")
    parts = await asyncio.to_thread(cast, most, settings)
    async with running([(part.phone, number) for part, number in parts], limit, tell) as gateway:
        callers = Callers([part for part, _ in parts], gateway.port, gateway.secret)
        pacing = asyncio.ensure_future(callers.run())
        try:
            await hold(callers, gateway, min(2, most), 25)  # the first calls warm everything
            levels = []
            for count, seconds in plan(arguments, most):
                level = await hold(callers, gateway, count, seconds)
                tell(level.line())
                levels.append(level)
                if not (arguments.soak or arguments.overload) and not level.well(LIMIT_SECONDS):
                    break
        finally:
            pacing.cancel()
            await asyncio.wait([pacing])
    return levels


def plan(arguments: argparse.Namespace, most: int) -> list[tuple[int, float]]:
    """Numbers of callers, and for how many seconds each is measured."""
    if arguments.soak:
        return [(most, 60.0)] * max(1, round(arguments.soak))
    if arguments.calls:
        return [(most, arguments.seconds)]
    return [(count, arguments.seconds) for count in range(arguments.step, most + 1, arguments.step)]


def tell(text: str) -> None:
    print(text, "…", file=sys.stderr, flush=True)


if __name__ == "__main__":
    os.environ.setdefault("RASA_TELEMETRY_ENABLED", "false")
    main()
