"""`voicebot simulate`: scripted callers against the whole bot."""

from __future__ import annotations

import asyncio
import json
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import asdict
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, TextIO

import typer

from bot.errors import VoicebotError, of_file
from bot.settings import load

if TYPE_CHECKING:
    from bot.reports.event_log import Event
    from bot.simulation.run import Simulated


def simulate(
    files: Annotated[list[Path], typer.Argument(metavar="FILE.yml...", help="Caller scripts.")],
    report: Annotated[Path | None, typer.Option(help="Folder for each call's sound, page, picture and events.")] = None,
    as_json: Annotated[bool, typer.Option("--json", help="One JSON object a line.")] = False,
    events: Annotated[
        str | None,
        typer.Option(metavar="FILE|-", help="Where to write each event of the calls, one JSON object a line."),
    ] = None,
) -> None:
    """Play scripted callers against the whole bot, faster than real time; exit 1 if one does not go as expected."""
    if events == "-" and as_json:
        raise typer.BadParameter("--json and --events - both write to stdout; give --events a file")
    with _opened(events) as out:
        if not asyncio.run(_simulate(files, report, as_json, out)):
            raise typer.Exit(1)


@contextmanager
def _opened(events: str | None) -> Iterator[TextIO | None]:
    """Where the events go. Raises VoicebotError where the file cannot be written."""
    if events is None:
        yield None
    elif events == "-":
        yield sys.stdout
    else:
        try:
            file = Path(events).open("w", encoding="utf-8")  # noqa: SIM115  # closed below
        except OSError as error:
            raise VoicebotError(f"{events}: cannot be written ({error.strerror}); give --events another file") from None
        try:
            yield file
        finally:
            with of_file(events):
                file.close()


async def _simulate(files: list[Path], report: Path | None, as_json: bool, out: TextIO | None) -> bool:
    from bot.assembly import open_voicebot
    from bot.events import RATE
    from bot.simulation.caller_script import load_script
    from bot.simulation.run import simulate_call

    scripts = [load_script(file) for file in files]  # a malformed script is told before anything is loaded
    bot = await open_voicebot(load(), [RATE], lambda text: print(f"{text} …", file=sys.stderr, flush=True))
    all_passed = True
    try:
        for file, script in zip(files, scripts, strict=True):
            result = await simulate_call(bot, script, tell=partial(_tell, out, str(file)))
            all_passed &= result.passed
            if report:
                result.write_report(report / file.stem)
            text = _as_json(file, result) if as_json else _as_text(file, result)
            print(text, file=sys.stderr if out is sys.stdout else sys.stdout, flush=True)
    finally:
        await bot.close()
    return all_passed


def _tell(out: TextIO | None, script: str, event: Event) -> None:
    if out:
        with of_file(out.name):
            print(json.dumps({"script": script, **event}, ensure_ascii=False), file=out, flush=True)


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
