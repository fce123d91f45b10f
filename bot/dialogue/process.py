"""A process beside this one: started, started again where it ends, and ended with this one."""

from __future__ import annotations

import asyncio
import logging
import shutil
from asyncio.subprocess import DEVNULL, Process
from collections.abc import Awaitable, Callable, Mapping, Sequence
from contextlib import suppress
from pathlib import Path

from bot.errors import VoicebotError

LOAD_SECONDS = 300.0
"""Many times what loading takes, also on a machine that is busy with something else."""

LOOK_SECONDS = 0.05
"""From one look whether it is ready to the next."""

AGAIN_SECONDS = 10.0
"""From a process that could not be loaded again to the next try."""

END_SECONDS = 5.0
"""From the wish that it end until it is killed."""

Ready = Callable[[], Awaitable[bool]]
"""Whether the process answers. Raises VoicebotError where it never will."""

log = logging.getLogger(__name__)


class KeptProcess:
    """What it writes goes to this process's standard error.

    name     of the process, in messages
    command  and its environment: nothing of this process's own is added
    folder   in which it runs
    """

    def __init__(
        self, name: str, command: Sequence[str], environ: Mapping[str, str], folder: Path, ready: Ready
    ) -> None:
        self._name, self._command, self._environ, self._folder = name, command, environ, folder
        self._ready = ready
        self._process: Process | None = None
        self._keeping: asyncio.Future[None] | None = None
        self._started = 0
        self.number = 0
        """Which process is ready now, counted from 1; 0 while no process is."""

    async def start(self) -> None:
        """Start it; comes back when it answers. Raises VoicebotError where it does not."""
        self._keeping = asyncio.ensure_future(self._keep(await self._load()))

    def kill(self) -> None:
        """End it at once; the next one is started."""
        if self._process and self._process.returncode is None:
            self._process.kill()

    async def close(self) -> None:
        """End it, and start none again."""
        if self._keeping:
            self._keeping.cancel()
            await asyncio.wait([self._keeping])
        self.number = 0
        if self._process is None or self._process.returncode is not None:
            return
        with suppress(ProcessLookupError):
            self._process.terminate()
        try:
            await asyncio.wait_for(self._process.wait(), END_SECONDS)
        except TimeoutError:
            self.kill()
            await self._process.wait()

    async def _load(self) -> Process:
        # Its own session: Ctrl-C at the terminal is this process's, which lets calls end before it ends the others.
        process = self._process = await asyncio.create_subprocess_exec(
            *_leashed(self._command),
            stdin=DEVNULL,
            stdout=2,
            env=dict(self._environ),
            cwd=self._folder,
            start_new_session=True,
        )
        try:
            await asyncio.wait_for(self._until_ready(process), LOAD_SECONDS)
        except BaseException as error:  # too slow; or another part is missing, and this one is not needed
            self.kill()
            await process.wait()
            if isinstance(error, TimeoutError):
                raise VoicebotError(
                    f"{self._name} was not loaded within {LOAD_SECONDS:.0f} s; its log may tell why"
                ) from None
            raise
        self._started += 1
        self.number = self._started
        return process

    async def _until_ready(self, process: Process) -> None:
        while not await self._ready():
            if process.returncode is not None:
                raise VoicebotError(f"{self._name} ended while it was loading; its log tells why")
            await asyncio.sleep(LOOK_SECONDS)

    async def _keep(self, process: Process) -> None:
        while True:
            status = await process.wait()
            self.number = 0
            log.error("%s ended with status %s; starting it again", self._name, status)
            process = await self._load_again()

    async def _load_again(self) -> Process:
        """What was loaded once can be loaded again, but perhaps not at once: memory may be short."""
        while True:
            try:
                return await self._load()
            except (VoicebotError, OSError) as error:  # the message is made for people
                log.error("%s; no call can be taken; trying again in %.0f s", error, AGAIN_SECONDS)
                await asyncio.sleep(AGAIN_SECONDS)


def _leashed(command: Sequence[str]) -> list[str]:
    """The command, killed by the system where this process ends without having ended it (Linux)."""
    leash = shutil.which("setpriv")
    return [leash, "--pdeathsig", "KILL", *command] if leash else list(command)
