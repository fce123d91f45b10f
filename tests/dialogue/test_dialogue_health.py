"""Whether a served Rasa can be reached is known soon, forgives one lost check, and leaves nothing behind in Rasa."""

from __future__ import annotations

import asyncio
import logging
from collections.abc import AsyncIterator
from pathlib import Path

import aiohttp
import pytest
from aiohttp import web
from aiohttp.test_utils import TestServer, unused_port

from bot.accounts import store
from bot.actions import executor
from bot.actions.server import app_of
from bot.actions.services import Services
from bot.credentials import Credentials
from bot.dialogue import health as health_module
from bot.dialogue.health import MISSES, HealthCheck
from bot.events import StoreHealth
from bot.settings import Settings

NONE = Credentials("")


class FakeRasa:
    """Answers as it is told to, and keeps what it was asked."""

    def __init__(self) -> None:
        self.answer: int | str = 200
        """A status, "never" or "cut"."""
        self.asked: list[tuple[str, str]] = []
        app = web.Application()
        app.router.add_route("*", "/{path:.*}", self._answer)
        self.server = TestServer(app)

    @property
    def url(self) -> str:
        return str(self.server.make_url(""))

    async def _answer(self, request: web.Request) -> web.StreamResponse:
        self.asked.append((request.method, request.path))
        if self.answer == "never":
            await asyncio.Event().wait()
        elif self.answer == "cut":
            assert request.transport is not None
            request.transport.abort()
        else:
            assert isinstance(self.answer, int)
            return web.json_response({}, status=self.answer)
        raise AssertionError


@pytest.fixture
async def rasa() -> AsyncIterator[FakeRasa]:
    fake = FakeRasa()
    await fake.server.start_server(shutdown_timeout=0.01)
    yield fake
    await fake.server.close()


async def check(health: HealthCheck, rasa: FakeRasa, *answers: int | str) -> list[bool]:
    """Whether it was up after each of these."""
    up = []
    for rasa.answer in answers:
        await health.check()
        up.append(health.up)
    return up


@pytest.mark.parametrize("wrong", [500, 502, 503, 404, "cut", "never"])
async def test_one_lost_check_is_forgiven_and_more_are_not_until_it_answers(
    rasa: FakeRasa, wrong: int | str, monkeypatch: pytest.MonkeyPatch
) -> None:
    if wrong == "never":
        monkeypatch.setattr(health_module, "TIMEOUT", aiohttp.ClientTimeout(total=0.05))
    health = HealthCheck(rasa.url, NONE)
    forgiven = [wrong] * (MISSES - 1)
    assert all(await check(health, rasa, 200, *forgiven, 200, *forgiven))
    assert await check(health, rasa, wrong, wrong, 200) == [False, False, True]


async def test_the_first_check_decides() -> None:
    """A gateway that starts together with a Rasa that is still loading is not sent calls for a check or two."""
    health = HealthCheck(f"http://127.0.0.1:{unused_port()}", NONE)
    assert health.up
    await health.check()
    assert not health.up


@pytest.mark.parametrize("url", ["http://", "http://[", "rasa:5005", "http://127.0.0.1:99999"])
async def test_what_is_no_address_is_no_rasa(url: str) -> None:
    health = HealthCheck(url, NONE)
    await health.check()
    assert not health.up


@pytest.mark.parametrize("end", ["", "/"])
async def test_it_asks_the_channel_of_the_turns_and_tells_it_nothing(rasa: FakeRasa, end: str) -> None:
    """What Rasa is told with POST leaves rows in its tracker store."""
    await HealthCheck(f"{rasa.url.rstrip('/')}/behind{end}", NONE).check()
    assert rasa.asked == [("GET", "/behind/webhooks/rest/")]


async def test_the_log_tells_when_it_went_and_when_it_came_back(
    rasa: FakeRasa, caplog: pytest.LogCaptureFixture
) -> None:
    health = HealthCheck(rasa.url, NONE)
    await check(health, rasa, 200, 200, *[503] * 5, 200, 200)
    gone, back = (record for record in caplog.records if record.name == health_module.__name__)
    assert gone.levelno == logging.ERROR
    assert "503" in gone.getMessage()
    assert "no call" in gone.getMessage()
    assert "answers again" in back.getMessage()


async def test_an_action_server_is_asked_for_the_account_store(
    rasa: FakeRasa, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """With a store that is made only later."""
    made = Services(Settings(database_url=f"sqlite:///{tmp_path}/accounts.sqlite"))
    monkeypatch.setattr(store, "ACCOUNTS_KEY", tmp_path / "accounts.key")
    runner = executor(made)
    async with TestServer(app_of(lambda _: runner, NONE)) as actions:
        health = HealthCheck(rasa.url, NONE, str(actions.make_url("/webhook")))
        await health.check()
        assert health.up
        assert "run `voicebot accounts init`" in health.store.health.trouble
        await asyncio.to_thread(made.accounts.init)
        await health.check()
        assert health.store.health == StoreHealth("", 0, made.settings.max_refusals)
    await health.check()
    assert "does not tell" in health.store.health.trouble
