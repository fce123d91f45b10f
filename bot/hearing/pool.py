"""The hearing of many calls in a few threads, so that decoding never holds up the event loop.

    calls ──work──▶ jobs ──as many as wait, shared among idle threads──▶ threads ──results──▶ calls

A thread takes all that waits for it as one batch: the busier the machine, the larger the batches, and the less each
piece of work costs. One call's work stays in order, because a call waits for each before it asks for the next.
"""

from __future__ import annotations

import asyncio
import time
from collections import deque
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from typing import Union

from bot.events import Heard

Work = Callable[[], list[Heard]]


@dataclass(frozen=True)
class _Job:
    work: Work
    done: asyncio.Future[list[Heard]]
    asked_at: float


class HearingPool:
    """Threads for the calls of one event loop. `noted` is told, for each batch, the seconds that its oldest work waited
    and the seconds that it took."""

    def __init__(self, threads: int, noted: Callable[[float, float], None]) -> None:
        self._threads = ThreadPoolExecutor(threads, thread_name_prefix="hearing")
        self._idle = threads
        self._jobs: deque[_Job] = deque()
        self._noted = noted
        self._called = False

    async def heed(self, work: Work) -> list[Heard]:
        """Do it in a thread; raises what it raises."""
        loop = asyncio.get_running_loop()
        job = _Job(work, loop.create_future(), time.perf_counter())
        self._jobs.append(job)
        if not self._called:  # the other calls that are ready now come along
            self._called = True
            loop.call_soon(self._hand_out, loop)
        return await job.done

    def close(self) -> None:
        self._threads.shutdown(wait=True, cancel_futures=True)

    def _hand_out(self, loop: asyncio.AbstractEventLoop) -> None:
        self._called = False
        while self._jobs and self._idle:
            share = -(-len(self._jobs) // self._idle)
            batch = [self._jobs.popleft() for _ in range(share)]
            self._idle -= 1
            self._threads.submit(self._do, batch, loop)

    def _do(self, batch: list[_Job], loop: asyncio.AbstractEventLoop) -> None:
        began = time.perf_counter()
        results = [_result(job.work) for job in batch]
        took = time.perf_counter() - began
        loop.call_soon_threadsafe(self._done, batch, results, began - batch[0].asked_at, took, loop)

    def _done(
        self,
        batch: list[_Job],
        results: list[Union[list[Heard], Exception]],
        waited: float,
        took: float,
        loop: asyncio.AbstractEventLoop,
    ) -> None:
        self._idle += 1
        self._noted(waited, took)
        for job, result in zip(batch, results, strict=True):
            if job.done.cancelled():
                continue
            if isinstance(result, Exception):
                job.done.set_exception(result)
            else:
                job.done.set_result(result)
        self._hand_out(loop)


def _result(work: Work) -> Union[list[Heard], Exception]:
    try:
        return work()
    except Exception as error:
        return error
