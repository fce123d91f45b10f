"""The end of a prompt is found in what a telephone received."""

import numpy as np
import pytest

from bot.audio.g711 import encode
from tests.pbx.line_barge_in import last_heard
from tests.pbx.rtp import Packet
from tests.pbx.telephone_sound import ALAW, PACKET

NOISE = np.random.default_rng(1).normal(0, 3000, (80, PACKET))
PROMPT, ANSWER, SILENCE = NOISE[:50], NOISE[50:], np.zeros((3, PACKET))


def received(*parts: "np.ndarray[tuple[int, int], np.dtype[np.float64]]") -> list[Packet]:
    frames = np.concatenate(parts).astype(np.int16)
    return [Packet(at * 0.02, 17000, 6000, ALAW, encode(frame, "a").tobytes()) for at, frame in enumerate(frames)]


@pytest.mark.parametrize("cut", [1, 20, 44])
@pytest.mark.parametrize("pause", [0, 1, 3])
def test_it_is_the_last_packet_of_the_prompt_whatever_follows(cut: int, pause: int) -> None:
    sound = received(SILENCE, PROMPT[:cut], SILENCE[:pause], ANSWER)
    assert last_heard(sound, PROMPT) == pytest.approx((len(SILENCE) + cut - 1) * 0.02)


def test_a_packet_that_was_lost_is_no_end() -> None:
    sound = received(PROMPT[:10], PROMPT[11:30], ANSWER)
    assert last_heard(sound, PROMPT) == pytest.approx(28 * 0.02)


def test_a_prompt_that_pauses_or_ends_by_itself_tells_nothing() -> None:
    assert last_heard(received(PROMPT, ANSWER), PROMPT) is None
    pausing = np.concatenate([PROMPT[:20], SILENCE, PROMPT[20:]])
    assert last_heard(received(pausing[:20], ANSWER), pausing) is None
