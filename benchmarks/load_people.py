"""The synthetic callers of the load bench: half press keys, half speak, all take their time as people do.

A caller listens until the bot is silent, thinks, and gives the next answer; one in three of those with keys does not
wait for the end of the menu. Everything they send is prepared before the first call: a tick only takes the next bytes.
"""

from __future__ import annotations

import random
from collections.abc import Callable, Sequence
from dataclasses import dataclass

import numpy as np

from benchmarks.load_line import BINARY, TEXT, frame
from bot.audio.g711 import decode, encode
from bot.events import RATE, Grammar, Samples
from bot.hearing import open_hearing
from bot.settings import Settings
from bot.simulation.caller_script import CallerVoice, Say
from bot.simulation.caller_voice import EDGE, sound_of
from bot.simulation.line import telephone_band
from bot.transcription import hear
from bot.turn_timing import SECOND_THOUGHT
from vietnamese_numbers import DIGIT_WORDS

SAMPLES = RATE // 50
"""In a frame."""

THINK_MEDIAN, THINK_SPREAD = 1.0, 0.5
"""Seconds between the end of a prompt and the answer: lognormal, so that 5 % take more than 2.3 s."""

KEY_TICKS = (9, 20)
"""20 ms ticks from one key to the next: 180 to 400 ms."""

IMPATIENT = 1 / 3
"""Share of the callers with keys who interrupt the menu."""

SILENT_TICKS = 10
"""Ticks of silence after which the bot has finished speaking."""

ONE_PROMPT = 1.0
"""Seconds. If two sounds of the bot are closer than this, they belong to one prompt; the bot asks again after six."""

DIALECTS = ("north", "central", "south")


@dataclass(frozen=True)
class Act:
    """The bytes that a caller sends for one answer, tick by tick; at tick `ends` the last word or key ends. For `wait`
    seconds after that the bot is silent on purpose, because the caller may go on."""

    kind: str
    ticks: Sequence[bytes]
    ends: int
    wait: float = 0.0


@dataclass(frozen=True)
class Answered:
    """The bot's answer to an act began `seconds` after the act's end and its wait, at `at` (loop time)."""

    kind: str
    seconds: float
    at: float


@dataclass(frozen=True)
class Part:
    """A caller's account, and the acts in order."""

    phone: str
    acts: tuple[Act, ...]
    impatient: bool


class Caller:
    """One call by one person. `answers`: how long the bot's answers took; `late`: how often its sound broke off in the
    middle and went on; `how`: how the call ended; None before that."""

    def __init__(self, part: Part, seed: int, done: Callable[[Caller], None]) -> None:
        self.answers: list[Answered] = []
        self.acted = 0
        self.late = 0
        self.how: str | None = None
        self._part, self._random, self._done = part, random.Random(seed), done
        self._sending: Sequence[bytes] = ()
        self._sent = 0
        self._spoken_to = False  # since the last act
        self._silent = 0  # ticks since the bot was last heard
        self._act_at: float | None = None
        self._ended_at: float | None = None  # end of the last act, until it is answered
        self._flush_awaited = False
        self._read_once = False

    # ── called by the line (benchmarks.load_line.Person) ──

    def connected(self, now: float) -> None:
        if self._part.impatient:
            self._act_at = now + self._random.uniform(1.5, 5.0)

    def tick(self, now: float, bot_speaks: bool) -> bytes:
        if self._sent < len(self._sending):
            self._sent += 1
            if self._sent == self._part.acts[self.acted - 1].ends:
                self._ended_at, self._spoken_to = now, False
                self._flush_awaited = self._flush_awaited and bot_speaks
            return self._sending[self._sent - 1]
        self._silent = 0 if bot_speaks else self._silent + 1
        if self.acted < len(self._part.acts) and self._ready(now, bot_speaks):
            self._begin(bot_speaks)
        return NOISE[self._random.randrange(len(NOISE))]

    def bot_began(self, now: float, gap: float) -> None:
        if self._ended_at is not None and not self._flush_awaited:
            act = self._part.acts[self.acted - 1]
            self.answers.append(Answered(act.kind, now - self._ended_at - act.wait, now))
            self._ended_at = None
        elif self._spoken_to and 0 < gap < ONE_PROMPT and self._sent >= len(self._sending):
            # The caller did nothing, so the bot's sound broke off. (The pause between the two readings is no break.)
            self.late += self._read_once or self.acted < len(self._part.acts)
            self._read_once = self.acted == len(self._part.acts)
        self._spoken_to = True

    def flushed(self) -> None:
        self._flush_awaited = False

    def ended(self, now: float, how: str) -> None:
        self.how = how
        self._done(self)

    # ── what the person does ──

    def _ready(self, now: float, bot_speaks: bool) -> bool:
        if self._act_at is not None and self.acted == 0 and self._part.impatient:
            return now >= self._act_at
        if bot_speaks or not self._spoken_to or self._silent < SILENT_TICKS:
            self._act_at = None
            return False
        if self._act_at is None:
            self._act_at = now + self._random.lognormvariate(np.log(THINK_MEDIAN), THINK_SPREAD)
        return now >= self._act_at

    def _begin(self, bot_speaks: bool) -> None:
        self._sending, self._sent = self._part.acts[self.acted].ticks, 0
        self.acted += 1
        self._act_at = None
        self._flush_awaited = bot_speaks


# ── what they send ──


def sound_ticks(sound: Samples) -> list[bytes]:
    padded = np.pad(sound, (0, -sound.size % SAMPLES)).astype("<i2").reshape(-1, SAMPLES)
    return [frame(BINARY, each.tobytes()) for each in padded]


def _room() -> list[bytes]:
    """Two seconds of a quiet room, about −66 dB."""
    noise = np.random.default_rng(5).normal(0, 16, 100 * SAMPLES)
    return sound_ticks(noise.astype(np.int16))


NOISE = _room()


def press(kind: str, keys: str, chance: random.Random, wait: float = 0.0) -> Act:
    ticks: list[bytes] = []
    for key in keys:
        ticks += NOISE[: chance.randint(*KEY_TICKS)]
        ticks[-1] += frame(TEXT, f"DTMF_END digit:{key} channel_id:load".encode())
    return Act(kind, ticks, len(ticks), wait)


def on_the_line(text: str, voice: CallerVoice) -> Samples:
    """A text in sound, as the telephone network delivers it: 300 to 3400 Hz, A-law."""
    return decode(encode(telephone_band(sound_of(Say(text), voice)), "a"), "a")


def say(kind: str, sound: Samples, wait: float = 0.0) -> Act:
    ticks = sound_ticks(sound)
    return Act(kind, ticks, max(1, len(ticks) - EDGE // SAMPLES), wait)


def cast(count: int, settings: Settings, seed: int = 1) -> list[tuple[Part, str]]:
    """`count` parts, every second one with a voice, and the insurance number of each.

    A voice gets only numbers that the recogniser hears right when nothing else runs. So every error under load is
    caused by the load."""
    chance = random.Random(seed)
    wishes = {d: say("wish, spoken", on_the_line("tám", CallerVoice(dialect=d))) for d in DIALECTS}
    yes = {
        d: say("yes, spoken", on_the_line("đúng rồi", CallerVoice(dialect=d)), SECOND_THOUGHT / RATE) for d in DIALECTS
    }
    parts = []
    for index in range(count):
        phone = f"0912{index:06d}"
        if index % 2:
            number = _number(chance)
            acts = (press("menu key", "8", chance), press("number, keyed", number, chance, settings.settle_seconds))
            parts.append((Part(phone, acts, chance.random() < IMPATIENT), number))
        else:
            dialect = DIALECTS[index // 2 % 3]
            number, sound = _speakable_number(chance, dialect, settings)
            parts.append((Part(phone, (wishes[dialect], say("number, spoken", sound), yes[dialect]), False), number))
    return parts


def _number(chance: random.Random) -> str:
    return f"{chance.randrange(10**10):010d}"


def _speakable_number(chance: random.Random, dialect: str, settings: Settings) -> tuple[str, Samples]:
    while True:
        number = _number(chance)
        words = " ".join(DIGIT_WORDS[int(digit)] for digit in number)
        sound = on_the_line(words, CallerVoice(dialect=dialect))
        if hear("", sound, RATE, open_hearing(settings, RATE), Grammar.NUMBER, (10,)).digits == number:
            return number, sound
