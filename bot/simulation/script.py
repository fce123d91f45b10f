"""The channel `script`: a scripted caller on a simulated line, faster than real time."""

from __future__ import annotations

import asyncio
import time
from collections import deque
from collections.abc import AsyncIterator
from pathlib import Path
from typing import Any

import numpy as np

from bot.audio.keypad_tones import key_tone
from bot.audio.level import NOMINAL_LEVEL, active_level
from bot.channels.waiting import Sleepers
from bot.events import KEYS, RATE, ChannelEvent, Frame, HungUp, Key, Played, Samples
from bot.simulation import caller_voice
from bot.simulation.caller_script import BargeIn, CallerScript, CallerVoice, Play, Say
from bot.simulation.line import LAWS, Line, noise_at, noise_loop, telephone_band
from bot.simulation.scripted_caller import FRAME, KEY_FRAMES, ScriptedCaller
from bot.simulation.simulated_line import LONGEST_CALL, SimulatedLine


class ScriptChannel(SimulatedLine):
    """Both directions at 8 kHz, sample-aligned. Time passes only while `events` is read, 20 ms with every frame.
    The same script gives the same samples. With `real_time` a call is no faster than a real one, for people who
    watch. Raises VoicebotError if the caller's voice cannot be made."""

    def __init__(self, script: CallerScript, cache: Path = caller_voice.CACHE, *, real_time: bool = False) -> None:
        super().__init__()
        self.caller = script.caller
        self.gave_up: str | None = None
        """Why the caller hung up although the script did not say so."""
        actions = [step.action if isinstance(step, BargeIn) else step for step in script.steps]
        spoken = [action for action in actions if isinstance(action, (Say, Play))]
        law = LAWS[script.voice.line]
        band = telephone_band if law else _unchanged
        sounds = {action: band(caller_voice.sound_of(action, script.voice, cache)) for action in spoken}
        tones = {key: key_tone(key, KEY_FRAMES * FRAME) for key in KEYS} if script.keys == "inband" else {}
        noise = None
        if script.voice.noise_db is not None:
            level = active_level(np.concatenate([*sounds.values()])) if sounds else NOMINAL_LEVEL
            noise = noise_at(band(_noise(script.voice)), level, script.voice.noise_db)
        self._line = Line(law, noise, script.voice.loss, script.voice.seed)
        in_frames = {action: np.pad(sound, (0, -sound.size % FRAME)) for action, sound in sounds.items()}
        self._caller = ScriptedCaller(script.steps, in_frames, tones, self._ear)
        self._moments = self._caller.moments()
        self._real_time, self._started = real_time, time.monotonic()
        self._sleepers = Sleepers()
        self._kept: deque[ChannelEvent] = deque()  # what happened and was not fetched yet
        self._caller_sound: list[Samples] = []
        self._bot_sound: list[Samples] = []

    @property
    def recording(self) -> tuple[Samples, Samples]:
        """The call so far as (caller, bot), both of the same shape (samples,): the caller as the line delivers it."""
        empty = np.zeros(0, np.int16)
        return np.concatenate([empty, *self._caller_sound]), np.concatenate([empty, *self._bot_sound])

    def unperformed(self) -> str | None:
        """What the caller could not do as written, or why the caller gave up, as a sentence; None if neither
        happened."""
        return self.gave_up or self._caller.unperformed()

    def left_over(self) -> str | None:
        """The first step that the call did not reach, as a sentence; None where all were done."""
        return self._caller.left_over()

    async def events(self) -> AsyncIterator[ChannelEvent]:
        while not self._ended:
            if not self._kept:
                await self._step()
            while self._kept and not self._ended:
                yield self._kept.popleft()
        yield HungUp()

    async def wait(self, work: asyncio.Future[Any], seconds: float) -> float:
        """Time passes only while somebody sleeps; other work takes no time."""
        began, end = self._ear.now, self._ear.now + round(seconds * RATE)
        while not work.done() and self._ear.now < end:
            if self._real_time or self._sleepers:
                await self._step()
            else:
                await self._sleepers.any_or(work)
        return (self._ear.now - began) / RATE

    async def sleep(self, seconds: float) -> None:
        """For stand-ins of a slow part: return when this much time has passed on this line."""
        await self._sleepers.sleep_until(self._ear.now + round(seconds * RATE))

    async def _step(self) -> None:
        """20 ms pass, also after the end of the call."""
        moment = next(self._moments)
        if moment.hangs_up or self._gives_up():
            self._ended = True
        bot_sound, marks = self._playout.take(FRAME)
        sound = self._line.carry(np.zeros(FRAME, np.int16) if moment.sound is None else moment.sound)
        self._ear.advance(self._playout.pending, moment.acting)
        if not self._ended:
            self._caller_sound.append(sound)
            self._bot_sound.append(bot_sound)
            self._kept.extend([Key(moment.key)] if moment.key else [])
            self._kept.extend((Frame(sound), *map(Played, marks)))
        self._sleepers.advanced(self._ear.now)
        ahead = self._ear.now / RATE - (time.monotonic() - self._started) if self._real_time else 0
        await asyncio.sleep(max(0, ahead))  # 0: other tasks of this event loop must run, too

    def _gives_up(self) -> bool:
        if self._ear.fed_up:
            self.gave_up = "nobody said anything for a minute, and the caller hung up"
        elif self._ear.now >= LONGEST_CALL:
            self.gave_up = "the call did not end within ten minutes, and the caller hung up"
        return self.gave_up is not None


def _noise(voice: CallerVoice) -> Samples:
    if isinstance(voice.noise, Path):
        return caller_voice.read_recording(voice.noise)
    return noise_loop(voice.noise, voice.seed)


def _unchanged(sound: Samples) -> Samples:
    return sound
