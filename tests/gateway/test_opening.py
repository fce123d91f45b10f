"""What `voicebot serve` has ready before it takes the first call."""

import gc
import sys
from collections.abc import Sequence
from typing import Any

import pytest

from bot import hearing
from bot.credentials import Credentials
from bot.dialogue.health import StoreWatch
from bot.events import Expect, Reply
from bot.gateway import serving
from bot.gateway.admission import Admission
from bot.gateway.auth import LineAuth
from bot.settings import Settings
from bot.telephony.asterisk_messages import FORMATS
from tests.call_tools import Scripted
from tts import speech


class Warmed:
    """A voice that only notes what it is asked to have ready."""

    def __init__(self) -> None:
        self.ready: dict[int, list[str]] = {}

    async def warm(self, texts: Sequence[str], rate: int) -> None:
        self.ready[rate] = sorted(texts)

    async def close(self) -> None: ...


class Watched(Scripted):
    up, store = True, StoreWatch()


async def test_prompts_are_ready_at_every_rate_that_a_line_may_have(monkeypatch: pytest.MonkeyPatch) -> None:
    """Else the first caller on a line of 16 kHz waits half a second for the voice."""
    voice = Warmed()

    async def dialogue(*_: Any) -> Scripted:
        return Watched(Reply((), Expect("nothing")))

    monkeypatch.setattr(speech, "open_speech", lambda *_: voice)
    monkeypatch.setattr(hearing, "load_models", lambda _: None)
    monkeypatch.setattr(serving, "open_dialogue", dialogue)
    for module, changed in ((gc, "freeze"), (sys, "setswitchinterval")):  # of this whole process
        monkeypatch.setattr(module, changed, lambda *_: None)
    async with serving._opened(Settings(), LineAuth(Credentials(""), False), Admission(1), lambda _: None):
        assert voice.ready.keys() == {form.rate for form in FORMATS.values()}
        first, *others = voice.ready.values()
        assert first
        assert all(each == first for each in others)
