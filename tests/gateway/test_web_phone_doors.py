"""Who may open the web phone, and what its pages may do."""

from __future__ import annotations

import asyncio
import gzip
import json
import uuid
from collections.abc import Mapping

import aiohttp
import pytest
from aiohttp import BasicAuth

from bot.errors import VoicebotError
from bot.gateway.auth import open_auth
from bot.gateway.call_registry import ANNOUNCED_SECONDS
from bot.gateway.serving import has_web_phone
from bot.settings import Settings
from bot.telephony.asterisk_socket import PROTOCOL
from bot.web.pages import STATIC, TYPES
from tests.channels.fake_asterisk import FakeAsterisk
from tests.gateway.conftest import SECRET, Listeners, Site, site

AUTH = BasicAuth("anybody", SECRET)
OURS = object()
"""Stands for the gateway's own origin."""


async def ask(
    here: Site, method: str, path: str, origin: object = OURS, auth: BasicAuth | None = None, **headers: str
) -> tuple[int, bytes, Mapping[str, str]]:
    if origin is OURS:
        origin = here.server.make_url("")
    if origin:
        headers["Origin"] = str(origin)
    data = {"caller": "0912345678"} if method == "POST" else None
    async with (
        aiohttp.ClientSession(auto_decompress=False) as session,
        session.request(method, here.server.make_url(path), headers=headers, data=data, auth=auth) as answer,
    ):
        return answer.status, await answer.read(), answer.headers


async def call(here: Site, name: str, origin: str | None = None, auth: BasicAuth | None = None) -> int:
    """The status of a WebSocket for this call; one that opens is closed again."""
    url = here.server.make_url(f"/phone/line?call={name}")
    try:
        async with (
            aiohttp.ClientSession() as session,
            session.ws_connect(
                url, protocols=(PROTOCOL,), autoping=False, origin=origin or here.server.make_url(""), auth=auth
            ) as socket,
        ):
            page = FakeAsterisk(socket, "slin16", as_json=True)
            await page.start()
            await page.sync()
            return 101
    except aiohttp.WSServerHandshakeError as refused:
        return refused.status


class TestSetting:
    def test_it_is_on_where_a_line_needs_no_secret_and_else_where_it_is_wanted(self) -> None:
        def on(**given: str) -> bool:
            settings = Settings(**given)  # type: ignore[arg-type]  # the settings given here are texts
            return has_web_phone(settings, open_auth(settings))

        assert on()
        assert not on(line_secret=SECRET)
        assert not on(tls_client_ca="ca.pem")
        assert on(line_secret=SECRET, web_phone="on")
        assert on(line_secret=SECRET, host="0.0.0.0", web_phone="on")
        assert not on(web_phone="off")
        with pytest.raises(VoicebotError, match="VOICEBOT_LINE_SECRET"):
            on(host="0.0.0.0", web_phone="on")

    @pytest.mark.parametrize(
        ("method", "path"),
        [("GET", "/"), ("GET", "/static/phone.js"), ("POST", "/phone/calls"), ("GET", "/phone/line")],
    )
    async def test_where_it_is_off_there_is_nothing(self, listeners: Listeners, method: str, path: str) -> None:
        async with site(listeners.answer, secret="") as here:
            assert (await ask(here, method, path))[0] == 404


class TestPages:
    async def test_a_page_may_use_nothing_but_this_gateway_and_nobody_may_frame_it(self, listeners: Listeners) -> None:
        async with site(listeners.answer, secret="", web_phone=True) as here:
            status, body, headers = await ask(here, "GET", "/", None)
            assert status == 200
            assert gzip.decompress(body) == (STATIC / "phone.html").read_bytes()
            policy = headers["Content-Security-Policy"]
            assert "default-src 'none'" in policy
            assert "frame-ancestors 'none'" in policy
            assert "unsafe" not in policy
            assert "http" not in policy
            assert headers["X-Content-Type-Options"] == "nosniff"
            assert headers["Permissions-Policy"].startswith("microphone=(self)")

    async def test_every_part_is_sent_packed_and_not_again_while_it_is_the_same(self, listeners: Listeners) -> None:
        async with site(listeners.answer, secret="", web_phone=True) as here:
            for path in STATIC.rglob("*.*"):
                name = path.relative_to(STATIC).as_posix()
                known = path.suffix in TYPES
                status, body, headers = await ask(here, "GET", f"/static/{name}", None, **{"Accept-Encoding": "gzip"})
                assert status == (200 if known else 404), name
                if known:
                    assert gzip.decompress(body) == path.read_bytes()
                    assert headers["Content-Type"] == TYPES[path.suffix]
                    again = await ask(here, "GET", f"/static/{name}", None, **{"If-None-Match": headers["ETag"]})
                    assert again[:2] == (304, b"")

    @pytest.mark.parametrize(
        "path", ["/static/../pages.py", "/static/%2e%2e/pages.py", "/static//etc/passwd", "/static/"]
    )
    async def test_there_is_no_way_out_of_the_folder(self, listeners: Listeners, path: str) -> None:
        async with site(listeners.answer, secret="", web_phone=True) as here:
            reader, writer = await asyncio.open_connection(here.server.host, here.server.port)
            writer.write(f"GET {path} HTTP/1.1\r\nHost: 127.0.0.1\r\n\r\n".encode())
            assert b" 404 " in await asyncio.wait_for(reader.readline(), 10)
            writer.close()


class TestCalls:
    async def test_a_page_announces_a_call_and_its_token_opens_it_once(self, listeners: Listeners) -> None:
        async with site(listeners.answer, secret="", web_phone=True) as here:
            status, body, headers = await ask(here, "POST", "/phone/calls")
            assert (status, headers["Cache-Control"]) == (200, "no-store")
            name = json.loads(body)["call"]
            assert await call(here, name) == 101
            await here.quiet()
            assert listeners.callers == ["0912345678"]
            assert await call(here, name) == 403
            assert len(listeners.callers) == 1

    async def test_nobody_guesses_a_token_and_none_is_kept(self, listeners: Listeners) -> None:
        async with site(listeners.answer, secret="", web_phone=True) as here:
            _, body, _ = await ask(here, "POST", "/phone/calls")
            here.now[0] += ANNOUNCED_SECONDS
            for name in (json.loads(body)["call"], str(uuid.uuid4()), "", "x" * 100):
                assert await call(here, name) == 403
            assert listeners.callers == []

    async def test_a_full_machine_says_so_before_and_after_the_token(self, listeners: Listeners) -> None:
        async with site(listeners.answer, calls=1, secret="", web_phone=True) as here:
            _, body, _ = await ask(here, "POST", "/phone/calls")
            with here.gateway.admission.call():
                status, refused, _ = await ask(here, "POST", "/phone/calls")
                assert (status, json.loads(refused)) == (503, {"refused": "full"})
                assert await call(here, json.loads(body)["call"]) == 503

    async def test_what_does_not_begin_as_a_call_gives_its_place_back(self, listeners: Listeners) -> None:
        async with site(listeners.answer, calls=1, secret="", web_phone=True) as here:
            _, body, _ = await ask(here, "POST", "/phone/calls")
            url = here.server.make_url(f"/phone/line?call={json.loads(body)['call']}")
            async with (
                aiohttp.ClientSession() as session,
                session.ws_connect(url, protocols=(PROTOCOL,), origin=here.server.make_url("")) as socket,
            ):
                await socket.send_str("hello")
                assert (await socket.receive()).type is aiohttp.WSMsgType.CLOSE
            await here.quiet()
            assert listeners.callers == []

    async def test_in_call_back_mode_a_page_has_no_number(self, listeners: Listeners) -> None:
        async with site(listeners.answer, secret="", web_phone=True, call_back=True) as here:
            _, body, _ = await ask(here, "POST", "/phone/calls")
            await call(here, json.loads(body)["call"])
            await here.quiet()
            assert listeners.callers == [None]


class TestStrangers:
    """Pages from elsewhere, in a browser of somebody who may call."""

    @pytest.mark.parametrize("origin", [None, "null", "http://evil.example", "http://127.0.0.1:1", "https://127.0.0.1"])
    async def test_a_page_from_elsewhere_cannot_call(self, listeners: Listeners, origin: str | None) -> None:
        async with site(listeners.answer, secret="", web_phone=True) as here:
            assert (await ask(here, "POST", "/phone/calls", origin))[0] == 403
            _, body, _ = await ask(here, "POST", "/phone/calls")
            if origin:
                assert await call(here, json.loads(body)["call"], origin) == 403
            assert listeners.callers == []

    async def test_a_stranger_s_name_that_leads_here_opens_nothing(self, listeners: Listeners) -> None:
        """DNS rebinding: the page's own name resolves to this machine, and to its browser all of it is one origin."""
        async with site(listeners.answer, secret="", web_phone=True) as here:
            host = f"evil.example:{here.server.port}"
            for method, path in (("GET", "/"), ("GET", "/static/phone.css"), ("POST", "/phone/calls")):
                status, body, _ = await ask(here, method, path, f"http://{host}", Host=host)
                assert status == 403
                assert b"<" not in body
                assert (await ask(here, "GET", "/", None, Host=host))[0] == 403

    async def test_without_the_secret_of_the_line_nothing_is_told(self, listeners: Listeners) -> None:
        async with site(listeners.answer, web_phone=True) as here:
            for method, path in (("GET", "/"), ("GET", "/static/phone.css"), ("POST", "/phone/calls")):
                status, _, headers = await ask(here, method, path)
                assert (status, headers["WWW-Authenticate"]) == (401, 'Basic realm="voicebot"')
                assert (await ask(here, method, path, auth=BasicAuth("x", "wrong")))[0] == 401
                assert (await ask(here, method, path, auth=AUTH))[0] == 200
            _, body, _ = await ask(here, "POST", "/phone/calls", auth=AUTH)
            assert await call(here, str(uuid.uuid4()), auth=AUTH) == 403
            assert await call(here, json.loads(body)["call"]) == 101, "browsers show a WebSocket no password"
