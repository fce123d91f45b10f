"""The web phone's HTTP handlers: its page, and its calls.

    GET  /  /static/NAME                 the page and its parts
    POST /phone/calls    caller=…        announces a call; answers {"call": UUID}, which opens it once within 30 s
    GET  /phone/line?call=UUID           that call, over a WebSocket, subprotocol `media` (bot/web/channel.py)

The rules of the lines hold here, too: if a line needs a secret, the browser asks for it (any user name); if not, only
this machine reaches the gateway. Pages of other sites cannot make a visitor's browser call: `Origin` must be this
gateway's. Where there is no secret, `Host` must name this machine, so that a foreign host name that resolves to it
opens nothing.
"""

from __future__ import annotations

import logging
import uuid
from typing import TYPE_CHECKING, NoReturn

from aiohttp import web

from bot.doors.idle_connections import admit
from bot.errors import VoicebotError
from bot.gateway.admission import Busy
from bot.gateway.forms import form_of
from bot.telephony.asterisk import read_start
from bot.telephony.asterisk_socket import AsteriskSocket
from bot.web.channel import WebPhoneChannel
from bot.web.pages import HEADERS, read_pages

if TYPE_CHECKING:
    from bot.gateway.server import Gateway

log = logging.getLogger(__name__)


class WebPhone:
    """The web phone of one gateway."""

    def __init__(self, gateway: Gateway) -> None:
        self._gateway = gateway
        self._pages = read_pages()

    def routes(self) -> list[web.RouteDef]:
        return [
            web.get("/", self._page),
            web.get("/static/{name:.+}", self._page),
            web.post("/phone/calls", self._announce),
            web.get("/phone/line", self._line),
        ]

    async def _page(self, request: web.Request) -> web.Response:
        self._check_host(request)
        self._gateway.check(request)
        page = self._pages.get(request.match_info.get("name", "phone.html"))
        if page is None:
            raise web.HTTPNotFound(text="")
        return page.answer(request)

    async def _announce(self, request: web.Request) -> web.Response:
        self._check_page(request)
        self._gateway.check(request)
        if reason := self._gateway.admission.refusal:
            self._gateway.refuse(reason)
            return web.json_response({"refused": reason}, status=503, headers=HEADERS)
        name = self._gateway.call_registry.announce(self._gateway.caller_of(await form_of(request)))
        return web.json_response({"call": str(name)}, headers={**HEADERS, "Cache-Control": "no-store"})

    async def _line(self, request: web.Request) -> web.StreamResponse:
        self._check_page(request)
        name = _name_of(request.query.get("call", ""))
        announced = self._gateway.call_registry.arrive(name) if name else None
        if announced is None:
            self._refuse("")
        admit(request.transport)  # a browser shows a WebSocket no password, but this token: so it was shown before
        try:
            with self._gateway.admission.call():
                socket = AsteriskSocket()
                await socket.prepare(request)
                try:
                    start = await read_start(socket)
                except VoicebotError as error:
                    self._gateway.refuse("garbage")
                    log.warning("%s", error)
                else:
                    channel = WebPhoneChannel(socket, request.transport, start, announced.caller)
                    await self._gateway.hold(channel, str(name), None, channel.watch)
                return socket
        except Busy as busy:
            self._gateway.refuse(busy.reason)
            raise web.HTTPServiceUnavailable(headers={"Retry-After": "5"}) from None

    def _check_page(self, request: web.Request) -> None:
        """Admit requests of this gateway's own page. The gateway checks `Origin` for all its paths."""
        self._check_host(request)
        if "Origin" not in request.headers:
            self._refuse("")

    def _check_host(self, request: web.Request) -> None:
        host = request.headers.get("Host", "")
        if not self._gateway.auth.is_own(f"{request.scheme}://{host}", request.scheme, host):
            self._refuse("open this page as http://localhost or http://127.0.0.1, with its port\n")

    def _refuse(self, why: str) -> NoReturn:
        self._gateway.refuse("unauthorised")
        raise web.HTTPForbidden(text=why)


def _name_of(text: str) -> uuid.UUID | None:
    try:
        return uuid.UUID(text)
    except ValueError:
        return None
