"""Whether calls from an exchange can come in: one call as Asterisk brings it, of a caller who withholds the number."""

from __future__ import annotations

import asyncio
import time
from collections.abc import Mapping

import aiohttp

from bot.errors import VoicebotError
from bot.telephony.asterisk_socket import PROTOCOL

START = "MEDIA_START connection_id:check channel:WebSocket/check format:slin optimal_frame_size:320 ptime:20"
"""What chan_websocket says first."""

SOUND_SECONDS = 10.0
"""Until the bot's first sound: as long as a part of the bot may be slow."""

REFUSALS = {
    401: "the secret is another one than the bot's: compare VOICEBOT_LINE_SECRET on both sides",
    404: "something else answers there: give the address of `voicebot serve`",
    503: "the bot takes no calls now: see its /readyz and its log",
}
"""What an answer in place of a WebSocket means."""


async def check_line(url: str, headers: Mapping[str, str], name: str) -> float:
    """Bring a call of this name to `url` ("ws://127.0.0.1:8080"), and hang up at the bot's first sound. `headers` show
    the secret.

    Returns the seconds from the connection to that sound. Raises VoicebotError if none comes."""
    began = time.monotonic()
    try:
        async with (
            aiohttp.ClientSession(headers=headers) as session,
            session.ws_connect(
                f"{url}/asterisk", params={"caller": "", "call": name}, protocols=(PROTOCOL,), max_msg_size=2**20
            ) as socket,
            asyncio.timeout(SOUND_SECONDS),
        ):
            await socket.send_str(START)
            async for message in socket:
                if message.type is aiohttp.WSMsgType.BINARY:
                    return time.monotonic() - began
    except aiohttp.WSServerHandshakeError as error:
        raise VoicebotError(f"{url}: {REFUSALS.get(error.status, f'the answer was {error.status}')}") from None
    except TimeoutError:
        raise VoicebotError(f"{url}: the call came in, and nothing was heard: see the bot's log") from None
    except (aiohttp.ClientError, ValueError, OSError) as error:
        reason = str(error) or type(error).__name__
        raise VoicebotError(
            f"{url}: no call can come in ({reason}); start `voicebot serve`, or correct --url"
        ) from None
    raise VoicebotError(f"{url}: the call came in and was ended without a sound: see the bot's log")
