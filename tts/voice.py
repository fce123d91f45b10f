"""The voices, and how to add one: a class with these three members, and a line in `VOICES`."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Protocol

from bot.errors import VoicebotError
from bot.events import Samples
from tts.espeak import Espeak


class Voice(Protocol):
    """Something that speaks Vietnamese words. May be called from any thread."""

    key: str
    """Identifies the voice with all its settings; clips are kept under it."""

    def render(self, text: str, rate: int) -> Samples:
        """The words of `text` (from `tts.speakable`) at `rate` Hz, finished by `tts.sound.finish`.
        Raises VoicebotError if it cannot speak."""
        ...

    def close(self) -> None:
        """Free its resources; `render` opens them again."""
        ...


VOICES: Mapping[str, Callable[[int], Voice]] = {
    "vi": lambda speed: Espeak("vi", speed),  # the North: Hà Nội
    "vi-vn-x-central": lambda speed: Espeak("vi-vn-x-central", speed),  # the Centre: Huế
    "vi-vn-x-south": lambda speed: Espeak("vi-vn-x-south", speed),  # the South: Thành phố Hồ Chí Minh
}
"""Name in the settings → a voice that speaks this many words a minute."""


def open_voice(name: str, speed: int) -> Voice:
    """The voice of that name, at `speed` words a minute. Raises VoicebotError if there is none."""
    if name not in VOICES:
        raise VoicebotError(f"there is no voice {name!r}; choose one of {', '.join(VOICES)}")
    return VOICES[name](speed)
