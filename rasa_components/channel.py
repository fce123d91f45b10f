"""Rasa's REST channel behind a secret; credentials.yml names it. Without a secret a served Rasa would take turns of any
call from anybody who reaches its port."""

from __future__ import annotations

import hashlib
import hmac
import ipaddress
import os
from collections.abc import Awaitable, Callable
from typing import Any

from rasa.core.channels.channel import UserMessage
from rasa.core.channels.rest import RestInput
from rasa.shared.core.training_data.story_reader.yaml_story_reader import YAMLStoryReader
from rasa.shared.nlu.constants import ENTITIES, INTENT, INTENT_RANKING_KEY, TEXT
from rasa.shared.nlu.training_data.message import Message
from sanic import Blueprint
from sanic.request import Request
from sanic.response import HTTPResponse, json

from rasa_components import answers, log_filters

SETTING = "VOICEBOT_RASA_SECRET"

LARGEST = 1 << 14
"""Bytes of a turn: its call, and what the caller said with its numbers sealed. Rasa stands still for seconds over a
text of a megabyte, for all calls."""

STRANGERS_LOGS = ("sanic.error", "sanic.root", "asyncio")
"""Loggers in which a line can come from a connection that has not shown the secret."""


class GuardedRest(RestInput):
    """`/webhooks/rest/`, for requests with one of the secrets; without a secret, only for this machine."""

    def __init__(self, secrets: str) -> None:
        self._digests = [_digest(part.strip()) for part in secrets.split(",") if part.strip()]

    @classmethod
    def from_credentials(cls, credentials: dict[str, Any] | None) -> GuardedRest:
        """The secrets come from the environment, with commas between them, and never from credentials.yml."""
        answers.check_once()
        log_filters.quote_nothing(*STRANGERS_LOGS)
        log_filters.keep_short(*STRANGERS_LOGS)
        return cls(os.environ.get(SETTING, ""))

    def admits(self, authorization: str | None, address: str, origin: str | None = None) -> bool:
        """Whether an Authorization header holds one of the secrets (compared in constant time); if there are no
        secrets, whether the request came from this machine. A page in a browser, which sends its `origin`, is never
        admitted: it could post to this machine without anybody noticing."""
        if origin is not None:
            return False
        if not self._digests:
            return _is_loopback(address)
        scheme, _, given = (authorization or "").partition(" ")
        digest = _digest(given.strip() if scheme.lower() == "bearer" else "")
        return sum(hmac.compare_digest(digest, each) for each in self._digests) > 0  # all are compared

    def blueprint(self, on_new_message: Callable[[UserMessage], Awaitable[None]]) -> Blueprint:
        async def told(message: UserMessage) -> None:
            message.parse_data = named(message.text or "")
            await on_new_message(message)

        routes: Blueprint = super().blueprint(told)
        for route in routes._future_routes:  # else Sanic reads up to 100 MB before it asks the guard
            route.handler.is_stream = True

        @routes.on_request
        async def guard(request: Request) -> HTTPResponse | None:
            request.stream.request_max_size = LARGEST
            if not self.admits(request.headers.get("Authorization"), request.ip, request.headers.get("Origin")):
                error = f"set the same {SETTING} for the bot and for Rasa"
                return json({"error": error}, status=401, headers={"WWW-Authenticate": "Bearer"})
            if request.stream.request_body:
                await request.receive_body()
                if not _is_turn(request.json):
                    return json({"error": "no turn of a call"}, status=400)
            return None

        return routes


def _is_turn(body: object) -> bool:
    """Whether it has the shape of one; Rasa itself fails at anything else, with a traceback."""
    return isinstance(body, dict) and all(isinstance(body.get(each), str) for each in ("sender", "message"))


def named(text: str) -> dict[str, Any] | None:
    """The meaning of a text that names its intent, such as `/give_number{"number_source": "keys"}`; None for a
    sentence.

    Rasa finds that out, too, but only after it has tried to understand the text, which takes half the time of such a
    turn."""
    message = YAMLStoryReader.unpack_regex_message(Message({TEXT: text}))
    if not message.get(INTENT):
        return None
    found = {each: message.get(each) for each in (TEXT, INTENT, INTENT_RANKING_KEY, ENTITIES)}
    return {**found, ENTITIES: found[ENTITIES] or []}


def _digest(secret: str) -> bytes:
    return hashlib.sha256(secret.encode(errors="surrogateescape")).digest()


def _is_loopback(address: str) -> bool:
    try:
        return ipaddress.ip_address(address).is_loopback
    except ValueError:
        return False
