"""`voicebot simulate`: scripted callers against the whole bot."""

from __future__ import annotations

import asyncio
import json
import sys
from dataclasses import asdict
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from bot.settings import load

if TYPE_CHECKING:
    from bot.simulation.run import Simulated


def simulate(
    files: Annotated[list[Path], typer.Argument(metavar="FILE.yml...", help="Caller scripts.")],
    report: Annotated[
        Path | None, typer.Option(help="Folder for each call's call.wav, timeline.png, transcript.txt and call.html.")
    ] = None,
    as_json: Annotated[bool, typer.Option("--json", help="One JSON object a line.")] = False,
) -> None:
    """Play scripted callers against the whole bot, faster than real time; exit 1 if one does not go as expected."""
    if not asyncio.run(_simulate(files, report, as_json)):
        raise typer.Exit(1)


async def _simulate(files: list[Path], report: Path | None, as_json: bool) -> bool:
    from bot.assembly import open_voicebot
    from bot.events import RATE
    from bot.simulation.caller_script import load_script
    from bot.simulation.run import simulate_call

    scripts = [load_script(file) for file in files]  # a malformed script is told before anything is loaded
    bot = await open_voicebot(load(), [RATE], lambda text: print(f"{text} …", file=sys.stderr, flush=True))
    all_passed = True
    try:
        for file, script in zip(files, scripts, strict=True):
            result = await simulate_call(bot, script)
            all_passed &= result.passed
            if report:
                result.write_report(report / file.stem)
            print(_as_json(file, result) if as_json else _as_text(file, result), flush=True)
    finally:
        await bot.close()
    return all_passed


def _as_json(file: Path, result: Simulated) -> str:
    fields = {
        "script": str(file),
        "passed": result.passed,
        "outcome": result.outcome.value,
        "turns": [asdict(exchange) for exchange in result.record.exchanges],
        "seconds": round(result.seconds, 2),
        "failure": result.failure,
    }
    return json.dumps(fields, ensure_ascii=False)


def _as_text(file: Path, result: Simulated) -> str:
    verdict = "passed" if result.passed else f"FAILED: {result.failure}"
    lines = [f"{file}: {verdict} ({result.outcome.value}, {result.seconds:.1f} s)"]
    for exchange in result.record.exchanges:
        if exchange.heard:
            lines.append(f"    caller  {exchange.heard}")
        waited = "" if exchange.ms is None else f"  [{exchange.ms:.0f} ms]"
        lines.append(f"    bot     {exchange.said}{waited}")
    return "\n".join(lines)
