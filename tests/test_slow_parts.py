"""What a caller hears while a part of the bot is slow, and what one is told who heard a password before it failed.

The clock is the line's sample count: a stand-in that is slow sleeps on the line.
"""

import asyncio
from collections.abc import Sequence
from pathlib import Path
from typing import cast

import numpy as np
import pytest

from bot.errors import VoicebotError
from bot.events import (
    RATE,
    CallStarted,
    Chosen,
    Expect,
    Gone,
    Grammar,
    Outcome,
    PlayedOut,
    Prompt,
    Reply,
    Samples,
    SecretDigits,
    Segment,
)
from bot.patience import LIMIT_SECONDS, QUIET_SECONDS, Patience
from bot.protocols import Channel
from bot.simulation.script import ScriptChannel
from bot.watching import Notice, Speaks
from tests.call_tools import GOODBYE, MENU, READING, Beeps, Scripted, Slow, hold

FRAME_SECONDS = 0.02
GREETING = Reply((Prompt("xin chào"),), MENU)
WAITS = "  - wait: 60\n"


def said(notices: list[Notice]) -> list[str]:
    return [notice.text for notice in notices if isinstance(notice, Speaks)]


def longest_silence(channel: ScriptChannel) -> float:
    """Seconds between two sounds of the bot."""
    sounding = np.flatnonzero(np.concatenate([[1], channel.recording[1], [1]]))
    return float(np.diff(sounding).max()) / RATE


async def test_a_part_that_answers_soon_is_not_excused(tmp_path: Path) -> None:
    _, notices, channel = await hold(WAITS, Scripted(Slow(2.3, GOODBYE)), tmp_path)
    assert said(notices) == ["tạm biệt"]
    assert np.flatnonzero(channel.recording[1])[0] == round(2.3 * RATE)


async def test_work_takes_no_time_on_a_line_that_is_faster_than_real_time(tmp_path: Path) -> None:
    _, _, channel = await hold(WAITS, Scripted(GOODBYE), tmp_path)
    assert len(channel.recording[0]) == 2 * RATE


async def test_a_slow_part_is_excused_before_the_silence_is_long(tmp_path: Path) -> None:
    _, notices, channel = await hold(WAITS, Scripted(Slow(4.0, GOODBYE)), tmp_path)
    assert said(notices) == ["xin chờ", "tạm biệt"]
    assert longest_silence(channel) <= QUIET_SECONDS + 2 * FRAME_SECONDS
    assert len(channel.recording[0]) / RATE == pytest.approx(QUIET_SECONDS + 2 + 2, abs=2 * FRAME_SECONDS)


async def test_it_is_excused_again_until_its_time_is_up(tmp_path: Path) -> None:
    outcome, notices, channel = await hold(WAITS, Scripted(Slow(60.0, GOODBYE)), tmp_path)
    assert outcome is Outcome.ERROR
    assert said(notices) == ["xin chờ", "xin chờ", "xin lỗi"]
    assert longest_silence(channel) <= QUIET_SECONDS + 2 * FRAME_SECONDS
    apologised_at = len(channel.recording[0]) / RATE - 2
    assert apologised_at == pytest.approx(LIMIT_SECONDS, abs=4 * FRAME_SECONDS)


class SampleClock:
    """Of a channel only what patience needs: time passes in whole samples, and only while somebody waits."""

    async def wait(self, work: asyncio.Future[None], seconds: float) -> float:
        return round(seconds * RATE) / RATE


@pytest.mark.parametrize("answer", range(1, 60))
async def test_a_limit_is_over_whatever_the_sounds_before_it_add_up_to(answer: int) -> None:
    """Sums of 20 ms leave residues of 1e-15 s: the caller was asked to wait for ever, in no time at all."""
    asked = 0

    async def ask_to_wait() -> None:
        nonlocal asked
        asked += 1
        patience.plays(0.06 * answer / 7)
        assert asked < 10

    patience = Patience(cast(Channel, SampleClock()), ask_to_wait)
    for _ in range(answer):
        patience.plays(answer / 50)
    with pytest.raises(VoicebotError, match="does not answer in time"):
        await patience.of(asyncio.Event().wait())


async def test_the_bot_s_wait_for_the_end_of_a_turn_is_part_of_the_silence(tmp_path: Path) -> None:
    """Ten digits might become twelve: half a second passes until the turn is over."""
    question = Reply((Prompt("mã số"),), Expect(Grammar.NUMBER, lengths=(10, 12)))
    dialogue = Scripted(question, Slow(2.1, GOODBYE))
    _, notices, _ = await hold('  - press: "0123456789"\n', dialogue, tmp_path)
    assert said(notices) == ["mã số", "xin chờ", "tạm biệt"]


async def test_a_part_that_fails_late_is_apologised_for(tmp_path: Path) -> None:
    outcome, notices, channel = await hold(WAITS, Scripted(Slow(3.0, VoicebotError("gone"))), tmp_path)
    assert outcome is Outcome.ERROR
    assert said(notices) == ["xin chờ", "xin lỗi"]
    assert longest_silence(channel) <= QUIET_SECONDS + 2 * FRAME_SECONDS


async def test_keys_that_are_pressed_meanwhile_count(tmp_path: Path) -> None:
    """A caller who hears "xin chờ" and presses 8 has answered the question that is still to come."""
    dialogue = Scripted(Slow(6.0, GREETING), GOODBYE)
    outcome, _, _ = await hold('  - press: "8"\n', dialogue, tmp_path)
    assert outcome is Outcome.RESET
    assert dialogue.reported == [CallStarted("0912345678"), Chosen("ask_reset")]


async def test_a_caller_who_hangs_up_meanwhile_is_gone_when_the_part_answers(tmp_path: Path) -> None:
    dialogue = Scripted(Slow(6.0, GREETING))
    outcome, _, _ = await hold("  - hang_up: {after: 1}\n", dialogue, tmp_path)
    assert outcome is Outcome.HUNG_UP
    assert dialogue.reported == [CallStarted("0912345678"), Gone()]


class Voice(Beeps):
    """Two seconds a segment; what `fails` says fails, or takes so long on the line."""

    def __init__(self, fails: dict[int, float | VoicebotError], dialogue: Scripted) -> None:
        self._fails, self._dialogue, self._asked = fails, dialogue, 0

    async def clip(self, segment: Segment, rate: int) -> Samples:
        if isinstance(segment, Prompt) and segment.text == "xin chờ":
            return np.full(rate, 1000, np.int16)
        self._asked += 1
        fault = self._fails.get(self._asked)
        if isinstance(fault, VoicebotError):
            raise fault
        if fault:
            assert self._dialogue.channel
            await self._dialogue.channel.sleep(fault)
        return await super().clip(segment, rate)


async def test_a_slow_voice_is_excused_behind_what_is_being_said(tmp_path: Path) -> None:
    dialogue = Scripted(Reply((Prompt("một"), Prompt("hai")), GOODBYE.expect, Outcome.RESET))
    _, notices, channel = await hold(WAITS, dialogue, tmp_path, Voice({2: 5.0}, dialogue))
    assert said(notices) == ["xin chờ", "một hai"]
    assert longest_silence(channel) <= QUIET_SECONDS + 2 * FRAME_SECONDS


async def test_without_a_word_the_part_s_time_is_still_limited(tmp_path: Path) -> None:
    class Mute(Beeps):
        async def clip(self, segment: Segment, rate: int) -> Samples:
            raise VoicebotError("no voice")

    outcome, notices, channel = await hold(WAITS, Scripted(Slow(60.0, GOODBYE)), tmp_path, Mute())
    assert outcome is Outcome.ERROR
    assert said(notices) == []
    assert len(channel.recording[0]) / RATE == pytest.approx(LIMIT_SECONDS, abs=5 * FRAME_SECONDS)


async def test_many_small_waits_are_one_silence(tmp_path: Path) -> None:
    dialogue = Scripted(Slow(2.0, GOODBYE))
    _, notices, channel = await hold(WAITS, dialogue, tmp_path, Voice({1: 2.0}, dialogue))
    assert said(notices) == ["xin chờ", "tạm biệt"]
    assert longest_silence(channel) <= QUIET_SECONDS + 2 * FRAME_SECONDS


# ── one who heard a password, and then an error ──

REPEATED = Reply(
    (Prompt("nhắc lại"), SecretDigits("token", "password"), Prompt("tạm biệt")), GOODBYE.expect, Outcome.RESET
)


@pytest.mark.parametrize(
    ("replies", "voice", "last"),
    [
        ((READING, VoicebotError("gone")), {}, "không có hiệu lực"),
        ((READING, Slow(60.0, REPEATED)), {}, "không có hiệu lực"),
        ((READING, REPEATED), {3: VoicebotError("no voice")}, "có hiệu lực"),
        ((READING, REPEATED), {4: VoicebotError("no voice")}, "có hiệu lực"),
        ((READING, REPEATED), {5: 60.0}, "có hiệu lực"),
        ((READING, REPEATED), {1: VoicebotError("no voice")}, "xin lỗi"),
        ((READING, REPEATED), {2: VoicebotError("no voice")}, "xin lỗi"),
        ((GREETING, VoicebotError("gone")), {}, "xin lỗi"),
    ],
)
async def test_whoever_heard_a_password_is_told_whether_it_is_in_force(
    replies: Sequence[Reply | VoicebotError | Slow],
    voice: dict[int, float | VoicebotError],
    last: str,
    tmp_path: Path,
) -> None:
    dialogue = Scripted(*replies)
    outcome, notices, _ = await hold('  - press: "8"\n', dialogue, tmp_path, Voice(voice, dialogue))
    assert outcome is Outcome.ERROR
    assert said(notices)[-1] == last


async def test_a_reading_that_ends_in_an_error_of_its_own_is_void(tmp_path: Path) -> None:
    """The digits are queued already, and the caller hears them before the apology."""
    reading = Reply((*READING.segments, Prompt("hết")), READING.expect)
    dialogue = Scripted(reading)
    _, notices, _ = await hold(WAITS, dialogue, tmp_path, Voice({3: VoicebotError("no voice")}, dialogue))
    assert said(notices)[-1] == "không có hiệu lực"
    assert PlayedOut() not in dialogue.reported


async def test_after_an_error_the_dialogue_is_told_that_the_call_is_over(tmp_path: Path) -> None:
    """So it discards what is pending."""
    dialogue = Scripted(READING, VoicebotError("gone"))
    await hold(WAITS, dialogue, tmp_path)
    assert dialogue.reported == [
        CallStarted("0912345678"),
        PlayedOut(),
        Gone(),
        Gone(),
    ]  # asked, and once more at the end


async def test_a_password_whose_activation_was_done_but_not_told_is_called_in_force(tmp_path: Path) -> None:
    dialogue = Scripted(READING, VoicebotError("the answer was lost"))
    dialogue.found = Outcome.RESET
    _, notices, _ = await hold(WAITS, dialogue, tmp_path)
    assert said(notices)[-1] == "có hiệu lực"


@pytest.mark.parametrize("found", [None, Outcome.ERROR], ids=["the dialogue", "the store"])
async def test_who_cannot_be_told_whether_a_password_is_in_force_is_told_that(
    tmp_path: Path, found: Outcome | None
) -> None:
    """Neither the activation nor the question whether it was done came back."""
    dialogue = Scripted(READING, VoicebotError("the answer was lost"))
    dialogue.found = found
    outcome, notices, _ = await hold(WAITS, dialogue, tmp_path)
    assert outcome is Outcome.ERROR
    assert said(notices)[-1] == "có thể có hiệu lực"


@pytest.mark.parametrize("found", [None, Outcome.ERROR, Outcome.HUNG_UP])
async def test_a_password_that_nobody_asked_to_put_in_force_is_void_even_if_nobody_answers(
    tmp_path: Path, found: Outcome | None
) -> None:
    reading = Reply((*READING.segments, Prompt("hết")), READING.expect)
    dialogue = Scripted(reading)
    dialogue.found = found
    _, notices, _ = await hold(WAITS, dialogue, tmp_path, Voice({3: VoicebotError("no voice")}, dialogue))
    assert said(notices)[-1] == "không có hiệu lực"
    assert PlayedOut() not in dialogue.reported


async def test_a_dialogue_is_told_how_long_the_call_waits_for_a_password_s_activation(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("time.time", lambda: 1_000_000.0)
    dialogue = Scripted(READING, GOODBYE)
    await hold(WAITS, dialogue, tmp_path)
    assert [each.until for each in dialogue.reported if isinstance(each, PlayedOut)] == [1_000_000.0 + LIMIT_SECONDS]
