"""What TCP tells of a peer, over real connections on this machine."""

import asyncio
import socket
import sys
from collections.abc import AsyncIterator

import pytest

from bot.telephony.asterisk import AsteriskChannel
from bot.telephony.audiosocket import AudioSocketChannel
from bot.telephony.tcp import GONE_MS, SEND_BUFFER_BYTES, hold_short, unacknowledged
from tests.channels import fake_asterisk, fake_audiosocket

pytestmark = pytest.mark.skipif(
    not hasattr(socket, "TCP_USER_TIMEOUT"), reason="needs Linux: other systems report less about the peer"
)

Connection = tuple[asyncio.StreamWriter, socket.socket]


@pytest.fixture
async def connection() -> AsyncIterator[Connection]:
    """This end, and the peer's, which reads nothing by itself and whose system keeps little for it."""
    opened: asyncio.Future[asyncio.StreamWriter] = asyncio.get_running_loop().create_future()
    async with await asyncio.start_server(lambda _, writer: opened.set_result(writer), "127.0.0.1", 0) as server:
        with socket.socket() as peer:
            peer.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, 4096)
            peer.setblocking(False)
            await asyncio.get_running_loop().sock_connect(peer, server.sockets[0].getsockname())
            writer = await opened
            yield writer, peer
            writer.transport.abort()


async def test_bytes_are_acknowledged_as_the_peer_takes_them(connection: Connection) -> None:
    writer, peer = connection
    hold_short(writer.transport, send_buffer=True)
    written = 100_000
    writer.write(bytes(written))
    assert unacknowledged(writer.transport) > written - 20_000
    taken = 0
    while taken < written:
        taken += len(await asyncio.get_running_loop().sock_recv(peer, 4096))
        assert unacknowledged(writer.transport) <= written - taken + 4096
    await writer.drain()
    assert unacknowledged(writer.transport) == 0


async def test_a_connection_that_is_closed_acknowledges_nothing_more(connection: Connection) -> None:
    writer, _ = connection
    writer.transport.abort()
    await asyncio.sleep(0)
    assert unacknowledged(writer.transport) == sys.maxsize


async def test_both_lines_end_soon_after_their_peer_is_gone() -> None:
    async with fake_asterisk.connected() as (channel, _):
        assert user_timeout(channel) == GONE_MS
    async with fake_audiosocket.connected() as (channel, _):
        assert user_timeout(channel) == GONE_MS


async def test_the_kernel_takes_half_a_second_of_sound_and_not_a_reading() -> None:
    async with fake_audiosocket.connected() as (channel, _):
        connection = channel._to.transport.get_extra_info("socket")
        assert connection.getsockopt(socket.SOL_SOCKET, socket.SO_SNDBUF) == 2 * SEND_BUFFER_BYTES


def user_timeout(channel: AsteriskChannel | AudioSocketChannel) -> int:
    transport = channel._transport if isinstance(channel, AsteriskChannel) else channel._to.transport
    assert transport is not None
    return int(transport.get_extra_info("socket").getsockopt(socket.IPPROTO_TCP, socket.TCP_USER_TIMEOUT))
