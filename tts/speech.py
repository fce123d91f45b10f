"""Turns replies into sound: the bot's `bot.events.Speech`."""

from __future__ import annotations

import asyncio
import re
from collections.abc import Sequence

import numpy as np

from bot.errors import VoicebotError
from bot.events import Pause, Prompt, Samples, SecretDigits, Segment
from bot.places import HOME
from bot.sealing import Purpose, Seal
from bot.settings import Settings
from tts.clips import Clips
from tts.digits import PACES, join
from tts.recorded import Recorded, recorded_of
from tts.sound import silence
from tts.speakable import speakable
from tts.voice import open_voice
from vietnamese_numbers import DIGIT_WORDS, groups

CLIPS = HOME / "var" / "clips"

PROMPT_PAUSE = 200
"""Milliseconds of silence after a prompt: the breath between sentences."""

DIGIT_SPEED = 0.7
"""The speed of digits, as a factor on the speed of sentences: at full speed espeak-ng's digit words last 170 to 360 ms,
too short to be told apart on a phone line."""

PURPOSES = {"number": Purpose.INSURANCE_NUMBER, "password": Purpose.PASSWORD}


class CallSpeech:
    """Recorded prompts where there are any, a voice for the rest, and secrets joined from clips of digits."""

    def __init__(self, recorded: Recorded, prompts: Clips, digits: Clips, seal: Seal) -> None:
        self._recorded, self._prompts, self._digits, self._seal = recorded, prompts, digits, seal

    async def clip(self, segment: Segment, rate: int) -> Samples:
        """The sound of a segment at `rate` Hz. Raises VoicebotError if no voice can speak, for too many digits in a
        prompt, and (as SealBroken) for a secret that cannot be revealed any more."""
        if isinstance(segment, SecretDigits):
            return await self._secret(segment, rate)
        if isinstance(segment, Pause):
            return silence(round(segment.seconds * 1000), rate)
        clip = self._recorded.get(segment.text, rate)
        if clip is None:
            clip = await self._prompts.get(speakable(segment.text), rate)
        return np.concatenate([clip, silence(PROMPT_PAUSE, rate)])

    def words(self, segment: Segment) -> str:
        """The words of the clip; secrets in clear text, in the groups in which they are spoken; empty for a pause.
        Raises as `clip`."""
        if isinstance(segment, Pause):
            return ""
        return " ".join(groups(self._reveal(segment))) if isinstance(segment, SecretDigits) else segment.text

    def synthetic(self, segment: Segment, rate: int) -> bool:
        """`bot.events.KnowsItsVoice`."""
        if isinstance(segment, Pause):
            return False
        if isinstance(segment, Prompt):
            return self._recorded.get(segment.text, rate) is None
        return any(self._recorded.get(word, rate) is None for word in DIGIT_WORDS)

    async def warm(self, texts: Sequence[str], rate: int) -> None:
        """Make clips of these prompts and the digits, so that none of them needs a voice during a call."""
        await asyncio.gather(self._digit_clips(rate), *(self.clip(Prompt(text), rate) for text in texts))
        await self._digits.rest()

    async def close(self) -> None:
        await asyncio.gather(self._prompts.close(), self._digits.close())

    async def _secret(self, segment: SecretDigits, rate: int) -> Samples:
        clips = await self._digit_clips(rate)
        return join(clips, groups(self._reveal(segment)), PACES[segment.holds], rate)

    def _reveal(self, segment: SecretDigits) -> str:
        digits = self._seal.of_call(segment.call).reveal(segment.token, PURPOSES[segment.holds])
        if not re.fullmatch("[0-9]+", digits):
            raise VoicebotError("a sealed text that is to be spoken holds something else than digits")
        return digits

    async def _digit_clips(self, rate: int) -> Sequence[Samples]:
        """The ten digit words from 0 to 9, all in one voice: recordings only if all ten can be used."""
        recorded = [clip for word in DIGIT_WORDS if (clip := self._recorded.get(word, rate)) is not None]
        if len(recorded) == len(DIGIT_WORDS):
            return recorded
        return await asyncio.gather(*(self._digits.get(word, rate) for word in DIGIT_WORDS))


def open_speech(settings: Settings, seal: Seal) -> CallSpeech:
    """The speech of these settings; a worker process starts when the first clip has to be made.

    Raises VoicebotError for an unknown voice or an unreadable list of recorded prompts."""
    return CallSpeech(
        recorded_of(settings),
        Clips(open_voice(settings.voice, settings.speech_rate), CLIPS),
        Clips(open_voice(settings.voice, round(settings.speech_rate * DIGIT_SPEED)), CLIPS),
        seal,
    )
