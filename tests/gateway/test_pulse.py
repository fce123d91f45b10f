"""Whether a served Rasa can be reached is known soon, forgives one lost beat, and leaves nothing behind in Rasa."""

from __future__ import annotations

import asyncio
import logging
from collections.abc import AsyncIterator
from pathlib import Path

import aiohttp
import pytest
from aiohttp import web
from aiohttp.test_utils import TestServer, unused_port
from rasa_sdk.executor import ActionExecutor

from bot.accounts import store
from bot.actions import services
from bot.actions.services import Services
from bot.credentials import Credentials
from bot.events import Dialogue, StoreHealth
from bot.gateway import pulse as pulses
from bot.gateway import serving
from bot.gateway.admission import Admission
from bot.gateway.metrics import Metrics
from bot.gateway.metronome import Metronome
from bot.gateway.pulse import MISSES, Pulse
from bot.gateway.serving import Rasa
from bot.settings import Settings
from tests.gateway.conftest import until

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
    await fake.server.start_server(shutdown_timeout=0)
    yield fake
    await fake.server.close()


async def beat(pulse: Pulse, rasa: FakeRasa, *answers: int | str) -> list[bool]:
    """Whether it was up after each of these."""
    up = []
    for rasa.answer in answers:
        await pulse.beat()
        up.append(pulse.up)
    return up


@pytest.mark.parametrize("wrong", [500, 502, 503, 404, "cut", "never"])
async def test_one_lost_beat_is_forgiven_and_more_are_not_until_it_answers(
    rasa: FakeRasa, wrong: int | str, monkeypatch: pytest.MonkeyPatch
) -> None:
    if wrong == "never":
        monkeypatch.setattr(pulses, "TIMEOUT", aiohttp.ClientTimeout(total=0.05))
    pulse = Pulse(rasa.url, NONE)
    forgiven = [wrong] * (MISSES - 1)
    assert all(await beat(pulse, rasa, 200, *forgiven, 200, *forgiven))
    assert await beat(pulse, rasa, wrong, wrong, 200) == [False, False, True]


async def test_the_first_beat_decides() -> None:
    """A gateway that starts together with a Rasa that is still loading is not sent calls for a beat or two."""
    pulse = Pulse(f"http://127.0.0.1:{unused_port()}", NONE)
    assert pulse.up
    await pulse.beat()
    assert not pulse.up


@pytest.mark.parametrize("url", ["http://", "http://[", "rasa:5005", "http://127.0.0.1:99999"])
async def test_what_is_no_address_is_no_rasa(url: str) -> None:
    pulse = Pulse(url, NONE)
    await pulse.beat()
    assert not pulse.up


@pytest.mark.parametrize("end", ["", "/"])
async def test_it_asks_the_channel_of_the_turns_and_tells_it_nothing(rasa: FakeRasa, end: str) -> None:
    """What Rasa is told with POST leaves rows in its tracker store."""
    await Pulse(f"{rasa.url.rstrip('/')}/behind{end}", NONE).beat()
    assert rasa.asked == [("GET", "/behind/webhooks/rest/")]


async def test_the_log_tells_when_it_went_and_when_it_came_back(
    rasa: FakeRasa, caplog: pytest.LogCaptureFixture
) -> None:
    pulse = Pulse(rasa.url, NONE)
    await beat(pulse, rasa, 200, 200, *[503] * 5, 200, 200)
    gone, back = (record for record in caplog.records if record.name == pulses.__name__)
    assert gone.levelno == logging.ERROR
    assert "503" in gone.getMessage()
    assert "no call" in gone.getMessage()
    assert "answers again" in back.getMessage()


class StillMetronome(Metronome):
    """Beats when a test does."""

    async def run(self) -> None:
        await asyncio.Event().wait()


class NoDialogue:
    async def tell(self, *_: object) -> None: ...

    async def close(self) -> None: ...


async def test_a_gateway_is_out_of_order_while_its_rasa_is(rasa: FakeRasa, monkeypatch: pytest.MonkeyPatch) -> None:
    async def nothing_here(_: Settings) -> Dialogue:
        return NoDialogue()  # type: ignore[return-value]

    monkeypatch.setattr(serving, "dialogue_here", nothing_here)
    monkeypatch.setattr(pulses, "PULSE_SECONDS", 0.0)
    metrics, admission = Metrics(), Admission(1)
    metronome, served = StillMetronome(metrics.ticked), Rasa(metrics)
    await served.open(Settings(rasa_url=rasa.url))

    def refusal() -> str | None:
        metronome.beat(0.0)
        return admission.refusal

    async with serving._beating(metronome, metrics, admission, served):
        assert refusal() is None
        for _ in range(2):
            rasa.answer = 503
            await until(lambda: refusal() == "out_of_order")
            assert b"voicebot_dialogue_up 0.0" in metrics.text()
            rasa.answer = 200
            await until(lambda: refusal() is None)
            assert b"voicebot_dialogue_up 1.0" in metrics.text()
    assert "Rasa.watch" not in {task.get_coro().__qualname__ for task in asyncio.all_tasks()}


async def test_a_gateway_is_out_of_order_while_the_account_store_is(
    rasa: FakeRasa, monkeypatch: pytest.MonkeyPatch
) -> None:
    async def nothing_here(_: Settings) -> Dialogue:
        return NoDialogue()  # type: ignore[return-value]

    monkeypatch.setattr(serving, "dialogue_here", nothing_here)
    metrics, admission = Metrics(), Admission(1)
    metronome, served = StillMetronome(metrics.ticked), Rasa(metrics)
    await served.open(Settings(rasa_url=rasa.url))
    async with serving._beating(metronome, metrics, admission, served):
        for health, refusal, lines in (
            (StoreHealth("", 499, 500), None, (b"store_up 1.0", b"guesses_last_hour 499.0", b"guessing_alarm 0.0")),
            (StoreHealth("", 500, 500), None, (b"store_up 1.0", b"guesses_last_hour 500.0", b"guessing_alarm 1.0")),
            (StoreHealth("read-only", 0, 500), "out_of_order", (b"store_up 0.0", b"dialogue_up 1.0")),
            (StoreHealth("", 0, 500), None, (b"store_up 1.0",)),
        ):
            served._store.told(health)
            metronome.beat(0.0)
            assert admission.refusal == refusal
            assert all(b"\nvoicebot_" + line in metrics.text() for line in lines)


async def test_an_action_server_is_asked_for_the_account_store(
    rasa: FakeRasa, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The actions as `rasa run actions` finds them, with a store that is made only later."""
    made = Services(Settings(database_url=f"sqlite:///{tmp_path}/accounts.sqlite"))
    monkeypatch.setattr(store, "ACCOUNTS_KEY", tmp_path / "accounts.key")
    monkeypatch.setattr(services, "shared", lambda: made)
    executor = ActionExecutor()
    executor.register_package("bot.actions")

    async def webhook(request: web.Request) -> web.Response:
        return web.json_response(await executor.run(await request.json()))

    app = web.Application()
    app.router.add_post("/webhook", webhook)
    async with TestServer(app) as actions:
        pulse = Pulse(rasa.url, NONE, str(actions.make_url("/webhook")))
        await pulse.beat()
        assert pulse.up
        assert "run `voicebot accounts init`" in pulse.store.health.trouble
        await asyncio.to_thread(made.accounts.init)
        await pulse.beat()
        assert pulse.store.health == StoreHealth("", 0, made.settings.max_refusals)
    await pulse.beat()
    assert "does not tell" in pulse.store.health.trouble
