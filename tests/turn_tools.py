"""A caller for tests of turns: what comes when, in seconds of sound; nothing waits."""

from bot.events import (
    RATE,
    Expect,
    FinalResult,
    Grammar,
    Heard,
    KeyHeard,
    Partial,
    SpeechStarted,
    Utterance,
)
from bot.turn import Turn
from bot.turn_timing import Timing
from tests.fitted import FIT
from vietnamese_numbers import DIGIT_WORDS

NINE = "không một hai ba bốn năm sáu bảy tám"
TIMING = Timing(no_input=6 * RATE, settle=int(0.8 * RATE), pause=int(2.5 * RATE))
TEN = Expect(Grammar.NUMBER, lengths=(10,))
TEN_OR_TWELVE = Expect(Grammar.NUMBER, lengths=(10, 12), keys={"*": "ask_repeat"})
MENU = Expect(Grammar.MENU, lengths=(10, 12), keys={"8": "ask_reset", "0": "ask_operator", "*": "ask_repeat"})
YESNO = Expect(Grammar.YESNO, keys={"1": "affirm", "2": "deny"})
ANSWER = Expect(Grammar.YESNO, keys={"1": "affirm", "2": "deny", "0": "ask_operator", "*": "ask_repeat"})


def at(seconds: float) -> int:
    return int(seconds * RATE)


def keys(text: str, start: float = 1.0) -> list[Heard]:
    return [KeyHeard(key, at(start + i * 0.3)) for i, key in enumerate(text)]


def speech(text: str, start: float = 1.0, seconds: float = 1.0, confidence: float = 0.9) -> list[Heard]:
    end = start + seconds
    return [
        SpeechStarted(at(start)),
        *([Partial(text.split()[0], at(start + min(seconds, 0.4)))] if text else []),
        Partial(text, at(end)),
        FinalResult((text,) if text else (), confidence, ended_at=at(end), at=at(end + 0.28)),
    ]


def spell(digits: str) -> str:
    return " ".join(DIGIT_WORDS[int(digit)] for digit in digits)


class Caller:
    """Plays events into a turn, asking for the decision every 20 ms as a call does. `before`: the turn before."""

    def __init__(self, expect: Expect, before: Turn | None = None, own_phone: str = "") -> None:
        self.turn = Turn(expect, TIMING, FIT, before, own_phone)
        self.turn.prompt_ended(0)
        self.now = 0

    def does(self, events: list[Heard], until: float = 30.0) -> tuple[Utterance | None, float]:
        """The decision and the second at which it fell."""
        left = list(events)
        while self.now < at(until):
            while left and left[0].at <= self.now:
                self.turn.hear(left.pop(0))
            if utterance := self.turn.decide(self.now):
                return utterance, self.now / RATE
            self.now += 160
        return None, self.now / RATE


def given(digits: str, expect: Expect = TEN_OR_TWELVE) -> Turn:
    """A turn in which these digits were spoken."""
    caller = Caller(expect)
    caller.does(speech(spell(digits)))
    return caller.turn


def meant(expect: Expect, events: list[Heard]) -> tuple[Utterance | None, float]:
    return Caller(expect).does(events)


def doubtful(*texts: str, start: float = 1.0) -> list[Heard]:
    """Speech that may have been any of these, the first a little more likely than the others."""
    probabilities = (0.9 / len(texts) + 0.1, *[0.9 / len(texts)] * (len(texts) - 1))
    return [
        SpeechStarted(at(start)),
        FinalResult(texts, probabilities[0], at(start + 3), at(start + 3.28), probabilities),
    ]


def seemed_nothing(digits: str, start: float = 1.0) -> list[Heard]:
    """Speech that was likelier nothing of the grammar than these digits."""
    return [
        SpeechStarted(at(start)),
        FinalResult(("", spell(digits)), 0.0, at(start + 1), at(start + 1.28), (0.6, 0.1)),
    ]
