"""One call: what travels between the rooms, and what is left when a caller or a part drops out.

The channel is a scripted caller on keys; dialogue, hearing and speech are small stand-ins that note what they are told.
"""

from pathlib import Path

import pytest

from bot.errors import VoicebotError
from bot.events import (
    RATE,
    CallStarted,
    Chosen,
    Expect,
    Gone,
    Grammar,
    Number,
    Outcome,
    PlayedOut,
    Prompt,
    Reply,
    Silence,
    TooFew,
    Unheard,
)
from bot.simulation.script import ScriptChannel
from bot.watching import Ended, Speaks
from tests.call_tools import GOODBYE, MENU, NOTHING, NUMBER, READING, Scripted, hold, seconds_spoken


async def test_the_way_of_a_call(tmp_path: Path) -> None:
    dialogue = Scripted(Reply((Prompt("xin chào"),), MENU), Reply((Prompt("mã số"),), NUMBER), READING, GOODBYE)
    outcome, notices, _ = await hold('  - press: "8"\n  - press: "0123456789"\n', dialogue, tmp_path)
    assert outcome is Outcome.RESET
    assert dialogue.reported == [
        CallStarted("0912345678"),
        Chosen("ask_reset"),
        Number("0123456789", spoken=False),
        PlayedOut(),
    ]
    assert [notice.text for notice in notices if isinstance(notice, Speaks)] == [
        "xin chào",
        "mã số",
        "mật khẩu mới ••••••••",
        "tạm biệt",
    ]


async def test_a_password_is_reported_heard_only_when_its_last_sample_was(tmp_path: Path) -> None:
    dialogue = Scripted(READING, GOODBYE)
    outcome, _, channel = await hold("  - hang_up: {after: 3.9}\n", dialogue, tmp_path)
    assert outcome is Outcome.HUNG_UP
    assert dialogue.reported == [CallStarted("0912345678"), Gone()]
    assert seconds_spoken(channel) < 4.0


async def test_a_password_that_was_played_to_a_dead_line_is_not_reported_heard(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    async def dead(_: ScriptChannel) -> bool:
        return False

    monkeypatch.setattr(ScriptChannel, "heard", dead)
    void = Reply((Prompt("không có hiệu lực"),), NOTHING, Outcome.ERROR)
    dialogue = Scripted(READING, void)
    outcome, _, _ = await hold("  - wait: 1\n", dialogue, tmp_path)
    assert outcome is Outcome.ERROR
    assert dialogue.reported == [CallStarted("0912345678"), Unheard()]


async def test_keys_interrupt_a_prompt_within_one_frame(tmp_path: Path) -> None:
    dialogue = Scripted(Reply((Prompt("xin chào"),), MENU), GOODBYE)
    outcome, _, channel = await hold('  - barge_in: {after: 0.5, press: "8"}\n', dialogue, tmp_path)
    assert outcome is Outcome.RESET
    assert seconds_spoken(channel) == pytest.approx(0.5 + 2.0, abs=0.041)


async def test_what_must_be_heard_is_not_interrupted_and_keys_into_it_are_dropped(tmp_path: Path) -> None:
    must_hear = Expect(Grammar.MENU, lengths=(10,), keys={"8": "ask_reset"}, interruptible=False)
    dialogue = Scripted(Reply((Prompt("xin chào"),), must_hear), GOODBYE)
    _, _, channel = await hold('  - barge_in: {after: 0.5, press: "8"}\n', dialogue, tmp_path)
    assert dialogue.reported[1:] == [Silence()]
    assert seconds_spoken(channel) == pytest.approx(4.0, abs=0.021)


async def test_a_caller_who_hangs_up_is_told_to_the_dialogue_once(tmp_path: Path) -> None:
    dialogue = Scripted(Reply((Prompt("xin chào"),), MENU))
    outcome, notices, _ = await hold("  - hang_up: true\n", dialogue, tmp_path)
    assert outcome is Outcome.HUNG_UP
    assert dialogue.reported.count(Gone()) == 1
    assert isinstance(notices[-1], Ended)


async def test_hanging_up_in_the_goodbye_changes_nothing(tmp_path: Path) -> None:
    outcome, _, _ = await hold("  - hang_up: {after: 1.0}\n", Scripted(GOODBYE), tmp_path)
    assert outcome is Outcome.RESET


async def test_digits_given_so_far_stand_in_the_next_turn(tmp_path: Path) -> None:
    rest = Reply((Prompt("còn thiếu hai số"),), Expect(Grammar.NUMBER, lengths=(10,)))
    dialogue = Scripted(Reply((Prompt("mã số"),), NUMBER), rest, GOODBYE)
    await hold('  - press: "01234567#"\n  - press: "89"\n', dialogue, tmp_path)
    assert dialogue.reported[1:] == [TooFew(2, progress=True), Number("0123456789", spoken=False)]


async def test_a_dialogue_that_fails_is_apologised_for(tmp_path: Path) -> None:
    dialogue = Scripted(Reply((Prompt("xin chào"),), MENU), VoicebotError("Rasa does not answer"))
    outcome, notices, channel = await hold('  - press: "8"\n', dialogue, tmp_path)
    assert outcome is Outcome.ERROR
    assert notices[-2].text == "xin lỗi"  # type: ignore[union-attr]  # the last thing said
    assert notices[-1] == Ended(len(channel.recording[0]) / RATE, Outcome.ERROR, "Rasa does not answer")


async def test_a_transfer_leaves_the_line_to_a_person(tmp_path: Path) -> None:
    reply = Reply((Prompt("xin chờ máy"),), NOTHING, Outcome.TRANSFERRED)
    outcome, _, channel = await hold("  - wait: 1\n", Scripted(reply), tmp_path)
    assert outcome is Outcome.TRANSFERRED
    assert channel.transferred
