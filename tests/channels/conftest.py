"""Fixtures for channels."""

import sys

import pytest

from bot.channels import microphone
from tests.channels.sound_card import SoundCard


@pytest.fixture
def card(monkeypatch: pytest.MonkeyPatch) -> SoundCard:
    """This machine's only sound card; one that gives nothing is missed soon."""
    card = SoundCard()
    monkeypatch.setitem(sys.modules, "sounddevice", card)
    monkeypatch.setattr(microphone, "LOST_SECONDS", 0.05)
    return card
