"""The gateway's server for AudioSocket. It takes only announced calls, each once: the UUID is the call's secret."""

from __future__ import annotations

import asyncio
import logging
import socket
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

from bot.doors.accepting import accepting
from bot.gateway.admission import Busy
from bot.gateway.server import Gateway
from bot.telephony.audiosocket import HANG_UP, AudioSocketChannel, NotAudioSocket, message, read_name

IDLE_CONNECTIONS = 64
"""Connections that have not sent their UUID yet. If there are more, the one that has waited longest is cut off: an
exchange sends its UUID at once, and silent connections must not keep it out."""

log = logging.getLogger(__name__)


class AudioSocketDoor:
    """Holds the calls that come over TCP."""

    def __init__(self, gateway: Gateway) -> None:
        self._gateway = gateway
        self._idle_connections: dict[asyncio.StreamWriter, None] = {}  # in the order they came

    async def take(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        """One connection, to its end."""
        try:
            await self._take(reader, writer)
        except Busy as busy:
            self._gateway.refuse(busy.reason)
            writer.write(message(HANG_UP))
        except NotAudioSocket as error:
            self._gateway.refuse("garbage")
            log.warning("%s", error)
        finally:
            writer.close()

    async def _take(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        if len(self._idle_connections) >= IDLE_CONNECTIONS:
            longest = next(iter(self._idle_connections))
            del self._idle_connections[longest]
            longest.transport.abort()
        self._idle_connections[writer] = None
        try:
            name = await read_name(reader)
        finally:
            self._idle_connections.pop(writer, None)
        promise = self._gateway.call_backs.arrive(str(name)) if self._gateway.call_backs else None
        if promise:
            with promise.place:
                channel = AudioSocketChannel(reader, writer, promise.number)
                await self._gateway.hold(channel, str(name), promise.called)
            return
        announced = self._gateway.call_registry.arrive(name)
        if announced is None:
            self._gateway.refuse("unauthorised")
            writer.write(message(HANG_UP))
            return
        with self._gateway.admission.call():
            channel = AudioSocketChannel(reader, writer, announced.caller)
            await self._gateway.hold(channel, str(name), announced.called)


@asynccontextmanager
async def listening_at(gateway: Gateway, bound: socket.socket) -> AsyncIterator[None]:
    """Take calls on a bound socket."""
    door, loop = AudioSocketDoor(gateway), asyncio.get_running_loop()

    def connection(_: socket.socket) -> asyncio.Protocol:
        return asyncio.StreamReaderProtocol(asyncio.StreamReader(loop=loop), door.take, loop=loop)

    async with accepting(bound, connection):
        yield
