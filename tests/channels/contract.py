"""What every channel keeps, whatever line it stands for. A channel's test class derives from this one and gives it a
fixture `channel`: a call just begun, with a caller who says nothing."""

import asyncio
from collections.abc import AsyncIterator, Callable
from contextlib import aclosing, asynccontextmanager

import numpy as np
import pytest

from bot.events import ChannelEvent, Frame, HungUp, Played, Samples
from bot.protocols import Channel

GUARD = 20
"""Seconds after which a channel that gives nothing fails its test; none ever waits so long."""


class Reader:
    """Reads a channel's events and counts the caller's samples, which are the clock."""

    def __init__(self, events: AsyncIterator[ChannelEvent]) -> None:
        self._events = events
        self.samples = 0
        self.frames: list[Frame] = []

    async def next(self) -> ChannelEvent:
        event = await asyncio.wait_for(anext(self._events), GUARD)
        if isinstance(event, Frame):
            self.frames.append(event)
            self.samples += event.samples.size
        return event

    async def until(self, wanted: Callable[[ChannelEvent], bool]) -> list[ChannelEvent]:
        """All events up to and with the first that is wanted; HungUp ends the wait, too."""
        events = [await self.next()]
        while not wanted(events[-1]) and events[-1] != HungUp():
            events.append(await self.next())
        return events

    async def marks(self, last: str) -> list[str]:
        """The marks that arrive, up to `last`."""
        events = await self.until(lambda event: event == Played(last))
        return [event.mark for event in events if isinstance(event, Played)]


def tone(rate: int, seconds: float, hertz: float = 1000, level: float = 0.3) -> Samples:
    time = np.arange(round(rate * seconds)) / rate
    return np.asarray(np.sin(2 * np.pi * hertz * time) * level * 32767, np.int16)


@asynccontextmanager
async def reading(channel: Channel) -> AsyncIterator[Reader]:
    """A reader that stops reading at the end of the context, wherever the call stands."""
    async with aclosing(channel.events()) as events:  # type: ignore[type-var]  # they are generators in all channels
        yield Reader(events)


class ChannelContract:
    heard: bool | None = None
    """What a channel tells of a caller who is there; None: it cannot know."""

    @pytest.fixture
    async def reader(self, channel: Channel) -> AsyncIterator[Reader]:
        async with reading(channel) as reader:
            yield reader

    async def test_tells_what_it_is(self, channel: Channel) -> None:
        assert isinstance(channel, Channel)
        assert channel.rate in (8000, 16000)
        assert channel.caller is None or isinstance(channel.caller, str)

    async def test_frames_arrive_while_nobody_speaks(self, reader: Reader) -> None:
        await reader.until(lambda event: len(reader.frames) >= 5)
        for frame in reader.frames:
            assert frame.samples.dtype == np.int16
            assert frame.samples.ndim == 1
            assert frame.samples.size > 0

    async def test_a_mark_arrives_when_its_last_sample_was_heard(self, channel: Channel, reader: Reader) -> None:
        await reader.next()
        clip = tone(channel.rate, 0.25)
        before = reader.samples
        await channel.play(clip, "clip")
        assert await reader.marks("clip") == ["clip"]
        assert reader.samples - before >= clip.size

    async def test_marks_arrive_in_order(self, channel: Channel, reader: Reader) -> None:
        for mark in "abc":
            await channel.play(tone(channel.rate, 0.03), mark)
        await channel.play(tone(channel.rate, 0), "empty")
        await channel.play(tone(channel.rate, 0.001), "last")
        assert await reader.marks("last") == ["a", "b", "c", "empty", "last"]

    async def test_after_a_mark_it_tells_whether_that_was_heard_or_that_it_cannot_know(
        self, channel: Channel, reader: Reader
    ) -> None:
        await channel.play(tone(channel.rate, 0.1), "clip")
        await reader.marks("clip")
        assert await asyncio.wait_for(channel.heard(), GUARD) is self.heard

    async def test_it_waits_for_work_until_that_is_done(self, channel: Channel, reader: Reader) -> None:
        await reader.next()
        assert await channel.wait(asyncio.ensure_future(asyncio.sleep(0)), 60) < 1
        await reader.next()

    async def test_stop_drops_what_is_queued_with_its_marks(self, channel: Channel, reader: Reader) -> None:
        await channel.play(tone(channel.rate, 60), "long")
        await channel.play(tone(channel.rate, 0.1), "after it")
        await reader.until(lambda event: len(reader.frames) >= 3)
        await channel.stop()
        await channel.play(tone(channel.rate, 0.1), "answer")
        assert await reader.marks("answer") == ["answer"]

    async def test_stop_is_harmless_in_silence(self, channel: Channel, reader: Reader) -> None:
        await channel.stop()
        await channel.play(tone(channel.rate, 0.05), "clip")
        assert await reader.marks("clip") == ["clip"]

    @pytest.mark.parametrize("way", ["hang_up", "transfer"])
    async def test_when_the_bot_ends_the_call_hung_up_is_the_last_event(
        self, channel: Channel, reader: Reader, way: str
    ) -> None:
        await channel.play(tone(channel.rate, 60), "never heard")
        await reader.next()
        await getattr(channel, way)()
        rest = await reader.until(lambda event: event == HungUp())
        assert rest[-1] == HungUp()
        assert not [event for event in rest if isinstance(event, Played)]
        with pytest.raises(StopAsyncIteration):
            await reader.next()

    async def test_after_the_end_everything_is_harmless(self, channel: Channel, reader: Reader) -> None:
        await reader.next()
        await channel.hang_up()
        await channel.hang_up()
        await channel.play(tone(channel.rate, 0.1), "too late")
        await channel.stop()
        await channel.transfer()
        assert (await reader.until(lambda event: False))[-1] == HungUp()
