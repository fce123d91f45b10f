"""One call: what travels between the rooms, and what is left when a caller or a part drops out.

The channel is a scripted caller on keys; dialogue, hearing and speech are small stand-ins that note what they are told.
"""

from collections.abc import Sequence
from pathlib import Path

import numpy as np
import pytest

from bot.call import Call, Ended, Notice, Speaks
from bot.channels.caller_script import parse_script
from bot.channels.script import ScriptChannel
from bot.errors import VoicebotError
from bot.events import (
    RATE,
    CallStarted,
    Chosen,
    Expect,
    Gone,
    Grammar,
    Heard,
    KeyHeard,
    Number,
    Outcome,
    PlayedOut,
    Prompt,
    Reply,
    Samples,
    SecretDigits,
    Segment,
    Silence,
    TooFew,
    Unheard,
    Utterance,
)
from bot.turn import Timing

TIMING = Timing(no_input=3 * RATE, settle=RATE // 2, pause=RATE)
MENU = Expect(Grammar.MENU, lengths=(10,), keys={"8": "ask_reset"})
NUMBER = Expect(Grammar.NUMBER, lengths=(10,))
NOTHING = Expect("nothing", interruptible=False)
GOODBYE = Reply((Prompt("tạm biệt"),), NOTHING, Outcome.RESET)


class KeysOnly:
    """Hearing of a caller who never speaks."""

    def __init__(self) -> None:
        self.now = 0
        self.grammars: list[Grammar] = []

    def expect(self, grammar: Grammar, over_prompt: bool = False) -> None:
        self.grammars.append(grammar)

    def prompt_ended(self) -> None:
        pass

    def feed(self, samples: Samples) -> list[Heard]:
        self.now += len(samples)
        return []

    def key(self, key: str, seconds: float = 0.0) -> list[Heard]:
        return [KeyHeard(key, self.now)]


class Beeps:
    """Every segment is two seconds long."""

    async def clip(self, segment: Segment, rate: int) -> Samples:
        return np.full(2 * rate, 1000, np.int16)

    async def warm(self, texts: Sequence[str], rate: int) -> None: ...

    async def close(self) -> None: ...


class Scripted:
    """A dialogue that gives its replies in order and notes what it is told."""

    def __init__(self, *replies: Reply | VoicebotError) -> None:
        self.replies = list(replies)
        self.told: list[Utterance] = []

    async def tell(self, call_id: str, utterance: Utterance) -> Reply:
        self.told.append(utterance)
        if isinstance(utterance, Gone):
            return Reply((), NOTHING, Outcome.HUNG_UP)
        reply = self.replies.pop(0)
        if isinstance(reply, VoicebotError):
            raise reply
        return reply

    async def close(self) -> None: ...


async def hold(steps: str, dialogue: Scripted, tmp_path: Path) -> tuple[Outcome, list[Notice], ScriptChannel]:
    script = parse_script(f'caller: "0912345678"\nsteps:\n{steps}', tmp_path / "script.yml")
    channel = ScriptChannel(script)
    notices: list[Notice] = []
    call = Call("id", channel, KeysOnly(), dialogue, Beeps(), TIMING, apology="xin lỗi", watch=notices.append)
    return await call.run(), notices, channel


def seconds_spoken(channel: ScriptChannel) -> float:
    return float(np.count_nonzero(channel.recording[1])) / RATE


async def test_the_way_of_a_call(tmp_path: Path) -> None:
    reading = Reply((Prompt("mật khẩu mới"), SecretDigits("token", "password")), Expect("played", interruptible=False))
    dialogue = Scripted(Reply((Prompt("xin chào"),), MENU), Reply((Prompt("mã số"),), NUMBER), reading, GOODBYE)
    outcome, notices, _ = await hold('  - press: "8"\n  - press: "0123456789"\n', dialogue, tmp_path)
    assert outcome is Outcome.RESET
    assert dialogue.told == [
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
    reading = Reply((Prompt("mật khẩu mới"), SecretDigits("token", "password")), Expect("played", interruptible=False))
    dialogue = Scripted(reading, GOODBYE)
    outcome, _, channel = await hold("  - hang_up: {after: 3.9}\n", dialogue, tmp_path)
    assert outcome is Outcome.HUNG_UP
    assert dialogue.told == [CallStarted("0912345678"), Gone()]
    assert seconds_spoken(channel) < 4.0


async def test_a_password_that_was_played_to_a_dead_line_is_not_reported_heard(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    async def dead(_: ScriptChannel) -> bool:
        return False

    monkeypatch.setattr(ScriptChannel, "heard", dead)
    reading = Reply((Prompt("mật khẩu mới"), SecretDigits("token", "password")), Expect("played", interruptible=False))
    void = Reply((Prompt("không có hiệu lực"),), NOTHING, Outcome.ERROR)
    dialogue = Scripted(reading, void)
    outcome, _, _ = await hold("  - wait: 1\n", dialogue, tmp_path)
    assert outcome is Outcome.ERROR
    assert dialogue.told == [CallStarted("0912345678"), Unheard()]


async def test_keys_interrupt_a_prompt_within_one_frame(tmp_path: Path) -> None:
    dialogue = Scripted(Reply((Prompt("xin chào"),), MENU), GOODBYE)
    outcome, _, channel = await hold('  - barge_in: {after: 0.5, press: "8"}\n', dialogue, tmp_path)
    assert outcome is Outcome.RESET
    assert seconds_spoken(channel) == pytest.approx(0.5 + 2.0, abs=0.041)


async def test_what_must_be_heard_is_not_interrupted_and_keys_into_it_are_dropped(tmp_path: Path) -> None:
    must_hear = Expect(Grammar.MENU, lengths=(10,), keys={"8": "ask_reset"}, interruptible=False)
    dialogue = Scripted(Reply((Prompt("xin chào"),), must_hear), GOODBYE)
    _, _, channel = await hold('  - barge_in: {after: 0.5, press: "8"}\n', dialogue, tmp_path)
    assert dialogue.told[1:] == [Silence()]
    assert seconds_spoken(channel) == pytest.approx(4.0, abs=0.021)


async def test_a_caller_who_hangs_up_is_told_to_the_dialogue_once(tmp_path: Path) -> None:
    dialogue = Scripted(Reply((Prompt("xin chào"),), MENU))
    outcome, notices, _ = await hold("  - hang_up: true\n", dialogue, tmp_path)
    assert outcome is Outcome.HUNG_UP
    assert dialogue.told.count(Gone()) == 1
    assert isinstance(notices[-1], Ended)


async def test_hanging_up_in_the_goodbye_changes_nothing(tmp_path: Path) -> None:
    outcome, _, _ = await hold("  - hang_up: {after: 1.0}\n", Scripted(GOODBYE), tmp_path)
    assert outcome is Outcome.RESET


async def test_digits_given_so_far_stand_in_the_next_turn(tmp_path: Path) -> None:
    rest = Reply((Prompt("còn thiếu hai số"),), Expect(Grammar.NUMBER, lengths=(10,)))
    dialogue = Scripted(Reply((Prompt("mã số"),), NUMBER), rest, GOODBYE)
    await hold('  - press: "01234567#"\n  - press: "89"\n', dialogue, tmp_path)
    assert dialogue.told[1:] == [TooFew(2, progress=True), Number("0123456789", spoken=False)]


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
