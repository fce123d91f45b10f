"""What the tests of the dialogue share."""

from __future__ import annotations

import itertools
import secrets
from dataclasses import dataclass, field

from bot.events import CallStarted, Chosen, Number, Pause, Prompt, Reply, SecretDigits, Utterance
from bot.protocols import Dialogue
from bot.sealing import Purpose, Seal

REFUSAL = "số điện thoại và mã số bảo hiểm không khớp hoặc chưa đăng ký với cơ quan Bảo hiểm xã hội"
ASK, YES, NO, REPEAT = Chosen("ask_reset"), Chosen("affirm"), Chosen("deny"), Chosen("ask_repeat")


def keyed(digits: str) -> Number:
    return Number(digits, spoken=False)


def spoken(digits: str) -> Number:
    return Number(digits, spoken=True)


@dataclass
class Citizen:
    """Somebody with an account."""

    phone: str
    number: str


@dataclass
class TextCall:
    """A call without sound: utterances in, replies out."""

    dialogue: Dialogue
    seal: Seal
    call_id: str = field(default_factory=lambda: secrets.token_hex(8))
    replies: list[Reply] = field(default_factory=list)

    async def start(self, caller: str | None, *utterances: Utterance) -> Reply:
        return await self.tell(CallStarted(caller), *utterances)

    async def tell(self, *utterances: Utterance) -> Reply:
        """The last reply."""
        for utterance in utterances:
            self.replies.append(await self.dialogue.tell(self.call_id, utterance))
        return self.replies[-1]

    def revealed(self, holds: str) -> list[str]:
        """What was sealed in all replies, revealed."""
        purpose = Purpose.PASSWORD if holds == "password" else Purpose.INSURANCE_NUMBER
        segments = itertools.chain.from_iterable(reply.segments for reply in self.replies)
        return [
            self.seal.of_call(self.call_id).reveal(s.token, purpose)
            for s in segments
            if isinstance(s, SecretDigits) and s.holds == holds
        ]


def words(reply: Reply) -> str:
    """What is said, with a dash where digits are."""
    spoken = [segment for segment in reply.segments if not isinstance(segment, Pause)]
    return " ".join(segment.text if isinstance(segment, Prompt) else "–" for segment in spoken)
