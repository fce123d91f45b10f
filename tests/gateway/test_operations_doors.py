"""The operator's page over HTTP: who is let in, and what a foreign page cannot do."""

from __future__ import annotations

import asyncio
import json
import logging
import shutil
import ssl
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest
from aiohttp import ClientResponse, ClientSession, CookieJar

from bot.call_keys import known_as
from bot.doors.certificates import certificates
from bot.events import Outcome
from bot.operations.keeping import CallsOfGateway
from bot.operations.record import CallRecord, as_json
from bot.protocols import Channel
from bot.reports.kept import stem_of
from bot.reports.recording import Recorder
from bot.settings import Settings
from bot.tap import Tap
from bot.watching import Watch
from bot.web import operations
from bot.web.calls_csv import COLUMNS
from bot.web.operations import COOKIE, CSRF
from bot.web.pages import HEADERS
from tests.gateway.conftest import Listeners, site
from tests.gateway.test_tls import Authority
from tests.operations.desk_tools import PHONE, WORD, make, opened, served

RECORD = CallRecord(id="a" * 32, exchange="1764.1", started=1_772_352_000.0, seconds=60.0, outcome="reset", heard=40.0)
EVER = {"since": "0", "until": "4000000000"}


class Browser:
    """A browser's requests, of a page of `origin`; None: of no page."""

    def __init__(self, session: ClientSession, url: str) -> None:
        self.session, self.url, self.origin = session, url, url
        self.csrf = ""

    async def ask(self, method: str, path: str, **given: Any) -> ClientResponse:
        headers = {"Origin": self.origin} if self.origin else {}
        if self.csrf:
            headers[CSRF] = self.csrf
        async with self.session.request(method, f"{self.url}/operations{path}", headers=headers, **given) as response:
            await response.read()
            return response

    async def login(self, name: str, password: str = WORD) -> ClientResponse:
        response = await self.ask("POST", "/login", data={"name": name, "password": password})
        if response.status == 200:
            self.csrf = (await response.json())["csrf"]
        return response


@pytest.fixture(scope="module")
def made(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return make(tmp_path_factory.mktemp("doors") / "accounts.sqlite")


class NoBot:
    async def answer(
        self, channel: Channel, watch: Watch, name: str = "", *, tap: Tap, recorded: bool = False
    ) -> Outcome:
        raise NotImplementedError


@asynccontextmanager
async def browsing(path: Path, recordings: Path | None = None) -> AsyncIterator[Browser]:
    """A gateway without a page of a web phone, whose lines want a secret."""
    recorder = Recorder(NoBot(), recordings, 30) if recordings else None
    accounts = opened(path)
    async with served(accounts) as client:
        await client.ask("keep", record=as_json(RECORD), phone=PHONE)
        async with (
            site(Listeners().answer, records=CallsOfGateway(client), recorder=recorder) as here,
            ClientSession(cookie_jar=CookieJar(unsafe=True)) as session,
        ):
            yield Browser(session, here.server.make_url(""))


@pytest.fixture
async def browser(made: Path, tmp_path: Path) -> AsyncIterator[Browser]:
    async with browsing(Path(shutil.copy(made, tmp_path / "accounts.sqlite"))) as found:
        yield found


async def test_without_operators_there_is_no_page(tmp_path: Path) -> None:
    path = tmp_path / "accounts.sqlite"
    accounts = opened(path)
    accounts.init()
    accounts.close()
    async with browsing(path) as browser:
        assert (await browser.ask("GET", "")).status == 404
        assert (await browser.ask("GET", "/static/operations/app.js")).status == 404


async def test_a_gateway_that_knows_no_store_has_no_page(listeners: Listeners) -> None:
    async with site(listeners.answer) as here:
        assert (await here.get("/operations"))[0] == 404


async def test_the_page_and_its_parts_are_sent_and_nothing_else(browser: Browser) -> None:
    page = await browser.ask("GET", "")
    assert page.status == 200
    assert {name: page.headers[name] for name in HEADERS} == HEADERS
    for name in ("operations/app.js", "operations.css", "phone.css", "vendor/htm-preact.js", "i18n.js"):
        assert (await browser.ask("GET", f"/static/{name}")).status == 200, name
    for name in ("phone.js", "phone.html", "../pages.py", "vendor/LICENSE.htm"):
        assert (await browser.ask("GET", f"/static/{name}")).status == 404, name


async def test_the_cookie_is_for_the_page_alone_and_for_no_script(browser: Browser) -> None:
    cookie = (await browser.login("an")).cookies[COOKIE]
    assert (cookie["path"], cookie["httponly"], cookie["samesite"]) == ("/operations", True, "Strict")
    assert not cookie["secure"]  # over plain HTTP
    assert len(cookie.value) >= 43
    assert cookie.value not in json.dumps(await (await browser.ask("GET", "/me")).json())


async def test_over_tls_the_cookie_travels_over_tls_alone(made: Path, tmp_path: Path, listeners: Listeners) -> None:
    authority = Authority(tmp_path, "ours")
    secure = certificates(Settings(tls_certificate=str(authority.issue("gateway"))))
    trusting = ssl.create_default_context(cafile=str(authority.certificate))
    form = {"name": "an", "password": WORD}
    async with (
        served(opened(Path(shutil.copy(made, tmp_path / "accounts.sqlite")))) as client,
        site(listeners.answer, records=CallsOfGateway(client), secure=secure) as here,
        ClientSession() as session,
    ):
        url = f"https://localhost:{here.server.port}"
        asked = session.post(f"{url}/operations/login", data=form, headers={"Origin": url}, ssl=trusting)
        async with asked as response:
            assert response.cookies[COOKIE]["secure"]


async def test_a_login_needs_a_page_of_this_gateway(browser: Browser) -> None:
    for origin in ("", "http://elsewhere.example", "null"):
        browser.origin = origin
        assert (await browser.login("an")).status == 403
    browser.origin = browser.url
    assert (await browser.login("an", "wrong")).status == 401
    assert (await browser.login("an")).status == 200


@pytest.mark.parametrize("path", ["/find", "/unlock", "/export", "/logout"])
async def test_what_is_posted_needs_the_token_of_the_session(browser: Browser, path: str) -> None:
    await browser.login("an")
    for wrong in ("", "0" * 64):
        browser.csrf = wrong
        assert (await browser.ask("POST", path, data={**EVER, "phone": PHONE})).status == 403


@pytest.mark.parametrize(
    ("method", "path"),
    [("GET", "/overview"), ("GET", "/live"), ("GET", "/calls/" + "a" * 32), ("POST", "/find"), ("POST", "/unlock")],
)
async def test_without_a_session_nothing_is_told(browser: Browser, method: str, path: str) -> None:
    response = await browser.ask(method, path)
    assert response.status == 401
    assert RECORD.exchange not in await response.text()
    assert (await (await browser.ask("GET", "/me")).json()) == {}


async def test_a_session_that_ended_opens_nothing(browser: Browser) -> None:
    response = await browser.login("an")
    token = response.cookies[COOKIE].value
    assert (await browser.ask("POST", "/logout")).status == 200
    assert (await browser.ask("GET", "/overview", cookies={COOKIE: token})).status == 401


async def test_calls_are_found_looked_at_and_exported(browser: Browser) -> None:
    await browser.login("an")
    found = await (await browser.ask("POST", "/find", data={**EVER, "phone": PHONE})).json()
    assert [each["id"] for each in found["calls"]] == [RECORD.id]
    after = {"after": f"{RECORD.started} {RECORD.id}"}
    assert (await (await browser.ask("POST", "/find", data={**EVER, **after})).json())["calls"] == []
    assert (await (await browser.ask("GET", f"/calls/{RECORD.id}")).json())["call"]["outcome"] == "reset"
    exported = await browser.ask("POST", "/export", data=EVER)
    head, line, end = (await exported.text()).split("\r\n")
    assert head.split(",") == list(COLUMNS)
    assert line.startswith(f"{RECORD.id},1764.1,2026-03-01T15:00:00+07:00,60.0,reset,")
    assert end == ""
    assert "attachment" in exported.headers["Content-Disposition"]


async def test_an_export_has_all_pages(browser: Browser, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("bot.operations.desk.MOST_AT_ONCE", 1)
    await browser.login("an")
    lines = (await (await browser.ask("POST", "/export", data=EVER)).text()).split("\r\n")
    assert len(lines) == 3


async def test_calls_in_progress_come_as_events(browser: Browser) -> None:
    await browser.login("vy")
    async with browser.session.get(f"{browser.url}/operations/live", headers={"Origin": browser.url}) as response:
        assert response.headers["Content-Type"] == "text/event-stream"
        line = (await response.content.readline()).decode()
    state = json.loads(line.removeprefix("data: "))
    assert (state["calls"], state["kept"]) == ([], 0)


async def test_no_more_than_so_many_are_told_of_every_change(browser: Browser, monkeypatch: pytest.MonkeyPatch) -> None:
    """Whoever may look could open thousands."""
    monkeypatch.setattr(operations, "MOST_LIVE", 1)
    await browser.login("vy")
    live = f"{browser.url}/operations/live"
    async with browser.session.get(live) as first, browser.session.get(live) as second:
        assert (first.status, second.status) == (200, 503)


async def test_no_more_forms_are_read_at_once_than_so_many(browser: Browser, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(operations, "MOST_READING", 0)
    assert (await browser.login("an")).status == 503


async def test_too_many_logins_have_to_wait(browser: Browser) -> None:
    for _ in range(5):
        assert (await browser.login("an", "wrong")).status == 401
    response = await browser.login("an")
    assert (response.status, response.headers["Retry-After"]) == (429, "30")


async def test_a_store_that_is_gone_is_told(made: Path, listeners: Listeners) -> None:
    async with served(opened(made)) as client:
        pass
    async with site(listeners.answer, records=CallsOfGateway(client)) as here:
        status, text = await here.get("/operations")
    assert status == 503
    assert "action server" in text


async def test_nothing_that_was_typed_is_in_the_log(browser: Browser, caplog: pytest.LogCaptureFixture) -> None:
    caplog.set_level(logging.DEBUG)
    await browser.login("an", "a wrong password")
    await browser.login("an")
    await browser.ask("POST", "/find", data={**EVER, "phone": PHONE})
    assert not any(secret in caplog.text for secret in (WORD, "a wrong password", PHONE))


@pytest.fixture
async def recorded(made: Path, tmp_path: Path) -> AsyncIterator[Browser]:
    """The same, where the call was recorded."""
    folder = tmp_path / "recordings"
    folder.mkdir()
    stem = stem_of(datetime.fromtimestamp(RECORD.started, UTC), RECORD.exchange, RECORD.id)
    (folder / f"{stem}.ogg").write_bytes(b"OggS of the call")
    (folder / f"{stem}.json").write_text('{"seconds": 60.0}')
    async with browsing(Path(shutil.copy(made, tmp_path / "accounts.sqlite")), folder) as found:
        yield found


async def test_a_recording_is_drawn_for_all_and_played_to_operators(recorded: Browser) -> None:
    path = f"/calls/{RECORD.id}"
    for name, status in (("vy", 403), ("an", 200)):
        await recorded.login(name)
        assert (await (await recorded.ask("GET", path)).json())["recording"] == {"seconds": 60.0}
        assert (await recorded.ask("POST", f"{path}/sound")).status == status
    sound = await recorded.ask("POST", f"{path}/sound")
    assert (sound.content_type, sound.headers["Cache-Control"]) == ("audio/ogg", "no-store")
    assert await sound.text() == "OggS of the call"
    recorded.csrf = ""
    assert (await recorded.ask("POST", f"{path}/sound")).status == 403
    assert (await recorded.ask("GET", f"{path}/sound")).status == 405


async def test_without_recordings_a_call_has_none(browser: Browser) -> None:
    await browser.login("an")
    assert (await (await browser.ask("GET", f"/calls/{RECORD.id}")).json())["recording"] is None
    assert (await browser.ask("POST", f"/calls/{RECORD.id}/sound")).status == 404


STRANGE = (b"\xff\xfe", b"'; DROP TABLE sessions; --", b"a" * 43 + b".", b"\xf0\x9f\x98\x80", b"x" * 4000)


@pytest.mark.parametrize("token", STRANGE)
async def test_a_cookie_that_the_bot_never_made_is_no_session_and_asks_no_store(
    browser: Browser, caplog: pytest.LogCaptureFixture, monkeypatch: pytest.MonkeyPatch, token: bytes
) -> None:
    async def nobody(*_: object, **__: object) -> None:
        raise AssertionError("the store was asked")

    monkeypatch.setattr("bot.operations.client.Client.ask", nobody)
    host, port = browser.url.removeprefix("http://").split(":")
    cookie = f"Cookie: {COOKIE}=".encode() + token
    for request in (b"GET /operations/me", b"GET /operations/overview", b"POST /operations/find"):
        reader, writer = await asyncio.open_connection(host, int(port))
        head = (b"Host: x", cookie, f"{CSRF}: ".encode() + token, b"Content-Length: 0")
        writer.write(request + b" HTTP/1.1\r\n" + b"\r\n".join(head) + b"\r\n\r\n")
        status = (await reader.readline()).split()[1]
        writer.close()
        assert status == (b"200" if request.endswith(b"me") else b"401")
    assert not [record for record in caplog.records if record.levelno >= logging.ERROR]


@pytest.mark.parametrize("charset", ["unicode_escape", "raw_unicode_escape", "utf-7", "utf-16", "punycode"])
async def test_a_form_in_a_strange_encoding_is_not_read(
    browser: Browser, caplog: pytest.LogCaptureFixture, charset: str
) -> None:
    kind = {"Content-Type": f"application/x-www-form-urlencoded; charset={charset}", "Origin": browser.url}
    form = b"name=\\ud800&password=x"
    async with browser.session.post(f"{browser.url}/operations/login", data=form, headers=kind) as response:
        assert response.status == 400
    assert not [record for record in caplog.records if record.levelno >= logging.ERROR]


@pytest.mark.parametrize("name", ["\0", "an\0", "'; --", "An", "a" * 3000, "\U0001f600", ""])
async def test_a_name_that_nobody_can_have_is_refused_as_any_other(browser: Browser, name: str) -> None:
    assert (await browser.login(name)).status == 401


@pytest.mark.parametrize("name", ["=1+1", "+84912345678", "-2", "@SUM(A1)", "\t=1", "\r=1", '"=1'])
def test_no_name_of_a_call_is_a_formula_to_a_spreadsheet(name: str) -> None:
    call = {**dict.fromkeys(COLUMNS, 0), "id": RECORD.id, "exchange": known_as(name), "started": 0.0}
    assert operations.written([call]).split(",")[1].isalnum()
