"""Who connects and asks for nothing is not waited for."""

import asyncio
import contextlib
import socket
import ssl
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path

import pytest

from bot.gateway import strangers
from bot.gateway.guard import tls
from bot.gateway.server import Gateway
from bot.gateway.serving import listening_for_http
from bot.settings import Settings
from tests.channels.fake_asterisk import dialled
from tests.gateway.conftest import SECRET, Listeners, site, until
from tests.gateway.test_tls import Authority, client


@asynccontextmanager
async def listening(
    listeners: Listeners, context: ssl.SSLContext | None = None
) -> AsyncIterator[tuple[Gateway, str, int]]:
    bound = socket.socket()
    bound.bind(("127.0.0.1", 0))
    async with site(listeners.answer) as here, listening_for_http(here.gateway, bound, context):
        yield here.gateway, *bound.getsockname()


@pytest.mark.parametrize("said", [b"", b"GET /asterisk?caller=09", b"GET /healthz HTTP/1.1\r\nHost: x\r\nX-Slow: "])
async def test_a_connection_that_asks_for_nothing_is_closed(
    listeners: Listeners, monkeypatch: pytest.MonkeyPatch, said: bytes
) -> None:
    monkeypatch.setattr(strangers, "STRANGER_SECONDS", 0.01)
    async with listening(listeners) as (_, host, port):
        reader, writer = await asyncio.open_connection(host, port)
        writer.write(said)
        with contextlib.suppress(ConnectionError):  # or cut, which is as good
            assert await asyncio.wait_for(reader.read(), 10) == b""
        writer.close()


async def test_over_tls_it_need_not_agree_to_be_closed(
    listeners: Listeners, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    """TLS has a goodbye of its own, which nobody has to answer."""
    monkeypatch.setattr(strangers, "STRANGER_SECONDS", 0.2)
    ours = Authority(tmp_path, "ours")
    context = tls(Settings(tls_certificate=str(ours.issue("gateway"))))
    async with listening(listeners, context) as (gateway, host, port):
        with socket.create_connection((host, port), timeout=10) as line:
            shake_hands = client(ours, None).wrap_socket
            secure = await asyncio.to_thread(shake_hands, line, server_hostname="localhost")
            await until(lambda: gateway.strangers.waiting == 1)
            await until(lambda: gateway.strangers.waiting == 0)
            secure.close()


async def test_who_has_asked_is_no_stranger_and_neither_is_who_is_gone(listeners: Listeners) -> None:
    async with listening(listeners) as (gateway, host, port):
        async with dialled(f"http://{host}:{port}/asterisk?caller=0912345678", secret=SECRET) as asterisk:
            await asterisk.start()
            await asterisk.sync()
            assert gateway.strangers.waiting == 0
            _, writer = await asyncio.open_connection(host, port)
            await until(lambda: gateway.strangers.waiting == 1)
            writer.close()
            await until(lambda: gateway.strangers.waiting == 0)
            await asterisk.hang_up()
        assert listeners.callers == ["0912345678"]
