"""The action server: Rasa asks it for every action of a conversation.

    POST /webhook   rasa_sdk's protocol, with one of the secrets; without a secret, from this machine alone; from
                    no page in a browser
    POST /operations/WHAT   what a gateway asks for the operator's page (bot/operations/desk.py), likewise
    GET  /health    that it is there

It stands in place of rasa_sdk's own server, which asks nobody who he is, and writes the body of a request that fails
into its answer and its log. It also looks after the account store, and tells owners of resets, as long as it runs.
"""

from __future__ import annotations

import asyncio
import logging
import socket
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager, suppress
from typing import Any

from aiohttp import web
from rasa_sdk.interfaces import ActionExecutionRejection, ActionNotFoundException

from bot.accounts.courier import open_courier
from bot.actions import executor
from bot.actions.services import Services
from bot.credentials import Credentials
from bot.doors.accepting import accepting, bound_socket
from bot.doors.idle_connections import Connection, IdleConnections, admit, refuse
from bot.doors.json_body import json_of
from bot.operations.desk import Desk
from bot.settings import Settings
from bot.tracing.traces import Runs, open_traces
from rasa_components.log_filters import keep_short, quote_nothing

HEALTH = "/health"
"""What a probe asks, which knows no secret."""

LARGEST = 4_000_000
"""Bytes of a request: the domain and all that a call said, some 100,000."""

STORE_SECONDS = 60.0
"""From one look after the account store to the next, where no gateway asks more often."""

END_SECONDS = 3.0
"""For actions that go on when it is stopped. Longer than a piece of work may take."""

STRANGERS_LOGS = ("asyncio", "bot.doors.accepting", "bot.actions.server.http")
"""Loggers in which a line can come from a connection that has not shown the secret."""

Find = Callable[[str], Runs]
"""Runs the actions of the conversation with this id."""

Handler = Callable[[web.Request], Awaitable[web.StreamResponse]]

log, http_log = logging.getLogger(__name__), logging.getLogger(f"{__name__}.http")
quote_nothing(http_log.name)


def app_of(find: Find, secrets: Credentials, desk: Desk | None = None) -> web.Application:
    """The server's routes, behind its door. `desk`: for the operator's page."""

    @web.middleware
    async def door(request: web.Request, handler: Handler) -> web.StreamResponse:
        if "Origin" in request.headers:  # a page in a browser of this machine, which Rasa and gateways are not
            return web.json_response({"error": "not for pages"}, status=403)
        if secrets.admit_here(request.headers.get("Authorization"), request.remote or ""):
            admit(request.transport)  # only now is a body read
            return await handler(request)
        if request.path == HEALTH:
            return await handler(request)
        error = "set the same VOICEBOT_RASA_SECRET for the gateway, Rasa and its actions"
        return web.json_response({"error": error}, status=401, headers={"WWW-Authenticate": "Bearer"})

    @web.middleware
    async def once(request: web.Request, handler: Handler) -> web.StreamResponse:
        """A connection that has not shown the secret carries one request."""
        response = await handler(request)
        if refuse(request.transport):
            response.force_close()
        return response

    async def health(_: web.Request) -> web.Response:
        return web.json_response({"status": "ok"})

    async def webhook(request: web.Request) -> web.Response:
        try:
            asked = _action_call(await json_of(request))
        except ValueError:
            return web.json_response({"error": "no action call of Rasa's"}, status=400)
        try:
            result = await find(asked["tracker"]["sender_id"]).run(asked)
        except (ActionExecutionRejection, ActionNotFoundException) as error:
            rejected = isinstance(error, ActionExecutionRejection)
            body = {"error": error.message, "action_name": error.action_name}
            return web.json_response(body, status=400 if rejected else 404)
        except Exception as error:  # its text may hold secrets
            log.error("an action failed (%s)", type(error).__name__)
            return web.json_response({"error": f"the action failed ({type(error).__name__})"}, status=500)
        return web.json_response(result.model_dump() if result else None)

    app = web.Application(middlewares=[once, door], client_max_size=LARGEST)
    app.router.add_get(HEALTH, health)
    app.router.add_post("/webhook", webhook)
    if desk:
        app.router.add_post("/operations/{what}", desk.answer)
    return app


def _action_call(asked: Any) -> dict[str, Any]:
    """What Rasa asks, as far as it has the shape of that. Raises ValueError."""
    try:
        tracker, domain = asked["tracker"], asked.setdefault("domain", {})  # sent to actions that ask for it alone
        shaped = (
            *(isinstance(each, dict) for each in (tracker, domain, tracker.get("slots", {}))),
            *(isinstance(each, str) for each in (tracker["sender_id"], asked.get("next_action", ""))),
            *(isinstance(each, dict) for each in tracker.get("events") or ()),
            isinstance(tracker.get("latest_message") or {}, dict),
        )
    except (LookupError, TypeError, AttributeError):
        raise ValueError from None
    if not all(shaped):
        raise ValueError
    return dict(asked)


@asynccontextmanager
async def serving(app: web.Application, host: str, port: int) -> AsyncIterator[int]:
    """The app on an address, while the context lasts; the port, which the system chooses for 0.

    Raises VoicebotError where the address cannot be had."""
    bound = bound_socket(host, port, "--port", "--host")
    idle_connections = IdleConnections()
    runner = web.AppRunner(app, access_log=None, logger=http_log, auto_decompress=False, shutdown_timeout=END_SECONDS)
    await runner.setup()
    handlers = runner.server
    assert handlers is not None  # noqa: S101  # it is set up

    def connection(line: socket.socket) -> Connection:
        return Connection(line, handlers(), idle_connections, in_windows=False)

    try:
        async with accepting(bound, connection, full=idle_connections.cut_longest):
            yield int(bound.getsockname()[1])
    finally:
        await runner.cleanup()


async def serve_actions(settings: Settings, secrets: Credentials, host: str, port: int, stop: asyncio.Event) -> None:
    """Answer until `stop` is set. Raises VoicebotError where the address cannot be had."""
    keep_short(*STRANGERS_LOGS)
    services = Services(settings)
    traces = open_traces(settings, "voicebot-actions")
    actions = executor(services)
    runner = traces.actions(actions) if traces else actions
    desk = Desk(settings, lambda: services.accounts, lambda: services.seal)
    async with serving(app_of(lambda _: runner, secrets, desk), host, port):
        work = [asyncio.ensure_future(_look_after(services, desk))]
        if courier := open_courier(settings):
            work.append(asyncio.ensure_future(courier.run()))
        try:
            await stop.wait()
        finally:
            for each in work:
                each.cancel()
            with suppress(asyncio.CancelledError):
                await asyncio.gather(*work)
            desk.close()
            if traces:
                await asyncio.to_thread(traces.close)


async def _look_after(services: Services, desk: Desk) -> None:
    """Sweep what calls left behind that never ended, also where no gateway asks, and forget old calls."""
    while True:
        await services.health()
        await desk.tend()
        await asyncio.sleep(STORE_SECONDS)
