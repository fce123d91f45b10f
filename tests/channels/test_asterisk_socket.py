"""The WebSocket of a call: the first message and the end are received, everything between is listened to."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

import pytest
from aiohttp import ClientSession, ClientWebSocketResponse, WSMessage, WSMsgType, web
from aiohttp.test_utils import TestServer

from bot.telephony.asterisk_socket import EARLY, PROTOCOL, AsteriskSocket

Ends = tuple[AsteriskSocket, ClientWebSocketResponse]


@asynccontextmanager
async def ends() -> AsyncIterator[Ends]:
    """Both ends of a WebSocket on this machine."""
    ours: asyncio.Future[AsteriskSocket] = asyncio.get_running_loop().create_future()
    over = asyncio.Event()

    async def handle(request: web.Request) -> web.WebSocketResponse:
        socket = AsteriskSocket()
        await socket.prepare(request)
        ours.set_result(socket)
        await over.wait()
        return socket

    app = web.Application()
    app.router.add_get("/", handle)
    async with (
        TestServer(app) as server,
        ClientSession() as session,
        session.ws_connect(server.make_url("/"), protocols=(PROTOCOL,), autoping=False) as theirs,
    ):
        try:
            yield await ours, theirs
        finally:
            over.set()


@pytest.fixture
async def pair() -> AsyncIterator[Ends]:
    async with ends() as pair:
        yield pair


async def test_the_first_message_is_received_and_the_others_are_listened_to_in_order(pair: Ends) -> None:
    ours, theirs = pair
    for text in ("start", "before 1", "before 2"):
        await theirs.send_str(text)
    assert (await ours.receive()).data == "start"
    heard: list[object] = []
    all_there = asyncio.Event()

    def listener(message: WSMessage) -> None:
        heard.append(message.data)
        if message.data == b"sound":
            all_there.set()

    ours.listen(listener)
    await theirs.send_str("after")
    await theirs.ping(b"ping")
    await theirs.send_bytes(b"sound")
    await asyncio.wait_for(all_there.wait(), 10)
    assert heard == ["before 1", "before 2", "after", b"ping", b"sound"]


async def test_the_end_is_received(pair: Ends) -> None:
    ours, theirs = pair
    await theirs.send_str("start")
    await ours.receive()
    heard: list[WSMessage] = []
    ours.listen(heard.append)
    end = asyncio.ensure_future(ours.receive())
    await theirs.send_str("more")
    await theirs.close()
    assert (await asyncio.wait_for(end, 10)).type is WSMsgType.CLOSE
    assert [message.data for message in heard] == ["more"]


async def test_a_close_in_place_of_the_first_message_is_received(pair: Ends) -> None:
    ours, theirs = pair
    closing = asyncio.ensure_future(theirs.close())
    assert (await asyncio.wait_for(ours.receive(), 10)).type is WSMsgType.CLOSE
    await closing


async def test_a_failure_of_the_listener_is_received_and_nothing_more_is_listened_to(pair: Ends) -> None:
    ours, theirs = pair
    await theirs.send_str("start")
    await ours.receive()
    heard: list[WSMessage] = []
    failed = asyncio.Event()
    error = ValueError("no sound")

    def listener(message: WSMessage) -> None:
        heard.append(message)
        ours.fail(error)
        failed.set()

    ours.listen(listener)
    for text in ("bad", "never heard"):
        await theirs.send_str(text)
    assert (await asyncio.wait_for(ours.receive(), 10)).data is error
    closing = asyncio.ensure_future(ours.close())
    await theirs.receive()
    assert await closing
    assert [message.data for message in heard] == ["bad"]


async def test_who_sends_before_anybody_listens_takes_no_memory(pair: Ends) -> None:
    ours, theirs = pair
    await theirs.send_str("start")
    for number in range(3 * EARLY):
        await theirs.send_str(str(number))
    await ours.receive()
    assert ours._inbound._early.maxlen == EARLY
    heard: list[str] = []
    last = asyncio.Event()

    def listener(message: WSMessage) -> None:
        heard.append(message.data)
        if message.data == "last":
            last.set()

    while len(ours._inbound._early) < EARLY:  # noqa: ASYNC110  # all of it is on its way
        await asyncio.sleep(0)
    ours.listen(listener)
    await theirs.send_str("last")
    await asyncio.wait_for(last.wait(), 10)
    assert len(heard) <= 3 * EARLY + 1
    assert heard[-2:] == [str(3 * EARLY - 1), "last"]


async def test_nothing_is_compressed(pair: Ends) -> None:
    ours, _ = pair
    assert not ours.compress
