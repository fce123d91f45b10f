"""`voicebot serve`: many calls at once, from telephone exchanges."""

from __future__ import annotations

import asyncio
import dataclasses
import logging
import sys
from typing import Annotated

import typer

from bot.settings import load


def serve(
    port: Annotated[int | None, typer.Option(help="Where calls are taken.", min=1, max=65535)] = None,
) -> None:
    """Take calls from telephone exchanges, many at once, until SIGTERM; calls in progress then end normally."""
    from bot.gateway import LOG
    from bot.gateway.serving import serve as serving

    settings = load()
    if port is not None:
        settings = dataclasses.replace(settings, port=port)
    logging.basicConfig(level=logging.INFO, stream=sys.stderr, format=LOG)
    asyncio.run(serving(settings, lambda text: print(f"voicebot: {text}", file=sys.stderr, flush=True)))
