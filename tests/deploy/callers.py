"""Callers at the composition's front, and what must be true of their accounts afterwards."""

from __future__ import annotations

import asyncio
import time
from collections import deque
from collections.abc import Callable, Coroutine, Sequence
from dataclasses import dataclass
from typing import Any

import aiohttp
import numpy as np
from cryptography.fernet import Fernet

from benchmarks.load_people import SAMPLES, on_the_line
from bot.accounts import Accounts
from bot.events import RATE, Grammar, Samples
from bot.hearing import open_hearing
from bot.sealing import Seal
from bot.settings import Settings
from bot.simulation.caller_script import CallerVoice
from bot.transcription import hear
from proof.house import Citizen, citizen
from proof.sound import PASSWORD_DIGITS
from proof.wire import Wire, WireCall, readings
from tts.speech import open_speech
from vietnamese_numbers import DIGIT_WORDS

SECONDS = 0.02
"""A frame's."""

SILENT_FRAMES = 30
"""Of the bot, after which it has finished speaking: 0.6 s."""

KEYED = 4
"""Of five callers so many press keys; the others speak."""


class KeyedCall(WireCall):
    """The caller listens as fast as people do."""

    speed, seconds = 1.0, 120.0


class SpokenCall(KeyedCall):
    """The wish, the number and a yes, spoken into a silent room, each when the bot has finished."""

    sayings: Sequence[Samples] = ()

    async def _press(self, socket: aiohttp.ClientWebSocketResponse) -> None:
        waiting, sending = deque(self.sayings), deque[bytes]()
        due, silent = time.monotonic(), 0
        while True:
            due += SECONDS
            await asyncio.sleep(max(0.0, due - time.monotonic()))
            silent = 0 if self._queue else silent + 1
            if not sending and waiting and self._sounded.is_set() and silent >= SILENT_FRAMES:
                sending.extend(frames(waiting.popleft()))
            elif sending and len(sending) == 1:
                self._sounded.clear()
                self._silent_from = time.monotonic()
            await socket.send_bytes(sending.popleft() if sending else bytes(2 * SAMPLES))


def frames(sound: Samples) -> list[bytes]:
    whole = np.pad(sound, (0, -sound.size % SAMPLES)).astype("<i2").reshape(-1, SAMPLES)
    return [each.tobytes() for each in whole]


@dataclass(frozen=True)
class Held:
    """A call that is over: who called, and what was heard of it."""

    who: Citizen
    wire: Wire
    passwords: tuple[str, ...]

    @property
    def whole(self) -> bool:
        """The bot ended it, after it had read one password twice."""
        return self.wire.how == "bot hung up" and len(self.passwords) == 2 and len(set(self.passwords)) == 1


class Callers:
    """Calls of invented citizens, none of whom calls twice."""

    def __init__(self, port: int, secret: str, accounts: Accounts, digits: Sequence[bytes]) -> None:
        self.held: list[Held] = []
        self._port, self._secret, self._accounts, self._digits = port, secret, accounts, digits
        self._next, self._calls = 0, 0
        self._sayings: dict[str, list[Samples]] = {}

    def prepare(self, spoken: int) -> None:
        """Speak `spoken` callers' sentences beforehand: numbers that the recogniser reads right on a quiet machine."""
        settings, voice, n = Settings(number_lengths=(10,)), CallerVoice(), 100_000
        while len(self._sayings) < spoken:
            number, n = citizen(n).number, n + 1
            sound = on_the_line(" ".join(DIGIT_WORDS[int(digit)] for digit in number), voice)
            if hear("", sound, RATE, open_hearing(settings, RATE), Grammar.NUMBER, (10,)).digits == number:
                wish, yes = on_the_line("tám", voice), on_the_line("đúng rồi", voice)
                self._sayings[citizen(n - 1).phone] = [wish, sound, yes]

    def people(self, keyed: int) -> list[Citizen]:
        """Who will call: `keyed` with keys, and all that were prepared."""
        speaking = [citizen(int(phone[4:])) for phone in self._sayings]
        self._keyed, self._speaking = deque(map(citizen, range(keyed))), deque(speaking)
        return [*self._keyed, *self._speaking]

    async def during(self, count: int, happens: Callable[[], Coroutine[Any, Any, None]]) -> list[Held]:
        """`count` calls that begin within four seconds, and what happens meanwhile."""
        calls = [asyncio.ensure_future(self._call(4.0 * each / count)) for each in range(count)]
        await happens()
        held = list(await asyncio.gather(*calls))
        self.held += held
        return held

    async def _call(self, after: float) -> Held:
        await asyncio.sleep(after)
        self._calls += 1
        speaks = self._calls % (KEYED + 1) == 0 and bool(self._speaking)
        who = (self._speaking if speaks else self._keyed).popleft()
        kind = SpokenCall if speaks else KeyedCall
        call = kind(self._port, self._secret, who.phone, who.number, f"c{self._calls}", None)
        if isinstance(call, SpokenCall):
            call.sayings = self._sayings[who.phone]
        wire = await call.hold()
        heard = readings(bytes(wire.heard), self._digits)
        return Held(who, wire, tuple(each for each in heard if len(each) == PASSWORD_DIGITS))

    async def inconsistent(self) -> list[str]:
        """Accounts with no password in force or one that nobody heard, and readings of two that changed nothing."""
        wrong = []
        for held in self.held:
            candidates = dict.fromkeys([held.who.password, *held.passwords])
            now = [each for each in candidates if await asyncio.to_thread(self._verify, held.who.phone, each)]
            if len(now) != 1 or (len(held.passwords) > 1 and held.passwords[0] not in now):
                wrong.append(f"{held.who.phone}: {held.wire.how}, {len(held.passwords)} readings, {len(now)} in force")
        return wrong

    def _verify(self, phone: str, password: str) -> bool:
        return bool(self._accounts.verify(phone, password))


async def digit_sounds() -> list[bytes]:
    """The clips of the ten digits, as every gateway makes them."""
    speech = open_speech(Settings(), Seal(Fernet.generate_key(), 600))
    sounds = [clip.astype("<i2").tobytes() for clip in await speech._digit_clips(RATE)]
    await speech.close()
    return sounds
