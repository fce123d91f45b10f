"""The action server behind a secret: `rasa run actions` itself asks nobody for any.

rasa_sdk lets a plugin add to its server; importing `bot.actions`, which the server does to find the actions, registers
this one."""

from __future__ import annotations

import sys

from pluggy import HookimplMarker
from rasa_sdk.plugin import plugin_manager
from sanic import Sanic
from sanic.request import Request
from sanic.response import HTTPResponse

from bot.credentials import of_rasa
from bot.dialogue.refusing import refused
from bot.settings import load

OPEN = "/health"
"""What a probe asks, which knows no secret; it tells nothing but that the server is there."""

LARGEST = 4_000_000
"""Bytes of a request: the domain and all that a call said, some 100,000."""


@HookimplMarker("rasa_sdk")
def attach_sanic_app_extensions(app: Sanic) -> None:
    """Answer requests with VOICEBOT_RASA_SECRET; without that setting, those of this machine alone.

    Raises VoicebotError where the secret is none."""
    secrets = of_rasa(load())
    app.config.REQUEST_MAX_SIZE = LARGEST

    @app.on_request  # type: ignore[untyped-decorator]  # sanic's is untyped
    async def guard(request: Request) -> HTTPResponse | None:
        return None if request.path == OPEN else refused(request, secrets)


def hang() -> None:
    """Put the door before the action server of this process, should there be one. Twice is once."""
    if not plugin_manager().is_registered(sys.modules[__name__]):
        plugin_manager().register(sys.modules[__name__])
