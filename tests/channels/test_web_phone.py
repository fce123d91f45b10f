"""Calls from a page in a browser: chan_websocket's protocol, and what the page is told beside it."""

from __future__ import annotations

import asyncio
import json
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from functools import partial
from typing import Any

import numpy as np
import pytest
from aiohttp import web
from aiohttp.test_utils import TestServer

from bot.call import Call
from bot.events import HungUp, Outcome
from bot.protocols import ShowsWords
from bot.telephony.asterisk import read_start
from bot.telephony.asterisk_socket import AsteriskSocket
from bot.watching import Ended, Notice
from bot.web.channel import WebPhoneChannel
from tests.call_tools import GOODBYE, READING, TIMING, WORDS, Beeps, KeysOnly, Scripted
from tests.channels.contract import ChannelContract, reading, tone
from tests.channels.fake_asterisk import Driven, FakeAsterisk, dialled
from tests.channels.line_contract import LineContract
from tests.fitted import FIT


class FakePage(FakeAsterisk):
    """The page's end of a call."""

    def __init__(self, asterisk: FakeAsterisk) -> None:
        self.__dict__ = asterisk.__dict__
        self.reported: list[dict[str, Any]] = []
        """What the page was told, in order."""

    async def _obey(self, text: str) -> None:
        fields = json.loads(text)
        if "event" in fields:
            self.reported.append(fields)
        elif fields["command"] != "HANGUP":  # the page waits for ENDED
            await super()._obey(text)

    def told_of(self, event: str) -> list[dict[str, Any]]:
        return [each for each in self.reported if each["event"] == event]


@asynccontextmanager
async def connected(form: str = "slin16") -> AsyncIterator[tuple[WebPhoneChannel, FakePage]]:
    """A channel and the page's end of its call, over a real WebSocket."""
    channels: list[WebPhoneChannel] = []
    over = asyncio.Event()

    async def handle(request: web.Request) -> web.WebSocketResponse:
        socket = AsteriskSocket()
        await socket.prepare(request)
        channels.append(WebPhoneChannel(socket, request.transport, await read_start(socket), "0912345678"))
        await over.wait()
        return socket

    app = web.Application()
    app.router.add_get("/", handle)
    async with TestServer(app) as server, dialled(str(server.make_url("/")), form, as_json=True) as asterisk:
        page = FakePage(asterisk)
        await page.start()
        await page.sync()
        [channel] = channels
        page.beat = partial(channel.tick, 0)
        try:
            yield channel, page
        finally:
            over.set()
            await page.hang_up()
            await channel.close()


class TestContract(ChannelContract):
    heard = True

    @pytest.fixture
    async def channel(self) -> AsyncIterator[Driven]:
        async with connected() as (channel, page):
            yield Driven(channel, page)


class TestLine(LineContract):
    @pytest.fixture
    async def call(self) -> AsyncIterator[tuple[WebPhoneChannel, FakePage]]:
        async with connected("slin") as (channel, page):
            yield channel, page


Pair = tuple[WebPhoneChannel, FakePage]


@pytest.fixture
async def pair() -> AsyncIterator[Pair]:
    async with connected() as both:
        yield both


class TestWords:
    async def test_they_stand_where_their_sound_does(self, pair: Pair) -> None:
        channel, page = pair
        assert isinstance(channel, ShowsWords)
        channel.show("xin chào", secret=False)
        await channel.play(tone(16000, 0.1), "1")
        await channel.play(tone(16000, 0.2), "a pause")
        channel.show("123 4567", secret=True)
        await channel.play(tone(16000, 0.05), "3")  # padded to whole frames of 20 ms
        await page.sync()
        first, second = page.reported
        assert first == {"event": "CAPTION", "begin": 0, "end": 1600, "flush": 0, "text": "xin chào", "secret": False}
        assert (second["begin"], second["end"], second["secret"]) == (4800, 5760, True)

    async def test_they_say_whether_a_synthesiser_speaks_where_that_is_known(self, pair: Pair) -> None:
        channel, page = pair
        for synthetic in (True, False, None):
            channel.show("vâng", False, synthetic)
            await channel.play(tone(16000, 0.1), "1")
        await page.sync()
        assert [each.get("synthetic") for each in page.reported] == [True, False, None]

    async def test_after_a_barge_in_they_are_counted_from_the_start_again(self, pair: Pair) -> None:
        channel, page = pair
        await channel.play(tone(16000, 0.1), "1")
        await channel.stop()
        channel.show("vâng", secret=False)
        await channel.play(tone(16000, 0.1), "2")
        await page.sync()
        assert [(each["begin"], each["flush"]) for each in page.reported] == [(0, 1)]


class TestEnd:
    async def test_a_caller_who_hangs_up_still_hears_how_the_call_ended(self, pair: Pair) -> None:
        channel, page = pair
        async with reading(channel) as reader:
            await page.event("HUNG_UP")
            await reader.until(lambda event: event == HungUp())
        channel.watch(Ended(1.234, Outcome.HUNG_UP, "a failure that is for the log alone"))
        await page.sync()
        assert page.reported == [{"event": "ENDED", "at": 1.23, "outcome": "hung_up"}]


async def test_a_page_is_told_the_password_while_it_is_spoken_and_nowhere_else(pair: Pair) -> None:
    channel, page = pair
    driven = Driven(channel, page)
    notices: list[Notice] = []

    def watch(notice: Notice) -> None:
        notices.append(notice)
        channel.watch(notice)

    driven.show = channel.show  # type: ignore[attr-defined]  # a protocol is found by this method
    dialogue = Scripted(READING, GOODBYE)
    call = Call("id", driven, KeysOnly(), dialogue, Beeps(), TIMING, FIT, words=WORDS, watch=watch)
    assert await call.run() is Outcome.RESET
    await page.sync()
    spoken = [(each["text"], each["secret"]) for each in page.told_of("CAPTION")]
    assert spoken == [("mật khẩu mới", False), ("token", True), ("tạm biệt", False)]
    assert "token" not in json.dumps([each for each in page.reported if each["event"] != "CAPTION"])
    assert "token" not in repr(notices)
    assert [each["expect"] for each in page.told_of("SPEAKS")] == ["played", "nothing"]
    assert np.count_nonzero(page.heard_sound()) == 3 * 2 * 16000
    assert page.told_of("ENDED")[0]["outcome"] == "reset"
