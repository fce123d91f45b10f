"""HTTP connections that have not shown the secret yet. Anybody who reaches the port can open one, so their number and
their time are limited, and only the head of one request is read from them.

    connection ──head, 8 kB──▶ aiohttp ──▶ the handlers compare the secret
               ──body────────▶ held, 4 kB; the rest is dropped
    admitted   ──anything────▶ aiohttp, at most 4 kB in 20 ms where calls come in

A connection carries one request (bot/gateway/server.py closes it after the answer), so there is no second head.
Whoever has shown the secret may send more requests if the server allows it (bot/actions/server.py).
"""

from __future__ import annotations

import asyncio
import socket
from contextlib import suppress
from typing import cast

from aiohttp.web_protocol import RequestHandler

IDLE_CONNECTIONS = 64
"""Connections that have not shown the secret. If there are more, the one that has waited longest is cut: an exchange
shows the secret at once, and waiting connections must not keep it out."""

IDLE_SECONDS = 10.0
"""Longest time from the connection, before a TLS handshake, until it has shown the secret."""

HEAD_BYTES = 8192
"""Largest head of a request: its line and its headers. An exchange's take a few hundred bytes."""

BODY_BYTES = 4096
"""Largest part of a body that is held. A form of an exchange takes less than a hundred bytes."""

DROPPED_BYTES = 2**20
"""Bytes that are read and dropped, so that a client that sends too much can still read the answer; after more it is
cut."""

WINDOW_BYTES, WINDOW_SECONDS = 4096, 0.02
"""What one connection hands over at a time: six times the sound of a call at 16 kHz. Sound and keys that come faster
wait, so that a peer that sends as fast as it can does not take more than its share of the event loop."""

HELD_BYTES = 64 * 1024
"""Bytes waiting to be handed over from which on nothing more is read from the connection."""

MOST_BYTES = 2**20
"""Bytes waiting to be handed over from which on the connection is cut."""

TOO_LONG = b"HTTP/1.1 431 Request Header Fields Too Large\r\nContent-Length: 0\r\nConnection: close\r\n\r\n"

END_OF_HEAD = b"\r\n\r\n"


class IdleConnections:
    """The connections that have not shown the secret. For one event loop."""

    def __init__(self) -> None:
        self._waiting: dict[Connection, asyncio.TimerHandle] = {}  # in the order they came

    @property
    def waiting(self) -> int:
        """How many there are."""
        return len(self._waiting)

    def came(self, connection: Connection) -> None:
        """A connection was accepted."""
        if len(self._waiting) >= IDLE_CONNECTIONS:
            self.cut_longest()
        self._waiting[connection] = asyncio.get_running_loop().call_later(IDLE_SECONDS, connection.cut)

    def gone(self, connection: Connection) -> None:
        """The connection is no longer idle: it has shown the secret, or is closed."""
        if waiting := self._waiting.pop(connection, None):
            waiting.cancel()

    def cut_longest(self) -> None:
        """Cut the one that has waited longest, if there is one."""
        for longest in self._waiting:
            self.gone(longest)
            longest.cut()
            return


def admit(transport: asyncio.BaseTransport | None) -> None:
    """The request on this connection has shown the secret: read what it sends from now on."""
    connection = transport.get_protocol() if transport else None
    if isinstance(connection, Connection):
        connection.admit()


def refuse(transport: asyncio.BaseTransport | None) -> bool:
    """The request on this connection is answered without the secret: what else it sends is dropped. Whether it had not
    shown the secret."""
    connection = transport.get_protocol() if transport else None
    if not isinstance(connection, Connection) or connection.admitted:
        return False
    connection.refuse()
    return True


class Connection(asyncio.Protocol):
    """Stands between a transport and aiohttp, and passes on only what may be read."""

    def __init__(
        self, line: socket.socket, http: RequestHandler, idle_connections: IdleConnections, *, in_windows: bool = True
    ) -> None:
        """`in_windows`: who is admitted hands over `WINDOW_BYTES` at a time; else all that comes."""
        self._line, self._http, self._idle_connections = line, http, idle_connections
        self._in_windows, self._refused = in_windows, False
        self._transport: asyncio.Transport | None = None  # over TLS there is none before the handshake
        self._head = bytearray()  # once it was passed on, only its last three bytes
        self._head_bytes = 0
        self._head_over = self._admitted = False
        self._held = bytearray()
        self._dropped = 0  # bytes
        self._window_ends, self._left = 0.0, 0  # the loop's time; bytes that may still be handed over before
        self._going_on: asyncio.TimerHandle | None = None
        idle_connections.came(self)

    @property
    def admitted(self) -> bool:
        """What is sent here is read: the secret was shown."""
        return self._admitted

    def cut(self) -> None:
        """End the connection at once."""
        # Not `close`: over TLS that would wait for the peer's close message, in Python 3.10 for ever.
        if self._transport:
            self._transport.abort()
        else:
            with suppress(OSError):  # closed already
                self._line.shutdown(socket.SHUT_RDWR)

    def refuse(self) -> None:
        """What is still sent here is dropped."""
        self._refused = True
        self._held.clear()
        self._keep_bounds()

    def admit(self) -> None:
        self._idle_connections.gone(self)
        self._admitted = True
        self._hand_over(b"")

    # ── called by the transport ──

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        self._transport = cast(asyncio.Transport, transport)  # it is a connection; uvloop's derives from nothing
        self._http.connection_made(transport)

    def connection_lost(self, exc: Exception | None) -> None:
        if self._going_on:
            self._going_on.cancel()
        self._idle_connections.gone(self)
        self._http.connection_lost(exc)

    def data_received(self, data: bytes) -> None:
        if not self._head_over:
            data = self._pass_on_head(data)
        if self._admitted:
            self._hand_over(data)
        elif data:
            self._hold(data)

    def eof_received(self) -> None:
        self._http.eof_received()

    def pause_writing(self) -> None:
        self._http.pause_writing()

    def resume_writing(self) -> None:
        self._http.resume_writing()

    # ── before it is admitted ──

    def _pass_on_head(self, data: bytes) -> bytes:
        """Pass on what belongs to the head. Returns what comes after it."""
        before = len(self._head)
        self._head += data
        end = self._head.find(END_OF_HEAD)
        self._head_over = end >= 0
        size = end + len(END_OF_HEAD) - before if self._head_over else len(data)
        del self._head[:-3]
        self._head_bytes += size
        if self._head_bytes > HEAD_BYTES:
            self._head_over = True
            self._refuse(TOO_LONG)
            return b""
        self._http.data_received(data[:size])
        return data[size:]

    def _refuse(self, answer: bytes) -> None:
        assert self._transport is not None  # noqa: S101  # data came over it
        self._transport.write(answer)
        if self._transport.can_write_eof():
            self._transport.write_eof()  # it may still be sending, and a close would keep the answer from it
        else:
            self._transport.close()

    def _hold(self, data: bytes) -> None:
        if not self._in_windows and not self._refused:  # a body may be long: nothing of it is lost
            self._held += data
            self._keep_bounds()
            return
        kept = data[: BODY_BYTES - len(self._held)]
        self._held += kept
        self._dropped += len(data) - len(kept)
        if self._dropped > DROPPED_BYTES:
            self.cut()

    # ── after that ──

    def _hand_over(self, data: bytes) -> None:
        """Pass on as much of the waiting bytes, and of `data`, as this window of time allows."""
        if not self._in_windows:
            data = bytes(self._held) + data
            self._held.clear()
            if data:
                self._http.data_received(data)
            self._keep_bounds()
            return
        loop = asyncio.get_running_loop()
        now = loop.time()
        if now >= self._window_ends:
            self._window_ends, self._left = now + WINDOW_SECONDS, WINDOW_BYTES
        if self._held or len(data) > self._left:
            self._held += data
            data = bytes(self._held[: self._left])
            del self._held[: self._left]
        self._left -= len(data)
        if data:
            self._http.data_received(data)
        if self._held and self._going_on is None:
            self._going_on = loop.call_at(self._window_ends, self._go_on)
        self._keep_bounds()

    def _go_on(self) -> None:
        self._going_on = None
        self._window_ends = 0.0
        self._hand_over(b"")

    def _keep_bounds(self) -> None:
        assert self._transport is not None  # noqa: S101  # data came over it
        if len(self._held) > MOST_BYTES:
            self.cut()
        elif len(self._held) > HELD_BYTES:
            self._transport.pause_reading()
        elif not self._http._reading_paused:  # aiohttp may want a pause of its own
            self._transport.resume_reading()
