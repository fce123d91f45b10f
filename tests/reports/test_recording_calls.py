"""The files of recordings: for their owner alone, told to the caller, deleted in time."""

import asyncio
import dataclasses
import os
import stat
from pathlib import Path

import pytest
import soundfile

from bot.assembly import DOMAIN, read_prompts
from bot.call import Call
from bot.errors import VoicebotError
from bot.events import Outcome, Prompt, Reply
from bot.protocols import Channel
from bot.reports.recording import DAY, Recorder, recording
from bot.settings import Settings
from bot.simulation.caller_script import parse_script
from bot.simulation.script import ScriptChannel
from bot.tap import Tap
from bot.watching import Speaks, Watch
from tests.call_tools import GOODBYE, MENU, READING, TIMING, WORDS, Beeps, KeysOnly, Scripted
from tests.fitted import FIT

SCRIPT = 'caller: "0912345678"\nsteps:\n  - press: "8"\n'
NOTICE = "cuộc gọi được ghi âm"


class Bot:
    """Holds scripted calls."""

    def __init__(self) -> None:
        self.notices: list[object] = []

    async def answer(
        self, channel: Channel, watch: Watch, name: str = "", *, tap: Tap, recorded: bool = False
    ) -> Outcome:
        words = dataclasses.replace(WORDS, recorded=NOTICE)
        dialogue = Scripted(Reply((Prompt("bấm tám"),), MENU), READING, GOODBYE)
        call = Call("id", channel, KeysOnly(), dialogue, Beeps(), TIMING, FIT, words=words, watch=watch, tap=tap,
                    recorded=recorded)  # fmt: skip
        return await call.run()


def channel(tmp_path: Path) -> ScriptChannel:
    return ScriptChannel(parse_script(SCRIPT, tmp_path / "script.yml"))


def files(folder: Path) -> list[Path]:
    return sorted(folder.iterdir())


async def record(folder: Path, tmp_path: Path, name: str = "") -> list[Path]:
    seen: list[object] = []
    async with recording(Settings(recording_folder=str(folder)), Bot()) as recorder:
        assert recorder
        assert await recorder.answer(channel(tmp_path), seen.append, name) is Outcome.RESET
    said = [notice.text for notice in seen if isinstance(notice, Speaks)]
    assert said[0] == f"{NOTICE} bấm tám"
    return files(folder)


async def test_a_call_is_a_sound_and_a_page_for_their_owner_alone(tmp_path: Path) -> None:
    folder = tmp_path / "new" / "recordings"
    page, picture, sound = await record(folder, tmp_path, "call-17")
    assert stat.S_IMODE(folder.stat().st_mode) == 0o700
    assert {stat.S_IMODE(path.stat().st_mode) for path in (page, picture, sound)} == {0o600}
    assert (page.suffix, picture.suffix, sound.suffix) == (".html", ".json", ".ogg")
    assert "-call-17-" in page.name
    assert page.stem == picture.stem == sound.stem
    text = page.read_text("utf-8")
    assert '"secrets":"blanked"' in text
    assert "0912345678" not in text
    samples, rate = soundfile.read(sound)
    assert rate == 8000
    assert samples.shape[1] == 2


async def test_a_name_with_a_telephone_number_in_it_is_in_no_file_name(tmp_path: Path) -> None:
    for path in await record(tmp_path / "recordings", tmp_path, "sip-0912345678-1"):
        assert "0912345678" not in path.name


async def test_recordings_are_off_by_default() -> None:
    async with recording(Settings(), Bot()) as recorder:
        assert recorder is None


def test_old_recordings_are_deleted_and_nothing_else(tmp_path: Path) -> None:
    old = tmp_path / "20260101T000000Z-call-0123abcd.ogg"
    new, other = tmp_path / "20260102T000000Z-call-0123abcd.html", tmp_path / "notes.txt"
    for path in (old, new, other):
        path.touch()
    now = 1_000_000_000.0
    os.utime(old, (now - 31 * DAY, now - 31 * DAY))
    os.utime(new, (now - 29 * DAY, now - 29 * DAY))
    os.utime(other, (0, 0))
    recorder = Recorder(Bot(), tmp_path, 30)
    recorder.sweep(now)
    recorder.close()
    assert [path.name for path in files(tmp_path)] == sorted([new.name, other.name])


def test_recordings_that_cannot_be_deleted_are_told(tmp_path: Path, caplog: pytest.LogCaptureFixture) -> None:
    recorder = Recorder(Bot(), tmp_path / "recordings", 30)
    (tmp_path / "recordings").rmdir()
    recorder.sweep(0.0)
    recorder.close()
    assert "cannot be deleted: No such file or directory" in caplog.text


async def test_a_folder_that_cannot_be_used_is_told_before_any_call(tmp_path: Path) -> None:
    (tmp_path / "file").touch()
    with pytest.raises(VoicebotError, match="VOICEBOT_RECORDING_FOLDER"):
        async with recording(Settings(recording_folder=str(tmp_path / "file")), Bot()):
            pass


async def test_a_full_disk_ends_no_call(tmp_path: Path, caplog: pytest.LogCaptureFixture) -> None:
    folder = tmp_path / "recordings"
    recorder = Recorder(Bot(), folder, 30)
    folder.rmdir()
    assert await recorder.answer(channel(tmp_path), lambda notice: None) is Outcome.RESET
    await asyncio.to_thread(recorder.close)
    assert "could not be recorded" in caplog.text


def test_the_words_stand_in_the_domain() -> None:
    words, prompts = read_prompts(DOMAIN)
    assert "ghi âm" in words.recorded
    assert words.recorded in prompts
