"""Who has not shown the secret is answered on the head of its request, is read no further, and keeps nobody out."""

from __future__ import annotations

import asyncio
import contextlib
import logging
import resource
import socket
import struct
import zlib
from collections.abc import AsyncIterator, Callable
from contextlib import AsyncExitStack, asynccontextmanager
from pathlib import Path

import pytest

from bot.doors import accepting, idle_connections
from bot.doors.certificates import certificates
from bot.settings import Settings
from rasa_components.log_filters import LINES, LINES_SECONDS, FewLines
from tests.channels.fake_asterisk import dialled
from tests.gateway.conftest import SECRET, Listeners, Site, site, until
from tests.gateway.test_tls import Authority, client

AUTHORISED = f"Authorization: Bearer {SECRET}\r\n"
FORM = "Content-Type: application/x-www-form-urlencoded\r\n"


@asynccontextmanager
async def connected(here: Site) -> AsyncIterator[tuple[asyncio.StreamReader, asyncio.StreamWriter]]:
    reader, writer = await asyncio.open_connection(here.server.host, here.server.port)
    try:
        yield reader, writer
    finally:
        writer.transport.abort()


async def answer(here: Site, *parts: str | bytes) -> str:
    """The status line of the answer to what is sent, part by part."""
    async with connected(here) as (reader, writer):
        for part in parts:
            writer.write(part if isinstance(part, bytes) else part.encode())
            await writer.drain()
            await asyncio.sleep(0)
        return (await asyncio.wait_for(reader.readline(), 10)).decode().strip()


def post(*headers: str, path: str = "/callers") -> str:
    return f"POST {path} HTTP/1.1\r\nHost: x\r\n{''.join(headers)}\r\n"


def megabytes() -> float:
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024


class TestTheHead:
    BOMB = zlib.compress(bytes(2**28), 9)
    """A quarter of a megabyte that would become a quarter of a gigabyte."""

    @pytest.mark.parametrize("path", ["/callers", "/asterisk", "/endings/7", "/nowhere"])
    @pytest.mark.parametrize("encoding", ["deflate", "gzip", "identity"])
    async def test_it_is_answered_and_no_body_is_inflated(self, listeners: Listeners, path: str, encoding: str) -> None:
        length = f"Content-Length: {len(self.BOMB)}\r\nContent-Encoding: {encoding}\r\n"
        async with site(listeners.answer) as here:
            before = megabytes()
            method = "POST" if path == "/callers" else "GET"
            status = await answer(here, post(length, FORM, path=path).replace("POST", method), self.BOMB)
            assert status.split()[1] == ("404" if path == "/nowhere" else "401")
            assert megabytes() - before < 20

    async def test_it_is_answered_before_any_body_comes(self, listeners: Listeners) -> None:
        async with site(listeners.answer) as here:
            assert "401" in await answer(here, post("Content-Length: 4000\r\n", FORM))

    async def test_a_compressed_form_is_refused_to_the_exchange_as_well(self, listeners: Listeners) -> None:
        bomb = zlib.compress(bytes(2**20), 9)
        async with site(listeners.answer) as here:
            headers = (AUTHORISED, FORM, f"Content-Length: {len(bomb)}\r\n")
            assert "415" in await answer(here, post(*headers, "Content-Encoding: deflate\r\n"), bomb)

    @pytest.mark.parametrize(
        ("headers", "status"),
        [
            (f"{FORM}Content-Length: 100000\r\n", "413"),
            (f"{FORM}Transfer-Encoding: chunked\r\n", "411"),
            ("Content-Type: multipart/form-data; boundary=x\r\nContent-Length: 10\r\n", "415"),
            (f"{FORM}Content-Length: -1\r\n", "400"),
        ],
    )
    async def test_a_form_of_the_exchange_is_small(self, listeners: Listeners, headers: str, status: str) -> None:
        async with site(listeners.answer) as here:
            assert status in await answer(here, post(AUTHORISED, headers), "0\r\n\r\n0912345678")

    @pytest.mark.parametrize("cut", range(1, 12))
    async def test_head_and_body_may_come_in_any_pieces(self, listeners: Listeners, cut: int) -> None:
        text = post(AUTHORISED, FORM, "Content-Length: 17\r\n") + "caller=0912345678"
        size = len(text) // cut + 1
        async with site(listeners.answer) as here:
            pieces = [text[at : at + size] for at in range(0, len(text), size)]
            assert "200" in await answer(here, *pieces)

    async def test_a_head_without_end_is_refused(self, listeners: Listeners) -> None:
        async with site(listeners.answer) as here:
            assert "431" in await answer(here, "GET /healthz HTTP/1.1\r\n", *[f"A: {'b' * 195}\r\n"] * 100)

    async def test_a_head_of_very_many_lines_is_refused(self, listeners: Listeners) -> None:
        async with site(listeners.answer) as here:
            assert "400" in await answer(here, "GET /healthz HTTP/1.1\r\n" + "A: b\r\n" * 200)

    async def test_a_connection_carries_one_request(self, listeners: Listeners) -> None:
        """So there is no second head to wait for, and none that hides behind the first one's body."""
        asked = f"GET /endings/7 HTTP/1.1\r\nHost: x\r\n{AUTHORISED}\r\n"
        async with site(listeners.answer) as here, connected(here) as (reader, writer):
            writer.write((asked * 2).encode())
            answers = (await asyncio.wait_for(reader.read(), 10)).decode()
            assert answers.count("HTTP/1.1 ") == 1
            assert "Connection: close" in answers

    @pytest.mark.parametrize(
        "header", [b"Bearer \xff\xfe", b"Basic \xff", b"Basic /////w==", b"\xff", b"Bearer \xed\xa0\x80"]
    )
    async def test_bytes_that_are_no_text_are_no_secret(self, listeners: Listeners, header: bytes) -> None:
        async with site(listeners.answer) as here:
            asked = b"GET /endings/7 HTTP/1.1\r\nHost: x\r\nAuthorization: " + header + b"\r\n\r\n"
            assert "401" in await answer(here, asked)


class TestOrigin:
    @pytest.mark.parametrize("path", ["/asterisk?caller=0912345678", "/endings/7", "/healthz", "/metrics"])
    @pytest.mark.parametrize("origin", ["https://evil.example", "null", "http://x:1", "https://x", "x", ""])
    async def test_a_page_of_another_origin_is_refused(self, listeners: Listeners, path: str, origin: str) -> None:
        async with site(listeners.answer) as here:
            asked = f"GET {path} HTTP/1.1\r\nHost: x\r\nOrigin: {origin}\r\n{AUTHORISED}\r\n"
            assert "403" in await answer(here, asked)

    async def test_a_page_of_our_own_is_not(self, listeners: Listeners) -> None:
        async with site(listeners.answer) as here:
            own = "GET /healthz HTTP/1.1\r\nHost: bot.example:8080\r\nOrigin: http://bot.example:8080\r\n\r\n"
            assert "200" in await answer(here, own)

    @pytest.mark.parametrize(
        ("host", "status"),
        [
            ("localhost:8080", "200"),
            ("127.0.0.1", "200"),
            ("[::1]:80", "200"),
            ("evil.example:8080", "403"),
            ("[", "403"),
        ],
    )
    async def test_without_a_secret_a_name_that_resolves_to_this_machine_is_not_ours(
        self, listeners: Listeners, host: str, status: str
    ) -> None:
        async with site(listeners.answer, secret="") as here:
            asked = f"GET /healthz HTTP/1.1\r\nHost: {host}\r\nOrigin: http://{host}\r\n\r\n"
            assert status in await answer(here, asked)


class TestHowLong:
    @pytest.mark.parametrize(
        "said",
        [
            b"",
            b"GET /asterisk?caller=09",
            b"GET /healthz HTTP/1.1\r\nHost: x\r\nX-Slow: ",
            b"\r\n\r\nGET /healthz HTTP/1.1\r\n",
        ],
    )
    async def test_a_connection_that_asks_for_nothing_is_closed(
        self, listeners: Listeners, monkeypatch: pytest.MonkeyPatch, said: bytes
    ) -> None:
        monkeypatch.setattr(idle_connections, "IDLE_SECONDS", 0.01)
        async with site(listeners.answer) as here, connected(here) as (reader, writer):
            writer.write(said)
            with contextlib.suppress(ConnectionError):  # or cut, which is as good
                assert await asyncio.wait_for(reader.read(), 10) == b""

    async def test_nor_is_a_body_waited_for(self, listeners: Listeners, monkeypatch: pytest.MonkeyPatch) -> None:
        from bot.gateway import forms

        monkeypatch.setattr(forms, "BODY_SECONDS", 0.01)
        async with site(listeners.answer) as here:
            assert "408" in await answer(here, post(AUTHORISED, FORM, "Content-Length: 17\r\n"), "caller=")

    @pytest.mark.parametrize("shakes_hands", [True, False])
    async def test_over_tls_it_need_not_agree_to_be_closed(
        self, listeners: Listeners, monkeypatch: pytest.MonkeyPatch, tmp_path: Path, shakes_hands: bool
    ) -> None:
        """TLS has a goodbye of its own, which nobody has to answer."""
        monkeypatch.setattr(idle_connections, "IDLE_SECONDS", 0.2)
        ours = Authority(tmp_path, "ours")
        secure = certificates(Settings(tls_certificate=str(ours.issue("gateway"))))
        async with site(listeners.answer, secure=secure) as here:
            with socket.create_connection((here.server.host, here.server.port), timeout=10) as line:
                secure = line
                if shakes_hands:
                    shake = client(ours, None).wrap_socket
                    secure = await asyncio.to_thread(shake, line, server_hostname="localhost")
                await until(lambda: here.gateway.idle_connections.waiting == 1)
                await until(lambda: here.gateway.idle_connections.waiting == 0)
                secure.close()

    async def test_a_handshake_that_fails_leaves_no_stranger_behind(self, listeners: Listeners, tmp_path: Path) -> None:
        secure = certificates(Settings(tls_certificate=str(Authority(tmp_path, "ours").issue("gateway"))))
        async with site(listeners.answer, secure=secure) as here, connected(here) as (reader, writer):
            await until(lambda: here.gateway.idle_connections.waiting == 1)
            writer.write(b"GET / HTTP/1.1\r\n\r\n")
            with contextlib.suppress(ConnectionError):
                await asyncio.wait_for(reader.read(), 10)
            await until(lambda: here.gateway.idle_connections.waiting == 0)

    async def test_who_has_shown_the_secret_is_no_stranger_and_neither_is_who_is_gone(
        self, listeners: Listeners
    ) -> None:
        async with site(listeners.answer) as here:
            async with here.call() as asterisk:
                assert here.gateway.idle_connections.waiting == 0
                async with connected(here):
                    await until(lambda: here.gateway.idle_connections.waiting == 1)
                await until(lambda: here.gateway.idle_connections.waiting == 0)
                await asterisk.hang_up()
            assert listeners.callers == ["0912345678"]


class TestHowMany:
    @pytest.mark.parametrize("secure", [True, False])
    async def test_many_who_say_nothing_keep_no_call_out(
        self, listeners: Listeners, monkeypatch: pytest.MonkeyPatch, tmp_path: Path, secure: bool
    ) -> None:
        """Over TLS they have not even begun a handshake."""
        monkeypatch.setattr(idle_connections, "IDLE_CONNECTIONS", 3)
        ours = Authority(tmp_path, "ours")
        settings = Settings(tls_certificate=str(ours.issue("gateway"))) if secure else Settings()
        async with site(listeners.answer, secure=certificates(settings)) as here, AsyncExitStack() as lines:
            first, _ = await lines.enter_async_context(connected(here))
            for _ in range(4):
                await lines.enter_async_context(connected(here))
            with contextlib.suppress(ConnectionError):  # who has waited longest gives way
                assert await asyncio.wait_for(first.read(), 10) == b""
            assert here.gateway.idle_connections.waiting == 3
            url = here.server.make_url("/asterisk?caller=0912345678")
            if secure:
                url = url.replace(f"http://{here.server.host}", "https://localhost")
            trusted = client(ours, None) if secure else None
            async with dialled(url, secret=SECRET, trusted=trusted) as asterisk:
                await asterisk.start()
                await asterisk.sync()
                assert listeners.callers == ["0912345678"]
                await asterisk.hang_up()

    async def test_where_the_system_has_no_room_the_longest_is_cut(
        self, listeners: Listeners, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
    ) -> None:
        monkeypatch.setattr(accepting, "FULL_SECONDS", 0)
        async with site(listeners.answer) as here, connected(here) as (reader, _):
            await until(lambda: here.gateway.idle_connections.waiting == 1)
            loop = asyncio.get_running_loop()
            accept, failures = loop.sock_accept, [OSError(24, "Too many open files")]

            async def fail_once(bound: socket.socket) -> tuple[socket.socket, object]:
                line, address = await accept(bound)
                if not failures:
                    return line, address
                line.close()
                raise failures.pop()

            monkeypatch.setattr(loop, "sock_accept", fail_once)
            with contextlib.suppress(ConnectionError):  # the accept that waits is the real one still
                await here.get("/healthz", None)
            with contextlib.suppress(Exception):
                await here.get("/healthz", None)
            with contextlib.suppress(ConnectionError):
                assert await asyncio.wait_for(reader.read(), 10) == b""
            assert await here.get("/healthz", None) == (200, "ok")
        assert "Too many open files" in caplog.text


class TestHowFast:
    """An exchange may send all at once what it likes: it is read in the rhythm of a call."""

    async def test_a_flood_of_keys_takes_its_share_of_the_loop_alone(self, listeners: Listeners) -> None:
        key = b"DTMF_END digit:5"
        frame = bytes([0x81, 0x80 | len(key)]) + bytes(4) + key
        async with site(listeners.answer) as here, here.call() as flooding, here.call() as other:
            connection = flooding._transport
            connection.write(frame * 20_000)
            loop = asyncio.get_running_loop()
            longest, began = 0.0, loop.time()
            while loop.time() - began < 0.5:
                before = loop.time()
                await asyncio.sleep(0)
                longest = max(longest, loop.time() - before)
            await other.sync()
            assert not other.ended
            assert longest < 0.1

    async def test_sound_that_was_late_comes_whole(self, listeners: Listeners) -> None:
        async with site(listeners.answer) as here, here.call() as asterisk:
            second = struct.pack("<h", 1000) * 8000
            await asterisk.send(second)  # sixteen thousand bytes: four windows
            await asterisk.sync()
            assert not asterisk.ended
            assert here.gateway.admission.in_progress == 1


class TestTheLog:
    def lines(self, clock: Callable[[], float], count: int, caplog: pytest.LogCaptureFixture) -> list[str]:
        logger = logging.getLogger("few")
        logger.filters[:] = logger.filters or [FewLines(clock)]
        caplog.clear()
        for n in range(count):
            logger.warning("stranger %d", n)
        return caplog.messages

    def test_of_what_strangers_cause_a_few_lines_a_minute_are_kept(self, caplog: pytest.LogCaptureFixture) -> None:
        now = [0.0]
        try:
            clock = lambda: now[0]  # noqa: E731  # as short as it gets
            assert self.lines(clock, 1000, caplog) == [f"stranger {n}" for n in range(LINES)]
            now[0] = LINES_SECONDS - 0.1
            assert self.lines(clock, 5, caplog) == []
            now[0] = LINES_SECONDS
            left_out = 1000 - LINES + 5
            assert self.lines(clock, 2, caplog) == [
                f"stranger 0 ({left_out} lines before it were left out)",
                "stranger 1",
            ]
        finally:
            logging.getLogger("few").filters.clear()
