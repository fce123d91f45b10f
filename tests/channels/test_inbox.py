"""What a caller does reaches the call in order, in steps, and never piles up."""

from contextlib import aclosing

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.events import ChannelEvent, Frame, HungUp, Key, Played, Samples
from bot.telephony.inbox import JOINED_SECONDS, QUIET_TICKS, WAITING_KEYS, WAITING_SECONDS, Inbox

FRAME = 160


def frame(value: int = 1, size: int = FRAME) -> Samples:
    return np.full(size, value, np.int16)


async def all_of(inbox: Inbox) -> list[ChannelEvent]:
    """Everything up to the end, which must have come."""
    async with aclosing(inbox.events()) as events:  # type: ignore[type-var]  # it is a generator
        return [event async for event in events]


async def so_far(inbox: Inbox) -> list[int]:
    """The samples that wait now; the call has fetched them then."""
    inbox.put(Played("so far"))
    samples: list[int] = []
    async with aclosing(inbox.events()) as events:  # type: ignore[type-var]  # it is a generator
        async for event in events:
            if not isinstance(event, Frame):
                break
            samples += event.samples.tolist()
    return samples


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


class TestALineThatGivesNothing:
    async def test_it_is_silence_only_after_a_while_and_then_from_the_beginning(self) -> None:
        inbox = Inbox(16000)
        for _ in range(QUIET_TICKS - 1):
            inbox.tick()
        inbox.hear(frame(size=320))
        for _ in range(QUIET_TICKS - 1):
            inbox.tick()
        assert await so_far(inbox) == [1] * 320
        for _ in range(4):
            inbox.tick()
        assert await so_far(inbox) == [0] * (QUIET_TICKS + 3) * 320

    @pytest.mark.parametrize("ticks", [1, QUIET_TICKS - 1])
    async def test_sound_that_is_late_leaves_no_hole(self, ticks: int) -> None:
        inbox, clock = Inbox(8000), 0
        heard: list[int] = []
        for value in range(1, 5):  # a stall, then all of it at once, again and again
            for _ in range(ticks):
                inbox.tick()
                clock += FRAME
                heard += await so_far(inbox)
            for _ in range(ticks):
                inbox.hear(frame(value))
                heard += await so_far(inbox)
            assert len(heard) == clock
        assert heard == [value for value in range(1, 5) for _ in range(ticks * FRAME)]

    @pytest.mark.parametrize("late", [QUIET_TICKS, QUIET_TICKS + 30])
    async def test_late_sound_takes_the_place_of_silence_that_the_busy_call_has_not_fetched(self, late: int) -> None:
        inbox = Inbox(8000)
        for _ in range(late):
            inbox.tick()
        inbox.put(Key("1"))
        for value in range(late):
            inbox.hear(frame(value + 1))
        inbox.end(drop=False)
        key, *frames, _ = await all_of(inbox)
        assert key == Key("1")
        sound = np.concatenate([each.samples for each in frames if isinstance(each, Frame)])
        assert np.array_equal(sound, np.repeat(np.arange(1, late + 1), FRAME))
        assert inbox.lost == 0

    async def test_silence_that_was_heard_before_late_sound_came_is_saved_later(self) -> None:
        inbox, stall = Inbox(8000), QUIET_TICKS + 10
        for _ in range(stall):
            inbox.tick()
        assert await so_far(inbox) == [0] * stall * FRAME
        for _ in range(stall):
            inbox.hear(frame())
        assert await so_far(inbox) == [1] * stall * FRAME  # no word of the caller is dropped
        for _ in range(stall + QUIET_TICKS - 1):
            inbox.tick()
        assert await so_far(inbox) == []
        inbox.tick()
        assert await so_far(inbox) == [0] * QUIET_TICKS * FRAME  # the call's clock is right again

    async def test_sound_that_comes_before_the_ticks_of_a_busy_machine_is_no_silence_after_it(self) -> None:
        inbox = Inbox(8000)
        for _ in range(2 * QUIET_TICKS):
            inbox.hear(frame())
        for _ in range(2 * QUIET_TICKS):
            inbox.tick()
        assert await so_far(inbox) == [1] * 2 * QUIET_TICKS * FRAME

    async def test_a_phone_that_was_silent_and_speaks_again_keeps_its_silence(self) -> None:
        inbox = Inbox(8000)
        for _ in range(QUIET_TICKS):
            inbox.tick()
        for _ in range(20):  # sound in time: the first frame is of the last tick's 20 ms
            inbox.hear(frame())
            inbox.tick()
        assert await so_far(inbox) == [0] * (QUIET_TICKS - 1) * FRAME + [1] * 20 * FRAME


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


async def test_keys_that_nobody_fetches_do_not_pile_up_and_a_mark_is_never_lost() -> None:
    inbox = Inbox(8000)
    for _ in range(2 * WAITING_KEYS):
        inbox.press("1")
    inbox.put(Played("a"))
    inbox.end(drop=False)
    assert await all_of(inbox) == [Key("1")] * WAITING_KEYS + [Played("a"), HungUp()]


async def test_keys_are_taken_again_when_those_that_waited_were_fetched() -> None:
    inbox = Inbox(8000)
    for _ in range(WAITING_KEYS):
        inbox.press("1")
    async with aclosing(inbox.events()) as events:  # type: ignore[type-var]  # it is a generator
        for _ in range(WAITING_KEYS):
            await anext(events)
        inbox.press("2")
        assert await anext(events) == Key("2")
