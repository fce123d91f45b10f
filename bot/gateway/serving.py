"""`voicebot serve`: opens every part once, listens, and, when it is told to stop, lets the calls in progress end."""

from __future__ import annotations

import asyncio
import gc
import logging
import os
import secrets
import signal
import socket
import sys
import time
from collections.abc import AsyncIterator, Callable, Sequence
from contextlib import AsyncExitStack, ExitStack, asynccontextmanager, nullcontext
from typing import cast

from bot.accounts.pseudonyms import Pseudonyms
from bot.assembly import open_voicebot
from bot.dialogue import WatchedDialogue, open_dialogue
from bot.dialogue.health import StoreWatch
from bot.doors.accepting import accepting, bound_socket
from bot.doors.certificates import Certificates, certificates
from bot.doors.idle_connections import Connection
from bot.errors import VoicebotError
from bot.events import CallStarted, Gone
from bot.gateway.admission import Admission
from bot.gateway.audiosocket import listening_at
from bot.gateway.auth import LineAuth, open_auth
from bot.gateway.call_back import CallBacks
from bot.gateway.call_back_counts import Counts, CountsInMemory, CountsInStore
from bot.gateway.call_registry import CallRegistry
from bot.gateway.metrics import Metrics
from bot.gateway.server import Gateway
from bot.gateway.ticker import Ticker
from bot.gateway.verstat import Policy
from bot.hearing.pool import HearingPool
from bot.operations.client import Client
from bot.operations.keeping import CallsOfGateway
from bot.protocols import Dialogue
from bot.reports.recording import recording
from bot.settings import Settings
from bot.settings_values import host_and_port
from bot.telephony.asterisk_messages import FORMATS
from rasa_components.log_filters import keep_short

GIL_SECONDS = 0.001
"""Longest time for which a hearing thread keeps the interpreter from the event loop; Python's default is 5 ms."""

RATES = tuple(sorted({form.rate for form in FORMATS.values()}))
"""Rates in Hz at which the prompts are made ready: the first caller on a line of 16 kHz must not wait for them."""

STRANGERS_LOGS = ("asyncio", "bot.doors.accepting", "bot.gateway.audiosocket", "bot.gateway.server.http")
"""Loggers in which a line can come from a connection that has not shown the secret."""

OUT_OF_ORDER = "out_of_order"
"""Why no call is taken while Rasa does not answer, or the account store cannot be written (bot.gateway.admission)."""

Tell = Callable[[str], None]

log = logging.getLogger(__name__)


async def serve(settings: Settings, tell: Tell) -> None:
    """Serve until SIGTERM or SIGINT, then drain; a second signal ends at once. `tell` gets a line for each wait.

    Raises VoicebotError if a part is missing, a port is taken, or strangers could bring calls."""
    auth, secure = open_auth(settings), certificates(settings)
    with ExitStack() as sockets:  # errors in addresses are reported before anything is loaded
        http = sockets.enter_context(bound_socket(settings.host, settings.port, "VOICEBOT_PORT"))
        where = [f"Asterisk at {url_of(settings, 'ws')}/asterisk"]
        if has_web_phone(settings, auth):
            where.append(f"the web phone at {web_phone_at(settings)}")
        tcp = None
        if settings.audiosocket:
            tcp = sockets.enter_context(bound_socket(*host_and_port(settings.audiosocket), "VOICEBOT_AUDIOSOCKET"))
            where.append(f"AudioSocket at {settings.audiosocket}")
        admission = Admission(settings.max_calls)
        async with _opened(settings, auth, admission, tell) as gateway, AsyncExitStack() as doors:
            await doors.enter_async_context(listening_for_http(gateway, http, secure))
            if tcp:
                await doors.enter_async_context(listening_at(gateway, tcp))
            keep_short(*STRANGERS_LOGS)
            tell(opened(where, settings, admission))
            await drained(admission, tell)


def opened(where: Sequence[str], settings: Settings, admission: Admission) -> str:
    """What is told when the doors in `where` are open: it promises no call while none is taken."""
    doors = ", ".join(where)
    if admission.hindrance == OUT_OF_ORDER:
        return f"listening: {doors}; no call is taken yet: the lines above say why"
    mode = ", who calls is called back" if settings.call_back == "on" else ""
    return f"ready: {doors}; {settings.max_calls} calls at most{mode}"


@asynccontextmanager
async def _opened(settings: Settings, auth: LineAuth, admission: Admission, tell: Tell) -> AsyncIterator[Gateway]:
    """The whole bot with a gateway that does not listen yet."""
    sys.setswitchinterval(GIL_SECONDS)
    metrics = Metrics()
    metrics.limit.set(settings.max_calls)
    ticker, rasa = Ticker(metrics.ticked), Rasa(metrics)
    pool = HearingPool(os.cpu_count() or 1, metrics.heard)
    try:
        bot = await open_voicebot(
            settings, RATES, lambda text: tell(f"{text} …"), run_hearing=pool.run_hearing, dialogue=rasa.open
        )
        try:
            gc.collect()
            gc.freeze()  # the garbage collector need not look at it again, which would delay calls
            async with _beating(ticker, metrics, admission, rasa), recording(settings, bot) as recorder:
                call_registry = CallRegistry(time.monotonic)
                policy = cast(Policy, settings.verstat)
                call_backs = call_backs_of(settings, admission, metrics, rasa.operations)
                calls = CallsOfGateway(rasa.operations) if rasa.operations else None
                beats = ticker.beats(call_backs.lapse) if call_backs else nullcontext()
                async with calls.keeping() if calls else nullcontext():
                    with beats:
                        yield Gateway(
                            bot.answer,
                            auth,
                            admission,
                            metrics,
                            ticker,
                            call_registry,
                            settings.max_call_seconds,
                            policy,
                            call_backs,
                            web_phone=has_web_phone(settings, auth),
                            calls=calls,
                            recorder=recorder,
                        )
        finally:
            await bot.close()
    finally:
        pool.close()


def has_web_phone(settings: Settings, auth: LineAuth) -> bool:
    """Whether there is a web phone at `/`: if it is switched on, or if anybody on this machine can call anyway."""
    return settings.web_phone == "on" or (settings.web_phone == "auto" and not auth.guarded)


def web_phone_at(settings: Settings) -> str:
    """Its address."""
    return f"{url_of(settings, 'http')}/"


def url_of(settings: Settings, scheme: str) -> str:
    """Where the gateway listens, by `http` or `ws`; with an s behind it where there is TLS."""
    name = f"[{settings.host}]" if ":" in settings.host else settings.host
    return f"{scheme}{'s' if settings.tls_certificate else ''}://{name}:{settings.port}"


def call_backs_of(
    settings: Settings, admission: Admission, metrics: Metrics, client: Client | None
) -> CallBacks | None:
    """Call-back mode of these settings; None if it is off. `client`: reaches the account store; without it call backs
    are counted for this gateway alone."""
    if settings.call_back == "off":
        return None
    limits = settings.max_call_backs, settings.max_call_backs_hour
    counts: Counts
    if client:
        counts = CountsInStore(*limits, client)
    else:
        log.warning("call backs are counted for this gateway alone: set VOICEBOT_ACTIONS_URL to count those of all")
        counts = CountsInMemory(*limits, time.monotonic, Pseudonyms(secrets.token_bytes(32)))
    return CallBacks(counts, admission, time.monotonic, lambda result: metrics.call_backs.labels(result).inc())


class Rasa:
    """The dialogue, and its metrics."""

    def __init__(self, metrics: Metrics) -> None:
        self._metrics = metrics
        self._dialogue: WatchedDialogue | None = None
        metrics.dialogue_up.set_function(lambda: self._dialogue is None or self._dialogue.up)
        metrics.store_up.set_function(lambda: self._store.up)
        metrics.guesses.set_function(lambda: self._store.health.refusals)
        metrics.guessing.set_function(lambda: self._store.alarmed)

    @property
    def up(self) -> bool:
        """Whether nothing is known to be wrong with the dialogue or the account store behind it."""
        return (self._dialogue is None or self._dialogue.up) and self._store.up

    @property
    def _store(self) -> StoreWatch:
        return self._dialogue.store if self._dialogue else StoreWatch()

    @property
    def operations(self) -> Client | None:
        """Reaches the account store, for the operator's page; None if its address is unknown."""
        return self._dialogue.operations if self._dialogue else None

    async def open(self, settings: Settings) -> Dialogue:
        """Open the dialogue. Raises VoicebotError if there is none."""
        self._dialogue = await open_dialogue(settings)
        await _rehearse(self._dialogue)
        return self._metrics.around(self._dialogue)


async def _rehearse(dialogue: Dialogue) -> None:
    """Make a call that ends at once, because the first turn, which opens the account store, takes longest."""
    try:
        for utterance in (CallStarted(None), Gone()):
            await dialogue.tell("rehearsal", utterance)
    except VoicebotError as error:
        log.warning("a first try of the dialogue failed: %s", error)


@asynccontextmanager
async def _beating(ticker: Ticker, metrics: Metrics, admission: Admission, rasa: Rasa) -> AsyncIterator[None]:
    def weigh(_: float) -> None:
        admission.hindrance = "overloaded" if metrics.overload.behind else None if rasa.up else OUT_OF_ORDER

    weigh(0.0)  # the doors may open before the first beat
    with ticker.beats(weigh):
        beating = asyncio.ensure_future(ticker.run())
        try:
            yield
        finally:
            beating.cancel()
            await asyncio.wait([beating])


@asynccontextmanager
async def listening_for_http(gateway: Gateway, bound: socket.socket, secure: Certificates) -> AsyncIterator[None]:
    """Listen for HTTP on a bound socket."""
    runner = gateway.runner()
    await runner.setup()
    handlers = runner.server
    assert handlers is not None  # noqa: S101  # it is set up

    def connection(line: socket.socket) -> Connection:
        return Connection(line, handlers(), gateway.idle_connections)

    try:
        async with accepting(bound, connection, secure, gateway.idle_connections.cut_longest):
            yield
    finally:
        await runner.cleanup()


async def drained(admission: Admission, tell: Tell) -> None:
    """Wait for SIGTERM or SIGINT, then until the calls in progress have ended or a second signal comes."""
    loop = asyncio.get_running_loop()
    signals: asyncio.Queue[None] = asyncio.Queue()
    for number in (signal.SIGTERM, signal.SIGINT):
        loop.add_signal_handler(number, signals.put_nowait, None)
    await signals.get()
    admission.draining = True
    tell(f"draining: {admission.in_progress} calls in progress; a second signal ends them at once")
    again, empty = asyncio.ensure_future(signals.get()), asyncio.ensure_future(admission.empty())
    await asyncio.wait([again, empty], return_when=asyncio.FIRST_COMPLETED)
    for waiting in (again, empty):
        waiting.cancel()
