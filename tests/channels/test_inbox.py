"""What a caller does reaches the call in order, in steps, and never piles up."""

from contextlib import aclosing

import numpy as np
from hypothesis import given
from hypothesis import strategies as st

from bot.channels.inbox import JOINED_SECONDS, QUIET_TICKS, WAITING_SECONDS, Inbox
from bot.events import ChannelEvent, Frame, HungUp, Key, Played, Samples

FRAME = 160


def frame(value: int = 1, size: int = FRAME) -> Samples:
    return np.full(size, value, np.int16)


async def all_of(inbox: Inbox) -> list[ChannelEvent]:
    """Everything up to the end, which must have come."""
    async with aclosing(inbox.events()) as events:  # type: ignore[type-var]  # it is a generator
        return [event async for event in events]


def sizes(events: list[ChannelEvent]) -> list[int]:
    return [event.samples.size for event in events if isinstance(event, Frame)]


async def test_frames_that_wait_are_joined_up_to_a_limit() -> None:
    inbox = Inbox(8000)
    for _ in range(25):
        inbox.hear(frame())
    inbox.end(drop=False)
    assert sizes(await all_of(inbox)) == [int(JOINED_SECONDS * 8000)] * 2 + [5 * FRAME]


async def test_keys_and_marks_keep_their_place_among_the_sound() -> None:
    inbox = Inbox(8000)
    inbox.hear(frame(1))
    inbox.put(Key("8"))
    inbox.hear(frame(2))
    inbox.put(Played("a"))
    inbox.end(drop=False)
    first, key, second, mark, end = await all_of(inbox)
    assert isinstance(first, Frame)
    assert isinstance(second, Frame)
    assert (first.samples[0], second.samples[0]) == (1, 2)
    assert (key, mark, end) == (Key("8"), Played("a"), HungUp())


async def test_a_single_frame_waits_for_the_next_and_a_key_for_nothing() -> None:
    inbox = Inbox(8000)
    async with aclosing(inbox.events()) as events:  # type: ignore[type-var]  # it is a generator
        step = events.asend(None)
        inbox.hear(frame())
        inbox.hear(frame())
        assert sizes([await step]) == [2 * FRAME]
        inbox.hear(frame())
        inbox.put(Key("1"))
        assert sizes([await anext(events)]) == [FRAME]
        assert await anext(events) == Key("1")


async def test_what_is_not_fetched_in_time_is_dropped_and_counted() -> None:
    inbox = Inbox(8000)
    for _ in range(WAITING_SECONDS * 50 + 7):
        inbox.hear(frame())
    assert inbox.lost == 7
    inbox.put(Key("1"))  # keys are few and are kept
    inbox.end(drop=False)
    events = await all_of(inbox)
    assert sum(sizes(events)) == WAITING_SECONDS * 8000
    assert events[-2:] == [Key("1"), HungUp()]


async def test_after_the_end_nothing_counts() -> None:
    inbox = Inbox(8000)
    inbox.hear(frame())
    inbox.put(Played("heard"))
    inbox.end(drop=True)
    inbox.hear(frame())
    inbox.put(Key("1"))
    for _ in range(QUIET_TICKS + 5):
        inbox.tick()
    assert await all_of(inbox) == [HungUp()]


async def test_silence_is_made_up_only_after_the_line_was_silent_for_a_while() -> None:
    inbox = Inbox(16000)
    for _ in range(QUIET_TICKS):
        inbox.tick()
    inbox.hear(frame(size=320))
    for _ in range(QUIET_TICKS + 3):
        inbox.tick()
    inbox.end(drop=False)
    assert sum(sizes(await all_of(inbox))) == 320 + 3 * 320


@given(st.lists(st.one_of(st.integers(1, 400), st.sampled_from("0123456789*#")), max_size=60))
async def test_nothing_is_lost_or_turned_around(done: list[int | str]) -> None:
    inbox, sound, keys = Inbox(8000), [], []
    for each in done:
        if isinstance(each, str):
            inbox.put(Key(each))
            keys.append((sum(map(len, sound)), each))
        else:
            sound.append(frame(len(sound) + 1, each))
            inbox.hear(sound[-1])
    inbox.end(drop=False)
    heard, pressed = [np.zeros(0, np.int16)], []
    for event in await all_of(inbox):
        if isinstance(event, Frame):
            heard.append(event.samples)
        elif isinstance(event, Key):
            pressed.append((sum(map(len, heard)), event.key))
    if not inbox.lost:
        assert np.array_equal(np.concatenate(heard), np.concatenate([np.zeros(0, np.int16), *sound]))
        assert pressed == keys
