"""Asterisk's end of a call: what channels/chan_websocket.c does, in a few lines. Time passes only in `tick`, by 20 ms.

Whatever the bot has sent arrives before time goes on: a ping is answered only after all that was sent before it.
"""

from __future__ import annotations

import asyncio
import contextlib
import json
import ssl
from collections import deque
from collections.abc import AsyncIterator, Callable
from contextlib import aclosing, asynccontextmanager
from functools import partial
from typing import Any

import numpy as np
from aiohttp import BasicAuth, ClientSession, ClientWebSocketResponse, WSMsgType, web
from aiohttp.test_utils import TestServer

from bot.audio.g711 import decode, encode
from bot.events import ChannelEvent, Samples
from bot.protocols import Channel
from bot.telephony.asterisk import AsteriskChannel, open_asterisk
from bot.telephony.asterisk_messages import FORMATS
from bot.telephony.asterisk_socket import PROTOCOL, AsteriskSocket

GUARD = 10
"""Seconds after which a bot that does not answer a ping fails the test."""


class FakeAsterisk:
    """One call, the caller silent unless `tick` is given sound."""

    def __init__(self, socket: ClientWebSocketResponse, form: str = "slin", as_json: bool = False) -> None:
        self.ticks = 0
        self.heard: list[bytes] = []
        """What the caller heard, a frame a tick; empty where there was none."""
        self.commands: list[tuple[int, str]] = []
        """What the bot commanded, and after how many ticks."""
        self.ended = False
        self.beat: Callable[[], None] = lambda: None
        """Moves the bot's clock on by 20 ms."""
        self.pinged = 0
        self.close_code: int | None = None
        self._socket = socket
        self._form, self._name, self._json = FORMATS[form], form, as_json
        self.frame_bytes = self._form.rate // 50 * self._form.width
        self.queue: deque[bytes | str] = deque()
        self._pings = 0
        self._pong = b""

    async def start(self) -> None:
        fields = {"connection_id": "bot", "channel": "WebSocket/bot/0x1", "channel_id": "1.1", "format": self._name}
        await self.event("MEDIA_START", **fields, optimal_frame_size=self.frame_bytes, ptime=20)

    async def event(self, name: str, **fields: object) -> None:
        """Send an event as chan_websocket writes it."""
        if self._json:
            await self._socket.send_str(json.dumps({"event": name, **fields}))
        elif name == "MEDIA_MARK_PROCESSED":
            await self._socket.send_str(f"{name} {fields['correlation_id']}")
        else:
            await self._socket.send_str(" ".join([name, *(f"{key}:{value}" for key, value in fields.items())]))

    async def press(self, digit: str) -> None:
        await self.event("DTMF_END", digit=digit, channel_id="1.1")

    async def tick(self, sound: Samples | None = None, *, times: int = 1) -> None:
        """20 ms, or `times` as long: a frame of the bot is played, a frame of the caller sent."""
        for _ in range(times):
            await self._tick(sound)

    async def _tick(self, sound: Samples | None) -> None:
        await self.sync()
        if self.ended:
            return
        frame = b""
        while self.queue:
            item = self.queue.popleft()
            if isinstance(item, bytes):
                frame = item
                break
            await self.event("MEDIA_MARK_PROCESSED", channel_id="1.1", correlation_id=item)
        self.heard.append(frame)
        self.ticks += 1
        await self.say(np.zeros(self._form.rate // 50, np.int16) if sound is None else sound)

    async def say(self, sound: Samples) -> None:
        await self.send(encode(sound, self._form.law).tobytes() if self._form.law else sound.tobytes())

    async def send(self, message: str | bytes) -> None:
        """Anything at all."""
        if isinstance(message, str):
            await self._socket.send_str(message)
        else:
            await self._socket.send_bytes(message)

    def write(self, data: bytes) -> None:
        """Bytes that are no whole message."""
        self._transport.write(data)

    def heard_sound(self) -> Samples:
        """All that the caller heard so far, silence included."""
        silence = np.zeros(self._form.rate // 50, np.int16)
        return np.concatenate([self._decoded(frame) if frame else silence for frame in self.heard])

    def _decoded(self, frame: bytes) -> Samples:
        law = self._form.law
        return decode(np.frombuffer(frame, np.uint8), law) if law else np.frombuffer(frame, np.int16)

    async def sync(self) -> None:
        """Take in everything that the bot has sent."""
        if self.ended:
            await asyncio.sleep(0)
            return
        self._pings += 1
        ping = str(self._pings).encode()
        with contextlib.suppress(ConnectionError):  # the bot has closed: what it sent last is still to be read
            await self._socket.ping(ping)
        while not self.ended and self._pong != ping:
            await self._receive()

    async def until_pinged(self) -> None:
        pinged = self.pinged
        while self.pinged == pinged:
            await self._receive()

    async def hang_up(self) -> None:
        """The caller hangs up: Asterisk closes the connection."""
        await self._socket.close()
        self.ended = True

    def cut(self) -> None:
        """The machine of Asterisk is gone, without a word."""
        self._transport.abort()
        self.ended = True

    @property
    def _transport(self) -> asyncio.Transport:
        connection = self._socket._response.connection
        assert connection is not None
        assert isinstance(connection.transport, asyncio.Transport)
        return connection.transport

    async def until_closed(self) -> int | None:
        """Wait for the bot to end the call; the close code."""
        while not self.ended:
            await self._receive()
        return self.close_code

    async def _receive(self) -> None:
        message = await asyncio.wait_for(self._socket.receive(), GUARD)
        if message.type is WSMsgType.BINARY:
            size = self.frame_bytes
            whole = len(message.data) // size * size  # chan_websocket drops what is left over
            self.queue.extend(message.data[at : at + size] for at in range(0, whole, size))
        elif message.type is WSMsgType.TEXT:
            await self._obey(message.data)
        elif message.type is WSMsgType.PONG:
            self._pong = bytes(message.data)
        elif message.type is WSMsgType.PING:
            self.pinged += 1
            await self._socket.pong(message.data)
        else:
            self.ended = True
            self.close_code = self._socket.close_code

    async def _obey(self, text: str) -> None:
        assert len(text) <= 128  # MAX_TEXT_MESSAGE_LEN
        if self._json:
            fields = json.loads(text)
            name, correlation_id = fields["command"], fields.get("correlation_id", "")
        else:
            name, _, correlation_id = text.partition(" ")
        self.commands.append((self.ticks, name))
        if name == "MARK_MEDIA":
            self.queue.append(correlation_id)
        elif name == "FLUSH_MEDIA":
            self.queue.clear()
        elif name == "HANGUP":
            await self.hang_up()
        else:
            raise AssertionError(f"chan_websocket knows no command {name}")


class Driven:
    """A channel whose time passes while its events are awaited."""

    def __init__(self, channel: Channel, asterisk: FakeAsterisk) -> None:
        self._channel, self._asterisk = channel, asterisk
        self.rate, self.hears_while_speaking = channel.rate, channel.hears_while_speaking
        self.caller = channel.caller
        self.play, self.stop = channel.play, channel.stop
        self.hang_up, self.transfer = channel.hang_up, channel.transfer

    async def heard(self) -> bool | None:
        answer = asyncio.ensure_future(self._channel.heard())
        while not answer.done():
            await self._asterisk.tick()
        return answer.result()

    async def wait(self, work: asyncio.Future[Any], seconds: float) -> float:
        return await self._channel.wait(work, seconds)

    async def events(self) -> AsyncIterator[ChannelEvent]:
        async with aclosing(self._channel.events()) as events:  # type: ignore[type-var]  # they are generators
            while True:
                step = asyncio.ensure_future(anext(events))
                while not step.done():
                    await self._asterisk.tick()
                try:
                    yield step.result()
                except StopAsyncIteration:
                    return


@asynccontextmanager
async def connected(
    form: str = "slin",
    as_json: bool = False,
    caller: str | None = "0912345678",
    first: str | bytes | None = None,
) -> AsyncIterator[tuple[AsteriskChannel, FakeAsterisk]]:
    """A channel and Asterisk's end of its call, over a real WebSocket on this machine. `first` takes the place of
    MEDIA_START; what the channel makes of it is raised."""
    opened: asyncio.Future[AsteriskChannel] = asyncio.get_running_loop().create_future()
    over = asyncio.Event()

    async def handle(request: web.Request) -> web.WebSocketResponse:
        socket = AsteriskSocket()
        await socket.prepare(request)
        try:
            opened.set_result(await open_asterisk(socket, request.transport, caller))
        except Exception as error:
            opened.set_exception(error)
        await over.wait()
        return socket

    app = web.Application()
    app.router.add_get("/asterisk", handle)
    async with TestServer(app) as server, dialled(str(server.make_url("/asterisk")), form, as_json) as asterisk:
        if first is None:
            await asterisk.start()
        else:
            await asterisk.send(first)
            await asterisk.until_closed()
            over.set()
        channel = await opened
        asterisk.beat = partial(channel.tick, 0)
        try:
            yield channel, asterisk
        finally:
            over.set()
            await asterisk.hang_up()
            await channel.close()


@asynccontextmanager
async def dialled(
    url: str,
    form: str = "slin",
    as_json: bool = False,
    secret: str | None = None,
    trusted: ssl.SSLContext | None = None,
) -> AsyncIterator[FakeAsterisk]:
    """A WebSocket as Asterisk opens one; nothing is sent over it yet."""
    auth = BasicAuth("asterisk", secret) if secret is not None else None
    async with (
        ClientSession() as session,
        session.ws_connect(url, protocols=(PROTOCOL,), autoping=False, auth=auth, ssl=trusted) as socket,
    ):
        yield FakeAsterisk(socket, form, as_json)


async def hear_out(caller: FakeAsterisk, pause: int) -> None:
    """Listen until the bot has spoken and was silent for so many frames, or the call has ended."""
    began = len(caller.heard)
    while not caller.ended:
        await caller.tick()
        frames = caller.heard[began:]
        if len(frames) > pause and any(frames) and not any(frames[-pause:]):
            return
