"""What Rasa and its action server, both of Sanic, answer a request without the secret."""

from __future__ import annotations

from sanic.request import Request
from sanic.response import HTTPResponse, json

from bot.credentials import Credentials


def refused(request: Request, secrets: Credentials) -> HTTPResponse | None:
    """The answer 401, or None for a request that may pass."""
    if secrets.admit_here(request.headers.get("Authorization"), request.ip):
        return None
    error = "set the same VOICEBOT_RASA_SECRET for the gateway, Rasa and its actions"
    return json({"error": error}, status=401, headers={"WWW-Authenticate": "Bearer"})
