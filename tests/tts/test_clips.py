"""Every clip is made once: by one render for all who wait, and from the disk at the next start."""

import asyncio
import logging
from pathlib import Path

import numpy as np
import pytest
from counting_voice import CountingVoice

from bot.errors import VoicebotError
from tts.clips import Clips


def files(folder: Path) -> list[Path]:
    return sorted(folder.iterdir())


async def test_a_clip_is_rendered_once_for_each_rate(counting: CountingVoice, tmp_path: Path) -> None:
    clips = Clips(counting, tmp_path)
    first = await clips.get("xin chào", 8000)
    assert await clips.get("xin chào", 8000) is first
    assert len(await clips.get("xin chào", 16000)) == 2 * len(first)
    assert counting.rendered == [("xin chào", 8000), ("xin chào", 16000)]


async def test_all_who_wait_share_one_render(counting: CountingVoice, tmp_path: Path) -> None:
    clips = Clips(counting, tmp_path)
    await asyncio.gather(*(clips.get("xin chào", 8000) for _ in range(5)))
    assert len(counting.rendered) == 1


async def test_a_waiter_that_gives_up_leaves_the_clip_to_the_others(counting: CountingVoice, tmp_path: Path) -> None:
    clips = Clips(counting, tmp_path)
    counting.hold.clear()
    impatient = asyncio.ensure_future(clips.get("xin chào", 8000))
    patient = asyncio.ensure_future(clips.get("xin chào", 8000))
    await asyncio.sleep(0)
    impatient.cancel()
    counting.hold.set()
    assert len(await patient) > 0
    assert len(counting.rendered) == 1


async def test_the_loop_runs_on_while_a_clip_is_made(counting: CountingVoice, tmp_path: Path) -> None:
    counting.hold.clear()
    making = asyncio.ensure_future(Clips(counting, tmp_path).get("xin chào", 8000))
    for _ in range(100):
        await asyncio.sleep(0)
    assert not making.done()
    counting.hold.set()
    await making


async def test_a_failure_is_tried_again_the_next_time(counting: CountingVoice, tmp_path: Path) -> None:
    clips = Clips(counting, tmp_path)
    counting.failures = [VoicebotError("espeak-ng is missing")]
    with pytest.raises(VoicebotError, match="missing"):
        await clips.get("xin chào", 8000)
    assert len(await clips.get("xin chào", 8000)) > 0


async def test_the_next_start_reads_the_disk(counting: CountingVoice, tmp_path: Path) -> None:
    before = await Clips(counting, tmp_path).get("xin chào", 8000)
    restarted = CountingVoice()
    after = await Clips(restarted, tmp_path).get("xin chào", 8000)
    assert restarted.rendered == []
    np.testing.assert_array_equal(after, before)


async def test_another_voice_has_clips_of_its_own(counting: CountingVoice, tmp_path: Path) -> None:
    await Clips(counting, tmp_path).get("xin chào", 8000)
    other = CountingVoice()
    other.key = "other"
    await Clips(other, tmp_path).get("xin chào", 8000)
    assert len(other.rendered) == 1


@pytest.mark.parametrize("damage", [lambda whole: whole[:100], lambda whole: b"", lambda whole: b"x" * len(whole)])
async def test_a_damaged_file_is_made_anew(counting: CountingVoice, tmp_path: Path, damage: object) -> None:
    assert callable(damage)
    before = await Clips(counting, tmp_path).get("xin chào", 8000)
    (file,) = files(tmp_path)
    whole = file.read_bytes()
    file.write_bytes(damage(whole))
    after = await Clips(counting, tmp_path).get("xin chào", 8000)
    assert len(counting.rendered) == 2
    np.testing.assert_array_equal(after, before)
    assert file.read_bytes() == whole
    assert files(tmp_path) == [file]


async def test_a_disk_that_takes_nothing_is_a_warning(
    counting: CountingVoice, tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    (tmp_path / "file").write_bytes(b"")
    with caplog.at_level(logging.WARNING):
        clip = await Clips(counting, tmp_path / "file" / "clips").get("xin chào", 8000)
    assert len(clip) > 0
    assert "cannot keep clips there" in caplog.text
    assert "xin chào" not in caplog.text


async def test_a_clip_that_many_share_cannot_be_written_to(counting: CountingVoice, tmp_path: Path) -> None:
    clip = await Clips(counting, tmp_path).get("xin chào", 8000)
    with pytest.raises(ValueError, match="read-only"):
        clip[0] = 1


async def test_closing_closes_the_voice(counting: CountingVoice, tmp_path: Path) -> None:
    await Clips(counting, tmp_path).close()
    assert counting.closed == 1
