"""A dialogue whose turns fail, hang or are late as planned; and the clock, which jumps before a turn."""

from __future__ import annotations

import asyncio
from collections.abc import Callable

from bot.dialogue.served import ServedRasa
from bot.errors import VoicebotError
from bot.events import CallStarted, Chosen, Number, PlayedOut, Reply, Utterance
from bot.patience import LIMIT_SECONDS
from proof.run import Clock, Run, this_run
from tests.rasa_tools import OURS, RasaOfTests

TURN_OF: dict[type, str] = {CallStarted: "start", Chosen: "menu", Number: "number", PlayedOut: "played"}

FOR_EVER = 3600.0
"""Seconds: longer than any call."""

NOBODY = "http://127.0.0.1:9"
"""An address at which nothing listens."""


class FaultyDialogue:
    """`bot.events.Dialogue` around a real Rasa. `told` gets the call's id and its run."""

    def __init__(self, rasa: RasaOfTests, clock: Clock, told: Callable[[str, Run], None]) -> None:
        self._rasa, self._clock, self._told = rasa, clock, told
        self.late: set[asyncio.Task[Reply]] = set()
        """Turns that go on after their call gave them up."""

    async def tell(self, call_id: str, utterance: Utterance) -> Reply:
        run = this_run()
        assert run is not None  # noqa: S101  # every call of the campaign has one
        self._told(call_id, run)
        turn = TURN_OF.get(type(utterance), "")
        line, plan = run.line, run.plan
        seconds = plan.seconds if plan else 0.0
        if run.meets("clock jumps", turn):
            self._clock.offset += seconds
        if run.meets("dialogue fails", turn):
            raise VoicebotError("the dialogue fails, as planned")
        if run.meets("dialogue hangs", turn):
            await line.sleep(FOR_EVER)
        if run.meets("dialogue stopped", turn):
            await self._stopped(call_id, utterance)
        if run.meets("dialogue slow", turn):
            await line.sleep(seconds)
        if run.meets("dialogue crashes", turn):
            await self._gone(call_id, utterance)
        reply = await self._rasa.tell(call_id, utterance)
        run.trackers.append(await self._rasa.shared.tracker(call_id))
        if run.meets("dialogue's answer lost", turn):
            raise VoicebotError("the dialogue's answer is lost, as planned")
        if run.meets("dialogue's answer late", turn):
            await line.sleep(seconds)
        if run.meets("dialogue's answer never", turn):
            await line.sleep(FOR_EVER)
        return reply

    async def _stopped(self, call_id: str, utterance: Utterance) -> None:
        """Wait until the call gives up the turn, then do it nevertheless, like a process that was stopped and goes
        on."""
        run = this_run()
        assert run is not None  # noqa: S101  # `tell` has it
        try:
            await run.line.sleep(FOR_EVER)
        except asyncio.CancelledError:
            self._clock.offset += LIMIT_SECONDS + 0.1  # time has passed on the line, but hardly any on the clock
            task = asyncio.ensure_future(self._rasa.tell(call_id, utterance))
            self.late.add(task)
            raise

    async def _gone(self, call_id: str, utterance: Utterance) -> None:
        """Fail like a Rasa that has just crashed."""
        gone = ServedRasa(NOBODY, self._rasa.services.seal, (), OURS)
        try:
            await gone.tell(call_id, utterance)
        finally:
            await gone.close()

    async def close(self) -> None:
        await self._rasa.close()
