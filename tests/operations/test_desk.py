"""The account store's side of the operator's page, over HTTP as a gateway asks it."""

from __future__ import annotations

import asyncio
import json
import shutil
import threading
from collections.abc import AsyncIterator, Callable
from pathlib import Path
from typing import Any

import pytest
from aiohttp import ClientSession
from aiohttp.test_utils import unused_port
from cryptography.fernet import Fernet

from bot.accounts import Accounts
from bot.credentials import Credentials
from bot.operations.client import Client, Refused
from bot.operations.record import CallRecord, as_json
from bot.sealing import Purpose, Seal
from tests.operations.desk_tools import PHONE, SEAL_KEY, SECRETS, WORD, make, opened, served

RECORD = CallRecord(id="a" * 32, exchange="1764.1", started=1_772_352_000.0, seconds=60.0, outcome="reset", heard=40.0)
EVER = {"since": 0, "until": 4_000_000_000}


@pytest.fixture(scope="module")
def made(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return make(tmp_path_factory.mktemp("desk") / "accounts.sqlite")


@pytest.fixture
def accounts(made: Path, tmp_path: Path) -> Accounts:
    return opened(Path(shutil.copy(made, tmp_path / "accounts.sqlite")))


@pytest.fixture
async def ask(accounts: Accounts) -> AsyncIterator[Callable[..., Any]]:
    async with served(accounts) as client:
        for name in ("vy", "an"):
            await client.ask("login", name=name, password=WORD, session=f"of {name}")
        yield client.ask


async def refusal(work: Any) -> int:
    with pytest.raises(Refused) as caught:
        await work
    return caught.value.status


def acts(accounts: Accounts) -> list[tuple[str, str]]:
    return [(each.event, each.actor) for each in accounts.audit.export()]


async def test_a_record_is_kept_and_found_and_looked_at(ask: Callable[..., Any], accounts: Accounts) -> None:
    assert await ask("keep", record=as_json(RECORD), phone=PHONE) == {"new": True}
    assert await ask("keep", record=as_json(RECORD), phone=PHONE) == {"new": False}
    found = await ask("find", session="of vy", **EVER, phone="+84" + PHONE[1:])
    assert [each["id"] for each in found["calls"]] == [RECORD.id]
    assert (await ask("call", session="of vy", id=RECORD.id))["call"]["events"] == []
    assert acts(accounts)[-3:-1] == [("calls_search", "web:vy"), ("call_show", "web:vy")]


async def test_figures_come_with_what_a_minute_costs(ask: Callable[..., Any]) -> None:
    await ask("keep", record=as_json(RECORD), phone=None)
    since = RECORD.started
    found = await ask("overview", session="of vy", since=since, until=since + 1, by="hour")
    assert (found["total"]["calls"], found["total"]["seconds_a_password"], found["dong_a_minute"]) == (1, 60.0, 1200)
    assert found["dong_a_minute_source"] == "the tests' carrier"
    one = await ask("call", session="of vy", id=RECORD.id)
    assert (one["dong_a_minute"], one["dong_a_minute_source"]) == (1200, "the tests' carrier")


async def test_listening_is_an_operator_s_and_in_the_audit_trail(ask: Callable[..., Any], accounts: Accounts) -> None:
    await ask("keep", record=as_json(RECORD), phone=PHONE)
    assert await refusal(ask("listen", session="of vy", id=RECORD.id)) == 403
    assert (await ask("listen", session="of an", id=RECORD.id))["call"]["id"] == RECORD.id
    assert await refusal(ask("listen", session="of an", id="b" * 32)) == 400
    assert [act for act in acts(accounts) if act[0] == "call_listen"] == [("call_listen", "web:an")]


@pytest.mark.parametrize("what", ["me", "overview", "find", "call", "listen", "unlock", "export"])
@pytest.mark.parametrize("session", ["", "of nobody"])
async def test_nothing_is_told_without_a_session(ask: Callable[..., Any], what: str, session: str) -> None:
    fields = {**EVER, "phone": PHONE, "id": RECORD.id}
    assert await refusal(ask(what, session=session, **fields)) == 401


async def test_a_viewer_looks_and_does_nothing(ask: Callable[..., Any], accounts: Accounts) -> None:
    assert await refusal(ask("unlock", session="of vy", phone=PHONE)) == 403
    assert await refusal(ask("export", session="of vy", **EVER)) == 403
    assert "unlock" not in dict(acts(accounts))


async def test_an_operator_unlocks_and_exports_and_the_audit_trail_has_the_name(
    ask: Callable[..., Any], accounts: Accounts
) -> None:
    for attempt in range(3):
        accounts.begin_reset(f"call {attempt}", PHONE, f"999999999{attempt}")
    assert accounts.show(PHONE).state == "locked"
    assert await ask("unlock", session="of an", phone=PHONE) == {"forgiven": 3}
    assert accounts.show(PHONE).state != "locked"
    await ask("keep", record=as_json(RECORD), phone=PHONE)
    assert len((await ask("export", session="of an", **EVER))["calls"]) == 1
    assert [act for act in acts(accounts) if act[1].startswith("web:an")][1:] == [
        ("unlock", "web:an"),
        ("calls_export", "web:an"),
    ]


async def test_a_wrong_login_is_refused_and_too_many_have_to_wait(ask: Callable[..., Any]) -> None:
    for _ in range(5):
        assert await refusal(ask("login", name="vy", password="wrong", session="x")) == 401
    assert await refusal(ask("login", name="vy", password=WORD, session="x")) == 429
    assert await refusal(ask("me", session="x")) == 401


@pytest.mark.parametrize(
    "fields",
    [
        {"outcome": "won"},
        {"phone": "12"},
        {"since": "soon"},
        {"since": 1e30},
        {"after": ["soon", "x"]},
    ],
)
async def test_nonsense_is_told(ask: Callable[..., Any], fields: dict[str, object]) -> None:
    assert await refusal(ask("find", session="of vy", **{**EVER, **fields})) == 400


@pytest.mark.parametrize(("since", "until"), [(0, 0), (7200, 0), (0, 10**12), ("", 7200), (0, "nan")])
async def test_a_time_that_is_none_has_no_figures(ask: Callable[..., Any], since: object, until: object) -> None:
    assert await refusal(ask("overview", session="of vy", since=since, until=until)) == 400


async def test_what_was_asked_for_one_thing_is_good_for_nothing_else(
    ask: Callable[..., Any], accounts: Accounts
) -> None:
    """Somebody between gateway and action server hears an operator search, and sends that again to unlock."""
    client: Client = ask.__self__  # type: ignore[attr-defined]  # it is a bound method of Client
    asked = {"act": "find", "session": "of an", "phone": PHONE, **EVER}
    heard = client._seal.seal(json.dumps(asked), Purpose.OPERATIONS)
    async with ClientSession(headers=SECRETS.headers) as session:
        for what, status in (("find", 200), ("unlock", 400), ("export", 400), ("logout", 400)):
            async with session.post(f"{client._url}/operations/{what}", json={"sealed": heard}) as answer:
                assert answer.status == status, what
    assert "unlock" not in dict(acts(accounts))


@pytest.mark.parametrize(
    "body", [b"", b"[]", b"[" * 200_000, b'{"sealed":' * 9999, b"\xff", b'{"sealed": 5}', b'{"sealed": "x"}']
)
async def test_nonsense_is_refused(ask: Callable[..., Any], body: bytes) -> None:
    client: Client = ask.__self__  # type: ignore[attr-defined]
    url = f"{client._url}/operations/find"
    async with ClientSession(headers=SECRETS.headers) as session, session.post(url, data=body) as answer:
        assert answer.status == 400


async def test_calls_do_not_wait_behind_pages(accounts: Accounts, monkeypatch: pytest.MonkeyPatch) -> None:
    """Whoever reaches the page can keep its threads busy."""
    go = threading.Event()
    monkeypatch.setattr("bot.operations.staff.Staff.any", lambda self: go.wait(30))
    async with served(accounts) as client:
        waiting = [asyncio.ensure_future(client.ask("open")) for _ in range(20)]
        try:
            assert await client.ask("call_back", phone=PHONE, a_day=1, an_hour=1) == {"refused": ""}
            assert await client.ask("keep", record=as_json(RECORD), phone=PHONE) == {"new": True}
            assert not any(each.done() for each in waiting)
        finally:
            go.set()
            await asyncio.gather(*waiting)


async def test_what_is_unknown_is_told(ask: Callable[..., Any]) -> None:
    for unknown in ("b" * 32, "", "\0", "\ud800", "a" * 33):
        assert await refusal(ask("call", session="of vy", id=unknown)) == 400
    assert await refusal(ask("something", session="of vy")) == 404
    assert await refusal(ask("keep", record={"id": 1}, phone=None)) == 400


async def test_nobody_reads_on_the_way_what_is_asked_with(accounts: Accounts, caplog: pytest.LogCaptureFixture) -> None:
    """Another key opens nothing, a request without one neither; nobody without the secret is heard."""
    async with served(accounts) as client:
        url = client._url
        other = Client(url, SECRETS, Seal(Fernet.generate_key(), 600))
        assert await refusal(other.ask("login", name="an", password=WORD, session="x")) == 400
        stranger = Client(url, Credentials("another-secret-of-somebody"), Seal(SEAL_KEY, 600))
        assert await refusal(stranger.ask("open")) == 401
        async with ClientSession(headers=SECRETS.headers) as session:
            for body in (b"", b"[]", b'{"name": "an"}', b'{"sealed": "x"}'):
                async with session.post(f"{url}/operations/login", data=body) as response:
                    assert response.status == 400
    assert WORD not in caplog.text


async def test_an_action_server_that_is_gone_is_told() -> None:
    client = Client(f"http://127.0.0.1:{unused_port()}", SECRETS, Seal(SEAL_KEY, 600))
    with pytest.raises(Refused, match="correct VOICEBOT_ACTIONS_URL") as caught:
        await client.ask("open")
    assert caught.value.status == 503
