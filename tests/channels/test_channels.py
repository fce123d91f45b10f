"""The table of channels."""

import dataclasses
from pathlib import Path

import pytest

from bot.channels import CHANNELS, open_channel
from bot.channels.microphone import MicrophoneChannel
from bot.errors import VoicebotError
from bot.settings import Settings
from tests.channels.sound_card import SoundCard


def test_a_script_is_opened_by_its_path(tmp_path: Path) -> None:
    (tmp_path / "call.yml").write_text('caller: "0912345678"\nsteps: []')
    assert open_channel("script", Settings(), str(tmp_path / "call.yml")).caller == "0912345678"


@pytest.mark.parametrize(("where", "hears"), [("", False), ("headphones", True)])
async def test_the_microphone_takes_the_caller_from_the_settings(card: SoundCard, where: str, hears: bool) -> None:
    channel = open_channel("microphone", dataclasses.replace(Settings(), caller="0912345678"), where)
    assert isinstance(channel, MicrophoneChannel)
    assert (channel.caller, channel.hears_while_speaking) == ("0912345678", hears)
    await channel.hang_up()


def test_an_unknown_channel_is_refused_with_those_there_are() -> None:
    with pytest.raises(VoicebotError, match=f"unknown channel 'pigeon'; known are {', '.join(CHANNELS)}"):
        open_channel("pigeon", Settings())
