"""One call: joins the rooms, and decides nothing itself.

    channel ──▶ hearing ──▶ turn ──▶ dialogue ──▶ speech ──▶ channel, until a reply carries an outcome.

The terminal, a report and metrics watch the notices of a call (`bot/watching.py`), or tap all that passes between its
rooms (`bot/tap.py`).
"""

from __future__ import annotations

import asyncio
import time
from collections.abc import Awaitable, Callable
from dataclasses import replace
from functools import partial

from bot.accounts.phones import as_dialled
from bot.errors import VoicebotError
from bot.events import (
    RATE,
    CallStarted,
    ChannelEvent,
    Expect,
    Frame,
    Gone,
    Grammar,
    Heard,
    HungUp,
    Key,
    Outcome,
    Pause,
    Played,
    PlayedOut,
    Prompt,
    Reply,
    Samples,
    SecretDigits,
    Segment,
    Unheard,
    Utterance,
)
from bot.hearing.calibration import Calibration
from bot.patience import LIMIT_SECONDS, Patience, Words
from bot.protocols import Channel, Dialogue, Hearing, KnowsItsVoice, ShowsWords, Speech
from bot.tap import Plays, Stops, Tap, moved, untapped
from bot.turn import Turn
from bot.turn_timing import Timing
from bot.watching import MASK, Ended, Listens, Speaks, Understood, Watch

WAIT_CLIP_SECONDS = 0.1
"""For the words that ask to wait. They are ready since the start."""

ASK_SECONDS = 2.4
"""For the question, after a failure, whether a password is in force. A dialogue that lives answers at once."""

RunHearing = Callable[[Callable[[], list[Heard]]], Awaitable[list[Heard]]]
"""Does a piece of hearing's work, and comes back with what was heard: at once, or in another thread."""


async def at_once(work: Callable[[], list[Heard]]) -> list[Heard]:
    """For one call on this machine: nobody else waits."""
    return work()


class CallerGone(Exception):  # noqa: N818  # not an error: callers hang up
    """The channel's last event came."""


class Call:
    """One caller, from the greeting to the end."""

    def __init__(
        self,
        call_id: str,
        channel: Channel,
        hearing: Hearing,
        dialogue: Dialogue,
        speech: Speech,
        timing: Timing,
        calibration: Calibration,
        *,
        words: Words,
        watch: Watch,
        run_hearing: RunHearing = at_once,
        tap: Tap = untapped,
        recorded: bool = False,
    ) -> None:
        """`recorded`: the caller is told first that the call is recorded."""
        self._id = call_id
        self._channel, self._hearing, self._dialogue, self._speech = channel, hearing, dialogue, speech
        self._timing, self._words, self._watch = timing, words, watch
        self._calibration = calibration
        self._run_hearing, self._tap = run_hearing, tap
        self._told_first = (Prompt(words.recorded),) if recorded else ()
        self._patience = Patience(channel, self._ask_to_wait)
        self._apology = words.apology  # what is true where a part fails now
        self._own_phone = as_dialled(channel.caller) if channel.caller else ""
        self._events = channel.events()
        self._heard = 0  # samples of the channel since the call began
        self._marks = 0
        self._expect = Expect("nothing")  # of the last reply
        self._turn: Turn | None = None
        self._ready_at = 0.0  # monotonic time at which the caller's turn was decided
        self._wait_ms: float | None = None  # None where the caller did nothing

    async def run(self) -> Outcome:
        """Hold the call. Never raises for what a caller, a voice or a dialogue does; the outcome tells."""
        reply, failure = None, None
        try:
            reply = await self._tell(CallStarted(self._channel.caller))
            reply = replace(reply, segments=(*self._told_first, *reply.segments))
            while reply.outcome is None:
                utterance = await self._exchange(reply)
                reply = await self._tell(utterance)
            if reply.outcome is Outcome.RESET:
                self._apology = self._words.stands
            await self._close(reply)
            outcome = reply.outcome
        except CallerGone:
            # A reset whose first reading was heard stands: hanging up during the goodbye changes nothing.
            outcome = reply.outcome if reply and reply.outcome else Outcome.HUNG_UP
            failure = await self._leave()
        except VoicebotError as error:
            outcome, failure = Outcome.ERROR, str(error)
            if self._apology in (self._words.void, self._words.unknown):
                self._apology = await self._ask_what_is_in_force()
            await self._apologise()
            await self._leave()
        self._watch(Ended(self._at, outcome, failure))
        return outcome

    @property
    def _at(self) -> float:
        return self._heard / self._channel.rate

    async def _next(self) -> ChannelEvent:
        event = await anext(self._events, HungUp())
        self._tap(self._at, event)
        if isinstance(event, HungUp):
            raise CallerGone
        if isinstance(event, Frame):
            self._heard += len(event.samples)
        return event

    async def _tell(self, utterance: Utterance) -> Reply:
        self._tap(self._at, utterance)
        reply = await self._patience.of(self._dialogue.tell(self._id, utterance))
        self._tap(self._at, reply)
        return reply

    # ── speaking ──

    async def _say(self, reply: Reply) -> str:
        """Queue a reply's sound; the mark that arrives when all of it was heard."""
        seconds = 0.0
        latency = None
        for segment in map(self._ours, reply.segments):
            clip = await self._patience.of(self._speech.clip(segment, self._channel.rate))
            seconds += await self._play(clip, segment)
            if isinstance(segment, SecretDigits) and segment.holds == "password" and reply.outcome is None:
                self._apology = self._words.void  # until the dialogue says that it is in force
            if latency is None and self._wait_ms is not None and not isinstance(segment, Pause):
                latency = self._wait_ms + (time.perf_counter() - self._ready_at) * 1000
        self._expect = reply.expect
        shown = [segment for segment in reply.segments if not isinstance(segment, Pause)]
        text = " ".join(segment.text if isinstance(segment, Prompt) else MASK for segment in shown)
        self._watch(Speaks(self._at, text, seconds, latency, self._wait_ms, _holds_password(reply), reply.expect))
        return str(self._marks)

    async def _play(self, clip: Samples, segment: Segment) -> float:
        """Queue the sound of a segment; how many seconds it lasts."""
        if isinstance(self._channel, ShowsWords):
            synthetic = None
            if isinstance(self._speech, KnowsItsVoice):
                synthetic = self._speech.synthetic(segment, self._channel.rate)
            self._channel.show(self._speech.words(segment), isinstance(segment, SecretDigits), synthetic)
        self._marks += 1
        self._tap(self._at, Plays(segment, clip, str(self._marks)))
        await self._channel.play(clip, str(self._marks))
        seconds = len(clip) / self._channel.rate
        self._patience.plays(seconds)
        return seconds

    async def _ask_to_wait(self) -> None:
        """Say that it takes longer, unless not even that can be said."""
        prompt = Prompt(self._words.wait)
        clip = asyncio.ensure_future(self._speech.clip(prompt, self._channel.rate))
        await self._channel.wait(clip, WAIT_CLIP_SECONDS)
        if not clip.done() or clip.exception():
            clip.cancel()
            return
        seconds = await self._play(clip.result(), prompt)
        self._watch(Speaks(self._at, self._words.wait, seconds, None, None, False, self._expect))

    def _ours(self, segment: Segment) -> Segment:
        """A secret of this call, whatever the dialogue says."""
        return replace(segment, call=self._id) if isinstance(segment, SecretDigits) else segment

    async def _wait_for(self, mark: str) -> None:
        while await self._next() != Played(mark):
            pass

    # ── one exchange ──

    async def _exchange(self, reply: Reply) -> Utterance:
        """Say a reply and hear what the caller answers."""
        mark = await self._say(reply)
        if not isinstance(reply.expect.kind, Grammar):
            await self._wait_for(mark)
            self._turn = self._wait_ms = None
            heard = await self._channel.heard()
            self._patience.turn_over(0.0)
            if heard is False:
                return Unheard()
            if self._apology == self._words.void:
                self._apology = self._words.unknown  # until the dialogue's answer: it may bring the password into force
            return PlayedOut(time.time() + LIMIT_SECONDS)
        self._turn = Turn(reply.expect, self._timing, self._calibration, self._turn, self._own_phone)
        utterance = await self._listen(self._turn, reply.expect.kind, mark)
        self._ready_at = time.perf_counter()
        waited = max(0, self._hearing.now - self._turn.ended_at) / RATE if self._turn.heard else 0.0
        self._wait_ms = waited * 1000 if self._turn.heard else None
        self._patience.turn_over(waited)
        self._watch(Understood(self._at, self._at - waited, self._turn.text, utterance))
        return utterance

    async def _listen(self, turn: Turn, grammar: Grammar, mark: str) -> Utterance:
        speaking = True
        hears_over_prompt = turn.expect.interruptible and self._channel.hears_while_speaking
        self._hearing.expect(grammar, hears_over_prompt, turn.wanted)
        while True:
            event = await self._next()
            heard: list[Heard] = []
            if event == Played(mark):
                speaking = False
                if hears_over_prompt:
                    self._hearing.prompt_ended()
                else:
                    self._hearing.expect(grammar, wanted=turn.wanted)
                turn.prompt_ended(self._hearing.now)
            elif isinstance(event, Frame) and (hears_over_prompt or not speaking):
                heard = await self._run_hearing(partial(self._hearing.feed, event.samples))
            elif isinstance(event, Key) and (turn.expect.interruptible or not speaking):
                heard = await self._run_hearing(partial(self._hearing.key, event.key, event.seconds))
            for each in heard:
                turn.hear(each)
                self._tap(self._at, moved(each, round(self._at * RATE) - self._hearing.now))
            if heard:
                wait = None if turn.number_wait is None else turn.number_wait / RATE
                self._watch(Listens(self._at, turn.expect, turn.text, turn.cells, wait))
            if speaking and turn.began:  # barge-in
                self._tap(self._at, Stops())
                await self._channel.stop()
                speaking = False
                self._hearing.prompt_ended()
                turn.prompt_ended(self._hearing.now)
            if utterance := turn.decide(self._hearing.now):
                return utterance

    # ── the end ──

    async def _close(self, reply: Reply) -> None:
        await self._wait_for(await self._say(reply))
        if reply.outcome is Outcome.TRANSFERRED:
            await self._channel.transfer()
        else:
            await self._channel.hang_up()

    async def _ask_what_is_in_force(self) -> str:
        """The words for a caller who heard a password before something failed. Its activation may have been done, and
        only the answer was lost; if it was not, asking discards the password. Where the question fails, too, only a
        password whose activation was never asked for is known to be void."""
        try:
            reply = await self._patience.of(self._dialogue.tell(self._id, Gone()), ASK_SECONDS)
        except VoicebotError:
            return self._apology
        answers: dict[Outcome | None, str] = {
            Outcome.RESET: self._words.stands,
            Outcome.HUNG_UP: self._words.void,
        }
        return answers.get(reply.outcome, self._apology)

    async def _leave(self) -> str | None:
        """Tell the dialogue that the caller is gone, so that no work stays half done."""
        self._tap(self._at, Gone())
        try:
            gone = asyncio.ensure_future(self._dialogue.tell(self._id, Gone()))
            await self._channel.wait(gone, LIMIT_SECONDS)
            if not gone.cancel():
                gone.result()
        except VoicebotError as error:
            return str(error)
        return None

    async def _apologise(self) -> None:
        try:
            await self._close(Reply((Prompt(self._apology),), Expect("nothing"), Outcome.ERROR))
        except (CallerGone, VoicebotError):
            await self._channel.hang_up()


def _holds_password(reply: Reply) -> bool:
    return any(isinstance(s, SecretDigits) and s.holds == "password" for s in reply.segments)
