"""The dialogue of many calls in a process beside the gateway, started again where it ends, and ended where it hangs."""

from __future__ import annotations

import asyncio
import logging
import os
import sys
from asyncio.subprocess import PIPE, Process
from collections.abc import Sequence
from itertools import count

from bot.errors import VoicebotError
from bot.events import CallStarted, Gone, Reply, StoreHealth, Utterance
from bot.gateway.dialogue_worker import pack, unpack
from bot.gateway.pulse import StoreWatch
from bot.settings import Settings

WORKER = (sys.executable, "-m", "bot.gateway.dialogue_worker")

MEMORY = {"GLIBC_TUNABLES": "glibc.malloc.mmap_threshold=4194304:glibc.malloc.hugetlb=1"}
"""A password's hash takes 19 MiB for 25 ms (argon2id), and by itself glibc keeps that for every thread that ever hashed
one: after 200 resets 670 to 690 MB instead of 540. Blocks of 4 MiB and more of their own go back at once; in huge pages
that costs 2 ms a hash and not 11."""

LOAD_SECONDS = 300.0
"""Many times what loading takes, also on a machine that is busy with something else."""

TURN_SECONDS = 10.0
"""Longer than any action takes, shorter than a caller waits."""

PULSE_SECONDS = 5.0
"""From one pulse, which the process answers between two steps of its turns, to the next."""

DEAF_PULSES = 3
"""With so many in a row since the process last answered anything, no call is taken: the turns of the calls there are
will hardly be answered in time."""

HUNG_PULSES = 6
"""After so many it hangs, and is killed. Pulses are counted, not seconds: a gateway that itself stood still, with its
machine, does not take the process for dead. And any answer begins the count again, also one that comes too late for its
turn: a process that has too much to do gives some, and to load it again would only add to that. None at all in three
times the longest turn means that no turn goes on."""

END_SECONDS = 5.0
"""From the end of its input until the process is killed."""

AGAIN_SECONDS = 10.0
"""From a process that could not be loaded again to the next try."""

ENDED = "the dialogue's process ended in the middle of a call; it is being started again, and its log tells why"
SLOW = "the dialogue does not answer in time; this machine or its database is overloaded"

log = logging.getLogger(__name__)


class DialogueProcess:
    """`bot.events.Dialogue` in another process. Make it with `open_dialogue_process`, and close it.

    What a process knew of its calls ends with it: they are told so at their next turn, and new calls begin with the
    next process."""

    def __init__(self, settings: Settings, command: Sequence[str]) -> None:
        self._settings, self._command = settings, command
        self._loaded = False
        self._silent = 0  # pulses since the process answered anything
        self._numbers = count()
        self._waiting: dict[int, asyncio.Future[Reply]] = {}
        self._calls: set[str] = set()
        self._process: Process | None = None
        self._keeping: asyncio.Future[None] | None = None
        self.store = StoreWatch()

    @property
    def up(self) -> bool:
        """A process is loaded and answers."""
        return self._loaded and self._silent < DEAF_PULSES

    async def start(self) -> None:
        """Start and load; takes seconds. Raises VoicebotError where the dialogue cannot be loaded."""
        process = await self._load()
        self._keeping = asyncio.ensure_future(self._keep(process))

    async def tell(self, call_id: str, utterance: Utterance) -> Reply:
        """One turn. Raises VoicebotError where the dialogue failed, is too slow, or is gone."""
        if isinstance(utterance, CallStarted) and self._loaded:
            self._calls.add(call_id)
        # Gone needs no memory of the call: also a caller who hangs up in the goodbye, or after a process died, is gone.
        known = self._loaded and (call_id in self._calls or isinstance(utterance, Gone))
        if not known or self._process is None or self._process.stdin is None:
            raise VoicebotError(ENDED)
        number = next(self._numbers)
        answer = self._waiting[number] = asyncio.get_running_loop().create_future()
        self._process.stdin.write(pack((number, call_id, utterance)))
        try:
            reply: Reply = await asyncio.wait_for(answer, TURN_SECONDS)
        except asyncio.TimeoutError:
            raise VoicebotError(SLOW) from None
        finally:
            self._waiting.pop(number, None)
        if reply.outcome is not None:
            self._calls.discard(call_id)
        return reply

    async def close(self) -> None:
        if self._keeping:
            self._keeping.cancel()
            await asyncio.wait([self._keeping])
        self._lose_calls()
        if self._process and self._process.stdin:
            self._process.stdin.close()
            try:
                await asyncio.wait_for(self._process.wait(), END_SECONDS)
            except asyncio.TimeoutError:
                self._process.kill()
                await self._process.wait()

    async def _load(self) -> Process:
        environ = {**MEMORY, **os.environ}  # who runs the gateway may know better
        process = await asyncio.create_subprocess_exec(*self._command, stdin=PIPE, stdout=PIPE, env=environ)
        self._process = process
        assert process.stdin is not None and process.stdout is not None  # noqa: S101, PT018  # PIPE makes them
        process.stdin.write(pack(self._settings))
        try:
            trouble = await asyncio.wait_for(unpack(process.stdout), LOAD_SECONDS)
        except asyncio.IncompleteReadError:
            trouble = "the dialogue's process ended while it was loading; its log tells why"
        except asyncio.TimeoutError:
            process.kill()
            trouble = f"the dialogue was not loaded within {LOAD_SECONDS:.0f} s; its log may tell why"
        except asyncio.CancelledError:  # another part is missing: this one is not needed
            process.kill()
            await process.wait()
            raise
        if trouble is not None:
            await process.wait()
            raise VoicebotError(trouble)
        self._loaded, self._silent = True, 0
        return process

    async def _keep(self, process: Process) -> None:
        """Pass answers on; where the process ends, start the next one."""
        while True:
            watching = asyncio.ensure_future(self._watch(process))
            try:
                await self._pass_on(process)
            finally:
                watching.cancel()
            self._lose_calls()
            log.error("the dialogue's process ended with status %s; starting it again", await process.wait())
            process = await self._load_again()

    async def _load_again(self) -> Process:
        """What was loaded once can be loaded again, but perhaps not at once: memory may be short."""
        while True:
            try:
                return await self._load()
            except (VoicebotError, OSError) as error:  # the message is made for people
                log.error("%s; no call can be taken; trying again in %.0f s", error, AGAIN_SECONDS)
                await asyncio.sleep(AGAIN_SECONDS)

    async def _watch(self, process: Process) -> None:
        """End a process that hangs."""
        assert process.stdin is not None  # noqa: S101  # PIPE makes it
        while self._silent < HUNG_PULSES:
            process.stdin.write(pack(None))
            self._silent += 1
            await asyncio.sleep(PULSE_SECONDS)
        log.error("the dialogue's process has answered nothing for %.0f s; killing it", HUNG_PULSES * PULSE_SECONDS)
        process.kill()

    async def _pass_on(self, process: Process) -> None:
        assert process.stdout is not None  # noqa: S101  # PIPE makes it
        try:
            while True:
                message = await unpack(process.stdout)
                self._silent = 0
                if message is None:
                    continue
                if isinstance(message, StoreHealth):
                    self.store.told(message)
                    continue
                number, answer = message
                waiting = self._waiting.pop(number, None)
                if waiting is None or waiting.done():
                    continue  # it came too late
                if isinstance(answer, Reply):
                    waiting.set_result(answer)
                else:
                    waiting.set_exception(VoicebotError(answer))
        except asyncio.IncompleteReadError:
            return

    def _lose_calls(self) -> None:
        self._loaded = False
        self._calls.clear()
        for waiting in self._waiting.values():
            if not waiting.done():
                waiting.set_exception(VoicebotError(ENDED))
        self._waiting.clear()


async def open_dialogue_process(settings: Settings, command: Sequence[str] = WORKER) -> DialogueProcess:
    """A dialogue that is loaded. Raises VoicebotError where it cannot be."""
    dialogue = DialogueProcess(settings, command)
    await dialogue.start()
    return dialogue
