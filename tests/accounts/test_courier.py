"""Notices go to a command or to an HTTP address, and whatever fails there is tried again."""

import asyncio
import json
import logging
import os
import sys
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from datetime import UTC, datetime
from pathlib import Path

import pytest
from account_tools import Clock, Open, on_sqlite
from aiohttp import web

from bot.accounts import Accounts, AccountsUnavailable, courier
from bot.accounts.courier import Courier, Deliver, NotDelivered, by, open_courier
from bot.accounts.demo import DEMO
from bot.accounts.outbox import Outbox, ResetNotice
from bot.settings import Settings

NOTICE = ResetNotice(7, "+84912345678", datetime(2026, 3, 1, 8, 0, 30, tzinfo=UTC), "1764230000.12")
OBJECT = {
    "id": 7,
    "event": "password_reset",
    "phone": "+84912345678",
    "at": "2026-03-01T08:00:30+00:00",
    "call": "1764230000.12",
}


def way(**settings: str) -> Deliver:
    deliver = by(Settings(**settings))  # type: ignore[arg-type]  # the settings given here are texts
    assert deliver
    return deliver


# ── to a command ──────────────────────────────────────────────────────────────────────────────────


def program(tmp_path: Path, text: str) -> str:
    script = tmp_path / "send sms.py"
    script.write_text(text)
    return f"{sys.executable} '{script}' --to"


async def test_a_command_gets_one_line_of_json(tmp_path: Path) -> None:
    told = tmp_path / "told"
    command = program(tmp_path, f"import sys, pathlib\npathlib.Path({str(told)!r}).write_text(sys.stdin.read())")
    await way(notice_command=command)(NOTICE)
    assert told.read_text().count("\n") == 1
    assert json.loads(told.read_text()) == OBJECT


async def test_a_command_that_reads_nothing_is_no_trouble(tmp_path: Path) -> None:
    await way(notice_command=program(tmp_path, ""))(NOTICE)


@pytest.mark.parametrize(
    ("text", "reason"), [("raise SystemExit(3)", "status 3"), ("import os; os.abort()", "status -6")]
)
async def test_a_command_that_fails_is_named(tmp_path: Path, text: str, reason: str) -> None:
    with pytest.raises(NotDelivered, match=reason):
        await way(notice_command=program(tmp_path, text))(NOTICE)


async def test_a_command_that_is_not_there() -> None:
    with pytest.raises(NotDelivered, match="cannot be run"):
        await way(notice_command="/no/such/program")(NOTICE)


async def test_a_command_that_hangs_is_ended_with_what_it_started(tmp_path: Path) -> None:
    """Its child holds a pipe that closes when it is gone."""
    pipe = tmp_path / "alive"
    os.mkfifo(pipe)
    text = (
        "import subprocess, time\n"
        f"subprocess.Popen(['sh', '-c', 'exec 3>{pipe}; echo up >&3; exec sleep 600'])\ntime.sleep(600)"
    )
    deliver = asyncio.ensure_future(way(notice_command=program(tmp_path, text))(NOTICE))
    with await asyncio.to_thread(pipe.open) as alive:
        assert await asyncio.to_thread(alive.readline) == "up\n"
        deliver.cancel()
        with pytest.raises(asyncio.CancelledError):
            await deliver
        assert await asyncio.wait_for(asyncio.to_thread(alive.read), 10) == ""


# ── over HTTP ─────────────────────────────────────────────────────────────────────────────────────


@asynccontextmanager
async def sms_gateway(status: int = 200) -> AsyncIterator[tuple[str, list[web.Request], list[bytes]]]:
    requests: list[web.Request] = []
    bodies: list[bytes] = []

    async def answer(request: web.Request) -> web.Response:
        requests.append(request)
        bodies.append(await request.read())
        return web.Response(status=status, headers={"Location": "/elsewhere"})

    app = web.Application()
    app.router.add_route("*", "/{path:.*}", answer)
    runner = web.AppRunner(app)
    await runner.setup()
    site = web.TCPSite(runner, "127.0.0.1", 0)
    await site.start()
    try:
        port = site._server.sockets[0].getsockname()[1]  # type: ignore[union-attr]  # the site has been started
        yield f"http://127.0.0.1:{port}/sms", requests, bodies
    finally:
        await runner.cleanup()


async def test_an_address_gets_the_object_by_post() -> None:
    async with sms_gateway() as (url, requests, bodies):
        await way(notice_url=url, notice_secret="s3cret")(NOTICE)
    (request,) = requests
    assert (request.method, request.path) == ("POST", "/sms")
    assert request.headers["Content-Type"] == "application/json"
    assert request.headers["Authorization"] == "Bearer s3cret"
    assert request.headers["Idempotency-Key"] == "voicebot-7-1764230000.12"
    assert json.loads(bodies[0]) == OBJECT


@pytest.mark.parametrize("status", [301, 400, 401, 429, 500, 503])
async def test_an_answer_that_is_none_is_named_and_not_followed(status: int) -> None:
    async with sms_gateway(status) as (url, requests, _):
        with pytest.raises(NotDelivered, match=str(status)):
            await way(notice_url=url)(NOTICE)
        assert len(requests) == 1
        assert "Authorization" not in requests[0].headers


async def test_an_address_where_nobody_is() -> None:
    with pytest.raises(NotDelivered, match="cannot be reached"):
        await way(notice_url="http://127.0.0.1:1/sms")(NOTICE)


# ── the outbox ────────────────────────────────────────────────────────────────────────────────────


class Owners:
    """Whom notices reach, as long as they do."""

    def __init__(self) -> None:
        self.reported: list[str] = []
        self.deaf = False

    async def __call__(self, notice: ResetNotice) -> None:
        if self.deaf:
            raise NotDelivered("the SMS gateway is down")
        self.reported.append(notice.phone)


@pytest.fixture
def outbox(accounts: Accounts, open_store: Open) -> Outbox:
    """With two notices."""
    telling = open_store(notify=True)
    for i, (phone, number) in enumerate(DEMO[:2]):
        telling.begin_reset(f"call {i}", phone, number)
        telling.activate(f"call {i}")
    return telling.outbox


@on_sqlite
async def test_what_fails_stays_and_is_told_once(
    outbox: Outbox, clock: Clock, caplog: pytest.LogCaptureFixture
) -> None:
    owners = Owners()
    sender = Courier(lambda: outbox, owners)
    owners.deaf = True
    assert (await sender.round()).failed == 2
    assert (await sender.round()).failed == 0, "not due yet"
    assert outbox.waiting() == 2
    clock.advance(seconds=30)
    owners.deaf = False
    assert (await sender.round()).sent == 2
    assert sorted(owners.reported) == ["+84900000001", "+84912345678"]
    assert outbox.waiting() == 0
    assert [(each.levelno, each.name) for each in caplog.records] == [
        (logging.ERROR, "bot.accounts.courier"),
        (logging.WARNING, "bot.accounts.courier"),
    ]
    assert "912345678" not in caplog.text


@on_sqlite
async def test_what_hangs_is_given_up_and_stays(outbox: Outbox, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(courier, "DELIVERY_SECONDS", 0.0)

    async def hang(_: ResetNotice) -> None:
        await asyncio.Event().wait()

    assert (await Courier(lambda: outbox, hang).round()).failed == 2
    assert outbox.waiting() == 2


@on_sqlite
async def test_a_store_that_fails_is_looked_into_again(
    outbox: Outbox, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    monkeypatch.setattr(courier, "LOOK_SECONDS", 0.0)
    owners, done = Owners(), asyncio.Event()
    troubles: list[Exception] = [AccountsUnavailable("the disk is full"), RuntimeError("+84912345678")]

    def open_outbox() -> Outbox:
        if troubles:
            raise troubles.pop(0)
        return outbox

    async def deliver(notice: ResetNotice) -> None:
        await owners(notice)
        if len(owners.reported) == 2:
            done.set()

    running = asyncio.ensure_future(Courier(open_outbox, deliver).run())
    await asyncio.wait_for(done.wait(), 30)
    running.cancel()
    assert "the disk is full" in caplog.text
    assert "912345678" not in caplog.text


def test_without_a_setting_nobody_is_told() -> None:
    assert open_courier(Settings()) is None
