"""The recording of whole calls is searched with the recogniser: no digit of a number or a password is in it."""

import re
from pathlib import Path

import numpy as np
import pytest
import soundfile

from bot.assembly import Voicebot
from bot.events import RATE, Grammar, Outcome, Samples, SecretDigits
from bot.hearing import open_hearing
from bot.masking import NUMBER_WORDS
from bot.protocols import Channel
from bot.reports.call_tape import Span, tones
from bot.reports.recording import Recorder
from bot.settings import Settings
from bot.simulation.caller_script import load_script
from bot.simulation.script import ScriptChannel
from bot.tap import Plays, RoomEvent, Tap
from bot.transcription import hear
from bot.watching import Watch

CALLS = Path(__file__).parent

QUIET = 150
"""No sample of a silence that went through Opus is louder."""

EDGE = RATE // 20
"""Beside what was blanked, Opus smears 50 ms."""

SCRIPTS = ["voice_north", "keys_inband", "voice_whole_wish", "put_right_the_last"]
"""The number by voice, as tones, at the menu, and put right where yes or no is expected."""


class Overheard:
    """The bot, and the sound of each number and password that it says."""

    def __init__(self, bot: Voicebot) -> None:
        self._bot = bot
        self.secrets: list[Samples] = []

    async def answer(
        self, channel: Channel, watch: Watch, name: str = "", *, tap: Tap, recorded: bool = False
    ) -> Outcome:
        def both(at: float, event: RoomEvent) -> None:
            if isinstance(event, Plays) and isinstance(event.segment, SecretDigits):
                self.secrets.append(event.samples)
            tap(at, event)

        return await self._bot.answer(channel, watch, name, tap=both, recorded=recorded)


def number_words(sound: Samples, settings: Settings) -> list[str]:
    """The number words and keys that the recogniser finds in a sound, in the stretches between silences."""
    found = []
    for piece in pieces(sound):
        hearing = open_hearing(settings, RATE)
        heard = hear("a recording", piece, RATE, hearing, Grammar.ANY, settings.number_lengths)
        found += [word for word in re.findall(r"\w+", heard.text) if word in NUMBER_WORDS or word.isdigit()]
    return found


def run_in_common(one: list[str], other: list[str]) -> int:
    """Length of the longest run of words that is in both."""
    runs = (
        length
        for length in range(len(one), 0, -1)
        for begin in range(len(one) - length + 1)
        if any(one[begin : begin + length] == other[at : at + length] for at in range(len(other) - length + 1))
    )
    return next(runs, 0)


def pieces(sound: Samples) -> list[Samples]:
    loud = np.abs(sound.astype(int)) > QUIET
    near = np.convolve(loud, np.ones(RATE // 2), "same") > 0
    edges = np.flatnonzero(np.diff(np.concatenate([[0], near.astype(int), [0]])))
    return [sound[begin:end] for begin, end in edges.reshape(-1, 2)]


def span_of(clip: Samples, sound: Samples) -> Span:
    """Where a clip lies in a sound that has it to the sample, as far as it was played: callers interrupt."""
    head = clip[:4000]
    for begin in np.flatnonzero(sound[: sound.size - clip.size + 1] == clip[0]):
        if np.array_equal(sound[begin : begin + head.size], head):
            played = sound[begin : begin + clip.size]
            cut = np.flatnonzero(played != clip)
            return int(begin), int(begin) + int(cut[0] if cut.size else clip.size)
    raise AssertionError("the clip was not played")


def sides(file: Path) -> tuple[Samples, Samples]:
    sound, rate = soundfile.read(file, dtype="int16")
    assert rate == RATE
    return sound[:, 0], sound[:, 1]


@pytest.mark.asyncio(loop_scope="session")
@pytest.mark.parametrize("name", SCRIPTS)
async def test_the_recogniser_finds_no_digit_in_a_recording(
    name: str, bot: Voicebot, settings: Settings, tmp_path: Path
) -> None:
    channel, overheard = ScriptChannel(load_script(CALLS / f"{name}.yml")), Overheard(bot)
    recorder = Recorder(overheard, tmp_path / "recordings", 30)
    assert await recorder.answer(channel, lambda notice: None) is Outcome.RESET
    recorder.close()
    [file] = (tmp_path / "recordings").glob("*.ogg")
    caller, spoken = sides(file)
    whole_caller, whole_bot = channel.recording

    # the caller: all digits are found in what was heard, and none in what was kept
    assert len(number_words(whole_caller, settings)) >= 10
    assert [word for word in number_words(caller, settings) if word != "không"] == []
    assert tones(caller) == []
    # the bot: numbers and passwords are found where they were said, and silence in the recording
    kept = number_words(spoken, settings)  # what it makes of other words: "xã hội xin nghe" is "chín tám"
    assert len(overheard.secrets) >= 2
    for clip in overheard.secrets:
        begin, end = span_of(clip, whole_bot)
        said = number_words(whole_bot[begin:end], settings)
        assert len(said) >= 6 or end - begin < clip.size, "interrupted"
        assert run_in_common(kept, said) < 5
        assert np.abs(spoken[begin + EDGE : end - EDGE]).max() <= QUIET
    assert np.abs(spoken).max() > 3000, "the prompts are there"
