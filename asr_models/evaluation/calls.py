"""Scripted spoken calls by left-out speakers, through the whole bot: who reaches the right account, and how soon."""

from __future__ import annotations

import dataclasses
import itertools
import random
import tempfile
from collections.abc import AsyncIterator, Awaitable, Callable, Iterator, Sequence
from dataclasses import dataclass, field

import numpy as np

from asr_models.evaluation import people
from asr_models.evaluation.caller import Answers, Caller, Dictates, Move, Presses
from asr_models.evaluation.lines import spoken
from bot.accounts import open_accounts
from bot.assembly import open_voicebot, opened_dialogue
from bot.events import (
    RATE,
    ChannelEvent,
    Frame,
    HungUp,
    Key,
    Outcome,
    Played,
    Prompt,
    Reply,
    Samples,
    SecretDigits,
    Utterance,
)
from bot.protocols import Dialogue
from bot.sealing import Purpose, Seal, load_seal
from bot.settings import Settings
from bot.simulation.line import Line
from bot.simulation.scripted_caller import FRAME, KEY_FRAMES, QUIET, Moment
from bot.simulation.simulated_line import LONGEST_CALL, SimulatedLine
from bot.watching import Ended, Notice, Speaks

LENGTH = 10
"""Digits of the callers' numbers."""


@dataclass(frozen=True)
class Made:
    """A call that was made, and how the caller fared. `seconds` count from the greeting to the end; `silence` is the
    longest time in seconds in which neither caller nor bot was heard; `waits_ms` are the times from his last words to
    where it was known that they were the last."""

    speaker: str
    outcome: Outcome
    seconds: float
    caller: Caller
    silence: float = 0.0
    waits_ms: tuple[float, ...] = ()

    @property
    def right(self) -> bool:
        """He heard the new password of his own account."""
        return self.outcome is Outcome.RESET

    @property
    def wrong(self) -> bool:
        """A number that is not his was taken, and refused."""
        return self.outcome is Outcome.REFUSED

    @property
    def at_once(self) -> bool:
        """Right, and he gave his number only once."""
        return self.right and self.caller.given == 1


class Voice:
    """What a caller's words sound like: numbers by one speaker, yes and no by somebody else, always the same."""

    def __init__(self, words: people.Words, answers: Sequence[people.Sound], draw: random.Random) -> None:
        """`answers`: no, then yes."""
        self._words, self._answers, self._draw = words, answers, draw

    def say(self, move: Dictates | Answers) -> Samples:
        """At the level of a line, shape (samples,), in whole frames."""
        if isinstance(move, Answers):
            sound = self._answers[move.agrees]
        else:
            sound = people.dictated(self._words, [people.DIGITS[int(digit)] for digit in move.digits], self._draw)
        return np.pad(spoken(sound), (0, -sound.size % FRAME))


class CallerChannel(SimulatedLine):
    """The line of a caller who answers when the bot has finished; time passes only while `events` is read."""

    def __init__(self, phone: str, voice: Voice, line: Line) -> None:
        super().__init__()
        self.caller: str | None = phone
        self._voice, self._line = voice, line
        self._move: Move | None = None
        self.silence = 0
        """Samples: the longest time in which neither side was heard."""

    def intend(self, move: Move | None) -> None:
        """What to do when the bot has finished."""
        self._move = move

    async def events(self) -> AsyncIterator[ChannelEvent]:
        for moment in self._moments():
            if self._ended or self._ear.fed_up or self._ear.now >= LONGEST_CALL:
                break
            _, marks = self._playout.take(FRAME)
            sound = np.zeros(FRAME, np.int16) if moment.sound is None else moment.sound
            self._ear.advance(self._playout.pending, moment.acting)
            self.silence = max(self.silence, self._ear.silence)
            if moment.key:
                yield Key(moment.key)
            yield Frame(self._line.carry(sound))
            for mark in marks:
                yield Played(mark)
        self._ended = True
        yield HungUp()

    def _moments(self) -> Iterator[Moment]:
        while True:
            while self._move is None or not self._ear.listening:
                yield QUIET
            move, self._move = self._move, None
            self._ear.caller_acts()
            if isinstance(move, Presses):
                for key in move.keys:
                    yield Moment(acting=True, key=key)
                    yield from [Moment(acting=True)] * (2 * KEY_FRAMES - 1)
            else:
                sound = self._voice.say(move)
                yield from (Moment(sound[at : at + FRAME], acting=True) for at in range(0, sound.size, FRAME))


class Overheard:
    """A dialogue whose replies the caller of the one call there is hears, too."""

    def __init__(self, dialogue: Dialogue, seal: Seal) -> None:
        self._dialogue, self._seal = dialogue, seal
        self._listener: tuple[Caller, CallerChannel] | None = None

    def heard_by(self, caller: Caller, channel: CallerChannel) -> None:
        """Of the next call."""
        self._listener = caller, channel

    async def tell(self, call_id: str, utterance: Utterance) -> Reply:
        reply = await self._dialogue.tell(call_id, utterance)
        words = " ".join(each.text for each in reply.segments if isinstance(each, Prompt))
        numbers = [each.token for each in reply.segments if isinstance(each, SecretDigits) and each.holds == "number"]
        seal = self._seal.of_call(call_id)
        digits = "".join(seal.reveal(token, Purpose.INSURANCE_NUMBER) for token in numbers)
        if self._listener:
            caller, channel = self._listener
            channel.intend(caller.answer(words, digits, reply.expect))
        return reply

    async def close(self) -> None:
        await self._dialogue.close()


@dataclass(frozen=True)
class Planned:
    """A call to be made. Phone and number are invented; `seed` draws what is said and what is around the caller."""

    speaker: str
    phone: str = field(repr=False)
    number: str = field(repr=False)
    seed: int


def planned(speakers: dict[str, people.Words], count: int) -> list[Planned]:
    """`count` calls of each speaker, whose numbers have the digits that the speaker was recorded saying."""
    draw = random.Random("calls")
    calls = []
    for seed, (name, _) in enumerate(itertools.product(speakers, range(count))):
        known = [str(people.DIGITS.index(word)) for word in sorted(speakers[name])]
        calls.append(Planned(name, f"0912{seed:06}", "".join(draw.choices(known, k=LENGTH)), seed))
    return calls


async def make(
    settings: Settings,
    calls: Sequence[Planned],
    speakers: dict[str, people.Words],
    answers: Sequence[Sequence[people.Spoken]],
    lines: Callable[[int], Line],
    open_dialogue: Callable[[Settings], Awaitable[Dialogue]] = opened_dialogue,
) -> list[Made]:
    """Make these calls, one after the other; the accounts exist for as long. `answers`: recordings of no, and of yes;
    `lines`: the line of a seed.

    Raises VoicebotError where there is no trained dialogue or no voice."""
    with tempfile.TemporaryDirectory() as folder:
        settings = dataclasses.replace(
            settings, database_url=f"sqlite:///{folder}/accounts.sqlite", max_failures=100, max_refusals=10**6
        )
        accounts = open_accounts(settings)
        accounts.init()
        accounts.import_rows([(call.phone, call.number) for call in calls])
        accounts.close()
        dialogue = Overheard(await open_dialogue(settings), load_seal(settings))

        async def overheard(_: Settings) -> Dialogue:
            return dialogue

        bot = await open_voicebot(settings, [RATE], lambda text: None, dialogue=overheard)
        try:
            made = []
            for call in calls:
                draw = random.Random(call.seed)
                no, yes = (draw.choice(recordings).sound for recordings in answers)
                voice = Voice(speakers[call.speaker], (no, yes), draw)
                caller, channel = Caller(call.number), CallerChannel(call.phone, voice, lines(call.seed))
                dialogue.heard_by(caller, channel)
                notices: list[Notice] = []
                await bot.answer(channel, notices.append)
                [ended] = [notice for notice in notices if isinstance(notice, Ended)]
                waits = tuple(each.wait_ms for each in notices if isinstance(each, Speaks) and each.wait_ms is not None)
                made.append(Made(call.speaker, ended.outcome, ended.at, caller, channel.silence / RATE, waits))
            return made
        finally:
            await bot.close()
