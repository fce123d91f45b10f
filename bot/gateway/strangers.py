"""Connections over HTTP that have asked for nothing yet. Each takes a file descriptor, and anybody who reaches the port
can open one, so they are not waited for long; what comes after a first request is the doors' business."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable

from aiohttp import web

STRANGER_SECONDS = 10.0
"""From the connection to the end of its first request's head."""

Handler = Callable[[web.Request], Awaitable[web.StreamResponse]]


class Strangers:
    """Who has connected and not asked yet. For one event loop."""

    def __init__(self) -> None:
        self._waiting: dict[asyncio.BaseTransport, asyncio.TimerHandle] = {}

    @property
    def waiting(self) -> int:
        """How many there are."""
        return len(self._waiting)

    def came(self, transport: asyncio.BaseTransport) -> None:
        """A connection begins."""
        assert isinstance(transport, asyncio.WriteTransport)  # noqa: S101  # it is a connection
        # Not `close`: over TLS it would wait for the stranger's goodbye, in Python 3.10 for ever.
        self._waiting[transport] = asyncio.get_running_loop().call_later(STRANGER_SECONDS, transport.abort)

    def met(self, transport: asyncio.BaseTransport | None) -> None:
        """It has asked, or is gone."""
        waiting = self._waiting.pop(transport, None) if transport else None
        if waiting:
            waiting.cancel()

    @web.middleware
    async def asked(self, request: web.Request, handler: Handler) -> web.StreamResponse:
        self.met(request.transport)
        return await handler(request)


class Watched(asyncio.Protocol):
    """A connection whose beginning and end are told; everything else is passed on."""

    def __init__(self, connection: asyncio.Protocol, strangers: Strangers) -> None:
        self._connection, self._strangers = connection, strangers
        self._transport: asyncio.BaseTransport | None = None

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        self._transport = transport
        self._strangers.came(transport)
        self._connection.connection_made(transport)

    def connection_lost(self, exc: Exception | None) -> None:
        self._strangers.met(self._transport)
        self._connection.connection_lost(exc)

    def data_received(self, data: bytes) -> None:
        self._connection.data_received(data)

    def eof_received(self) -> bool | None:
        return self._connection.eof_received()

    def pause_writing(self) -> None:
        self._connection.pause_writing()

    def resume_writing(self) -> None:
        self._connection.resume_writing()
