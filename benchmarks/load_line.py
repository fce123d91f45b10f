"""One call as Asterisk's chan_websocket brings it to the gateway, so cheap that hundreds run in one thread.

A hand-written WebSocket client (RFC 6455): frames are prepared once, with a masking key of zero, and only written here;
received sound is counted, not decoded. The bot's sound waits in a queue that is played at 20 ms a tick, as Asterisk
does, and marks are answered when they are reached.
"""

from __future__ import annotations

import asyncio
import base64
import os
import struct
from collections import deque
from typing import Protocol, cast

FRAME_BYTES = 320
"""20 ms of signed 16-bit samples at 8 kHz."""

TEXT, BINARY, CLOSE, PING, PONG = 1, 2, 8, 9, 10


def frame(opcode: int, payload: bytes) -> bytes:
    """A client's frame; the masking key of zero leaves the payload as it is."""
    size = bytes([0x80 | len(payload)]) if len(payload) < 126 else b"\xfe" + struct.pack("!H", len(payload))
    return bytes([0x80 | opcode]) + size + bytes(4) + payload


START = frame(
    TEXT, b"MEDIA_START connection_id:load channel:WebSocket/load format:slin optimal_frame_size:320 ptime:20"
)


class Person(Protocol):
    """The person on the telephone. Times are seconds of the loop's clock."""

    def connected(self, now: float) -> None: ...

    def tick(self, now: float, bot_speaks: bool) -> bytes:
        """What the telephone sends in these 20 ms: one frame of sound, perhaps with the message of a key."""
        ...

    def bot_began(self, now: float, gap: float) -> None:
        """The bot's sound begins, or goes on after nothing was there to play for `gap` seconds."""
        ...

    def flushed(self) -> None: ...

    def ended(self, now: float, how: str) -> None:
        """The call ended. `how`: "hung up" by the bot, "refused STATUS" by the gateway, otherwise "dropped"."""
        ...


class Line(asyncio.Protocol):
    """A connection and its queue."""

    def __init__(self, request: bytes, person: Person, loop: asyncio.AbstractEventLoop) -> None:
        self.open = True
        self._request, self._person, self._loop = request, person, loop
        self._transport: asyncio.Transport | None = None
        self._buffer = bytearray()
        self._talking = False  # the handshake is over
        self._queue: deque[bytes | int] = deque()  # marks, and bytes of sound
        self._dry_since: float | None = None
        self._hung_up = False

    # ── called by asyncio ──

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        self._transport = cast(asyncio.Transport, transport)
        self._transport.write(self._request)

    def data_received(self, data: bytes) -> None:
        self._buffer += data
        if not self._talking and not self._shake_hands():
            return
        while (message := self._take()) is not None:
            self._obey(*message)

    def connection_lost(self, error: Exception | None) -> None:
        self._end("hung up" if self._hung_up else "dropped")

    # ── the pace of the line ──

    def tick(self, now: float) -> bool:
        """20 ms have passed. Returns whether the call was in progress."""
        if not self._talking or self._transport is None or self._hung_up:
            return False
        self._transport.write(self._person.tick(now, bool(self._queue)) + self._play(now))
        return True

    def _play(self, now: float) -> bytes:
        """Play a frame. Returns messages for the marks that were reached before it."""
        reached = b""
        while self._queue and isinstance(mark := self._queue[0], bytes):
            reached += frame(TEXT, b"MEDIA_MARK_PROCESSED " + mark)
            self._queue.popleft()
        if self._queue:
            left = int(self._queue.popleft()) - FRAME_BYTES
            if left > 0:
                self._queue.appendleft(left)
        elif self._dry_since is None:
            self._dry_since = now
        return reached

    def cut(self) -> None:
        """Cut the connection without a close message."""
        if self._transport is not None:
            self._transport.abort()

    # ── from the gateway ──

    def _shake_hands(self) -> bool:
        head, separator, rest = bytes(self._buffer).partition(b"\r\n\r\n")
        if not separator:
            return False
        status = head.split(b" ", 2)[1].decode()
        if status != "101":
            self._end(f"refused {status}")
            return False
        self._buffer = bytearray(rest)
        self._talking = True
        self._write(START)
        self._person.connected(self._loop.time())
        return True

    def _take(self) -> tuple[int, bytes] | None:
        """The next whole message from the gateway, whose frames are neither masked nor fragmented."""
        buffer = self._buffer
        if len(buffer) < 2:
            return None
        size, start = buffer[1] & 0x7F, 2
        if size == 126:
            start = 4
        elif size == 127:
            start = 10
        if len(buffer) < start:
            return None
        if start > 2:
            size = int.from_bytes(buffer[2:start], "big")
        if len(buffer) < start + size:
            return None
        opcode, payload = buffer[0] & 0x0F, bytes(buffer[start : start + size])
        del buffer[: start + size]
        return opcode, payload

    def _obey(self, opcode: int, payload: bytes) -> None:
        if opcode == BINARY:
            self._hear(len(payload))
        elif opcode == PING:
            self._write(frame(PONG, payload))
        elif opcode == CLOSE:
            self._hang_up()
        elif payload.startswith(b"MARK_MEDIA "):
            self._queue.append(payload[11:])
        elif payload == b"FLUSH_MEDIA":
            self._queue.clear()
            self._person.flushed()
        elif payload == b"HANGUP":
            self._hang_up()

    def _hear(self, size: int) -> None:
        if not self._queue or self._dry_since is not None:
            now = self._loop.time()
            self._person.bot_began(now, 0.0 if self._dry_since is None else now - self._dry_since)
        self._dry_since = None
        self._queue.append(size)

    # ── the end ──

    def _write(self, data: bytes) -> None:
        if self._transport is not None:
            self._transport.write(data)

    def _hang_up(self) -> None:
        """Close as Asterisk does when the bot ends the call."""
        if not self._hung_up and self._transport is not None:
            self._hung_up = True
            self._transport.write(frame(CLOSE, struct.pack("!H", 1000)))
            self._transport.close()

    def _end(self, how: str) -> None:
        if self.open:
            self.open = False
            self._person.ended(self._loop.time(), how)
            if self._transport is not None:
                self._transport.close()


def handshake(host: str, path: str, secret: str) -> bytes:
    """The request that opens a call, as chan_websocket sends it."""
    lines = [
        f"GET {path} HTTP/1.1",
        f"Host: {host}",
        "Upgrade: websocket",
        "Connection: Upgrade",
        f"Sec-WebSocket-Key: {base64.b64encode(os.urandom(16)).decode()}",
        "Sec-WebSocket-Version: 13",
        "Sec-WebSocket-Protocol: media",
    ]
    if secret:
        lines.append("Authorization: Basic " + base64.b64encode(f"asterisk:{secret}".encode()).decode())
    return ("\r\n".join(lines) + "\r\n\r\n").encode()
