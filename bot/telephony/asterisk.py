"""The channel `asterisk`: a call that Asterisk brings over a WebSocket (chan_websocket, `Dial(WebSocket/…)`).

Asterisk keeps the time: it plays at its own pace, reports by marks what was played, and sends the caller's sound every
20 ms. Nothing here waits for the peer: sound is sent as far ahead as bot/telephony/ahead.py allows, a message that
cannot be sent in time ends the call, and the caller's events wait in a bounded inbox.
"""

from __future__ import annotations

import asyncio
import contextlib
import re
from collections import deque
from typing import Protocol

import numpy as np
from aiohttp import WSCloseCode, WSMessage, WSMsgType

from bot.audio.g711 import decode, encode
from bot.errors import VoicebotError
from bot.events import Played, Samples
from bot.telephony.ahead import Ahead, Mark, Sound
from bot.telephony.asterisk_messages import BadMessage, Message, Start, command, parse, parse_start
from bot.telephony.asterisk_socket import Listener
from bot.telephony.line_channel import CLOSE_SECONDS, LineChannel, cancelled
from bot.telephony.tcp import hold_short

START_SECONDS = 5.0
"""Longest time from the connection to MEDIA_START."""

SEND_SECONDS = 5.0
"""A peer that accepts no data for this long is gone."""

PING_TICKS, GONE_TICKS = 500, 750
"""An Asterisk that has sent nothing for ten seconds is pinged, and counts as gone after five more without an answer."""

DURATION = re.compile("[0-9]{1,5}", re.ASCII)
"""Milliseconds that a key was pressed."""

STUCK_TICKS = 1500
"""After half a minute without a mark, although sound was sent (three seconds at most), Asterisk counts as stuck."""


class Socket(Protocol):
    """The part of aiohttp's WebSocket that is used here."""

    async def receive(self) -> WSMessage: ...
    def listen(self, listener: Listener) -> None: ...
    def fail(self, error: Exception) -> None: ...
    async def send_str(self, data: str) -> None: ...
    async def send_bytes(self, data: bytes) -> None: ...
    async def ping(self, message: bytes = b"") -> None: ...
    async def pong(self, message: bytes = b"") -> None: ...
    async def close(self, *, code: int = WSCloseCode.OK, message: bytes = b"") -> bool: ...


class Ping:
    """Sent as the WebSocket's own ping."""


class Refused(Exception):  # noqa: N818  # what happens to the connection
    """The message is nothing that chan_websocket sends; the connection is closed with `code`."""

    def __init__(self, code: int, reason: str) -> None:
        super().__init__(reason)
        self.code = code


async def open_asterisk(
    socket: Socket, transport: asyncio.WriteTransport | None, caller: str | None
) -> AsteriskChannel:
    """The call on a WebSocket that was just opened; `transport` is its TCP connection, which is cut if the peer hangs.

    Waits for MEDIA_START. If something else comes, or nothing, closes the connection and raises VoicebotError."""
    return AsteriskChannel(socket, transport, await read_start(socket), caller)


async def read_start(socket: Socket) -> Start:
    """The format of the call on a WebSocket that was just opened. Raises VoicebotError as `open_asterisk`."""
    try:
        async with asyncio.timeout(START_SECONDS):
            message = await socket.receive()
        return parse_start(message.data if message.type is WSMsgType.TEXT else "")
    except TimeoutError:
        await socket.close(code=WSCloseCode.POLICY_VIOLATION, message=b"no MEDIA_START")
        raise VoicebotError("Asterisk connected and sent no MEDIA_START") from None
    except BadMessage as bad:
        await socket.close(code=WSCloseCode.UNSUPPORTED_DATA, message=str(bad).encode())
        raise VoicebotError(f"Asterisk connected, but {bad}") from None


class AsteriskChannel(LineChannel):
    """A call on an open WebSocket."""

    tells_what_was_played = True

    def __init__(
        self, socket: Socket, transport: asyncio.WriteTransport | None, start: Start, caller: str | None
    ) -> None:
        super().__init__(start.form.rate, caller)
        hold_short(transport, send_buffer=False)  # marks tell what Asterisk has played
        self._socket, self._transport = socket, transport
        self._form, self._as_json = start.form, start.as_json
        self._ahead = Ahead(self.rate, start.frame)
        self._paused = False
        self._unheard = 0  # ticks since Asterisk has sent anything
        self._stuck = 0  # ticks since it has played anything, while there is something
        self._out: deque[str | bytes | Ping] = deque()
        self._fault: Exception | None = None  # what was wrong with a message
        self._pinged: bytes | None = None  # the content of Asterisk's last ping, until it is answered
        self._to_send = asyncio.Event()
        self._writer = asyncio.ensure_future(self._write())

    @property
    def late(self) -> int:
        return self._ahead.starved

    async def stop(self) -> None:
        if not self._ended:
            self._clear()
            self._command("FLUSH_MEDIA")

    def _advance(self, late: float) -> None:
        """End the call if Asterisk sends nothing (gone) or plays nothing (stuck)."""
        self._unheard += 1
        self._stuck = self._stuck + 1 if self._ahead.unplayed else 0
        if self._unheard == PING_TICKS:
            self._send(Ping())
        if self._unheard == GONE_TICKS or self._stuck == STUCK_TICKS:
            self._cut()

    async def _disconnect(self) -> None:
        await cancelled(self._writer)
        with contextlib.suppress(asyncio.TimeoutError, ConnectionError):
            await asyncio.wait_for(self._socket.close(), CLOSE_SECONDS)
        self._cut()

    # ── from Asterisk ──

    async def _read(self) -> None:
        try:
            self._socket.listen(self._on_message)
            await self._socket.receive()  # the end of the connection
            if self._fault:
                raise self._fault
        except Refused as refused:
            await self._socket.close(code=refused.code, message=str(refused).encode())
        finally:
            self._end(drop=False)

    def _on_message(self, message: WSMessage) -> None:
        kind, data, _ = message
        self._unheard = 0
        try:
            if kind is WSMsgType.BINARY:
                self._on_media(data)
            elif kind is WSMsgType.TEXT:
                self._obey(_read(data))
            elif kind is WSMsgType.PING:
                self._pinged = bytes(data)  # of several only the last needs an answer (RFC 6455, 5.5.3)
                self._to_send.set()
        except Exception as error:
            self._fault = error
            self._socket.fail(error)

    def _on_media(self, data: bytes) -> None:
        if len(data) % self._form.width or len(data) > self.rate * self._form.width:
            raise Refused(WSCloseCode.INVALID_TEXT, "a binary frame is no sound of this call's format")
        law = self._form.law
        self._hear(decode(np.frombuffer(data, np.uint8), law) if law else np.frombuffer(data, np.int16))

    def _obey(self, message: Message) -> None:
        if message.name == "DTMF_END":
            pressed = message.fields.get("duration_ms", "")
            self._inbox.press(
                message.fields.get("digit", ""), int(pressed) / 1000 if DURATION.fullmatch(pressed) else 0.0
            )
        elif message.name == "MEDIA_MARK_PROCESSED":
            self._stuck = 0
            for mark in self._ahead.reached(message.fields.get("correlation_id", "")):
                self._inbox.put(Played(mark))
            self._send_ahead()
        elif message.name in ("MEDIA_XOFF", "MEDIA_XON"):
            self._paused = message.name == "MEDIA_XOFF"
            self._send_ahead()

    # ── to Asterisk ──

    def _queue(self, samples: Samples, mark: str) -> None:
        self._ahead.put(samples, mark)
        self._send_ahead()

    def _clear(self) -> None:
        self._ahead.clear()
        self._out.clear()  # sound and marks that were not sent yet; a caller who barges in makes a ping unnecessary

    def _say_goodbye(self) -> None:
        self._command("HANGUP")

    def _send_ahead(self) -> None:
        if self._paused or self._ended:
            return
        for message in self._ahead.take():
            if isinstance(message, Sound):
                law = self._form.law
                self._send(encode(message.samples, law).tobytes() if law else message.samples.tobytes())
            elif isinstance(message, Mark):
                self._command("MARK_MEDIA", message.id)

    def _command(self, name: str, correlation_id: str | None = None) -> None:
        self._send(command(name, correlation_id, self._as_json))

    def _send(self, message: str | bytes | Ping) -> None:
        self._out.append(message)
        self._to_send.set()

    async def _write(self) -> None:
        loop = asyncio.get_running_loop()
        with contextlib.suppress(ConnectionError):
            while True:
                await self._to_send.wait()
                self._to_send.clear()
                while self._out or self._pinged is not None:
                    too_late = loop.call_later(SEND_SECONDS, self._cut)
                    try:
                        await self._pass_on()
                    finally:
                        too_late.cancel()

    async def _pass_on(self) -> None:
        """Send the oldest waiting message; a pong if nothing else waits."""
        if not self._out:
            answer, self._pinged = self._pinged, None
            await self._socket.pong(answer or b"")
        elif isinstance(message := self._out.popleft(), str):
            await self._socket.send_str(message)
        elif isinstance(message, bytes):
            await self._socket.send_bytes(message)
        else:
            await self._socket.ping()

    def _cut(self) -> None:
        if self._transport:
            self._transport.abort()


def _read(text: str) -> Message:
    try:
        return parse(text)
    except BadMessage as bad:
        raise Refused(WSCloseCode.INVALID_TEXT, str(bad)) from None
