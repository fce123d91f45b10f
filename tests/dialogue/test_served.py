"""Rasa and an action server as processes of their own: who is answered; and servers that are none."""

from __future__ import annotations

import asyncio
import dataclasses
import json
from collections.abc import AsyncIterator, Awaitable, Callable
from pathlib import Path
from typing import Any

import aiohttp
import pytest
import pytest_asyncio
from aiohttp import web
from aiohttp.test_utils import unused_port
from dialogue_tools import Citizen, TextCall
from yarl import URL

from bot.accounts import Accounts
from bot.credentials import Credentials
from bot.dialogue import open_dialogue
from bot.dialogue.health import PATH
from bot.dialogue.local import LocalRasa
from bot.dialogue.served import ServedRasa
from bot.errors import VoicebotError
from bot.events import Chosen, Grammar, Number, Outcome, PlayedOut, Prompt, Said, Silence
from bot.sealing import Seal
from bot.settings import Settings
from tests.gateway.conftest import until

LENGTHS = (10, 12)
NONE = Credentials("")


@pytest_asyncio.fixture(scope="module", loop_scope="module")
async def rasa(dialogue_model: Path, settings: Settings, accounts: Accounts) -> AsyncIterator[LocalRasa]:
    """Both, as `voicebot call` starts them."""
    dialogue = await open_dialogue(settings)
    assert isinstance(dialogue, LocalRasa)
    yield dialogue
    await dialogue.close()


@pytest.mark.asyncio(loop_scope="module")
class TestTheRealOnes:
    async def test_a_whole_call(self, rasa: LocalRasa, seal: Seal, citizen: Citizen, accounts: Accounts) -> None:
        call = TextCall(rasa, seal)
        menu = await call.start(citizen.phone, Silence())
        assert menu.expect.kind is Grammar.MENU
        await call.tell(Said("cấp lại mật khẩu"), Number(citizen.number, True))
        assert call.revealed("number") == [citizen.number]
        reply = await call.tell(Chosen("affirm"), PlayedOut())
        assert reply.outcome is Outcome.RESET
        first, second = call.revealed("password")
        assert first == second
        assert accounts.verify(citizen.phone, first)

    async def test_both_are_well(self, rasa: LocalRasa) -> None:
        await rasa._health.check()
        assert rasa.up
        assert rasa.store.up

    @pytest.mark.parametrize("headers", [{}, Credentials("of-somebody-else-at-all").headers], ids=["none", "another"])
    @pytest.mark.parametrize(
        ("method", "where"), [("GET", f"rasa{PATH}"), ("POST", f"rasa{PATH}webhook"), ("POST", "actions/webhook")]
    )
    async def test_nobody_else_is_answered(
        self, rasa: LocalRasa, headers: dict[str, str], method: str, where: str
    ) -> None:
        name, _, path = where.partition("/")
        url = URL(rasa._health._url if name == "rasa" else rasa._health._actions_url).join(URL("/" + path))
        message = {"sender": "a call", "message": "/ask_reset"}
        async with (
            aiohttp.ClientSession(headers=headers) as session,
            session.request(method, url, json=message if method == "POST" else None) as response,
        ):
            assert response.status == 401
            assert "VOICEBOT_RASA_SECRET" in await response.text()

    @pytest.mark.parametrize(
        ("body", "status"),
        [
            *((body, 400) for body in (b"", b"[]", b"5", b"{", b"\xff", b"[" * 9999, b'{"message":"/played"}')),
            *((body, 400) for body in (b'{"sender":"a","message":5}', b'{"sender":null,"message":"/played"}')),
            (json.dumps({"sender": "a", "message": "a b " * 5000}).encode(), 413),
        ],
        ids=lambda value: value[:24] if isinstance(value, bytes) else None,
    )
    async def test_rasa_takes_turns_and_nothing_else(self, rasa: LocalRasa, body: bytes, status: int) -> None:
        async with (
            aiohttp.ClientSession(headers=rasa._secrets.headers) as session,
            session.post(f"{rasa._health._url}{PATH}webhook", data=body) as response,
        ):
            assert response.status == status

    async def test_rasa_reads_no_body_of_a_stranger(self, rasa: LocalRasa) -> None:
        url = URL(rasa._health._url)
        reader, writer = await asyncio.open_connection(url.host, url.port)
        writer.write(f"POST {PATH}webhook HTTP/1.1\r\nHost: x\r\nContent-Length: 90000000\r\n\r\n".encode())
        assert b" 401 " in await asyncio.wait_for(reader.readline(), 10)
        writer.close()

    async def test_the_gateway_says_what_to_set(self, rasa: LocalRasa, seal: Seal) -> None:
        await _fails(ServedRasa(rasa._health._url, seal, LENGTHS, NONE), "VOICEBOT_RASA_SECRET")

    async def test_a_probe_is_told_that_the_action_server_is_there(self, rasa: LocalRasa) -> None:
        url = URL(rasa._health._actions_url).join(URL("/health"))
        async with aiohttp.ClientSession() as session, session.get(url) as told:
            assert told.status == 200

    async def test_one_that_is_served_elsewhere_is_the_same(
        self, rasa: LocalRasa, seal: Seal, settings: Settings, citizen: Citizen
    ) -> None:
        served = await open_dialogue(
            dataclasses.replace(
                settings,
                rasa_url=rasa._health._url,
                actions_url=rasa._health._actions_url,
                rasa_secret=rasa._settings.rasa_secret,
            )
        )
        await until(lambda: served.store.health.max_refusals > 0)
        assert served.up
        reply = await TextCall(served, seal).start(citizen.phone, Chosen("ask_reset"))
        assert reply.expect.kind is Grammar.NUMBER
        await served.close()


# ── servers that are none ──

Answer = Callable[[web.Request], Awaitable[web.StreamResponse]]


@pytest.fixture
async def serve() -> AsyncIterator[Callable[[Answer], Awaitable[str]]]:
    """Serves an answer to every request; gives the URL."""
    runners: list[web.AppRunner] = []

    async def serve(answer: Answer) -> str:
        app = web.Application()
        app.router.add_route("*", "/{path:.*}", answer)
        runners.append(web.AppRunner(app, shutdown_timeout=0.01))
        await runners[-1].setup()
        site = web.TCPSite(runners[-1], "127.0.0.1", 0)
        await site.start()
        return f"http://127.0.0.1:{runners[-1].addresses[0][1]}"

    yield serve
    for runner in runners:
        await runner.cleanup()


async def _never(request: web.Request) -> web.StreamResponse:
    await asyncio.Event().wait()
    raise AssertionError


async def _not_found(request: web.Request) -> web.StreamResponse:
    return web.Response(status=404)


async def _no_json(request: web.Request) -> web.StreamResponse:
    return web.Response(text="<html>")


async def _nothing(request: web.Request) -> web.StreamResponse:
    return web.json_response([])


@pytest.mark.parametrize(
    ("answer", "message"),
    [
        (_never, "does not answer in time"),
        (_not_found, "status 404.*VOICEBOT_RASA_URL"),
        (_no_json, "not as Rasa's REST channel does"),
        (_nothing, "it said nothing"),
    ],
)
async def test_a_server_that_is_no_rasa(
    answer: Answer, message: str, serve: Callable[[Answer], Awaitable[str]], seal: Seal
) -> None:
    rasa = ServedRasa(await serve(answer), seal, LENGTHS, NONE, aiohttp.ClientTimeout(total=0.2))
    await _fails(rasa, message)


@pytest.mark.parametrize("status", [502, 503, 504])
async def test_a_proxy_whose_rasa_is_gone(status: int, serve: Callable[[Answer], Awaitable[str]], seal: Seal) -> None:
    """The address is right, and the operator is not told to correct it."""

    async def gone(request: web.Request) -> web.StreamResponse:
        return web.Response(status=status)

    url = await serve(gone)
    await _fails(ServedRasa(url, seal, LENGTHS, NONE), rf"^no Rasa behind {url} answered this turn \(status {status}\)")


@pytest.mark.parametrize("how", ["ends without an answer", "ends in its answer", 502, 503])
async def test_a_turn_whose_rasa_ended_is_told_to_the_next_one(
    how: str | int, serve: Callable[[Answer], Awaitable[str]], seal: Seal
) -> None:
    told: list[Any] = []

    async def answer(request: web.Request) -> web.StreamResponse:
        told.append(await request.json())
        if len(told) == 2:
            return web.json_response([{"text": "xin chào", "custom": {"outcome": "refused"}}])
        if isinstance(how, int):
            return web.Response(status=how)
        if how == "ends in its answer":
            begun = web.StreamResponse(headers={"Content-Length": "90", "Content-Type": "application/json"})
            await begun.prepare(request)
            await begun.write(b"[{")
        assert request.transport is not None
        request.transport.abort()
        return web.Response()

    rasa = ServedRasa(await serve(answer), seal, LENGTHS, NONE)
    reply = await rasa.tell("call", Said("không"))
    await rasa.close()
    assert (reply.segments, reply.outcome) == ((Prompt("xin chào"),), Outcome.REFUSED)
    assert told[0] == told[1]


@pytest.mark.parametrize(("status", "times"), [(502, 2), (503, 2), (504, 1), (500, 1), (401, 1), (404, 1)])
async def test_no_turn_is_told_a_third_time_nor_again_to_a_rasa_that_is_there(
    status: int, times: int, serve: Callable[[Answer], Awaitable[str]], seal: Seal
) -> None:
    told: list[Any] = []

    async def answer(request: web.Request) -> web.StreamResponse:
        told.append(await request.json())
        return web.Response(status=status)

    await _fails(ServedRasa(await serve(answer), seal, LENGTHS, NONE), ".")
    assert len(told) == times


async def test_a_turn_that_takes_too_long_is_told_once(serve: Callable[[Answer], Awaitable[str]], seal: Seal) -> None:
    told: list[Any] = []

    async def answer(request: web.Request) -> web.StreamResponse:
        told.append(await request.json())
        return await _never(request)

    url = await serve(answer)
    await _fails(ServedRasa(url, seal, LENGTHS, NONE, aiohttp.ClientTimeout(total=0.2)), "does not answer in time")
    assert len(told) == 1


async def test_no_server(seal: Seal) -> None:
    await _fails(ServedRasa(f"http://127.0.0.1:{unused_port()}", seal, LENGTHS, NONE), "cannot be reached.*rasa run")


async def _fails(rasa: ServedRasa, message: str) -> None:
    with pytest.raises(VoicebotError, match=message) as error:
        await rasa.tell("call", Silence())
    await rasa.close()
    assert "\n" not in str(error.value)
