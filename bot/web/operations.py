"""The operator's page: its HTTP handlers on the gateway. Its data comes from the account store's process
(bot/operations/desk.py), except the calls in progress, which are this gateway's.

    GET  /operations  /operations/static/NAME   the page and its parts; 404 while nobody may log in
    POST /operations/login     name=…&password=…    begins a session: a cookie
    POST /operations/logout
    GET  /operations/me        who is logged in, {} for nobody, and the token that every POST but the login shows
    GET  /operations/live      the calls in progress, as server-sent events
    GET  /operations/overview  since, until, by           figures
    POST /operations/find      since, until, outcome, phone, exchange, after   calls; not GET, since phones are in it
    GET  /operations/calls/ID  one call; where it was recorded here, its picture, too
    POST /operations/calls/ID/sound   the recording; POST, since it is written into the audit trail
    POST /operations/unlock    phone=…
    POST /operations/export    as find; CSV

The session's cookie is valid only for this path, and no script can read it; no page of another origin can use it
(SameSite, the gateway's check of `Origin`, and the token). Roles are checked where the data is.
"""

from __future__ import annotations

import asyncio
import hashlib
import hmac
import json
import re
import secrets
from collections.abc import Awaitable, Callable
from typing import TYPE_CHECKING, Any

from aiohttp import web

from bot.doors.idle_connections import admit
from bot.gateway.forms import form_of
from bot.operations.client import Refused
from bot.operations.keeping import CallsOfGateway
from bot.reports.kept import Recordings
from bot.reports.sound import MEDIA_TYPE
from bot.web.calls_csv import HEAD, written
from bot.web.pages import HEADERS, read_pages

if TYPE_CHECKING:
    from bot.gateway.server import Gateway

COOKIE = "voicebot_operations"
TOKEN_BYTES, TOKEN = 32, re.compile("[A-Za-z0-9_-]{43}")
"""A session's token: its number of random bytes, and its form as text."""

PATH = "/operations"
CSRF = "X-CSRF-Token"

PARTS = ("operations", "phone.css", "icon.svg", "i18n.js", "words.js", "vendor/")
"""The pages' files that are sent under this path, since there may be no web phone."""

LIVE_SECONDS = 10.0
"""How often the page gets an event even if nothing happens; a session that is over is noticed then."""

STEP_SECONDS = 0.2
"""Shortest time between two events: a full gateway has fifty changes a second."""

MOST_LIVE = 64
"""Streams of the calls in progress at once. Whoever may look at the page could open thousands, and each is told of
every change."""

MOST_READING = 32
"""Forms that are read at once."""

NO_STORE = {**HEADERS, "Cache-Control": "no-store"}

Handler = Callable[[web.Request], Awaitable[web.StreamResponse]]


class OperationsPage:
    """The operator's page of one gateway."""

    def __init__(self, gateway: Gateway, calls: CallsOfGateway) -> None:
        self._gateway, self._calls, self._client = gateway, calls, calls.client
        self._recordings = Recordings(gateway.recorder.folder) if gateway.recorder else None
        self._reading = self._live_streams = 0
        self._pages = {name: page for name, page in read_pages().items() if name.startswith(PARTS)}

    def routes(self) -> list[web.RouteDef]:
        return [
            web.get(PATH, _told(self._page)),
            web.get(PATH + "/static/{name:.+}", _told(self._page)),
            web.post(PATH + "/login", _told(self._login)),
            web.post(PATH + "/logout", _told(self._logout)),
            web.get(PATH + "/me", _told(self._me)),
            web.get(PATH + "/live", _told(self._live)),
            web.get(PATH + "/overview", _told(self._overview)),
            web.post(PATH + "/find", _told(self._find)),
            web.get(PATH + "/calls/{id}", _told(self._call)),
            web.post(PATH + "/calls/{id}/sound", _told(self._sound)),
            web.post(PATH + "/unlock", _told(self._unlock)),
            web.post(PATH + "/export", _told(self._export)),
        ]

    async def _page(self, request: web.Request) -> web.StreamResponse:
        page = self._pages.get(request.match_info.get("name", "operations.html"))
        if page is None or not (await self._client.ask("open"))["open"]:
            raise web.HTTPNotFound(text="")
        return page.answer(request)

    async def _login(self, request: web.Request) -> web.StreamResponse:
        if "Origin" not in request.headers:  # the gateway checks for all its paths that it is its own
            raise web.HTTPForbidden(text="")
        fields = await self._form(request)
        token = secrets.token_urlsafe(TOKEN_BYTES)
        who = await self._client.ask(
            "login", name=fields.get("name", ""), password=fields.get("password", ""), session=token
        )
        answer = _json({**who, "csrf": _csrf(token)})
        secure = request.scheme == "https"
        answer.set_cookie(COOKIE, token, path=PATH, httponly=True, samesite="Strict", secure=secure)
        return answer

    async def _logout(self, request: web.Request) -> web.StreamResponse:
        await self._client.ask("logout", session=self._checked(request))
        answer = _json({})
        answer.del_cookie(COOKIE, path=PATH)
        return answer

    async def _me(self, request: web.Request) -> web.StreamResponse:
        """An empty answer and no error if nobody is logged in: browsers write errors into the page's console."""
        try:
            token = _session(request)
            return _json({**await self._client.ask("me", session=token), "csrf": _csrf(token)})
        except Refused as refused:
            if refused.status == web.HTTPUnauthorized.status_code:
                return _json({})
            raise

    async def _overview(self, request: web.Request) -> web.StreamResponse:
        query = {name: request.query.get(name, "") for name in ("since", "until", "by")}
        return _json(await self._client.ask("overview", session=_session(request), **query))

    async def _find(self, request: web.Request) -> web.StreamResponse:
        session = self._checked(request)
        return _json(await self._client.ask("find", session=session, **_wanted(await self._form(request))))

    async def _call(self, request: web.Request) -> web.StreamResponse:
        found = await self._client.ask("call", session=_session(request), id=request.match_info["id"])
        picture = await asyncio.to_thread(self._recordings.picture, found["call"]) if self._recordings else None
        return _json({**found, "recording": picture})

    async def _sound(self, request: web.Request) -> web.StreamResponse:
        session = self._checked(request)
        found = await self._client.ask("listen", session=session, id=request.match_info["id"])
        sound = await asyncio.to_thread(self._recordings.sound, found["call"]) if self._recordings else None
        if sound is None:
            raise Refused(web.HTTPNotFound.status_code, "this gateway has no recording of that call, or no longer")
        return web.Response(body=sound, content_type=MEDIA_TYPE, headers=NO_STORE)

    async def _unlock(self, request: web.Request) -> web.StreamResponse:
        session = self._checked(request)
        phone = (await self._form(request)).get("phone", "")
        return _json(await self._client.ask("unlock", session=session, phone=phone))

    async def _export(self, request: web.Request) -> web.StreamResponse:
        """All wanted calls, fetched a page at a time."""
        session = self._checked(request)
        wanted = _wanted(await self._form(request)) | {"after": None}
        found = await self._client.ask("export", session=session, **wanted)
        headers = {**NO_STORE, "Content-Type": "text/csv; charset=utf-8"}
        response = web.StreamResponse(headers={**headers, "Content-Disposition": 'attachment; filename="calls.csv"'})
        await response.prepare(request)
        await response.write(HEAD.encode())
        while calls := found["calls"]:
            await response.write(written(calls).encode())
            if len(calls) < found["page"]:
                break
            after = [calls[-1]["started"], calls[-1]["id"]]
            found = await self._client.ask("export", session=session, **{**wanted, "after": after})
        await response.write_eof()
        return response

    async def _live(self, request: web.Request) -> web.StreamResponse:
        """Send events until the page is closed or the session ends."""
        session = _session(request)
        await self._client.ask("me", session=session)
        if self._live_streams >= MOST_LIVE:
            raise web.HTTPServiceUnavailable(text="", headers={"Retry-After": "5"})
        self._live_streams += 1
        try:
            return await self._stream(request, session)
        finally:
            self._live_streams -= 1

    async def _stream(self, request: web.Request, session: str) -> web.StreamResponse:
        admit(request.transport)
        response = web.StreamResponse(headers={**NO_STORE, "Content-Type": "text/event-stream"})
        await response.prepare(request)
        told, checked = "", self._now()
        try:
            while True:
                state = json.dumps(self._state(), separators=(",", ":"))
                line = f'data: {{"now":{self._now():.1f},{state[1:]}\n\n' if state != told else ":\n\n"
                told = state
                await response.write(line.encode())
                if self._now() - checked >= LIVE_SECONDS:
                    await self._client.ask("me", session=session)
                    checked = self._now()
                await self._calls.changed(LIVE_SECONDS)
                await self._calls.pause(STEP_SECONDS)
        except (Refused, ConnectionError):
            return response

    async def _form(self, request: web.Request) -> dict[str, str]:
        """The fields of a form, also from strangers: somebody who logs in has shown no secret yet."""
        if self._reading >= MOST_READING:
            raise web.HTTPServiceUnavailable(text="", headers={"Retry-After": "5"})
        self._reading += 1
        try:
            admit(request.transport)  # else no body is read; `form_of` reads little, and not for long
            return await form_of(request)
        finally:
            self._reading -= 1

    def _state(self) -> dict[str, Any]:
        """The state of the gateway for the page. `kept` changes when there is a new record."""
        refusal = self._gateway.admission.refusal
        return {
            "calls": self._calls.snapshot(),
            "kept": self._calls.kept,
            "alarms": [*([refusal] if refusal else []), *self._gateway.metrics.alarms()],
        }

    def _now(self) -> float:
        return self._calls.clock()

    def _checked(self, request: web.Request) -> str:
        """The session of a request that changes something, or has a phone number in it: it shows the token, too."""
        token = _session(request)
        shown = request.headers.get(CSRF, "").encode(errors="surrogateescape")  # as aiohttp keeps what is no UTF-8
        if not hmac.compare_digest(shown, _csrf(token).encode()):
            raise web.HTTPForbidden(text="")
        return token


def _told(handler: Handler) -> Handler:
    """The handler, whose refusals by the action server become JSON answers."""

    async def answer(request: web.Request) -> web.StreamResponse:
        try:
            return await handler(request)
        except Refused as refused:
            response = _json({"error": str(refused), "seconds": refused.seconds}, refused.status)
            if refused.seconds:
                response.headers["Retry-After"] = str(refused.seconds)
            return response

    return answer


def _wanted(fields: dict[str, str]) -> dict[str, Any]:
    found: dict[str, Any] = {name: fields.get(name, "") for name in ("since", "until", "outcome", "phone", "exchange")}
    started, _, id_ = fields.get("after", "").partition(" ")
    return {**found, "after": [started, id_] if id_ else None}


def _token(request: web.Request) -> str:
    """The token of the session that the browser shows; empty if it has the wrong form, so that no store is asked."""
    shown = request.cookies.get(COOKIE, "")
    return shown if TOKEN.fullmatch(shown) else ""


def _session(request: web.Request) -> str:
    """The same token. Raises Refused if there is none."""
    token = _token(request)
    if not token:
        raise Refused(web.HTTPUnauthorized.status_code, "log in: there is no session")
    return token


def _csrf(token: str) -> str:
    """The token that pages of the session show with each POST. It is derived from the session's token, which no page
    sees."""
    return hashlib.sha256(f"csrf {token}".encode()).hexdigest()


def _json(found: dict[str, Any], status: int = 200) -> web.Response:
    return web.json_response(found, status=status, headers=NO_STORE)
