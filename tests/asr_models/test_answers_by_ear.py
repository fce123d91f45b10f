"""What callers answer at a read-back, spoken by espeak-ng and heard by the bundled model: which of it is a yes."""

from __future__ import annotations

import numpy as np
import pytest

from bot.events import RATE, UNKNOWN, FinalResult, Grammar
from bot.hearing import open_hearing, second_of
from bot.settings import Settings
from bot.simulation.caller_script import CallerVoice, Say
from bot.simulation.caller_voice import sound_of
from rasa_components.negation import holds_negation
from tests.fitted import FIT

VOICES = [
    CallerVoice(dialect=dialect, variant=variant, pitch=pitch, speed=speed)
    for dialect in ("north", "central", "south")
    for variant, pitch, speed in (("", 50, 1.0), ("f2", 60, 1.2))
]
FRAME = RATE // 50


def taken_for_yes(text: str, voice: CallerVoice) -> bool:
    """Whether a call would go on with these words as with a yes, without asking again."""
    silence = np.zeros(RATE, np.int16)
    sound = np.concatenate([silence, sound_of(Say(text), voice), silence])
    hearing = open_hearing(Settings(), RATE)
    hearing.expect(Grammar.YESNO)
    heard = [event for at in range(0, sound.size, FRAME) for event in hearing.feed(sound[at : at + FRAME])]
    pieces = [event for event in heard if isinstance(event, FinalResult) and event.text]
    return bool(pieces) and all(map(is_yes, pieces))


def is_yes(piece: FinalResult) -> bool:
    """Known words, and likely enough among all alternatives that deny nothing."""
    likely = sum(
        share for text, share in zip(piece.texts, piece.probabilities, strict=True) if not holds_negation(text)
    )
    return UNKNOWN not in piece.text and not holds_negation(piece.text) and likely >= FIT.answers.yes


@pytest.fixture(autouse=True)
def second_pass() -> None:
    assert second_of(Settings().model), "these answers are told apart by the second pass"


@pytest.mark.parametrize(
    "text",
    [
        *("bậy rồi", "bậy rồi em ơi", "nói bậy", "tầm bậy rồi", "xạo rồi"),
        *("chệch rồi", "bị lệch rồi", "hỏng rồi", "mất rồi", "chẳng phải"),
        *("gãy rồi", "hết rồi", "chuông"),
    ],
)
def test_a_no_that_sounds_like_a_yes_is_none(text: str) -> None:
    assert [voice for voice in VOICES if taken_for_yes(text, voice)] == []


@pytest.mark.parametrize("text", ["đúng", "đúng rồi em ơi", "phải rồi", "vâng", "ừ", "rồi", "được rồi"])
def test_a_yes_is_one(text: str) -> None:
    assert [voice for voice in VOICES if not taken_for_yes(text, voice)] == []
