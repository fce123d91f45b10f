"""Voices for the tests: the real one, kept for the session, and one that counts what it is asked to speak."""

from collections.abc import Iterator

import pytest
from counting_voice import CountingVoice

from tts.voice import Voice, open_voice


@pytest.fixture
def counting() -> CountingVoice:
    return CountingVoice()


@pytest.fixture(scope="session")
def northern() -> Iterator[Voice]:
    """espeak-ng's northern voice, one worker for all tests."""
    voice = open_voice("vi", 165)
    yield voice
    voice.close()
