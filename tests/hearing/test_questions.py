""" "Đúng à?" and "đúng ạ": by what the second pass hears, and by the voice where it hears both."""

from __future__ import annotations

import numpy as np
import pytest

from bot.events import RATE, Samples
from bot.hearing.encoder import Encoder, Scores
from bot.hearing.questions import asks, rising
from tests.fitted import FIT
from tests.hearing.second_pass_tools import SECOND, Session

WORDS = ["<b>", "đúng", "à", "ạ", "<o>", "hả"]
FRAMES = 40


def voice(*pitches: float, seconds: float = 0.3) -> Samples:
    """A vowel whose pitch goes evenly through these, in Hz."""
    times = np.arange(int(seconds * RATE)) / RATE
    pitch = np.interp(times, np.linspace(0, seconds, len(pitches)), pitches)
    phase = 2 * np.pi * np.cumsum(pitch) / RATE
    return np.asarray(3000 * sum(np.sin(k * phase) / k for k in range(1, 6)), np.int16)


def answered(asked: float, polite: float) -> tuple[Encoder, Scores]:
    """ "đúng", and behind it "à" and "ạ" with these logarithms, in the encoder's frames of 0.8 s."""
    scores = np.full((FRAMES, len(WORDS)), -14.0, np.float32)
    scores[:, 0] = -0.01
    scores[5, :2] = -9.0, -0.01
    scores[25, :4] = -9.0, -14.0, asked, polite
    return Encoder({word: at for at, word in enumerate(WORDS)}, 0, SECOND, Session(scores)), scores


def sound(last: Samples) -> Samples:
    """A syllable, and from frame 23 on another."""
    spoken = np.zeros(FRAMES * RATE // 50, np.int16)
    begin = 23 * RATE // 50
    spoken[begin : begin + last.size] = last[: spoken.size - begin]
    return spoken


FALLS, RISES_AGAIN = voice(108, 102, 95), voice(120, 97, 103)


@pytest.mark.parametrize(("pitches", "rises"), [((108, 102, 95), False), ((120, 97, 103), True), ((230, 240), True)])
def test_whether_a_voice_rises_at_its_end(pitches: tuple[float, ...], rises: bool) -> None:
    rise = rising(voice(*pitches))
    assert rise is not None
    assert (rise > 0.3) is rises


@pytest.mark.parametrize("seconds", [0.0, 0.03])
def test_too_little_sound_has_no_pitch(seconds: float) -> None:
    assert rising(voice(100, seconds=seconds)) is None


def test_noise_has_no_pitch() -> None:
    assert rising(np.random.default_rng(1).integers(-2000, 2000, RATE // 3).astype(np.int16)) is None


@pytest.mark.parametrize(
    ("asked", "polite", "last", "question"),
    [
        (-0.1, -3.0, FALLS, True),
        (-0.1, -3.0, RISES_AGAIN, False),
        (-0.7, -0.7, FALLS, True),
        (-0.1, -0.2 - FIT.questions.asks, RISES_AGAIN, True),
        (-4.6, -0.1, FALLS, False),
        (-9.0, -9.0, FALLS, False),
        (-0.1, -3.0, np.zeros(2000, np.int16), True),
    ],
    ids=["falls", "rises", "both", "surely asks", "surely polite", "neither", "no voice"],
)
def test_a_yes_that_asks(asked: float, polite: float, last: Samples, question: bool) -> None:
    encoder, scores = answered(asked, polite)
    assert asks(sound(last), scores, encoder, FIT.questions) is question


def test_another_word_that_asks() -> None:
    encoder, scores = answered(-9.0, -9.0)
    scores[25, 0], scores[25, WORDS.index("hả")] = -9.0, -0.01
    assert asks(sound(RISES_AGAIN), scores, encoder, FIT.questions)


def test_a_second_pass_without_these_words_tells_nothing() -> None:
    _, scores = answered(-0.1, -3.0)
    assert not asks(sound(FALLS), scores, Encoder({"<b>": 0, "đúng": 1}, 0, SECOND, Session(scores)), FIT.questions)


@pytest.mark.parametrize(
    ("told", "question"),
    [
        (("đúng", "hai"), True),
        (("bốn", "hai"), True),
        (("dạ", "hai"), False),
        (("chính", "xác"), False),
        (("hai",), False),
    ],
)
def test_what_sounds_like_ha_behind_a_yes_asks(told: tuple[str, ...], question: bool) -> None:
    words = ["<b>", "đúng", "bốn", "rồi", "dạ", "chính", "hai", "xác"]
    scores = np.full((2 * len(told) + 1, len(words)), -9.0, np.float32)
    scores[::2, 0] = 0.0
    for at, word in enumerate(told):
        scores[2 * at + 1, words.index(word)] = 0.0
    encoder = Encoder({word: at for at, word in enumerate(words)}, 0, SECOND, Session(scores))
    assert asks(sound(voice(150, 150)), scores, encoder, FIT.questions) is question
