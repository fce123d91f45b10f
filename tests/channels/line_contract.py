"""What every line keeps, whichever protocol brings its calls. A line's test class derives from this one and gives it a
fixture `call`: a call at 8 kHz, just begun, and the exchange's end of it."""

import asyncio
from typing import Protocol

import numpy as np
import pytest

from bot.events import Frame, HungUp, Key, Samples
from bot.telephony.inbox import QUIET_TICKS, WAITING_SECONDS
from bot.telephony.line_channel import LineChannel
from bot.telephony.liveness import PATIENCE_TICKS
from tests.channels.contract import reading, tone


class Exchange(Protocol):
    """The exchange's end of a call."""

    def beat(self) -> None:
        """The bot's clock moves on by 20 ms."""
        ...

    async def say(self, sound: Samples) -> None:
        """The caller's sound is sent."""
        ...

    async def sync(self) -> None:
        """What was sent so far arrives, in both directions; once for each beat."""
        ...

    async def tick(self, sound: Samples | None = None) -> None:
        """20 ms, with silence or with sound of the caller."""
        ...

    async def press(self, digit: str) -> None: ...

    async def hang_up(self) -> None: ...

    def cut(self) -> None:
        """The exchange's machine is gone, without a word."""
        ...


Call = tuple[LineChannel, Exchange]
SILENCE = np.zeros(160, np.int16)


async def pass_time(exchange: Exchange, ticks: int, *, sound: bool) -> None:
    """20 ms, `ticks` times, with sound of the caller or without any."""
    for _ in range(ticks):
        exchange.beat()
        if sound:
            await exchange.say(SILENCE)
        await exchange.sync()


async def ask_whether_heard(channel: LineChannel) -> "asyncio.Future[bool | None]":
    """Asked, and not answered yet."""
    answer = asyncio.ensure_future(channel.heard())
    await asyncio.sleep(0)
    return answer


class LineContract:
    async def test_time_passes_though_a_silent_phone_sends_nothing(self, call: Call) -> None:
        channel, exchange = call
        ticks = QUIET_TICKS + 10
        async with reading(channel) as reader:
            for _ in range(ticks):
                exchange.beat()
            await reader.until(lambda event: reader.samples >= ticks * 160)
            assert reader.samples == ticks * 160
            assert not any(frame.samples.any() for frame in reader.frames)

    @pytest.mark.parametrize("stall", [20, QUIET_TICKS + 20])
    async def test_sound_that_was_held_up_is_heard_whole_and_makes_no_time_pass(self, call: Call, stall: int) -> None:
        channel, exchange = call
        number = np.arange(1, (stall + 10) * 160 + 1, dtype=np.int16).reshape(-1, 160)
        late: list[Samples] = []
        for at, frame in enumerate(number):
            exchange.beat()
            late.append(frame)
            if not 5 <= at < stall + 5:  # else it is on its way
                for each in late:
                    await exchange.say(each)
                late.clear()
            await exchange.sync()
        async with reading(channel) as reader:
            await exchange.press("1")
            await reader.until(lambda event: event == Key("1"))
            assert np.array_equal(np.concatenate([frame.samples for frame in reader.frames]), number.ravel())

    async def test_sound_that_nobody_fetches_is_dropped_and_counted(self, call: Call) -> None:
        channel, exchange = call
        kept = WAITING_SECONDS * 50
        for _ in range(kept + 50):
            await exchange.tick()
        exchange.beat()
        await exchange.sync()
        assert channel.lost == 50

    async def test_keys_arrive_in_order_among_the_sound_and_what_is_no_key_is_ignored(self, call: Call) -> None:
        channel, exchange = call
        async with reading(channel) as reader:
            for digit in ["0", "A", "", "8", "12", "x", "#", "*"]:
                await exchange.press(digit)
                await exchange.tick()
            events = await reader.until(lambda event: event == Key("*"))
            assert [event for event in events if isinstance(event, Key)] == [Key(key) for key in "08#*"]
            assert any(isinstance(event, Frame) for event in events)

    async def test_a_caller_who_hangs_up_is_gone_after_all_that_was_heard(self, call: Call) -> None:
        channel, exchange = call
        async with reading(channel) as reader:
            sound = tone(8000, 0.06)
            for frame in sound.reshape(-1, 160):
                await exchange.tick(frame)
            await exchange.press("8")
            await exchange.hang_up()
            events = await reader.until(lambda event: event == HungUp())
            assert events[-2:] == [Key("8"), HungUp()]
            assert np.array_equal(np.concatenate([frame.samples for frame in reader.frames]), sound)

    async def test_an_exchange_that_vanishes_ends_the_call(self, call: Call) -> None:
        channel, exchange = call
        async with reading(channel) as reader:
            exchange.cut()
            await reader.until(lambda event: event == HungUp())

    async def test_a_line_that_gives_sound_has_heard(self, call: Call) -> None:
        channel, exchange = call
        await pass_time(exchange, 200, sound=True)
        answer = await ask_whether_heard(channel)
        assert not answer.done()
        await pass_time(exchange, 2, sound=True)
        assert await answer is True

    async def test_of_a_phone_that_never_gave_sound_the_exchange_s_word_counts_where_it_gives_one(
        self, call: Call
    ) -> None:
        channel, exchange = call
        await pass_time(exchange, 260, sound=False)
        answer = await ask_whether_heard(channel)
        await pass_time(exchange, PATIENCE_TICKS, sound=False)
        assert await answer is (None if channel.tells_what_was_played else False)

    async def test_a_phone_that_lost_its_radio_has_not_heard(self, call: Call) -> None:
        """What is played to it is still taken; it gives no sound any more."""
        channel, exchange = call
        await pass_time(exchange, 200, sound=True)
        await pass_time(exchange, 60, sound=False)
        answer = await ask_whether_heard(channel)
        await pass_time(exchange, PATIENCE_TICKS - 1, sound=False)
        assert not answer.done()
        await pass_time(exchange, 1, sound=False)
        assert await answer is False

    async def test_a_phone_that_comes_back_at_the_end_has_not_heard_what_was_before(self, call: Call) -> None:
        channel, exchange = call
        await pass_time(exchange, 200, sound=True)
        await pass_time(exchange, 100, sound=False)
        answer = await ask_whether_heard(channel)
        await pass_time(exchange, PATIENCE_TICKS, sound=True)
        assert await answer is False

    async def test_a_call_that_has_ended_has_not_heard(self, call: Call) -> None:
        channel, exchange = call
        await pass_time(exchange, 200, sound=True)
        answer = await ask_whether_heard(channel)
        await exchange.hang_up()
        assert await answer is False
        assert await channel.heard() is False
