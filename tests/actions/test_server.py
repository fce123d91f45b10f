"""The action server: who is answered, and what is told of a failure."""

from __future__ import annotations

import asyncio
import json
import logging
from typing import Any

import pytest
from aiohttp import ClientSession, web
from aiohttp.test_utils import unused_port
from rasa_sdk import Action
from rasa_sdk.executor import ActionExecutor

from bot.actions.server import LARGEST, STRANGERS_LOGS, app_of, serve_actions, serving
from bot.credentials import Credentials
from bot.doors import idle_connections
from bot.errors import VoicebotError
from bot.settings import Settings

SECRET = "of-this-bot-and-its-rasa"
HOST = "127.0.0.1"


class Fails(Action):  # type: ignore[misc]  # rasa_sdk ships no types
    def name(self) -> str:
        return "action_fails"

    def run(self, dispatcher: object, tracker: object, domain: object) -> list[dict[str, Any]]:
        raise ZeroDivisionError("0123456789")


def app(secret: str = SECRET) -> web.Application:
    runner = ActionExecutor()
    runner.register_action(Fails())
    return app_of(lambda _: runner, Credentials(secret))


async def ask(port: int, body: Any, headers: dict[str, str] | None = None) -> tuple[int, str]:
    headers = Credentials(SECRET).headers if headers is None else headers
    raw = {"data": body} if isinstance(body, bytes) else {"json": body}
    async with (
        ClientSession(headers=headers) as session,
        session.post(f"http://{HOST}:{port}/webhook", **raw) as response,
    ):
        return response.status, await response.text()


def call_of(action: str) -> dict[str, Any]:
    return {"next_action": action, "tracker": {"sender_id": "a", "events": [], "latest_message": {}}, "domain": {}}


async def test_what_an_unforeseen_error_says_stays_inside(caplog: pytest.LogCaptureFixture) -> None:
    async with serving(app(), HOST, 0) as port:
        status, told = await ask(port, call_of("action_fails"))
    assert status == 500
    assert "ZeroDivisionError" in told
    assert "ZeroDivisionError" in caplog.text
    assert "0123456789" not in told + caplog.text


async def test_an_action_that_is_none_is_told_as_rasa_sdk_tells_it() -> None:
    async with serving(app(), HOST, 0) as port:
        status, told = await ask(port, call_of("action_unknown"))
    assert status == 404
    assert "action_unknown" in told


NONSENSE = [
    b"",
    b"{",
    b"[]",
    b"5",
    b"\x00",
    b"\xff",
    b'{"tracker": 1}',
    b'{"tracker": {}}',
    b"[" * 200_000,
    b'{"a":' * 9999,
]
NONSENSE += [
    json.dumps({**{"next_action": "action_fails", "tracker": {"sender_id": "a"}}, **wrong}).encode()
    for wrong in (
        *({"domain": "x"}, {"next_action": []}, {"tracker": {"sender_id": 5}}),
        *(
            {"tracker": {"sender_id": "a", **inner}}
            for inner in ({"slots": []}, {"events": [1]}, {"latest_message": 1})
        ),
    )
]


@pytest.mark.parametrize("body", NONSENSE, ids=lambda body: body[:30])
async def test_nonsense_is_refused(body: bytes) -> None:
    async with serving(app(), HOST, 0) as port:
        assert (await ask(port, body))[0] == 400


@pytest.mark.parametrize("secret", [SECRET, ""])
@pytest.mark.parametrize("origin", ["https://evil.example", "http://127.0.0.1:5055", "null", ""])
async def test_no_page_in_a_browser_on_this_machine_is_answered(secret: str, origin: str) -> None:
    """Without a secret everybody on this machine is, and a page needs no leave to post what it cannot read."""
    headers = {**Credentials(secret).headers, "Origin": origin, "Content-Type": "text/plain"}
    async with serving(app(secret), HOST, 0) as port:
        assert (await ask(port, json.dumps(call_of("action_fails")).encode(), headers))[0] == 403
        del headers["Origin"]
        assert (await ask(port, json.dumps(call_of("action_fails")).encode(), headers))[0] == 500


async def test_nobody_without_the_secret_is_read(caplog: pytest.LogCaptureFixture) -> None:
    async with serving(app(), HOST, 0) as port:
        status, told = await ask(port, b"x" * (LARGEST + 1), {})
        assert status == 401
        assert "VOICEBOT_RASA_SECRET" in told
        assert (await ask(port, b"x" * (LARGEST + 1)))[0] in (400, 413)
    assert caplog.text == ""


async def test_what_is_compressed_is_not_inflated() -> None:
    headers = {**Credentials(SECRET).headers, "Content-Encoding": "deflate"}
    async with serving(app(), HOST, 0) as port:
        assert (await ask(port, b"x\x9c\xab\xae\x05\x00\x01u\x00\xf9", headers))[0] == 400


async def raw(port: int, *data: bytes) -> bytes:
    """What a connection is answered, up to its end."""
    reader, writer = await asyncio.open_connection(HOST, port)
    for each in data:
        writer.write(each)
        await asyncio.sleep(0)
    answer = await asyncio.wait_for(reader.read(), 20)
    writer.close()
    return answer


@pytest.mark.parametrize("head", [b"GET / HTTP/1.1\r\nHost 0912345678\r\n\r\n", b"0912345678 / HTTP/1.1\r\n\r\n"])
async def test_what_strangers_send_is_a_line_of_the_log_and_not_quoted(
    head: bytes, caplog: pytest.LogCaptureFixture
) -> None:
    async with serving(app(), HOST, 0) as port:
        assert b" 400 " in await raw(port, head)
    assert "0912345678" not in caplog.text
    assert len(caplog.text.splitlines()) <= 1
    assert {record.name for record in caplog.records} <= set(STRANGERS_LOGS)


async def test_who_says_nothing_is_not_waited_for(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(idle_connections, "IDLE_SECONDS", 0.01)
    async with serving(app(), HOST, 0) as port:
        assert await raw(port) == b""
        assert await raw(port, b"POST /webhook HT") == b""


async def test_many_who_say_nothing_keep_rasa_not_out(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(idle_connections, "IDLE_CONNECTIONS", 3)
    async with serving(app(), HOST, 0) as port:
        waiting = [await asyncio.open_connection(HOST, port) for _ in range(9)]
        assert (await ask(port, call_of("action_unknown")))[0] == 404
        assert await asyncio.wait_for(waiting[0][0].read(), 20) == b""  # the first that came is the first that is cut
        for _, writer in waiting:
            writer.close()


async def test_a_long_call_is_read_whole_and_the_connection_kept() -> None:
    body = json.dumps(call_of("action_unknown") | {"padding": "x" * (LARGEST - 1000)}).encode()
    async with serving(app(), HOST, 0) as port, ClientSession(headers=Credentials(SECRET).headers) as session:
        for _ in range(3):
            async with session.post(f"http://{HOST}:{port}/webhook", data=body) as response:
                assert response.status == 404
                assert response.headers.get("Connection", "keep-alive") == "keep-alive"


async def test_a_port_that_is_taken_is_told() -> None:
    async with serving(app(), HOST, 0) as port:
        with pytest.raises(VoicebotError, match="set --port to another"):
            async with serving(app(), HOST, port):
                raise AssertionError


async def test_the_store_is_looked_after_at_once_and_every_minute(monkeypatch: pytest.MonkeyPatch) -> None:
    looks: list[str] = []
    slept: list[float] = []
    stop = asyncio.Event()

    async def health(_: object) -> None:
        looks.append("look")

    async def sleep(seconds: float) -> None:
        slept.append(seconds)
        if len(slept) == 3:
            stop.set()
            await asyncio.Event().wait()

    monkeypatch.setattr("bot.actions.services.Services.health", health)
    monkeypatch.setattr("bot.actions.server.asyncio.sleep", sleep)
    await serve_actions(Settings(), Credentials(SECRET), HOST, unused_port(), stop)
    assert [seconds for seconds in slept if seconds] == [60.0] * 3
    assert len(looks) == 3


def test_the_log_has_no_line_for_every_turn(caplog: pytest.LogCaptureFixture) -> None:
    async def turns() -> None:
        async with serving(app(), HOST, 0) as port:
            await ask(port, call_of("action_unknown"))

    with caplog.at_level(logging.INFO):
        asyncio.run(turns())
    assert [record for record in caplog.records if record.name.startswith("aiohttp.access")] == []
