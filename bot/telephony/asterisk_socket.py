"""The WebSocket of a call: aiohttp's, with a listener that is called for each message.

A call sends fifty frames a second, and aiohttp's `receive` wakes a task for each. Here the parser, which is written in
C, calls the listener directly from the socket's callback.

    parser ──first message──────────▶ receive
           ──sound, text, pings─────▶ listener
           ──the connection's end───▶ receive
"""

from __future__ import annotations

import asyncio
from collections import deque
from collections.abc import Callable

from aiohttp import WSMessage, WSMsgType, web
from aiohttp._websocket.reader import WebSocketDataQueue
from aiohttp.base_protocol import BaseProtocol
from aiohttp.http import WebSocketReader, WebSocketWriter

from bot.telephony.asterisk_messages import LONGEST

PROTOCOL = "media"
"""The WebSocket subprotocol that chan_websocket speaks."""

LARGEST = 2 * LONGEST
"""Bytes of a message from Asterisk, which sends 20 ms at a time. A larger one closes the WebSocket with 1009 as soon as
its header is read."""

EARLY = 256
"""Messages that are kept between the first one and `listen`, which follows at once; if there are more, the oldest are
lost."""

Listener = Callable[[WSMessage], None]
"""Must be quick, and must not raise: the parser cannot handle an exception."""

_MESSAGES = frozenset({WSMsgType.BINARY, WSMsgType.TEXT, WSMsgType.PING, WSMsgType.PONG})


class AsteriskSocket(web.WebSocketResponse):
    """The WebSocket of a call, as chan_websocket opens it."""

    _inbound: _Inbound

    def __init__(self) -> None:
        super().__init__(protocols=(PROTOCOL,), max_msg_size=LARGEST, autoping=False, compress=False)

    def listen(self, listener: Listener) -> None:
        """Call `listener` for each message after the first, in order. `receive` then waits for the end."""
        self._inbound.listen(listener)

    def fail(self, error: Exception) -> None:
        """Let `receive` return an ERROR with this error, and drop further messages."""
        self._inbound.fail(error)

    def _post_start(self, request: web.BaseRequest, protocol: str | None, writer: WebSocketWriter) -> None:
        """aiohttp's own method, with another queue behind the parser."""
        self._ws_protocol, self._writer = protocol, writer
        self._reader = self._inbound = _Inbound(request.protocol, asyncio.get_running_loop())
        self._parser = WebSocketReader(self._reader, LARGEST, compress=False, decode_text=True)
        request.protocol.set_parser(self._parser)
        request.protocol.keep_alive(False)


class _Inbound(WebSocketDataQueue):
    """The queue into which the parser puts messages."""

    def __init__(self, protocol: BaseProtocol, loop: asyncio.AbstractEventLoop) -> None:
        super().__init__(protocol, 2 * LARGEST, loop=loop)
        self._first = True
        self._early: deque[WSMessage] = deque(maxlen=EARLY)
        self._listener: Listener = self._early.append

    def feed_data(self, data: WSMessage, size: int) -> None:  # type: ignore[override]  # text is decoded here
        if data[0] not in _MESSAGES:
            super().feed_data(data, size)
        elif self._first:
            self._first = False
            super().feed_data(data, size)
        else:
            self._listener(data)

    def listen(self, listener: Listener) -> None:
        self._listener = listener
        while self._early:
            listener(self._early.popleft())

    def fail(self, error: Exception) -> None:
        self._first, self._listener = False, _drop
        super().feed_data(WSMessage(WSMsgType.ERROR, error, None), 0)


def _drop(_: WSMessage) -> None:
    """The listener after an error: ignores every message."""
