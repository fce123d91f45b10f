"""What is sent to an exchange that keeps the time: in order, whole, and never far ahead."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.errors import VoicebotError
from bot.telephony.ahead import AHEAD_SECONDS, LIMIT_SECONDS, PIECE_SECONDS, Ahead, Mark, Sound

RATE, FRAME = 8000, 160
MOST = round((AHEAD_SECONDS + PIECE_SECONDS) * RATE)


def clip(size: int, value: int = 1000) -> np.ndarray:
    return np.full(size, value, np.int16)


def test_the_first_piece_goes_at_once_and_a_mark_behind_each() -> None:
    ahead = Ahead(RATE, FRAME)
    ahead.put(clip(RATE), "a")
    kinds = [type(message) for message in ahead.take()]
    assert kinds == [Sound, Mark, Sound, Mark]
    assert ahead.reached("1") == []
    assert ahead.reached("2") == ["a"]


def test_marks_that_were_skipped_are_reached_with_later_ones() -> None:
    ahead = Ahead(RATE, FRAME)
    for name in "abc":
        ahead.put(clip(FRAME), name)
    ahead.take()
    assert ahead.reached("2") == ["a", "b"]
    assert ahead.reached("1") == []
    assert ahead.reached("3") == ["c"]


def test_what_was_cleared_is_never_reached() -> None:
    ahead = Ahead(RATE, FRAME)
    ahead.put(clip(60 * RATE), "long")
    ahead.take()
    ahead.clear()
    assert ahead.take() == []
    assert ahead.reached("1") == []
    ahead.put(clip(FRAME), "answer")
    mark = ahead.take()[-1]
    assert isinstance(mark, Mark)
    assert ahead.reached(mark.id) == ["answer"]


def test_playing_everything_before_the_rest_is_sent_is_late() -> None:
    ahead = Ahead(RATE, FRAME)
    ahead.put(clip(10 * RATE), "long")
    last = ahead.take()[-1]
    assert isinstance(last, Mark)
    ahead.reached(last.id)
    assert ahead.starved == 1


def test_more_than_anybody_would_listen_to_is_refused() -> None:
    ahead = Ahead(RATE, FRAME)
    ahead.put(clip(LIMIT_SECONDS * RATE), "long")
    with pytest.raises(VoicebotError, match="more to say"):
        ahead.put(clip(RATE), "more")


@given(st.lists(st.integers(0, 3 * RATE), max_size=8), st.sampled_from([80, 160, 320, 1600]))
def test_every_sample_is_sent_once_in_order_and_every_clip_is_reached(lengths: list[int], frame: int) -> None:
    ahead = Ahead(RATE, frame)
    for number, length in enumerate(lengths):
        ahead.put(clip(length, number + 1), str(number))
    sent: list[np.ndarray] = []
    marks: list[str] = []
    reached: list[str] = []
    on_its_way = 0
    while messages := ahead.take():
        for message in messages:
            if isinstance(message, Sound):
                assert message.samples.size % frame == 0
                sent.append(message.samples)
                on_its_way += message.samples.size
            else:
                marks.append(message.id)
        assert on_its_way <= MOST
        while marks:
            reached += ahead.reached(marks.pop(0))
        on_its_way = 0
    sound = np.concatenate([np.zeros(0, np.int16), *sent])
    assert reached == [str(number) for number in range(len(lengths))]
    assert [np.count_nonzero(sound == number + 1) for number in range(len(lengths))] == lengths
