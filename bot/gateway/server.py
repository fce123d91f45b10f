"""The gateway's HTTP server: Asterisk's WebSockets, announcements of AudioSocket, health and metrics, on one port.

    GET  /asterisk?caller=…&identity=…&did=…&call=…   a call over a WebSocket, subprotocol `media`
    GET  /asterisk?call_back=UUID&did=…&call=…        the same, for somebody who was called back
    POST /callers     caller=…&identity=…&did=…       announces a call over AudioSocket; answers with the UUID to show
    POST /call-backs  caller=…&identity=…&did=…       asks for a call back: the UUID to show, and the number to dial
    POST /call-backs  call_back=UUID                  reports that this one was not reached
    GET  /endings/NAME                     how the call with this name ended: one of bot.events.Outcome
    GET  /healthz  /readyz  /metrics
    GET  POST  /operations/…   the operator's page (bot/web/operations.py), behind logins of its own
    GET  /  /static/…  POST /phone/calls  GET /phone/line   the web phone (bot/web/phone.py), where it is on

All except health, metrics and the operator's page need the secret: without it the answer is 401 on the head of the
request, and no body is read.
A connection carries one request. A page of another origin is refused everywhere. Nothing here logs an address, a query
or a caller.
"""

from __future__ import annotations

import asyncio
import logging
import uuid
from collections.abc import Awaitable, Callable, Iterator, Mapping
from contextlib import contextmanager
from functools import partial

from aiohttp import web

from bot.call_keys import known_as
from bot.doors.idle_connections import BODY_BYTES, IdleConnections, admit
from bot.errors import VoicebotError
from bot.events import Outcome
from bot.gateway.admission import Admission, Busy
from bot.gateway.auth import LineAuth
from bot.gateway.call_back import CallBacks, NotCalledBack
from bot.gateway.call_registry import CallRegistry
from bot.gateway.forms import form_of, number_of
from bot.gateway.metrics import Metrics
from bot.gateway.ticker import Ticker
from bot.gateway.verstat import Policy, vouched_for
from bot.operations.keeping import CallsOfGateway
from bot.protocols import Channel
from bot.reports.recording import Recorder
from bot.telephony.asterisk import open_asterisk
from bot.telephony.asterisk_socket import AsteriskSocket
from bot.telephony.line_channel import LineChannel
from bot.watching import Ended, Notice, Watch
from bot.web.operations import OperationsPage
from bot.web.phone import WebPhone
from rasa_components.log_filters import place_of, quote_nothing

UNWINDING_SECONDS = 15.0
"""How long after the hang-up a call that lasted too long is cut off."""

SHUTDOWN_SECONDS = 1.0
"""How long requests may go on when the gateway must end at once; a drain waits before that."""

LINGER_SECONDS = 1.0
"""How long, after an answer, a client may go on sending a body: its bytes are dropped, so that it can read the
answer."""

Answer = Callable[[Channel, Watch, str], Awaitable[Outcome]]
"""Holds one call to its end; the text is the exchange's name of it: `bot.assembly.Voicebot.answer`."""

Handler = Callable[[web.Request], Awaitable[web.StreamResponse]]

log, http_log = logging.getLogger(__name__), logging.getLogger(f"{__name__}.http")
quote_nothing(http_log.name)


class Gateway:
    """Takes calls while there is room, and holds them. One for each event loop."""

    def __init__(
        self,
        answer: Answer,
        auth: LineAuth,
        admission: Admission,
        metrics: Metrics,
        ticker: Ticker,
        call_registry: CallRegistry,
        call_seconds: float,
        verstat: Policy = "off",
        call_backs: CallBacks | None = None,
        *,
        web_phone: bool = False,
        calls: CallsOfGateway | None = None,
        recorder: Recorder | None = None,
    ) -> None:
        """`call_seconds`: how long a call may last; `verstat`: how to use the check of a number's signature;
        `call_backs`: call-back mode, None if it is off; `web_phone`: whether there is one at `/`; `calls`: keeps
        records of calls for the operator's page, None if the store is unknown; `recorder`: answers in place of
        `answer`, and records; None if nothing is recorded."""
        self.admission, self.metrics, self.call_registry, self.call_backs = (
            admission,
            metrics,
            call_registry,
            call_backs,
        )
        self.idle_connections = IdleConnections()
        self.auth, self._web_phone = auth, web_phone
        self.calls, self.recorder = calls, recorder
        self._answer, self._ticker = answer, ticker
        self._call_seconds, self._verstat = call_seconds, verstat

    def runner(self) -> web.AppRunner:
        """Serves HTTP, without an access log, and with an error log that quotes no request: callers' numbers are in
        them."""
        app = web.Application(client_max_size=BODY_BYTES, middlewares=[_once, self._of_one_origin])
        app.add_routes(
            [
                web.get("/asterisk", self._asterisk),
                web.post("/callers", self._announce),
                web.post("/call-backs", self._call_back),
                web.get("/endings/{name}", self._ending),
                web.get("/healthz", self._health),
                web.get("/readyz", self._ready),
                web.get("/metrics", self._metrics_text),
            ]
        )
        if self._web_phone:
            app.add_routes(WebPhone(self).routes())
        if self.calls:
            app.add_routes(OperationsPage(self, self.calls).routes())
        return web.AppRunner(
            app,
            access_log=None,
            logger=http_log,
            shutdown_timeout=SHUTDOWN_SECONDS,
            lingering_time=LINGER_SECONDS,
            auto_decompress=False,  # half a megabyte of deflate would become half a gigabyte
        )

    async def hold(
        self, channel: LineChannel, name: str, called: str | None, shown: Watch = lambda notice: None
    ) -> None:
        """Hold a call that has a place, and close its connection. `name`: the exchange's name of it, if any;
        `called`: the number that was dialled, if the exchange reports it; `shown`: a further watch of the call."""
        measure = self.metrics.watch()
        id_ = uuid.uuid4().hex
        record = self.calls.begin(name, channel.caller, id_) if self.calls else lambda notice: None

        def watch(notice: Notice) -> None:
            measure(notice)
            shown(notice)
            record(notice)
            if isinstance(notice, Ended):
                if name:
                    self.call_registry.ended(name, notice.outcome)
                called_as = f" (call {known_as(name)})" if name else ""
                text = "a call to %s ended after %.0f s: %s%s"
                log.info(text, called or "?", notice.at, notice.outcome.value, called_as)
                if notice.failure:
                    log.error("that call failed: %s", notice.failure)

        self.metrics.in_progress.inc()
        try:
            with self._ticker.beats(channel.tick):
                await self._within_limits(channel, watch, name, id_)
        finally:
            self.metrics.in_progress.dec()
            self.metrics.late.inc(channel.late)
            self.metrics.lost.inc(channel.lost)
            await channel.close()

    def refuse(self, reason: str) -> None:
        """A call was not taken."""
        self.metrics.refused.labels(reason).inc()

    async def _within_limits(self, channel: LineChannel, watch: Watch, name: str, id_: str) -> None:
        answers = partial(self.recorder.answer, id_=id_) if self.recorder else self._answer
        held = asyncio.ensure_future(answers(channel, watch, name))
        try:
            done, _ = await asyncio.wait([held], timeout=self._call_seconds)
            if not done:
                log.warning("a call reached the longest time a call may last, and was ended")
                await channel.hang_up()
                done, _ = await asyncio.wait([held], timeout=UNWINDING_SECONDS)
        finally:
            if not held.done():
                held.cancel()
                await asyncio.wait([held])
        if held.cancelled():
            watch(Ended(self._call_seconds, Outcome.ERROR, "it did not end when it was hung up"))
        elif error := held.exception():
            watch(Ended(0.0, Outcome.ERROR, place_of(error)))

    # ── handlers ──

    async def _asterisk(self, request: web.Request) -> web.StreamResponse:
        self.check(request)
        query = request.query
        try:
            with self._place(query) as caller:
                socket = AsteriskSocket()
                await socket.prepare(request)
                try:
                    channel = await open_asterisk(socket, request.transport, caller)
                except VoicebotError as error:
                    self.refuse("garbage")
                    log.warning("%s", error)
                else:
                    await self.hold(channel, query.get("call", ""), number_of(query.get("did", "")))
                return socket
        except Busy as busy:
            self.refuse(busy.reason)
            raise web.HTTPServiceUnavailable(headers={"Retry-After": "5"}) from None

    async def _announce(self, request: web.Request) -> web.Response:
        """Announce a call. An empty answer means no: Asterisk's CURL() does not show the status."""
        self.check(request)
        if reason := self.admission.refusal:
            self.refuse(reason)
            raise web.HTTPServiceUnavailable(text="", headers={"Retry-After": "5"})
        fields = await form_of(request)
        name = self.call_registry.announce(self.caller_of(fields), number_of(fields.get("did", "")))
        return web.Response(text=str(name))

    async def _call_back(self, request: web.Request) -> web.Response:
        """Say whom to ring; an empty answer means nobody. Or note that the exchange could not reach somebody."""
        self.check(request)
        if self.call_backs is None:
            log.error("an exchange asks whom to call back: set VOICEBOT_CALL_BACK=on, or change its dialplan")
            raise web.HTTPNotFound(text="")
        fields = await form_of(request)
        if name := fields.get("call_back"):
            self.call_backs.give_up(name)
            return web.Response(text="")
        try:
            promise = await self.call_backs.promise(self._claimed(fields), number_of(fields.get("did", "")))
        except NotCalledBack:
            return web.Response(text="")
        except Busy as busy:
            self.refuse(busy.reason)
            raise web.HTTPServiceUnavailable(text="", headers={"Retry-After": "5"}) from None
        return web.Response(text=f"{promise.name} {promise.number}")

    async def _ending(self, request: web.Request) -> web.Response:
        self.check(request)
        outcome = self.call_registry.outcome(request.match_info["name"])
        if outcome is None:
            raise web.HTTPNotFound(text="")
        return web.Response(text=outcome.value)

    async def _health(self, _: web.Request) -> web.Response:
        """The event loop is alive."""
        return web.Response(text="ok")

    async def _ready(self, _: web.Request) -> web.Response:
        """Whether a further call would be taken."""
        reason = self.admission.refusal
        return web.Response(text=reason or "ok", status=503 if reason else 200)

    async def _metrics_text(self, _: web.Request) -> web.Response:
        return web.Response(body=self.metrics.text(), headers={"Content-Type": "text/plain; version=0.0.4"})

    @contextmanager
    def _place(self, query: Mapping[str, str]) -> Iterator[str | None]:
        """A place for a call, and its calling number. Raises Busy."""
        promise = self.call_backs.arrive(query.get("call_back", "")) if self.call_backs else None
        if promise:
            with promise.place:
                yield promise.number
        else:
            with self.admission.call():
                yield self.caller_of(query)

    def caller_of(self, fields: Mapping[str, str]) -> str | None:
        """The calling number that can be relied on; None if there is none."""
        if self.call_backs is None:
            return self._claimed(fields)
        log.warning("a call came that was not called back, and gets no password: let the dialplan call it back")
        return None

    def _claimed(self, fields: Mapping[str, str]) -> str | None:
        """The calling number that the fields claim; None if it is withheld, or not vouched for as `verstat` demands."""
        vouched = vouched_for(fields.get("identity", ""), self._verstat)
        return number_of(fields.get("caller", "")) if vouched else None

    def check(self, request: web.Request) -> None:
        """Admit a request that shows the secret. Raises HTTPUnauthorized for any other."""
        certificate = request.transport.get_extra_info("peercert") if request.transport else None
        if not self.auth.admits(request.headers.get("Authorization"), certificate):
            self.refuse("unauthorised")
            raise web.HTTPUnauthorized(text="", headers={"WWW-Authenticate": 'Basic realm="voicebot"'})
        admit(request.transport)

    @web.middleware
    async def _of_one_origin(self, request: web.Request, handler: Handler) -> web.StreamResponse:
        """Refuse pages of another origin. A browser names the page's origin; an exchange and a probe name none."""
        origin = request.headers.get("Origin")
        if origin is not None and not self.auth.is_own(origin, request.scheme, request.headers.get("Host", "")):
            self.refuse("unauthorised")
            raise web.HTTPForbidden(text="")
        return await handler(request)


@web.middleware
async def _once(request: web.Request, handler: Handler) -> web.StreamResponse:
    """Close the connection after the answer."""
    try:
        response = await handler(request)
    except web.HTTPException as answer:
        answer.force_close()
        raise
    response.force_close()
    return response
