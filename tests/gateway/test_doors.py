"""Who may bring a call, how many there may be, and what the exchange can ask."""

import asyncio
import logging
import uuid
from contextlib import AsyncExitStack

import aiohttp
import pytest

from bot.events import Outcome
from bot.gateway import audiosocket
from bot.gateway.call_registry import ANNOUNCED_SECONDS, ENDED_SECONDS
from bot.protocols import Channel
from bot.telephony.audiosocket import UUID
from bot.watching import Ended, Watch
from tests.channels import fake_asterisk, fake_audiosocket
from tests.gateway.conftest import SECRET, Listeners, site, until

FORGED = ["wrong", "", None, "a secret of sixteen character", "a secret of sixteen charactersx"]


class TestAsterisk:
    @pytest.mark.parametrize(
        ("query", "caller"),
        [
            ("caller=0912345678", "0912345678"),
            ("caller=%2B84912345678", "+84912345678"),
            ("caller=+84912345678", "+84912345678"),
            ("caller=", None),
            ("caller=anonymous", None),
            ("caller=0912345678%0a", None),
            ("caller=٠٩١٢", None),
            ("caller=" + "1" * 40, None),
            ("did=19009068", None),
        ],
    )
    async def test_the_caller_is_a_number_or_withheld(
        self, listeners: Listeners, query: str, caller: str | None
    ) -> None:
        async with site(listeners.answer) as here:
            async with here.call(query) as asterisk:
                await asterisk.tick()
            await here.quiet()
            assert listeners.callers == [caller]

    @pytest.mark.parametrize(
        ("did", "told"), [("19009068", "19009068"), ("%2B84412345678", "+84412345678"), ("x%0aforged", "?"), ("", "?")]
    )
    async def test_the_log_tells_which_number_was_called_and_not_who_called(
        self, listeners: Listeners, caplog: pytest.LogCaptureFixture, did: str, told: str
    ) -> None:
        with caplog.at_level(logging.INFO):
            async with site(listeners.answer) as here:
                async with here.call(f"caller=0912345678&did={did}"):
                    pass
                await here.quiet()
        assert f"a call to {told} ended" in caplog.text
        assert "0912345678" not in caplog.text

    @pytest.mark.parametrize("secret", FORGED)
    async def test_a_call_without_the_secret_is_refused_before_it_begins(
        self, listeners: Listeners, secret: str | None
    ) -> None:
        async with site(listeners.answer) as here:
            with pytest.raises(aiohttp.WSServerHandshakeError) as refused:
                async with here.call(secret=secret):
                    pass
            assert refused.value.status == 401
            assert listeners.callers == []
            assert await here.metric('voicebot_calls_refused_total{reason="unauthorised"}') == 1

    async def test_a_full_machine_is_busy_and_those_who_talk_are_not_disturbed(self, listeners: Listeners) -> None:
        async with site(listeners.answer, calls=2) as here, here.call() as first, here.call() as second:
            with pytest.raises(aiohttp.WSServerHandshakeError) as refused:
                async with here.call():
                    pass
            assert refused.value.status == 503
            assert await here.get("/readyz", None) == (503, "full")
            for asterisk in (first, second):
                await asterisk.tick()
                assert not asterisk.ended
            await first.hang_up()
            await until(lambda: here.gateway.admission.in_progress == 1)
            async with here.call() as third:
                await third.tick()
                assert not third.ended

    async def test_a_machine_that_is_behind_takes_no_further_call(self, listeners: Listeners) -> None:
        async with site(listeners.answer) as here:
            here.gateway.admission.hindrance = "overloaded"
            with pytest.raises(aiohttp.WSServerHandshakeError):
                async with here.call():
                    pass
            assert await here.metric('voicebot_calls_refused_total{reason="overloaded"}') == 1

    async def test_what_does_not_begin_as_a_call_gives_its_place_back(self, listeners: Listeners) -> None:
        async with site(listeners.answer, calls=1) as here:
            async with fake_asterisk.dialled(str(here.server.make_url("/asterisk")), secret=SECRET) as asterisk:
                await asterisk.send("hello")
                await asterisk.until_closed()
            await here.quiet()
            assert listeners.callers == []
            async with here.call() as asterisk:
                await asterisk.tick()
                assert not asterisk.ended


class TestAudioSocket:
    async def test_an_announced_call_comes_in_with_its_numbers(
        self, listeners: Listeners, caplog: pytest.LogCaptureFixture
    ) -> None:
        caplog.set_level(logging.INFO)
        async with site(listeners.answer) as here:
            status, name = await here.post("/callers", {"caller": "+84912345678", "did": "19009068"})
            assert status == 200
            async with fake_audiosocket.dialled(*here.audiosocket) as asterisk:
                asterisk.send(UUID, uuid.UUID(name).bytes)
                await until(lambda: listeners.callers == ["+84912345678"])
                here.ticker.beat(0)
                await asterisk.sync()
                assert [frame.size for frame in asterisk.heard] == [160]
            await here.quiet()
            assert await here.get(f"/endings/{name}") == (200, "hung_up")
        assert "a call to 19009068 ended" in caplog.text

    async def test_nobody_comes_in_unannounced_twice_or_too_late(self, listeners: Listeners) -> None:
        async with site(listeners.answer) as here:
            _, used = await here.post("/callers", {"caller": "0912345678"})
            assert here.gateway.call_registry.arrive(uuid.UUID(used))
            _, late = await here.post("/callers", {"caller": "0912345678"})
            here.now[0] += ANNOUNCED_SECONDS
            for name in (uuid.uuid4(), uuid.UUID(used), uuid.UUID(late)):
                async with fake_audiosocket.dialled(*here.audiosocket) as asterisk:
                    asterisk.send(UUID, name.bytes)
                    await asterisk.until_closed()
            assert listeners.callers == []
            assert await here.metric('voicebot_calls_refused_total{reason="unauthorised"}') == 3

    async def test_a_full_machine_announces_nobody_and_hangs_up_on_who_was_announced(
        self, listeners: Listeners
    ) -> None:
        async with site(listeners.answer, calls=1) as here:
            _, name = await here.post("/callers", {"caller": "0912345678"})
            async with here.call():
                assert await here.post("/callers", {"caller": "0912345678"}) == (503, "")
                async with fake_audiosocket.dialled(*here.audiosocket) as asterisk:
                    asterisk.send(UUID, uuid.UUID(name).bytes)
                    await asterisk.until_closed()
            await here.quiet()
            assert listeners.callers == ["0912345678"]

    async def test_many_who_say_nothing_keep_no_call_out(
        self, listeners: Listeners, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        monkeypatch.setattr(audiosocket, "IDLE_CONNECTIONS", 3)
        async with site(listeners.answer) as here, AsyncExitStack() as lines:
            silent = [await lines.enter_async_context(fake_audiosocket.dialled(*here.audiosocket)) for _ in range(3)]
            _, name = await here.post("/callers", {"caller": "0912345678"})
            asterisk = await lines.enter_async_context(fake_audiosocket.dialled(*here.audiosocket))
            asterisk.send(UUID, uuid.UUID(name).bytes)
            await silent[0].until_closed()  # who has waited longest gives way
            await until(lambda: listeners.callers == ["0912345678"])

    @pytest.mark.parametrize("secret", FORGED)
    async def test_nobody_is_announced_without_the_secret(self, listeners: Listeners, secret: str | None) -> None:
        async with site(listeners.answer) as here:
            assert await here.post("/callers", {"caller": "0912345678"}, secret) == (401, "")

    async def test_garbage_is_closed(self, listeners: Listeners) -> None:
        async with site(listeners.answer) as here, fake_audiosocket.dialled(*here.audiosocket) as asterisk:
            asterisk.writer.write(b"GET / HTTP/1.1\r\n\r\n")
            await asterisk.until_closed()
            assert await here.metric('voicebot_calls_refused_total{reason="garbage"}') == 1


class TestEndings:
    async def test_the_exchange_learns_how_a_call_ended_for_a_while(self, caplog: pytest.LogCaptureFixture) -> None:
        caplog.set_level("INFO")

        async def answer(channel: Channel, watch: Watch, name: str = "") -> Outcome:
            await channel.transfer()
            watch(Ended(1.0, Outcome.TRANSFERRED))
            return Outcome.TRANSFERRED

        async with site(answer) as here:
            async with here.call("caller=0912345678&call=1700000000.12") as asterisk:
                await asterisk.until_closed()
                assert await here.get("/endings/1700000000.12") == (200, "transferred")
            assert "a call to ? ended after 1 s: transferred (call 1700000000.12)" in caplog.text
            assert "0912345678" not in caplog.text
            here.now[0] += ENDED_SECONDS
            assert await here.get("/endings/1700000000.12") == (404, "")

    async def test_nobody_else_learns_it(self, listeners: Listeners) -> None:
        async with site(listeners.answer) as here:
            here.gateway.call_registry.ended("1", Outcome.RESET)
            assert await here.get("/endings/1", None) == (401, "")


class TestHealth:
    async def test_it_is_open_to_probes(self, listeners: Listeners) -> None:
        async with site(listeners.answer) as here:
            assert await here.get("/healthz", None) == (200, "ok")
            assert await here.get("/readyz", None) == (200, "ok")
            here.gateway.admission.draining = True
            assert await here.get("/healthz", None) == (200, "ok")
            assert await here.get("/readyz", None) == (503, "draining")


class TestWhatIsNoHttp:
    AUTHORISED = f"Host: x\r\nAuthorization: Bearer {SECRET}\r\n"

    @pytest.mark.parametrize(
        "request_text",
        [
            "GET /asterisk?caller=0912345678 BAD\r\n\r\n",
            "GET /asterisk?caller=0912345678 HTTP/1.1\r\nBad Header: 0912345678\r\n\r\n",
            "\x16\x03\x01 0912345678\r\n\r\n",
            f"GET /asterisk?caller=0912345678 HTTP/1.1\r\n{AUTHORISED}\r\n",
            f"POST /callers HTTP/1.1\r\n{AUTHORISED}Content-Type: application/x-www-form-urlencoded; charset=none\r\n"
            "Content-Length: 17\r\n\r\ncaller=0912345678",
        ],
        ids=["version", "header", "tls", "no upgrade", "encoding"],
    )
    async def test_it_is_answered_400_and_not_quoted_in_the_log(
        self, listeners: Listeners, caplog: pytest.LogCaptureFixture, request_text: str
    ) -> None:
        with caplog.at_level(logging.DEBUG):
            async with site(listeners.answer, calls=1) as here:
                reader, writer = await asyncio.open_connection(here.server.host, here.server.port)
                writer.write(request_text.encode())
                status = await asyncio.wait_for(reader.readline(), 10)
                writer.close()
                assert b" 400 " in status
                assert here.gateway.admission.in_progress == 0
        assert "0912345678" not in caplog.text
        assert listeners.callers == []
