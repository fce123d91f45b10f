"""An older Asterisk's end of a call: what res_audiosocket.c sends. The bot keeps the time, so a tick is the bot's."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from functools import partial

import numpy as np

from bot.events import Samples
from bot.telephony.audiosocket import DTMF, HANG_UP, SOUND, AudioSocketChannel, message, read_message


class FakeAudioSocket:
    """One call, the caller silent unless `tick` is given sound."""

    def __init__(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        self.heard: list[Samples] = []
        """What the caller heard, a frame a tick."""
        self.ended = False
        self.beat: Callable[[], None] = lambda: None
        """Moves the bot's clock on by 20 ms."""
        self._reader, self.writer = reader, writer

    async def tick(self, sound: Samples | None = None) -> None:
        """20 ms: the bot's frame arrives, the caller's is sent."""
        if self.ended:
            await asyncio.sleep(0)
            return
        self.beat()
        await self.say(np.zeros(160, np.int16) if sound is None else sound)
        await self.sync()

    async def say(self, sound: Samples) -> None:
        self.send(SOUND, sound.astype("<i2").tobytes())

    async def sync(self) -> None:
        """Take in one message of the bot."""
        kind, payload = await read_message(self._reader)
        if kind == HANG_UP:
            await self.hang_up()
        else:
            assert (kind, len(payload)) == (SOUND, 320)
            self.heard.append(np.frombuffer(payload, "<i2"))

    async def until_closed(self) -> None:
        while not self.ended:
            await self.sync()

    async def press(self, digit: str) -> None:
        self.send(DTMF, digit.encode())

    def heard_sound(self) -> Samples:
        """All that the caller heard so far."""
        return np.concatenate(self.heard)

    def send(self, kind: int, payload: bytes = b"") -> None:
        if not self.writer.transport.is_closing():
            self.writer.write(message(kind, payload))

    async def hang_up(self) -> None:
        """Asterisk closes the connection."""
        self.ended = True
        self.writer.close()

    def cut(self) -> None:
        """The machine of Asterisk is gone, without a word."""
        self.ended = True
        self.writer.transport.abort()


@asynccontextmanager
async def dialled(host: str, port: int) -> AsyncIterator[FakeAudioSocket]:
    """A connection as Asterisk opens one; nothing is sent over it yet."""
    reader, writer = await asyncio.open_connection(host, port)
    try:
        yield FakeAudioSocket(reader, writer)
    finally:
        writer.transport.abort()


@asynccontextmanager
async def connected(caller: str | None = "0912345678") -> AsyncIterator[tuple[AudioSocketChannel, FakeAudioSocket]]:
    """A channel and Asterisk's end of its call, over a real connection on this machine."""
    opened: asyncio.Future[AudioSocketChannel] = asyncio.get_running_loop().create_future()

    async def handle(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        opened.set_result(AudioSocketChannel(reader, writer, caller))

    async with (
        await asyncio.start_server(handle, "127.0.0.1", 0) as server,
        dialled(*server.sockets[0].getsockname()) as asterisk,
    ):
        channel = await opened
        asterisk.beat = partial(channel.tick, 0)
        try:
            yield channel, asterisk
        finally:
            await asterisk.hang_up()
            await channel.close()
