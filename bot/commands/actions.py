"""`voicebot actions`: the server that Rasa asks for its actions."""

from __future__ import annotations

import asyncio
import logging
import signal
import sys
from typing import Annotated

import typer

from bot.settings import load


def actions(
    port: Annotated[int, typer.Option(help="Where Rasa reaches it (endpoints.yml).", min=1, max=65535)] = 5055,
    host: Annotated[str, typer.Option(help="This machine's address to listen on.")] = "127.0.0.1",
) -> None:
    """Serve Rasa's actions until stopped. `voicebot call` and `voicebot serve` start one by themselves where no
    VOICEBOT_RASA_URL is set; run it beside `rasa shell`, and beside every Rasa of your own."""
    from bot.actions.server import serve_actions
    from bot.credentials import of_rasa
    from bot.gateway import LOG

    settings = load()
    logging.basicConfig(level=logging.WARNING, stream=sys.stderr, format=LOG)
    logging.getLogger("bot.accounts.audit").setLevel(logging.INFO)  # checkpoints: the log is a copy of them elsewhere

    async def run() -> None:
        stop = asyncio.Event()
        for each in (signal.SIGINT, signal.SIGTERM):
            asyncio.get_running_loop().add_signal_handler(each, stop.set)
        await serve_actions(settings, of_rasa(settings), host, port, stop)

    asyncio.run(run())
