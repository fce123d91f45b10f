"""Where callers are: each channel is one file with the protocol `bot.events.Channel`, and one line here.

Channels on a telephone line (`asterisk`, `audiosocket`) are opened where a call comes in: in bot/gateway."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from pathlib import Path

from bot.errors import VoicebotError
from bot.events import Channel
from bot.settings import Settings


def _microphone(settings: Settings, where: str) -> Channel:
    from bot.channels.microphone import MicrophoneChannel

    return MicrophoneChannel(settings.caller or None, headphones=where == "headphones")


def _script(settings: Settings, where: str) -> Channel:
    from bot.channels.caller_script import load_script
    from bot.channels.script import ScriptChannel

    return ScriptChannel(load_script(Path(where)))


CHANNELS: Mapping[str, Callable[[Settings, str], Channel]] = {
    "microphone": _microphone,
    "script": _script,
}
"""How each channel is opened; the second argument tells it where: `headphones` or nothing, a script's path."""


def open_channel(name: str, settings: Settings, where: str = "") -> Channel:
    """A channel by its name, with a running event loop. Raises VoicebotError where it cannot be opened."""
    if name not in CHANNELS:
        raise VoicebotError(f"unknown channel {name!r}; known are {', '.join(CHANNELS)}")
    return CHANNELS[name](settings, where)
