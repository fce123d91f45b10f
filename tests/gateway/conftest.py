"""A gateway that answers with whatever a test puts there, on real ports of this machine."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager, nullcontext
from dataclasses import dataclass, field

import pytest
from aiohttp import BasicAuth, ClientSession

from bot.accounts.pseudonyms import Pseudonyms
from bot.credentials import Credentials
from bot.doors.accepting import bound_socket
from bot.doors.certificates import Certificates
from bot.events import HungUp, Outcome
from bot.gateway.admission import Admission
from bot.gateway.audiosocket import listening_at
from bot.gateway.auth import LineAuth
from bot.gateway.call_back import CallBacks
from bot.gateway.call_back_counts import CountsInMemory
from bot.gateway.call_registry import CallRegistry
from bot.gateway.metrics import Metrics
from bot.gateway.server import Gateway
from bot.gateway.serving import listening_for_http
from bot.gateway.ticker import Ticker
from bot.gateway.verstat import Policy
from bot.operations.keeping import CallsOfGateway
from bot.protocols import Channel
from bot.reports.recording import Recorder
from bot.watching import Ended, Watch
from tests.channels.fake_asterisk import FakeAsterisk, dialled

SECRET = "a secret of sixteen characters"


class Listeners:
    """Answers by listening until the caller hangs up, and keeps who called."""

    def __init__(self) -> None:
        self.callers: list[str | None] = []
        self.channels: list[Channel] = []

    async def answer(self, channel: Channel, watch: Watch, name: str = "") -> Outcome:
        self.callers.append(channel.caller)
        self.channels.append(channel)
        async for event in channel.events():
            if event == HungUp():
                break
        watch(Ended(1.0, Outcome.HUNG_UP))
        return Outcome.HUNG_UP


@dataclass(frozen=True)
class Server:
    """Where a gateway listens."""

    host: str
    port: int

    def make_url(self, path: str) -> str:
        return f"http://{self.host}:{self.port}{path}"


@dataclass
class Site:
    """A gateway that listens."""

    gateway: Gateway
    ticker: Ticker
    server: Server
    audiosocket: tuple[str, int]
    now: list[float] = field(default_factory=lambda: [0.0])
    """Seconds, as the call_registry counts them."""

    @asynccontextmanager
    async def call(self, query: str = "caller=0912345678", secret: str | None = SECRET) -> AsyncIterator[FakeAsterisk]:
        """A call that has begun."""
        async with dialled(f"{self.server.make_url('/asterisk')}?{query}", secret=secret) as asterisk:
            await asterisk.start()
            await asterisk.sync()
            yield asterisk

    async def get(self, path: str, secret: str | None = SECRET) -> tuple[int, str]:
        auth = BasicAuth("asterisk", secret) if secret else None
        async with ClientSession() as session, session.get(self.server.make_url(path), auth=auth) as response:
            return response.status, await response.text()

    async def post(self, path: str, form: dict[str, str], secret: str | None = SECRET) -> tuple[int, str]:
        auth = BasicAuth("asterisk", secret) if secret else None
        async with (
            ClientSession() as session,
            session.post(self.server.make_url(path), data=form, auth=auth) as response,
        ):
            return response.status, await response.text()

    async def metric(self, line: str) -> float:
        """The value of the metric that begins so; 0 where there is none yet."""
        _, text = await self.get("/metrics")
        found = [each for each in text.splitlines() if each.startswith(f"{line} ")]
        return float(found[0].rpartition(" ")[2]) if found else 0.0

    async def quiet(self) -> None:
        """Wait until all calls have ended."""
        await asyncio.wait_for(self.gateway.admission.empty(), 10)


async def until(condition: Callable[[], bool]) -> None:
    """Let the event loop run until it has come so far."""
    await asyncio.wait_for(_come(condition), 20)


async def _come(condition: Callable[[], bool]) -> None:
    while not condition():  # noqa: ASYNC110  # the code under test has no event for it
        await asyncio.sleep(0)


@asynccontextmanager
async def site(
    answer: Callable[[Channel, Watch, str], Awaitable[Outcome]],
    *,
    calls: int = 10,
    secret: str = SECRET,
    call_seconds: float = 1000,
    verstat: Policy = "off",
    secure: Certificates = lambda: None,
    call_back: bool = False,
    web_phone: bool = False,
    records: CallsOfGateway | None = None,
    recorder: Recorder | None = None,
) -> AsyncIterator[Site]:
    metrics, now, admission = Metrics(), [0.0], Admission(calls)
    ticker = Ticker(metrics.ticked)
    call_registry, call_backs = CallRegistry(lambda: now[0]), None
    if call_back:
        counts = CountsInMemory(3, 5, lambda: now[0], Pseudonyms(b"k" * 32))
        call_backs = CallBacks(
            counts, admission, lambda: now[0], lambda result: metrics.call_backs.labels(result).inc()
        )
    gateway = Gateway(
        answer,
        LineAuth(Credentials(secret), False),
        admission,
        metrics,
        ticker,
        call_registry,
        call_seconds,
        verstat,
        call_backs,
        web_phone=web_phone,
        calls=records,
        recorder=recorder,
    )
    http, tcp = (bound_socket("127.0.0.1", 0, "VOICEBOT_PORT") for _ in range(2))
    server = Server(*http.getsockname())
    where = tcp.getsockname()
    beats = ticker.beats(call_backs.lapse) if call_backs else nullcontext()
    async with listening_for_http(gateway, http, secure), listening_at(gateway, tcp):
        with beats:
            yield Site(gateway, ticker, server, where, now)


@pytest.fixture
def listeners() -> Listeners:
    return Listeners()
