"""A Rasa server behind the house's protocol: its REST channel, POST /webhooks/rest/webhook."""

from __future__ import annotations

import logging
from collections.abc import Mapping, Sequence
from http import HTTPStatus
from typing import Any

import aiohttp

from bot.credentials import Credentials
from bot.dialogue.messages import from_rasa, to_rasa
from bot.errors import VoicebotError
from bot.events import Reply, Utterance
from bot.sealing import Seal
from bot.tracing.parent import metadata

log = logging.getLogger(__name__)

TIMEOUT = aiohttp.ClientTimeout(total=10, connect=3)
"""Seconds: longer than any action takes, shorter than a caller waits."""

PROXY_WITHOUT_RASA = (HTTPStatus.BAD_GATEWAY, HTTPStatus.SERVICE_UNAVAILABLE, HTTPStatus.GATEWAY_TIMEOUT)
"""What a proxy before several Rasa answers when the one that worked on a turn ended, or when none is there."""

ENDED = PROXY_WITHOUT_RASA[:2]
"""Of these, what it answers at once."""

IDLE_SECONDS = 2.0
"""Of a connection until it is closed. Rasa itself closes one after five, perhaps just when a turn is sent over it."""


class ServedRasa:
    """Rasa at `url`, e.g. http://localhost:5005, which wants one of these secrets. Any number of calls at once."""

    def __init__(
        self,
        url: str,
        seal: Seal,
        lengths: Sequence[int],
        secrets: Credentials,
        timeout: aiohttp.ClientTimeout = TIMEOUT,
    ) -> None:
        self._url, self._secrets = url.rstrip("/"), secrets
        self._seal, self._lengths, self._timeout = seal, lengths, timeout
        self._session: aiohttp.ClientSession | None = None

    async def tell(self, call_id: str, utterance: Utterance) -> Reply:
        """One turn. Raises VoicebotError where Rasa cannot be reached, is too slow or answers nonsense.

        A Rasa that ended while it worked on the turn has kept nothing of it, and another may be there, which knows the
        call: it is told once more. What actions do for the turn may then be done twice, and may be: a password that was
        made and not told is replaced (`Accounts.begin_reset`), and what is in force stays so."""
        text = to_rasa(utterance, self._seal.of_call(call_id).seal, self._lengths)
        message = {"sender": call_id, "message": text, **metadata()}
        try:
            try:
                messages = await self._post(message)
            except aiohttp.ClientError as error:
                if not _ended(error):
                    raise
                log.warning("the Rasa at %s that worked on a turn is gone; telling it once more", self._url)
                messages = await self._post(message)
        except TimeoutError:
            raise VoicebotError(
                f"Rasa at {self._url} does not answer in time; see its log and that of its actions"
            ) from None
        except aiohttp.ClientResponseError as error:
            if error.status == HTTPStatus.UNAUTHORIZED:
                raise VoicebotError(
                    f"Rasa at {self._url} does not know this gateway; set the same VOICEBOT_RASA_SECRET for both"
                ) from None
            if error.status in PROXY_WITHOUT_RASA:
                raise VoicebotError(
                    f"no Rasa behind {self._url} answered this turn (status {error.status}); see whether one has ended"
                ) from None
            raise VoicebotError(
                f"{self._url} answers with status {error.status}, not as Rasa's REST channel does;"
                " correct VOICEBOT_RASA_URL, and start Rasa with this project's credentials.yml"
            ) from None
        except (aiohttp.ClientError, ValueError) as error:
            raise VoicebotError(
                f"Rasa at {self._url} cannot be reached ({type(error).__name__});"
                " start it with `rasa run`, or correct VOICEBOT_RASA_URL"
            ) from None
        return from_rasa(messages, self._lengths)

    async def _post(self, message: Mapping[str, object]) -> Any:
        async with self._open().post(f"{self._url}/webhooks/rest/webhook", json=message) as response:
            response.raise_for_status()
            return await response.json()

    async def close(self) -> None:
        if self._session:
            await self._session.close()
            self._session = None

    def _open(self) -> aiohttp.ClientSession:
        """Made on first use: a session belongs to the event loop that is running then."""
        if not self._session:
            self._session = aiohttp.ClientSession(
                timeout=self._timeout,
                headers=self._secrets.headers,
                connector=aiohttp.TCPConnector(limit=0, keepalive_timeout=IDLE_SECONDS),
            )
        return self._session


def _ended(error: aiohttp.ClientError) -> bool:
    """Whether who was asked is gone, and did not merely take too long or answer something else."""
    if isinstance(error, aiohttp.ClientResponseError):
        return error.status in ENDED
    gone = isinstance(error, (aiohttp.ClientConnectionError, aiohttp.ClientPayloadError))
    return gone and not isinstance(error, TimeoutError)
