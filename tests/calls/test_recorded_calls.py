"""The recording of whole calls is searched with the recogniser: no digit of a number or a password is in it."""

import dataclasses
import re
from collections.abc import AsyncIterator
from pathlib import Path

import numpy as np
import pytest
import pytest_asyncio
import soundfile

from bot.assembly import Voicebot, open_voicebot
from bot.call import Notice
from bot.events import RATE, Grammar, Outcome, Samples
from bot.hearing import open_hearing
from bot.reports.call_tape import tones
from bot.reports.recording import Recorder
from bot.settings import Settings, load
from bot.simulation.caller_script import load_script
from bot.simulation.script import ScriptChannel
from bot.transcription import hear
from bot.web.masking import NUMBER_WORDS
from tests.conftest import GENEROUS
from tests.rasa_tools import RasaOfTests, SharedRasa

CALLS = Path(__file__).parent


@pytest.fixture(scope="module")
def settings(dialogue_model: Path, accounts_url: str) -> Settings:
    return dataclasses.replace(load(GENEROUS), rasa_model=str(dialogue_model), database_url=accounts_url)


@pytest_asyncio.fixture(scope="module", loop_scope="module")
async def bot(settings: Settings, shared_rasa: SharedRasa) -> AsyncIterator[Voicebot]:
    async def dialogue(settings: Settings) -> RasaOfTests:
        return RasaOfTests(shared_rasa, settings)

    bot = await open_voicebot(settings, [RATE], lambda text: None, dialogue=dialogue)
    yield bot
    await bot.close()


def pieces(sound: Samples) -> list[Samples]:
    """What lies between stretches of half a second without any sound, as a file's listener would cut it."""
    loud = np.abs(sound.astype(int)) > 100
    near = np.convolve(loud, np.ones(RATE // 2), "same") > 0
    edges = np.flatnonzero(np.diff(np.concatenate([[0], near.astype(int), [0]])))
    return [sound[begin:end] for begin, end in edges.reshape(-1, 2)]


def number_words(sound: Samples, settings: Settings) -> list[str]:
    """What the recogniser finds of numbers in a sound, expecting nothing else."""
    found = []
    for piece in pieces(sound):
        hearing = open_hearing(settings, RATE)
        heard = hear("a recording", piece, RATE, hearing, Grammar.NUMBER, settings.number_lengths)
        found += [word for word in re.findall(r"\w+", heard.text) if word in NUMBER_WORDS or word.isdigit()]
    return found


def sides(file: Path) -> tuple[Samples, Samples]:
    sound, rate = soundfile.read(file, dtype="int16")
    assert rate == RATE
    return sound[:, 0], sound[:, 1]


@pytest.mark.asyncio(loop_scope="module")
@pytest.mark.parametrize("script", ["voice_north", "keys_inband", "slip_at_the_read_back", "number_said_in_the_menu"])
async def test_the_recogniser_finds_no_digit_in_a_recording(
    script: str, bot: Voicebot, settings: Settings, tmp_path: Path
) -> None:
    source = CALLS / f"{script}.yml"
    if script not in ("voice_north", "keys_inband"):
        source = tmp_path / f"{script}.yml"
        source.write_text(SCRIPTS[script], "utf-8")
    channel, notices = ScriptChannel(load_script(source)), list[Notice]()
    recorder = Recorder(bot, tmp_path / "recordings", 30)
    assert await recorder.answer(channel, notices.append) is Outcome.RESET
    recorder.close()
    caller, spoken = sides(next((tmp_path / "recordings").glob("*.ogg")))  # nobody else waits

    whole_caller, whole_bot = channel.recording
    assert abs(caller.size - whole_caller.size) <= RATE
    assert number_words(whole_bot, settings), "the search finds the digits of a whole call"
    if script == "keys_inband":
        assert tones(whole_caller)
        assert not tones(caller)
    else:
        assert len(number_words(whole_caller, settings)) >= 10
    assert np.abs(spoken).max() > 3000, "the prompts are there"
    assert not [word for word in number_words(caller, settings) if word != "không"]
    digits = [word for word in number_words(spoken, settings) if word not in PROMPTS]
    assert not digits


PROMPTS = {"không", "tám", "năm"}
"""Number words of the prompts themselves, or what the recogniser makes of their other words where it expects a number:
"bấm phím tám", "phím không"."""

SCRIPTS = {
    "slip_at_the_read_back": """
caller: "0912345678"
steps:
  - press: "8"
  - press: "0123456788#"
  - say: "sai rồi, không một hai ba bốn năm sáu bảy tám chín"
  - say: "đúng rồi"
""",
    "number_said_in_the_menu": """
caller: "0912345678"
steps:
  - say: "không một hai ba bốn năm sáu bảy tám chín"
  - say: "đúng rồi"
""",
}
