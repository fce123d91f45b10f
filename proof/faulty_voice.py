"""A voice that fails, hangs or is late as planned."""

from __future__ import annotations

from collections.abc import Sequence

from bot.errors import VoicebotError
from bot.events import Prompt, Samples, Segment
from bot.protocols import Speech
from proof.faulty_dialogue import FOR_EVER
from proof.run import this_run


class FaultyVoice:
    """`bot.events.Speech` with faults. `ready`: prompts that are in memory since the start and need no voice."""

    def __init__(self, speech: Speech, ready: Sequence[str]) -> None:
        self._speech, self._ready = speech, frozenset(ready)

    async def clip(self, segment: Segment, rate: int) -> Samples:
        run = this_run()
        if run is None or run.plan is None or (isinstance(segment, Prompt) and segment.text in self._ready):
            return await self._speech.clip(segment, rate)
        run.clips += 1
        plan = run.plan
        if plan.kind == "voice dead from here on" and run.clips >= plan.clip:
            raise VoicebotError("the voice is dead, as planned")
        if run.clips == plan.clip:
            if plan.kind == "voice fails":
                raise VoicebotError("the voice fails, as planned")
            if plan.kind == "voice slow":
                await run.line.sleep(plan.seconds)
            if plan.kind == "voice hangs":
                await run.line.sleep(FOR_EVER)
        return await self._speech.clip(segment, rate)

    def words(self, segment: Segment) -> str:
        return self._speech.words(segment)

    async def warm(self, texts: Sequence[str], rate: int) -> None:
        await self._speech.warm(texts, rate)

    async def close(self) -> None:
        await self._speech.close()
