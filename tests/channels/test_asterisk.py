"""Calls that Asterisk brings over a WebSocket. Times are ticks of 20 ms, counted by Asterisk's end."""

import asyncio
from collections.abc import AsyncIterator

import numpy as np
import pytest
from aiohttp import WSCloseCode, WSMessage, WSMsgType

from bot.errors import VoicebotError
from bot.events import Frame, HungUp, Played
from bot.telephony.ahead import AHEAD_SECONDS, PIECE_SECONDS
from bot.telephony.asterisk import GONE_TICKS, PING_TICKS, STUCK_TICKS, AsteriskChannel
from bot.telephony.asterisk_messages import FORMATS, parse_start
from bot.telephony.asterisk_socket import LARGEST, Listener
from tests.channels.contract import ChannelContract, reading, tone
from tests.channels.fake_asterisk import Driven, FakeAsterisk, connected
from tests.channels.line_contract import LineContract

FRAME_SECONDS = 0.02


def short(value: object) -> str:
    return str(value)[:30]


START = "MEDIA_START connection_id:bot channel:WebSocket/bot/0x1 format:slin optimal_frame_size:320 ptime:20"


class Wire(asyncio.WriteTransport):
    """What a WebSocket runs on."""

    def __init__(self) -> None:
        super().__init__()
        self.gone = asyncio.Event()

    def abort(self) -> None:
        self.gone.set()


class Full:
    """A WebSocket that takes nothing more, because its peer takes nothing."""

    def __init__(self, wire: Wire) -> None:
        self._wire = wire

    async def receive(self) -> WSMessage:
        await self._wire.gone.wait()
        return WSMessage(WSMsgType.CLOSED, None, None)

    def listen(self, listener: Listener) -> None: ...

    def fail(self, error: Exception) -> None: ...

    async def send_str(self, data: str) -> None:
        await self._refuse()

    async def send_bytes(self, data: bytes) -> None:
        await self._refuse()

    async def ping(self, message: bytes = b"") -> None:
        await self._refuse()

    async def pong(self, message: bytes = b"") -> None:
        await self._refuse()

    async def close(self, *, code: int = WSCloseCode.OK, message: bytes = b"") -> bool:
        return True

    async def _refuse(self) -> None:
        await self._wire.gone.wait()
        raise ConnectionResetError


class TestContract(ChannelContract):
    heard = True

    @pytest.fixture(params=[("slin", False), ("slin16", True), ("ulaw", False), ("alaw", True)], ids=str)
    async def channel(self, request: pytest.FixtureRequest) -> AsyncIterator[Driven]:
        form, as_json = request.param
        async with connected(form, as_json) as (channel, asterisk):
            yield Driven(channel, asterisk)


class TestLine(LineContract):
    """With the fixture `call`."""


@pytest.fixture
async def call() -> AsyncIterator[tuple[AsteriskChannel, FakeAsterisk]]:
    async with connected() as pair:
        yield pair


Call = tuple[AsteriskChannel, FakeAsterisk]


class TestSound:
    @pytest.mark.parametrize("form", FORMATS)
    async def test_both_directions_carry_what_was_said(self, form: str) -> None:
        async with connected(form) as (channel, asterisk), reading(channel) as reader:
            assert channel.rate == FORMATS[form].rate
            sound = tone(channel.rate, 0.2)
            await channel.play(sound, "clip")
            for at in range(0, sound.size, channel.rate // 50):
                await asterisk.tick(sound[at : at + channel.rate // 50])
            await asterisk.tick()  # a single frame waits for the next
            await reader.until(lambda event: reader.samples >= sound.size)
            coarse = 0.03 * 32767 if FORMATS[form].law else 0  # G.711 keeps some 38 dB
            arrived = np.concatenate([frame.samples for frame in reader.frames])[: sound.size]
            assert np.abs(arrived.astype(int) - sound).max() <= coarse
            assert np.abs(asterisk.heard_sound()[: sound.size].astype(int) - sound).max() <= coarse

    async def test_a_clip_is_padded_to_whole_frames_because_asterisk_drops_the_rest(self, call: Call) -> None:
        channel, asterisk = call
        await channel.play(np.full(170, 1000, np.int16), "clip")
        for _ in range(3):
            await asterisk.tick()
        assert np.count_nonzero(asterisk.heard_sound()) == 170

    async def test_a_long_clip_is_heard_without_a_gap_and_is_never_sent_far_ahead(self, call: Call) -> None:
        channel, asterisk = call
        await channel.play(np.full(20 * 8000, 1000, np.int16), "clip")
        most = 0
        for _ in range(1000):
            await asterisk.tick()
            most = max(most, sum(isinstance(item, bytes) for item in asterisk.queue))
        assert all(asterisk.heard)
        assert most * FRAME_SECONDS <= AHEAD_SECONDS + PIECE_SECONDS
        assert channel.late == 0

    async def test_asterisk_can_hold_the_sound_back(self, call: Call) -> None:
        channel, asterisk = call
        await asterisk.event("MEDIA_XOFF")
        await asterisk.tick()
        await channel.play(tone(8000, 0.1), "clip")
        await asterisk.tick()
        assert not asterisk.queue
        await asterisk.event("MEDIA_XON")
        await asterisk.tick()
        await asterisk.sync()
        assert asterisk.queue

    async def test_a_silent_asterisk_is_pinged_and_one_that_does_not_answer_is_gone(self, call: Call) -> None:
        channel, asterisk = call
        async with reading(channel) as reader:
            await asterisk.tick(times=2)
            await reader.next()
            for _ in range(PING_TICKS):
                channel.tick(0)
            await asterisk.until_pinged()
            await asterisk.sync()  # it has answered
            for _ in range(GONE_TICKS - 1):
                channel.tick(0)
            await asterisk.sync()
            for _ in range(GONE_TICKS):
                channel.tick(0)
            await reader.until(lambda event: event == HungUp())

    async def test_an_asterisk_that_plays_nothing_of_what_it_was_sent_is_gone(self, call: Call) -> None:
        """It sends sound, so it lives; but nobody hears the bot, and the call would keep its place to no end."""
        channel, asterisk = call
        async with reading(channel) as reader:
            await channel.play(tone(8000, 60), "clip")
            for _ in range(STUCK_TICKS + 100):
                channel.tick(0)
                await asterisk.tick()
            assert not asterisk.ended
            for _ in range(STUCK_TICKS // 100 + 1):
                await asterisk.say(np.zeros(160, np.int16))
                await asterisk.sync()
                for _ in range(100):
                    channel.tick(0)
            assert (await reader.until(lambda event: event == HungUp()))[-1] == HungUp()


class TestMarks:
    async def test_a_clip_was_heard_when_asterisk_has_played_its_last_frame(self, call: Call) -> None:
        channel, asterisk = call
        async with reading(channel) as reader:
            await channel.play(tone(8000, 1.0), "clip")
            for _ in range(50):
                await asterisk.tick()
            await asterisk.sync()
            before = await reader.until(lambda event: reader.samples >= 8000)
            assert Played("clip") not in before
            await asterisk.tick()
            assert await reader.marks("clip") == ["clip"]

    async def test_a_mark_on_its_way_when_the_bot_stopped_does_not_count(self, call: Call) -> None:
        channel, asterisk = call
        async with reading(channel) as reader:
            await channel.play(tone(8000, 0.02), "stopped")
            await asterisk.tick()
            await asterisk.sync()
            await channel.stop()
            await asterisk.event("MEDIA_MARK_PROCESSED", correlation_id="1")
            await channel.play(tone(8000, 0.02), "answer")
            for _ in range(3):
                await asterisk.tick()
            assert await reader.marks("answer") == ["answer"]

    @pytest.mark.parametrize("mark", ["99", "", "clip", "-1", "1 2"])
    async def test_a_mark_that_was_never_set_is_ignored(self, call: Call, mark: str) -> None:
        channel, asterisk = call
        async with reading(channel) as reader:
            await channel.play(tone(8000, 0.04), "clip")
            await asterisk.event("MEDIA_MARK_PROCESSED", correlation_id=mark)
            await asterisk.tick(times=2)
            assert isinstance(await reader.next(), Frame)


class TestBargeIn:
    async def test_flush_overtakes_sound_that_was_not_sent_yet(self, call: Call) -> None:
        channel, asterisk = call
        await channel.play(tone(8000, 60), "long")
        await channel.stop()
        await asterisk.tick()
        assert not any(asterisk.heard)
        assert [name for _, name in asterisk.commands] == ["FLUSH_MEDIA"]


class TestTheEnd:
    async def test_the_bot_hangs_up_by_command_and_asterisk_closes(self, call: Call) -> None:
        channel, asterisk = call
        await channel.hang_up()
        await asterisk.until_closed()
        assert [name for _, name in asterisk.commands] == ["HANGUP"]

    @pytest.mark.parametrize(
        ("garbage", "code"),
        [
            ("hello", WSCloseCode.INVALID_TEXT),
            ("", WSCloseCode.INVALID_TEXT),
            ("{", WSCloseCode.INVALID_TEXT),
            ("[" * 5000, WSCloseCode.INVALID_TEXT),
            ('{"event": 7}', WSCloseCode.INVALID_TEXT),
            ('{"no": "event"}', WSCloseCode.INVALID_TEXT),
            ("X" * 9000, WSCloseCode.INVALID_TEXT),
            ("X" * 20000, WSCloseCode.MESSAGE_TOO_BIG),
            (b"\1" * 319, WSCloseCode.INVALID_TEXT),
            (b"\1" * 16002, WSCloseCode.INVALID_TEXT),
            (b"\1" * 20000, WSCloseCode.MESSAGE_TOO_BIG),
        ],
        ids=short,
    )
    async def test_garbage_closes_the_call_cleanly(self, call: Call, garbage: str | bytes, code: int) -> None:
        channel, asterisk = call
        async with reading(channel) as reader:
            await asterisk.send(garbage)
            assert await asterisk.until_closed() == code
            assert (await reader.until(lambda event: event == HungUp()))[-1] == HungUp()

    async def test_an_asterisk_to_which_nothing_can_be_sent_is_gone(self, monkeypatch: pytest.MonkeyPatch) -> None:
        monkeypatch.setattr("bot.telephony.asterisk.SEND_SECONDS", 0.01)
        wire = Wire()
        channel = AsteriskChannel(Full(wire), wire, parse_start(START), None)
        async with reading(channel) as reader:
            await channel.play(tone(8000, 60), "long")
            await reader.until(lambda event: event == HungUp())
        await channel.close()

    @pytest.mark.parametrize("size", [LARGEST + 100_000, 1 << 40])
    async def test_a_frame_that_is_going_to_be_too_long_is_not_waited_for(self, call: Call, size: int) -> None:
        """Its header tells; collecting it would take the memory of all calls."""
        channel, asterisk = call
        async with reading(channel) as reader:
            asterisk.write(b"\x82\xff" + size.to_bytes(8, "big") + bytes(4) + b"\1" * 320)
            assert await asterisk.until_closed() == WSCloseCode.MESSAGE_TOO_BIG
            assert (await reader.until(lambda event: event == HungUp()))[-1] == HungUp()

    @pytest.mark.parametrize("text", ["STATUS queue_length:3", "QUEUE_DRAINED", "ERROR error_text:x", "SOMETHING_NEW"])
    async def test_events_that_tell_the_bot_nothing_are_ignored(self, call: Call, text: str) -> None:
        channel, asterisk = call
        async with reading(channel) as reader:
            await asterisk.send(text)
            await asterisk.tick(times=2)
            assert isinstance(await reader.next(), Frame)


class TestTheBeginning:
    @pytest.mark.parametrize(
        ("first", "why"),
        [
            ("DTMF_END digit:8", "MEDIA_START"),
            (b"\0" * 320, "MEDIA_START"),
            ("MEDIA_START format:opus optimal_frame_size:0", r"c\(slin\)"),
            ("MEDIA_START format:slin optimal_frame_size:0", "passthrough"),
            ("MEDIA_START format:slin optimal_frame_size:99999", "passthrough"),
            ("MEDIA_START format:slin optimal_frame_size:x", "passthrough"),
            (f"MEDIA_START format:slin optimal_frame_size:{'9' * 5000}", "passthrough"),
            ("MEDIA_START", r"c\(slin\)"),
            ("hello", "event"),
        ],
        ids=short,
    )
    async def test_a_call_that_does_not_begin_as_it_must_is_closed_and_told(self, first: str | bytes, why: str) -> None:
        with pytest.raises(VoicebotError, match=why):
            async with connected(first=first):
                pass

    async def test_both_ways_of_writing_events_begin_a_call(self) -> None:
        for as_json in (False, True):
            async with connected(as_json=as_json) as (channel, _):
                assert (channel.rate, channel.caller) == (8000, "0912345678")
