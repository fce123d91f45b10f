"""Between the audio thread and the call: bounded, in order, and silent while the loudspeaker is heard."""

import numpy as np
import pytest

from bot.audio.playout import Playout
from bot.channels.duplex import ECHO_MS, QUEUE_SECONDS, SPEECH_SECONDS, Duplex
from bot.errors import VoicebotError
from bot.events import ChannelEvent, Frame, Played, Samples
from tests.channels.contract import tone

RATE = 16000
BLOCK = RATE // 50
SOUND = np.full(BLOCK, 7, np.int16)


class Device:
    """Exchanges blocks, as the audio thread does."""

    def __init__(self, delay: int = 0, deaf: int | None = None) -> None:
        self.woken = 0
        self.duplex = Duplex(RATE, delay, deaf, self._wake)

    def _wake(self) -> None:
        self.woken += 1

    def blocks(self, count: int) -> Samples:
        return np.concatenate([self.duplex.block(SOUND, BLOCK) for _ in range(count)])

    def fetch(self) -> list[ChannelEvent]:
        return self.duplex.fetch()


def heard(events: list[ChannelEvent]) -> list[bool]:
    return [bool(event.samples.any()) for event in events if isinstance(event, Frame)]


def test_what_is_queued_is_played_to_the_sample() -> None:
    device = Device()
    clip = tone(RATE, 0.033)
    device.duplex.play(clip, "a")
    device.duplex.play(clip, "b")
    played = device.blocks(5)
    np.testing.assert_array_equal(played[: 2 * clip.size], np.tile(clip, 2))
    assert not played[2 * clip.size :].any()


@pytest.mark.parametrize("delay_blocks", [0, 1, 7])
def test_a_mark_arrives_when_the_loudspeaker_has_played_it(delay_blocks: int) -> None:
    device = Device(delay=delay_blocks * BLOCK)
    device.duplex.play(tone(RATE, 0.04), "a")
    device.blocks(2 + delay_blocks - 1)
    assert Played("a") not in device.fetch()
    device.blocks(1)
    assert isinstance((events := device.fetch())[0], Frame)
    assert events[1:] == [Played("a")]


def test_stop_drops_what_is_queued_but_not_what_the_device_already_has() -> None:
    device = Device(delay=10 * BLOCK)
    device.duplex.play(tone(RATE, 0.02), "with the device")
    device.duplex.play(tone(RATE, 9), "queued")
    device.blocks(2)
    device.duplex.stop()
    assert not device.blocks(20).any()
    assert [event for event in device.fetch() if isinstance(event, Played)] == [Played("with the device")]


def test_with_headphones_the_caller_is_heard_over_the_bot() -> None:
    device = Device(deaf=None)
    device.duplex.play(tone(RATE, 1), "a")
    device.blocks(10)
    assert all(heard(device.fetch()))


def test_without_headphones_the_bot_does_not_hear_itself_nor_its_echo() -> None:
    device = Device(delay=3 * BLOCK, deaf=2 * BLOCK)
    device.duplex.play(tone(RATE, 0.2), "a")
    device.blocks(30)
    silent = 10 + 3 + 2 + ECHO_MS // 20
    assert heard(device.fetch()) == [False] * (silent - 1) + [True] * (30 - silent + 1)


def test_a_busy_event_loop_loses_sound_and_nothing_else() -> None:
    device = Device()
    device.duplex.play(tone(RATE, 3), "a")
    device.blocks(50 * 5)
    assert device.duplex.overruns == 50 * (5 - QUEUE_SECONDS)
    events = device.fetch()
    assert len(events) == 50 * QUEUE_SECONDS + 1
    assert events[-1] == Played("a")
    device.blocks(1)
    assert heard(device.fetch()) == [True]


def test_the_loop_is_woken_once_for_all_that_it_has_not_fetched() -> None:
    device = Device()
    device.blocks(20)
    assert device.woken == 1
    device.fetch()
    device.blocks(20)
    assert device.woken == 2


def test_the_queue_of_speech_is_bounded() -> None:
    playout = Playout(limit=SPEECH_SECONDS)
    playout.put(np.zeros(SPEECH_SECONDS, np.int16), "a")
    with pytest.raises(VoicebotError, match="more to say"):
        playout.put(np.zeros(1, np.int16), "b")
    playout.clear()
    playout.put(np.zeros(1, np.int16), "c")
    assert playout.take(3)[1] == ["c"]


@pytest.mark.parametrize("cut", [1, 7, 160, 10_000])
def test_the_way_sound_is_taken_out_does_not_change_it(cut: int) -> None:
    playout = Playout(limit=10_000)
    clips = [tone(RATE, seconds) for seconds in (0.01, 0.0, 0.1, 0.0001)]
    for clip, mark in zip(clips, "abcd", strict=True):
        playout.put(clip, mark)
    total = sum(clip.size for clip in clips)
    taken, marks = [], []
    while playout.pending:
        sound, completed = playout.take(cut)
        taken.append(sound)
        marks += completed
    np.testing.assert_array_equal(np.concatenate(taken)[:total], np.concatenate(clips))
    assert marks == list("abcd")
