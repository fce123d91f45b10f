"""`voicebot phrases`: what data/ says callers may say, into the recogniser's graphs."""

from __future__ import annotations

import json
import sys
import time
from typing import Annotated

import typer

from bot.places import HOME
from bot.settings import load

app = typer.Typer(help="What callers may say, from data/nlu into the recogniser.", no_args_is_help=True)


@app.callback()
def phrases() -> None:
    """Without this Typer would take the one command for the whole."""


@app.command()
def build(
    model: Annotated[str | None, typer.Option(help="A model's name or folder; the one in use unless given.")] = None,
    as_json: Annotated[bool, typer.Option("--json", help="One JSON object a line.")] = False,
) -> None:
    """Put the examples of new intents of the menu (domain.yml, data/nlu) into its graph, in var/graphs."""
    from bot.events import Grammar
    from bot.hearing import models
    from bot.phrases.build import build as make
    from bot.phrases.wording import menu_phrases

    began = time.perf_counter()
    name = model or load().model
    made = make(models.find(name, built_graphs=False), menu_phrases(HOME))
    if made.folder:
        models.try_out(models.find(name), Grammar.MENU)
    for intent, examples in made.left_out.items():
        print(
            f"voicebot: left out of {intent}, for a word is no Vietnamese syllable: {', '.join(examples)};"
            " spell it as it is said",
            file=sys.stderr,
        )
    counts = {intent: len(examples) for intent, examples in made.phrases.items()}
    seconds = round(time.perf_counter() - began, 2)
    if as_json:
        fields = {"model": name, "path": str(made.folder) if made.folder else None, "phrases": counts}
        print(json.dumps(fields | {"left_out": made.left_out, "seconds": seconds}, ensure_ascii=False))
    elif made.folder:
        told = ", ".join(f"{count} phrases of {intent}" for intent, count in counts.items())
        print(f"{name}: {told} can be said in the menu ({made.folder}, {seconds} s)")
    else:
        print(f"{name}: its own graph holds every intent of the menu; nothing to build")
