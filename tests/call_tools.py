"""What the tests of one call share: a scripted caller on keys, and small stand-ins for hearing, dialogue and speech."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np

from bot.call import Call
from bot.errors import VoicebotError
from bot.events import (
    RATE,
    Expect,
    Gone,
    Grammar,
    Heard,
    KeyHeard,
    Outcome,
    Prompt,
    Reply,
    Samples,
    SecretDigits,
    Segment,
    Utterance,
)
from bot.patience import Words
from bot.protocols import Speech
from bot.simulation.caller_script import parse_script
from bot.simulation.script import ScriptChannel
from bot.tap import Tap, untapped
from bot.turn_timing import Timing
from bot.watching import Notice
from tests.fitted import FIT

TIMING = Timing(no_input=3 * RATE, settle=RATE // 2, pause=RATE)
MENU = Expect(Grammar.MENU, lengths=(10,), keys={"8": "ask_reset"})
NUMBER = Expect(Grammar.NUMBER, lengths=(10,))
NOTHING = Expect("nothing", interruptible=False)
READING = Reply((Prompt("mật khẩu mới"), SecretDigits("token", "password")), Expect("played", interruptible=False))
WORDS = Words(
    wait="xin chờ", apology="xin lỗi", void="không có hiệu lực", stands="có hiệu lực", unknown="có thể có hiệu lực"
)
GOODBYE = Reply((Prompt("tạm biệt"),), NOTHING, Outcome.RESET)


class KeysOnly:
    """Hearing of a caller who never speaks."""

    def __init__(self) -> None:
        self.now = 0
        self.grammars: list[Grammar] = []

    def expect(self, grammar: Grammar, over_prompt: bool = False, wanted: int = 0) -> None:
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

    def words(self, segment: Segment) -> str:
        """Those of sealed digits are their token, in place of what is in it."""
        return segment.text if isinstance(segment, Prompt) else getattr(segment, "token", "")

    async def warm(self, texts: Sequence[str], rate: int) -> None: ...

    async def close(self) -> None: ...


@dataclass(frozen=True)
class Slow:
    """A reply, or an error, that takes so many seconds on the line."""

    seconds: float
    reply: Reply | VoicebotError


class Scripted:
    """A dialogue that gives its replies in order and notes what it is told."""

    operations = None  # no way to an account store

    def __init__(self, *replies: Reply | VoicebotError | Slow) -> None:
        self.replies = list(replies)
        self.reported: list[Utterance] = []
        self.channel: ScriptChannel | None = None
        self.found: Outcome | None = Outcome.HUNG_UP  # of the password, when asked after a failure; None: no answer

    async def tell(self, call_id: str, utterance: Utterance) -> Reply:
        self.reported.append(utterance)
        if isinstance(utterance, Gone):
            if self.found is None:
                raise VoicebotError("the dialogue does not answer")
            return Reply((), NOTHING, self.found)
        reply = self.replies.pop(0)
        if isinstance(reply, Slow):
            assert self.channel
            await self.channel.sleep(reply.seconds)
            reply = reply.reply
        if isinstance(reply, VoicebotError):
            raise reply
        return reply

    async def close(self) -> None: ...


async def hold(
    steps: str, dialogue: Scripted, tmp_path: Path, speech: Speech | None = None, tap: Tap = untapped
) -> tuple[Outcome, list[Notice], ScriptChannel]:
    script = parse_script(f'caller: "0912345678"\nsteps:\n{steps}', tmp_path / "script.yml")
    channel = dialogue.channel = ScriptChannel(script)
    notices: list[Notice] = []
    parts = (channel, KeysOnly(), dialogue, speech or Beeps())
    call = Call("id", *parts, TIMING, FIT, words=WORDS, watch=notices.append, tap=tap)
    return await call.run(), notices, channel


def seconds_spoken(channel: ScriptChannel) -> float:
    return float(np.count_nonzero(channel.recording[1])) / RATE
