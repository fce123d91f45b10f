"""`voicebot notices`: owners are told that their password was reset."""

from __future__ import annotations

import asyncio
import json
import logging
from dataclasses import asdict
from typing import Annotated

import typer

from bot.errors import VoicebotError
from bot.settings import load

app = typer.Typer(help="Tell owners that their password was reset.", no_args_is_help=True)

LOG = "%(asctime)s %(levelname)s %(name)s: %(message)s"


@app.callback()
def _group() -> None:
    """A group, although it has one command."""


@app.command()
def send(
    watch: Annotated[bool, typer.Option("--watch", help="Go on, until stopped.")] = False,
    as_json: Annotated[bool, typer.Option("--json", help="Print one JSON object.")] = False,
) -> None:
    """Send what is due, once. The action server, which `voicebot serve` starts, does so by itself. Exit 1 where
    something could not be sent; it stays, and is tried again."""
    from bot.accounts import open_accounts
    from bot.accounts.courier import Courier, by

    settings = load()
    deliver = by(settings)
    if deliver is None:
        raise VoicebotError("nobody is to be told: set VOICEBOT_NOTICE_COMMAND or VOICEBOT_NOTICE_URL")
    outbox = open_accounts(settings).outbox
    courier = Courier(lambda: outbox, deliver)
    if watch:
        logging.basicConfig(level=logging.WARNING, format=LOG)
        asyncio.run(courier.run())
    done = asyncio.run(courier.round())
    waiting = outbox.waiting()
    text = f"{done.sent} sent, {done.failed} could not be sent, {waiting} waiting."
    typer.echo(json.dumps({**asdict(done), "waiting": waiting}) if as_json else text)
    if done.failed:
        raise typer.Exit(1)
