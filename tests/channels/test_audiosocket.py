"""Calls that an older Asterisk brings over TCP. Times are ticks of 20 ms."""

import asyncio
import socket
import uuid
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

import numpy as np
import pytest

from bot.events import HungUp, Key, Played
from bot.telephony.audiosocket import (
    BACKLOG_BYTES,
    ERROR,
    HANG_UP,
    JITTER_SECONDS,
    RATES,
    SOUND,
    UUID,
    WINDOW_MESSAGES,
    AudioSocketChannel,
    NotAudioSocket,
    message,
    read_message,
    read_name,
)
from tests.channels.contract import ChannelContract, reading, tone
from tests.channels.fake_asterisk import Driven
from tests.channels.fake_audiosocket import FakeAudioSocket, connected
from tests.channels.line_contract import LineContract

Call = tuple[AudioSocketChannel, FakeAudioSocket]


class TestContract(ChannelContract):
    heard = True

    @pytest.fixture
    async def channel(self) -> AsyncIterator[Driven]:
        async with connected() as (channel, asterisk):
            yield Driven(channel, asterisk)


class TestLine(LineContract):
    """With the fixture `call`."""


@pytest.fixture
async def call() -> AsyncIterator[Call]:
    async with connected() as pair:
        yield pair


@asynccontextmanager
async def hanging() -> AsyncIterator[AudioSocketChannel]:
    """A call whose exchange reads nothing, and keeps little in its system's buffer."""
    opened: asyncio.Future[AudioSocketChannel] = asyncio.get_running_loop().create_future()

    async def handle(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        opened.set_result(AudioSocketChannel(reader, writer, None))

    async with await asyncio.start_server(handle, "127.0.0.1", 0) as server:
        with socket.socket() as exchange:
            exchange.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, 4096)
            exchange.setblocking(False)
            await asyncio.get_running_loop().sock_connect(exchange, server.sockets[0].getsockname())
            channel = await opened
            yield channel
        await channel.close()


def stream(data: bytes) -> asyncio.StreamReader:
    """A connection on which this came, and its end."""
    reader = asyncio.StreamReader()
    reader.feed_data(data)
    reader.feed_eof()
    return reader


class TestSound:
    async def test_both_directions_carry_what_was_said(self, call: Call) -> None:
        channel, asterisk = call
        sound = tone(8000, 0.2)
        async with reading(channel) as reader:
            await channel.play(sound, "clip")
            for at in range(0, sound.size, 160):
                await asterisk.tick(sound[at : at + 160])
            await asterisk.tick()  # a single frame waits for the next
            await reader.until(lambda event: reader.samples >= sound.size)
            arrived = np.concatenate([frame.samples for frame in reader.frames])
            assert np.array_equal(arrived[: sound.size], sound)
            assert np.array_equal(np.concatenate(asterisk.heard)[: sound.size], sound)

    async def test_silence_keeps_the_call_alive(self, call: Call) -> None:
        _, asterisk = call
        for _ in range(100):
            await asterisk.tick()
        assert len(asterisk.heard) == 100
        assert not np.concatenate(asterisk.heard).any()

    @pytest.mark.parametrize("kind", RATES)
    async def test_every_rate_is_heard_at_8_kHz(self, call: Call, kind: int) -> None:  # noqa: N802  # kHz is the unit
        channel, asterisk = call
        rate = RATES[kind]
        sound = tone(rate, 0.5, hertz=440)
        async with reading(channel) as reader:
            for part in np.array_split(sound, 50):
                asterisk.send(kind, part.astype("<i2").tobytes())
            while reader.samples < 3200:
                await reader.next()
                asterisk.beat()
            heard = np.concatenate([frame.samples for frame in reader.frames])
            loudest = np.argmax(np.abs(np.fft.rfft(heard[800:3200].astype(float)))) * 8000 / 2400
            assert loudest == pytest.approx(440, abs=4)

    @pytest.mark.parametrize("size", [160, 0, 1])
    async def test_of_a_flood_one_window_is_read_in_a_tick(self, call: Call, size: int) -> None:
        """Whoever sends all it can takes no more than its share of the event loop; sound that was late comes whole."""
        channel, asterisk = call
        for _ in range(WINDOW_MESSAGES - 1):
            asterisk.send(SOUND, b"\0\0" * size)
        await asterisk.press("1")
        await asterisk.press("2")
        async with reading(channel) as reader:
            events = await reader.until(lambda event: event == Key("1", 0.0))
            assert reader.samples == (WINDOW_MESSAGES - 1) * size
            await asyncio.sleep(0)
            assert not channel._inbox._events
            asterisk.beat()
            events = await reader.until(lambda event: isinstance(event, Key))
            assert events[-1] == Key("2", 0.0)

    async def test_who_hangs_up_in_a_flood_is_gone(self, call: Call) -> None:
        channel, asterisk = call
        for _ in range(3 * WINDOW_MESSAGES):
            await asterisk.press("1")
        async with reading(channel) as reader:
            await reader.next()
            await channel.hang_up()
            await asterisk.until_closed()
            await asyncio.wait_for(channel._reading, 5)  # no tick is needed

    async def test_a_clip_was_heard_when_the_tick_after_its_last_frame_has_come(self, call: Call) -> None:
        channel, asterisk = call
        async with reading(channel) as reader:
            await channel.play(tone(8000, 0.08), "clip")
            for _ in range(4):  # a single frame waits for the next
                await asterisk.tick()
            assert Played("clip") not in await reader.until(lambda event: reader.samples >= 3 * 160)
            await asterisk.tick()
            assert await reader.marks("clip") == ["clip"]

    async def test_a_late_frame_of_the_bots_voice_is_counted_and_late_silence_is_not(self, call: Call) -> None:
        channel, _ = call
        channel.tick(JITTER_SECONDS + 0.001)
        assert channel.late == 0
        await channel.play(tone(8000, 0.1), "clip")
        channel.tick(JITTER_SECONDS)
        assert channel.late == 0
        channel.tick(JITTER_SECONDS + 0.001)
        assert channel.late == 1


class TestBargeIn:
    async def test_nothing_more_is_played_once_the_bot_stops(self, call: Call) -> None:
        channel, asterisk = call
        await channel.play(tone(8000, 60), "long")
        await asterisk.tick()
        await channel.stop()
        await asterisk.tick()
        assert asterisk.heard[0].any()
        assert not asterisk.heard[1].any()


class TestTheEnd:
    @pytest.mark.parametrize("kind", [HANG_UP, ERROR])
    async def test_either_of_these_messages_ends_the_call(self, call: Call, kind: int) -> None:
        channel, asterisk = call
        async with reading(channel) as reader:
            asterisk.send(kind)
            await reader.until(lambda event: event == HungUp())

    async def test_the_bot_hangs_up_by_message(self, call: Call) -> None:
        channel, asterisk = call
        await channel.hang_up()
        await asterisk.until_closed()

    async def test_what_only_lies_in_buffers_was_not_played(self) -> None:
        """An exchange that hangs: its system takes some of the sound, and nobody reads it."""
        async with hanging() as channel, reading(channel) as reader:
            await channel.play(tone(8000, 1.5), "clip")
            for _ in range(300):
                channel.tick(0)
            events = await reader.until(lambda event: event == HungUp())
            assert not [event for event in events if isinstance(event, Played)]

    async def test_an_asterisk_that_takes_nothing_ends_the_call_and_its_backlog_is_bounded(self, call: Call) -> None:
        channel, _ = call
        async with reading(channel) as reader:
            most = 0
            for _ in range(200_000):  # the other end's kernel takes some megabytes first
                channel.tick(0)
                most = max(most, channel._to.transport.get_write_buffer_size())
                if channel._to.transport.is_closing():
                    break
            assert channel._to.transport.is_closing()
            assert most <= BACKLOG_BYTES + len(message(SOUND, b"\0" * 320)), "what is late, and one frame"
            assert (await reader.until(lambda event: event == HungUp()))[-1] == HungUp()

    @pytest.mark.parametrize(
        "garbage",
        [b"\x07\x00\x00", message(SOUND, b"\0" * 319), b"\x10\xff\xff", b"GET / HTTP/1.1\r\n\r\n", message(0x19, b"x")],
        ids=["kind", "half a sample", "length", "http", "rate"],
    )
    async def test_garbage_hangs_up(self, call: Call, garbage: bytes) -> None:
        channel, asterisk = call
        async with reading(channel) as reader:
            asterisk.writer.write(garbage)
            await asterisk.until_closed()
            assert (await reader.until(lambda event: event == HungUp()))[-1] == HungUp()


class TestTheBeginning:
    async def test_a_call_says_its_uuid_first(self) -> None:
        name = uuid.uuid4()
        assert await read_name(stream(message(UUID, name.bytes))) == name

    @pytest.mark.parametrize(
        "data", [b"", b"\x01", message(UUID, b"\0" * 15), message(SOUND, b"\0" * 16), b"\1\xff\xff"]
    )
    async def test_anything_else_is_no_call(self, data: bytes) -> None:
        with pytest.raises(NotAudioSocket):
            await read_name(stream(data))

    async def test_messages_cut_anywhere_are_whole(self) -> None:
        reader = asyncio.StreamReader()
        reading_on = asyncio.ensure_future(read_message(reader))
        for byte in message(SOUND, b"\1\2\3\4"):
            reader.feed_data(bytes([byte]))
        assert await reading_on == (SOUND, b"\1\2\3\4")
