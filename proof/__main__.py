"""`make prove`: key-driven calls through the whole bot, faster than real time, with a fault in each.

    python -m proof --calls 30000 --seed 1 --json proof/results.json

Results are written every 1,000 calls. The fault of the n-th call is derived from seed and n (proof/plan.py); --first
begins with another n.
"""

from __future__ import annotations

import argparse
import asyncio
import json
import logging
import os
import platform
import subprocess
import sys
import tempfile
import time
from pathlib import Path
from typing import Any

from bot.assembly import DOMAIN, read_prompts
from bot.places import PACKAGES
from proof.campaign import Campaign, as_json
from proof.house import opened
from proof.table import last_of, table, together
from tests.rasa_tools import SharedRasa

PROGRESS_SECONDS = 10.0

PIECE = 1000
"""Calls after which results are written and the bot is opened again: an interruption loses no more."""


def main() -> None:
    parser = argparse.ArgumentParser(prog="python -m proof", description=__doc__.splitlines()[0])
    parser.add_argument("--calls", type=int, default=30_000, help="calls in all, the undisturbed ones among them")
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--first", type=int, default=0, help="n of the first call")
    parser.add_argument("--minutes", type=float, default=0.0, help="end after so many; 0: when all calls were held")
    parser.add_argument("--json", type=Path, help="where the results go")
    parser.add_argument("--resume", action="store_true", help="go on behind the calls in the file of --json")
    arguments = parser.parse_args()
    results: dict[str, Any] = {}
    if arguments.resume and arguments.json and arguments.json.exists():
        results = json.loads(arguments.json.read_text("utf-8"))
    began = time.monotonic()
    while (left := arguments.calls - results.get("calls", 0)) > 0:
        minutes = arguments.minutes - (time.monotonic() - began) / 60
        if arguments.minutes and minutes <= 0:
            break
        first = last_of(results, arguments.seed) + 1 if results else arguments.first
        held = results.get("calls", 0)
        new = asyncio.run(
            prove(min(PIECE, left), arguments.seed, first, max(0.0, minutes), shown=(held, arguments.calls))
        )
        results = together(results, new) if results else new
        if arguments.json:
            arguments.json.write_text(json.dumps(results, ensure_ascii=False, indent=1) + "\n", "utf-8")
    print(table(results))
    sys.exit(1 if results["violations"] else 0)


async def prove(
    calls: int, seed: int, first: int, minutes: float, folder: Path | None = None, shown: tuple[int, int] | None = None
) -> dict[str, Any]:
    """Hold the calls and return the results. `shown`: calls held before and calls in all, for the progress."""
    with tempfile.TemporaryDirectory(prefix="proof-") as made:
        folder = folder or Path(made)
        log_file = folder / "run.log"
        handler = logging.FileHandler(log_file, encoding="utf-8")
        logging.getLogger().addHandler(handler)
        began = time.monotonic()
        rasa = SharedRasa(PACKAGES / "models" / "dialogue.tar.gz")
        try:
            async with opened(folder, rasa) as house:
                campaign = Campaign(house, seed, read_prompts(DOMAIN)[0], log_file)
                opened_at = time.monotonic()
                n = first
                before, of = shown or (0, calls)
                told_at = 0.0
                while (done := campaign.tally.calls + campaign.tally.fresh) < calls:
                    now = time.monotonic()
                    if minutes and now - began > minutes * 60:
                        break
                    if now - told_at > PROGRESS_SECONDS:
                        _show(done, before, of, now - opened_at, sum(campaign.tally.violations.values()))
                        told_at = now
                    await campaign.hold([n], lambda _: None)
                    n += 1
                seconds = time.monotonic() - opened_at
                _show(done, before, of, seconds, sum(campaign.tally.violations.values()))
            campaign.look_through(folder)
        finally:
            rasa.close()
            logging.getLogger().removeHandler(handler)
            handler.close()
        return {
            "seed": seed,
            "first": first,
            "last": n - 1,
            **as_json(campaign.tally),
            "seconds": round(seconds, 1),
            "calls_per_second": round(done / seconds, 2),
            "commit": commit(),
            "machine": f"{platform.machine()}, {os.cpu_count()} cores, {platform.system()} {platform.release()}",
            "python": platform.python_version(),
        }


def _show(done: int, before: int, of: int, seconds: float, violations: int) -> None:
    """`done` calls in so many seconds, behind those `before` them."""
    rate = done / seconds if seconds else 0.0
    left = (of - before - done) / rate / 60 if rate else 0.0
    end = "\r" if sys.stderr.isatty() else "\n"
    line = f"{before + done} of {of} calls, {rate:.1f} a second, {left:.0f} min left, {violations} violations"
    print(line, end=end, file=sys.stderr, flush=True)


def commit() -> str:
    """The commit that is run, and whether files differ from it, except the record of results."""

    def git(*words: str) -> str:
        done = subprocess.run(["git", *words], cwd=PACKAGES, capture_output=True, text=True, check=False)
        return done.stdout.strip()

    changed = git("status", "--porcelain", "--untracked-files=no", "--", ".", ":(exclude)proof/*.json")
    return git("describe", "--always", "--abbrev=12") + ("-dirty" if changed else "")


if __name__ == "__main__":
    main()
