"""Rasa's REST channel behind a secret: what credentials.yml names. Without one a served Rasa would take turns of any
call from anybody who reaches its port."""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from typing import Any

from rasa.core.channels.channel import UserMessage
from rasa.core.channels.rest import RestInput
from sanic import Blueprint
from sanic.request import Request
from sanic.response import HTTPResponse

from bot.credentials import Credentials, of_rasa
from bot.dialogue.refusing import refused
from bot.settings import load


class GuardedRest(RestInput):  # type: ignore[misc]  # rasa ships no types
    """`/webhooks/rest/`, for requests with VOICEBOT_RASA_SECRET; without that setting, for this machine alone."""

    def __init__(self, secrets: Credentials) -> None:
        self._secrets = secrets

    @classmethod
    def from_credentials(cls, credentials: dict[str, Any] | None) -> GuardedRest:
        """Raises VoicebotError where the secret is none. It comes from the settings, never from credentials.yml."""
        return cls(of_rasa(load()))

    def blueprint(self, on_new_message: Callable[[UserMessage], Awaitable[None]]) -> Blueprint:
        routes: Blueprint = super().blueprint(on_new_message)

        @routes.on_request  # type: ignore[untyped-decorator]  # sanic's is untyped
        async def guard(request: Request) -> HTTPResponse | None:
            return refused(request, self._secrets)

        return routes
