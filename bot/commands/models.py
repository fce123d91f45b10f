"""`voicebot models`: what recognises speech here, whether it is sound, and how to get more."""

from __future__ import annotations

import json
import re
from typing import Annotated, Any

import typer

from bot.errors import VoicebotError
from bot.settings import load

app = typer.Typer(help="Bundled and downloadable models of the recogniser.", no_args_is_help=True)

AsJson = Annotated[bool, typer.Option("--json", help="One JSON object a line.")]

DIGIT_WORDS = frozenset({"không", "một", "hai", "ba", "bốn", "năm", "sáu", "bảy", "tám", "chín"})
YES_NO_WORDS = frozenset({"đúng", "sai"})


@app.command(name="list")
def list_models(as_json: AsJson = False) -> None:
    """Models known by name, and whether they are on this machine."""
    from bot.hearing.catalogue import catalogue

    chosen = load().model
    for entry in catalogue().values():
        here = entry.folder.is_dir()
        if as_json:
            fields = {"name": entry.name, "installed": here, "bundled": entry.bundled, "rate": entry.rate}
            print(json.dumps(fields | {"licence": entry.licence, "description": entry.description}, ensure_ascii=False))
        else:
            state = "in use" if here and entry.name == chosen else "installed" if here else "absent"
            print(f"{state:<10} {entry.name:<25} {entry.rate:>5} Hz  {entry.licence:<40} {entry.description}")


@app.command()
def check(
    name: Annotated[str | None, typer.Argument(help="A name or a folder; the one in use unless given.")] = None,
    as_json: AsJson = False,
) -> None:
    """Check a model's files, load each of its graphs in a process of its own, and say what it can and cannot do."""
    from bot.events import Grammar
    from bot.hearing import models

    name = name or load().model
    folder = models.find(name)
    own = set(folder.graphs) | {Grammar.ANY}
    trials = {grammar: models.try_out(folder, grammar) for grammar in Grammar if grammar in own}
    shared = trials[Grammar.ANY]
    words = {grammar: trials.get(grammar, shared).words for grammar in Grammar}
    lacks = {
        "digits": sorted(DIGIT_WORDS - words[Grammar.NUMBER]) if words[Grammar.NUMBER] else [],
        "yes and no": sorted(YES_NO_WORDS - words[Grammar.YESNO]) if words[Grammar.YESNO] else [],
    }
    fields: dict[str, Any] = {
        "name": name,
        "path": str(folder.path),
        "rate": folder.rate,
        "checksums": folder.checked,
        "calibrated": folder.calibration.fitted,
        "graphs": sorted(grammar.value for grammar in own),
        "takes_grammars": shared.takes_grammars,
        "load_seconds": round(sum(trial.seconds for trial in trials.values()), 2),
        "lacks": {what: missing for what, missing in lacks.items() if missing},
    }
    _say(as_json, fields, _told(fields))


def _told(fields: dict[str, Any]) -> str:
    only_any = fields["graphs"] == ["any"]
    lines = [
        f"{fields['name']}: sound ({fields['path']})",
        f"  sound at {fields['rate']} Hz" + ("" if fields["rate"] == 8000 else ": telephone sound is resampled to it"),
        "  checksums agree"
        if fields["checksums"]
        else "  no SHA256SUMS: the files cannot be compared with what they were",
        "  has its own calibration.toml"
        if fields["calibrated"]
        else "  no calibration.toml: its confidence is not fitted, so calls ask too often or too seldom",
        "  one graph for everything: what is expected does not narrow what is heard"
        if only_any
        else f"  a graph each for {', '.join(fields['graphs'])}",
        f"  {'can' if fields['takes_grammars'] else 'cannot'} take grammars at run time (this bot uses none)",
        f"  all graphs load in {fields['load_seconds']} s",
    ]
    lines += [f"  cannot hear {', '.join(missing)} ({what})" for what, missing in fields["lacks"].items()]
    return "\n".join(lines)


@app.command()
def fetch(
    name: Annotated[str, typer.Argument(help="A name of `voicebot models list`.")],
    sha256: Annotated[str, typer.Option(help="The zip's SHA-256, for a model whose digest is not known here.")] = "",
    as_json: AsJson = False,
) -> None:
    """Download a model, check it and unpack it; an interrupted download goes on where it stopped."""
    from rich.console import Console
    from rich.progress import BarColumn, DownloadColumn, Progress, TransferSpeedColumn

    from bot.hearing.catalogue import FETCHED, catalogue
    from bot.hearing.fetching import fetch as download

    known = catalogue()
    if name not in known:
        raise VoicebotError(f"no model is called {name!r}; known are {', '.join(known)}")
    entry = known[name]
    if entry.bundled:
        raise VoicebotError(f"model {name} comes with this program; `voicebot models check {name}` looks at it")
    if entry.folder.is_dir():
        _say(as_json, {"name": name, "path": str(entry.folder)}, f"{name} is already there: {entry.folder}")
        return
    if sha256 and not re.fullmatch(r"[0-9a-fA-F]{64}", sha256):
        raise typer.BadParameter("a SHA-256 has 64 hexadecimal digits", param_hint="--sha256")
    if not (digest := sha256 or entry.sha256):
        raise VoicebotError(
            f"model {name}: its SHA-256 is not known here; get it from someone who has the model and give --sha256"
        )
    columns = ("{task.description}", BarColumn(), DownloadColumn(), TransferSpeedColumn())
    with Progress(*columns, console=Console(stderr=True), transient=True) as bar:
        task = bar.add_task(name, total=entry.size or None)

        def show(have: int, total: int) -> None:
            bar.update(task, completed=have, total=total or None)

        folder = download(entry, digest, FETCHED, show)
    use = f"use it with --model {name} or VOICEBOT_MODEL={name}"
    _say(as_json, {"name": name, "path": str(folder)}, f"{name}: fetched to {folder}; {use}")


def _say(as_json: bool, fields: dict[str, Any], text: str) -> None:
    print(json.dumps(fields, ensure_ascii=False) if as_json else text)
