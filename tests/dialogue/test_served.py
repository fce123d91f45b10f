"""A Rasa server and an action server as processes of their own, behind the same protocol; and servers that are none."""

from __future__ import annotations

import asyncio
import os
import socket
import subprocess
import sys
import time
from collections.abc import AsyncIterator, Awaitable, Callable, Iterator
from typing import NamedTuple

import aiohttp
import pytest
import yaml
from aiohttp import web
from dialogue_tools import Citizen, TextCall
from yarl import URL

from bot.accounts import Accounts
from bot.credentials import Credentials
from bot.dialogue.served import ServedRasa
from bot.errors import VoicebotError
from bot.events import Chosen, Grammar, Number, Outcome, PlayedOut, Said, Silence
from bot.gateway.pulse import PATH, Pulse
from bot.sealing import Seal
from bot.settings import ROOT, Settings

LENGTHS = (10, 12)
SECRET = "of-this-bot-and-its-rasa"
OURS, NONE = Credentials(SECRET), Credentials("")
READY_WITHIN = 120
"""Seconds a busy machine may take to start Rasa; a quiet one takes ten."""


def _free_port() -> int:
    with socket.socket() as listener:
        listener.bind(("127.0.0.1", 0))
        port: int = listener.getsockname()[1]
        return port


class Served(NamedTuple):
    """URLs of two servers."""

    rasa: str
    actions: str


@pytest.fixture(scope="module")
def served(settings: Settings, accounts: Accounts, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Served]:
    """A Rasa server, its action server beside it."""
    folder = tmp_path_factory.mktemp("served")
    rasa_port, actions_port = _free_port(), _free_port()
    endpoints = folder / "endpoints.yml"
    actions_url = f"http://127.0.0.1:{actions_port}/webhook"
    action_endpoint = yaml.safe_load((ROOT / "deploy" / "compose" / "endpoints.yml").read_text("utf-8"))[
        "action_endpoint"
    ]
    endpoints.write_text(yaml.safe_dump({"action_endpoint": action_endpoint}))
    environ = {
        **os.environ,
        "RASA_TELEMETRY_ENABLED": "false",
        "SANIC_HOST": "127.0.0.1",
        "VOICEBOT_DATABASE_URL": settings.database_url,
        "VOICEBOT_SEAL_KEY": settings.seal_key,
        "VOICEBOT_RASA_SECRET": SECRET,
        "ACTIONS_URL": actions_url,
    }
    commands = [
        [*("rasa_sdk", "--actions", "bot.actions", "--port", str(actions_port))],
        [
            *("rasa", "run", "--model", settings.rasa_model, "--port", str(rasa_port), "--interface", "127.0.0.1"),
            *("--endpoints", str(endpoints), "--credentials", str(ROOT / "credentials.yml")),
        ],
    ]
    log = (folder / "log").open("wb")
    processes = [
        subprocess.Popen([sys.executable, "-m", *command], cwd=ROOT, env=environ, stdout=log, stderr=log)
        for command in commands
    ]
    try:
        deadline = time.monotonic() + READY_WITHIN
        for port, path in ((actions_port, "/health"), (rasa_port, PATH)):
            if not asyncio.run(_ready(f"http://127.0.0.1:{port}{path}", processes, deadline)):
                pytest.fail(f"no server:\n{(folder / 'log').read_text('utf-8', 'replace')[-2000:]}")
        yield Served(f"http://127.0.0.1:{rasa_port}", actions_url)
    finally:
        for process in processes:
            process.terminate()
        for process in processes:
            process.wait(30)
        log.close()


async def _ready(url: str, processes: list[subprocess.Popen[bytes]], deadline: float) -> bool:
    async with aiohttp.ClientSession(headers=OURS.headers) as session:
        while time.monotonic() < deadline and all(process.poll() is None for process in processes):
            try:
                async with session.get(url) as response:
                    if response.status == 200:
                        return True
            except aiohttp.ClientError:
                await asyncio.sleep(0.2)
    return False


async def test_a_whole_call_over_http(served: Served, seal: Seal, citizen: Citizen, accounts: Accounts) -> None:
    rasa = ServedRasa(served.rasa, seal, LENGTHS, OURS)
    call = TextCall(rasa, seal)
    try:
        menu = await call.start(citizen.phone, Silence())
        assert menu.expect.kind is Grammar.MENU
        await call.tell(Said("cấp lại mật khẩu"), Number(citizen.number, True))
        assert call.revealed("number") == [citizen.number]
        reply = await call.tell(Chosen("affirm"), PlayedOut())
    finally:
        await rasa.close()
    assert reply.outcome is Outcome.RESET
    first, second = call.revealed("password")
    assert first == second
    assert accounts.verify(citizen.phone, first)


async def test_a_rasa_that_is_there_has_a_pulse(served: Served) -> None:
    pulse = Pulse(served.rasa, OURS, served.actions)
    await pulse.beat()
    assert pulse.up
    assert pulse.store.up


class TestWithoutTheSecret:
    @pytest.mark.parametrize("headers", [{}, Credentials("of-somebody-else-at-all").headers], ids=["none", "another"])
    @pytest.mark.parametrize(
        ("method", "where"),
        [("GET", "rasa" + PATH), ("POST", f"rasa{PATH}webhook"), ("POST", "actions"), ("GET", "actions/actions")],
    )
    async def test_nobody_is_answered(self, served: Served, headers: dict[str, str], method: str, where: str) -> None:
        name, _, path = where.partition("/")
        url = URL(getattr(served, name)).join(URL("/" + path)) if path else URL(getattr(served, name))
        message = {"sender": "a call", "message": "/ask_reset"}
        async with (
            aiohttp.ClientSession(headers=headers) as session,
            session.request(method, url, json=message if method == "POST" else None) as response,
        ):
            assert response.status == 401
            assert "VOICEBOT_RASA_SECRET" in await response.text()

    async def test_the_gateway_says_what_to_set(self, served: Served, seal: Seal) -> None:
        await _fails(ServedRasa(served.rasa, seal, LENGTHS, NONE), "VOICEBOT_RASA_SECRET")

    async def test_a_probe_is_told_that_the_action_server_is_there(self, served: Served) -> None:
        async with aiohttp.ClientSession() as session, session.get(URL(served.actions).join(URL("/health"))) as told:
            assert told.status == 200


# ── servers that are none ──

Answer = Callable[[web.Request], Awaitable[web.StreamResponse]]


@pytest.fixture
async def serve() -> AsyncIterator[Callable[[Answer], Awaitable[str]]]:
    """Serves an answer to every request; gives the URL."""
    runners: list[web.AppRunner] = []

    async def serve(answer: Answer) -> str:
        app = web.Application()
        app.router.add_route("*", "/{path:.*}", answer)
        runners.append(web.AppRunner(app, shutdown_timeout=0))
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


async def test_no_server(seal: Seal) -> None:
    await _fails(ServedRasa(f"http://127.0.0.1:{_free_port()}", seal, LENGTHS, NONE), "cannot be reached.*rasa run")


async def _fails(rasa: ServedRasa, message: str) -> None:
    with pytest.raises(VoicebotError, match=message) as error:
        await rasa.tell("call", Silence())
    await rasa.close()
    assert "\n" not in str(error.value)
