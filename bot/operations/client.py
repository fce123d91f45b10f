"""How a gateway reaches the account store: over HTTP, through the action server (bot/operations/desk.py)."""

from __future__ import annotations

import json
from typing import Any

import aiohttp

from bot.credentials import Credentials
from bot.errors import VoicebotError
from bot.sealing import Purpose, Seal

TIMEOUT = aiohttp.ClientTimeout(total=5)
"""Seconds: longer than a transaction may take."""

UNREACHABLE = 503


class Refused(VoicebotError):  # noqa: N818  # the name says what happened
    """The action server refused or did not answer. `status`: the HTTP status; `seconds`: how long to wait, where
    waiting helps."""

    def __init__(self, status: int, error: str, seconds: int = 0) -> None:
        super().__init__(error)
        self.status, self.seconds = status, seconds


class Client:
    """Asks the action server at `url`, e.g. http://localhost:5055/webhook, which demands one of the secrets. The fields
    of a question are sealed."""

    def __init__(self, url: str, secrets: Credentials, seal: Seal) -> None:
        self._url = url.removesuffix("/webhook").rstrip("/")
        self._secrets, self._seal = secrets, seal

    async def ask(self, what: str, **fields: Any) -> dict[str, Any]:
        """Raises Refused."""
        sealed = self._seal.seal(json.dumps({"act": what, **fields}), Purpose.OPERATIONS)
        try:
            async with (
                aiohttp.ClientSession(timeout=TIMEOUT, headers=self._secrets.headers) as session,
                session.post(f"{self._url}/operations/{what}", json={"sealed": sealed}) as response,
            ):
                found: dict[str, Any] = await response.json()
                if response.status >= 400:
                    raise Refused(response.status, str(found["error"]), int(found.get("seconds", 0)))
                return found
        except TimeoutError:
            raise Refused(UNREACHABLE, "the action server does not answer in time") from None
        except (aiohttp.ClientError, OSError, ValueError, LookupError, TypeError) as error:
            reason = f"the action server at {self._url} does not answer ({type(error).__name__})"
            raise Refused(UNREACHABLE, f"{reason}; start it, or correct VOICEBOT_ACTIONS_URL") from None
