"""The calls of a gateway: those in progress, and records of ended calls that are sent to the account store.

No call waits for a record. One that cannot be written now stays in memory, with its calling number, and is tried again;
after TRIES, or if too many wait, it is dropped with a line in the log.
"""

from __future__ import annotations

import asyncio
import logging
import time
import uuid
from collections import deque
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager
from typing import Any, Protocol

from bot.call_keys import known_as
from bot.errors import VoicebotError
from bot.operations.client import Refused
from bot.operations.record import CallRecord, as_json
from bot.operations.recording import Recording
from bot.watching import Listens, Notice, Watch

MOST_WAITING = 1000
"""Records in memory, some 5 kB each."""

TRIES = 8
FIRST_SECONDS, LONGEST_SECONDS = 1.0, 60.0
"""Wait from one try to the next: 1, 2, 4 … 60 s."""

DRAIN_SECONDS = 3.0
"""For records that still wait when the gateway ends."""


BAD = 400
"""The status of a record that would be refused again."""


class Asks(Protocol):
    """bot.operations.client.Client."""

    async def ask(self, what: str, **fields: Any) -> dict[str, Any]:
        """Raises VoicebotError."""
        ...


log = logging.getLogger(__name__)


class CallsOfGateway:
    """The calls of one gateway, on its event loop.

    client  reaches the account store
    clock   Unix time, in seconds
    sleep   waits this many seconds
    """

    def __init__(
        self,
        client: Asks,
        clock: Callable[[], float] = time.time,
        sleep: Callable[[float], Awaitable[None]] = asyncio.sleep,
    ) -> None:
        self.client, self.clock, self.pause = client, clock, sleep
        self.in_progress: dict[str, Recording] = {}
        """By id of the record, in the order in which they began."""
        self.kept = 0
        """Records that were written."""
        self._waiting: deque[tuple[CallRecord, str | None]] = deque()
        self._work = asyncio.Event()
        self._changed = asyncio.Event()

    def begin(self, name: str, caller: str | None, id_: str = "") -> Watch:
        """A call begins. Returns the watch that must get its notices. `name`: the exchange's name of it, if any;
        `caller`: the calling number; `id_`: the id of its record, otherwise a new one."""
        exchange = known_as(name) if name else ""
        call = Recording(id_ or uuid.uuid4().hex, exchange, self.clock(), lambda record: self._ended(record, caller))
        self.in_progress[call.id] = call
        self.change()

        def watch(notice: Notice) -> None:
            if not isinstance(notice, Listens):
                call.watch(notice)
                self.change()

        return watch

    def snapshot(self) -> list[dict[str, Any]]:
        """The calls in progress, as JSON."""
        return [
            {
                "id": call.id,
                "exchange": call.exchange,
                "started": round(call.started, 1),
                "stage": call.stage,
                "expect": call.expect,
                "retries": call.retries,
            }
            for call in self.in_progress.values()
        ]

    def change(self) -> None:
        """Something happened in a call: wake those who wait in `changed`."""
        changed, self._changed = self._changed, asyncio.Event()
        changed.set()

    async def changed(self, seconds: float) -> None:
        """Wait for the next change, at most this long."""
        try:
            await asyncio.wait_for(self._changed.wait(), seconds)
        except TimeoutError:
            return

    @asynccontextmanager
    async def keeping(self) -> AsyncIterator[None]:
        """Write waiting records inside this context; at its end go on for DRAIN_SECONDS at most."""
        writing = asyncio.ensure_future(self._run())
        try:
            yield
        finally:
            writing.cancel()
            await asyncio.wait([writing])
            await self._drain()

    async def _run(self) -> None:
        while True:
            await self._work.wait()
            await self._write_next()

    async def _drain(self) -> None:
        try:
            async with asyncio.timeout(DRAIN_SECONDS):
                while self._waiting:
                    await self._write_next()
        except TimeoutError:
            log.error(
                "the records of %d calls are lost: the gateway ended before they were written", len(self._waiting)
            )

    def _ended(self, record: CallRecord, caller: str | None) -> None:
        self.in_progress.pop(record.id, None)
        if len(self._waiting) >= MOST_WAITING:
            lost, _ = self._waiting.popleft()
            log.error("the record of call %s is lost: %d others wait for the action server", lost.id, MOST_WAITING)
        self._waiting.append((record, caller))
        self._work.set()
        self.change()

    async def _write_next(self) -> None:
        """Write the oldest record, with up to TRIES tries."""
        record, caller = self._waiting[0]
        for attempt in range(TRIES):
            try:
                await self.client.ask("keep", record=as_json(record), phone=caller)
                self.kept += 1
                break
            except VoicebotError as error:
                if attempt == TRIES - 1 or (isinstance(error, Refused) and error.status == BAD):
                    log.error("the record of call %s is lost: %s", record.id, error)
                    break
                if attempt == 0:
                    log.warning("a record of a call waits: %s", error)
                await self.pause(min(FIRST_SECONDS * 2**attempt, LONGEST_SECONDS))
        if self._waiting and self._waiting[0][0] is record:
            self._waiting.popleft()
        if not self._waiting:
            self._work.clear()
        self.change()
