"""Calls that go wrong end, give their place back, and disturb nobody."""

import asyncio
import logging

import pytest

from bot.events import Chosen, Expect, Grammar, HungUp, Number, Outcome, Silence, TooFew
from bot.gateway import server
from bot.protocols import Channel
from bot.watching import Ended, Speaks, Understood, Watch
from tests.gateway.conftest import Listeners, site

SECRET_NUMBER = "0123456789"


async def test_a_call_that_lasts_too_long_is_hung_up(listeners: Listeners) -> None:
    async with site(listeners.answer, call_seconds=0.01) as here, here.call() as asterisk:
        await asterisk.until_closed()
        await here.quiet()
        assert [name for _, name in asterisk.commands] == ["HANGUP"]


async def test_a_bot_that_hangs_is_cut_off_after_the_longest_call(monkeypatch: pytest.MonkeyPatch) -> None:
    async def hang(channel: Channel, watch: Watch, name: str = "") -> Outcome:
        await asyncio.Event().wait()
        raise AssertionError

    monkeypatch.setattr(server, "UNWINDING_SECONDS", 0.01)
    async with site(hang, call_seconds=0.01) as here, here.call() as asterisk:
        await asterisk.until_closed()
        await here.quiet()
        assert await here.metric('voicebot_calls_total{outcome="error",stage="greeting"}') == 1


async def test_a_bot_that_breaks_ends_its_call_and_nothing_secret_is_logged(caplog: pytest.LogCaptureFixture) -> None:
    async def fall(channel: Channel, watch: Watch, name: str = "") -> Outcome:
        if channel.caller == "0912345678":
            raise ZeroDivisionError(SECRET_NUMBER)
        return await Listeners().answer(channel, watch)

    with caplog.at_level(logging.DEBUG):
        async with site(fall) as here, here.call("caller=0987654321") as other:
            async with here.call("caller=0912345678&call=7") as asterisk:
                await asterisk.until_closed()
            await other.tick()
            assert not other.ended
            assert await here.get("/endings/7") == (200, "error")
            assert await here.metric('voicebot_calls_total{outcome="error",stage="greeting"}') == 1
    assert "ZeroDivisionError at" in caplog.text
    assert SECRET_NUMBER not in caplog.text
    assert "0912345678" not in caplog.text


async def test_a_caller_who_vanishes_gives_the_place_back(listeners: Listeners) -> None:
    async with site(listeners.answer, calls=1) as here:
        async with here.call() as asterisk:
            asterisk.cut()
        await here.quiet()
        async with here.call() as asterisk:
            await asterisk.tick()
            assert not asterisk.ended


async def test_a_peer_that_takes_nothing_holds_nobody_up() -> None:
    """Its sound waits in its own channel; the others hear theirs."""
    import numpy as np

    async def talk(channel: Channel, watch: Watch) -> Outcome:
        await channel.play(np.full(8000 * 60, 1000, np.int16), "long")
        return await Listeners().answer(channel, watch)

    async with site(talk) as here, here.call() as deaf, here.call() as other:
        for _ in range(250):
            await other.tick()
        assert all(other.heard)
        assert deaf.ticks == 0


async def test_draining_lets_calls_end_and_takes_no_more(listeners: Listeners) -> None:
    async with site(listeners.answer) as here, here.call() as asterisk:
        here.gateway.admission.draining = True
        empty = asyncio.ensure_future(here.gateway.admission.empty())
        assert await here.post("/callers", {"caller": "0912345678"}) == (503, "")
        await asterisk.tick()
        assert not empty.done()
        await asterisk.hang_up()
        await asyncio.wait_for(empty, 10)


async def test_what_a_hotline_watches_is_counted() -> None:
    menu, number = Expect(Grammar.MENU), Expect(Grammar.NUMBER)

    async def answer(channel: Channel, watch: Watch, name: str = "") -> Outcome:
        watch(Speaks(0.0, "xin chào", 1.0, None, None, False, menu))
        watch(Understood(2.0, 2.0, "", Silence()))
        watch(Speaks(2.0, "mời bấm", 1.0, 250.0, 100.0, False, menu))
        watch(Understood(4.0, 4.0, "8", Chosen("ask_reset")))
        watch(Speaks(4.0, "mã số", 1.0, 550.0, 100.0, False, number))
        watch(Understood(5.0, 5.0, "012", TooFew(7)))
        watch(Understood(6.0, 6.0, SECRET_NUMBER, Number(SECRET_NUMBER, spoken=True)))
        watch(Ended(42.0, Outcome.NO_MATCH))
        async for event in channel.events():
            assert event != HungUp()
            break
        return Outcome.NO_MATCH

    async with site(answer) as here:
        async with here.call("caller=0912345678&did=19009068") as asterisk:
            for _ in range(2):
                await asterisk.tick()
            await asterisk.until_closed()
        await here.quiet()
        assert await here.metric('voicebot_calls_total{outcome="no_match",stage="number"}') == 1
        assert await here.metric('voicebot_retries_total{reason="silence"}') == 1
        assert await here.metric('voicebot_retries_total{reason="too_few"}') == 1
        assert await here.metric('voicebot_answer_seconds_bucket{le="0.3"}') == 1
        assert await here.metric("voicebot_answer_seconds_count") == 2
        assert await here.metric('voicebot_call_seconds_sum{outcome="no_match"}') == 42
        assert await here.metric("voicebot_calls_in_progress") == 0
        _, text = await here.get("/metrics", None)
        assert not [secret for secret in ("0912345678", SECRET_NUMBER, "19009068", "xin chào") if secret in text]
