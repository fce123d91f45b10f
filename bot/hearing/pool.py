"""The hearing of many calls in a few threads, so that decoding never holds up the event loop.

    calls ──work──▶ jobs that wait ──one at a time──▶ threads ──done──▶ results ──all there are──▶ calls

A free thread takes the job that has waited longest. A second pass takes a hundred times as long as other work: it holds
up its own thread, and nobody whom another one can serve. To wake the loop costs as much as a job does, so a thread does
it when it has worked for `BATCH` or finds no more work: the busier the machine, the larger the batches. One call's work
stays in order, because a call waits for each before it asks for the next.
"""

from __future__ import annotations

import asyncio
import time
from collections import deque
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass

from bot.events import Heard

Work = Callable[[], list[Heard]]
Result = list[Heard] | Exception

BATCH = 0.005
"""Seconds of work after which results are handed back. One by one they cost half as much again (100 calls in silence,
two threads); those before a second pass are handed back when the loop next hands out work, at the next frame of any
other call."""


@dataclass(frozen=True)
class _Job:
    work: Work
    done: asyncio.Future[list[Heard]]
    asked_at: float  # seconds


@dataclass(frozen=True)
class _Done:
    job: _Job
    result: Result
    waited: float  # seconds
    took: float  # seconds


class HearingPool:
    """Threads for the calls of one event loop. `noted` is told, for each batch of results, the seconds that the work
    among them waited at most, and the seconds that all of it took."""

    def __init__(self, threads: int, noted: Callable[[float, float], None]) -> None:
        self._threads = ThreadPoolExecutor(threads, thread_name_prefix="hearing")
        self._idle = threads
        self._jobs: deque[_Job] = deque()
        self._results: deque[_Done] = deque()
        self._noted = noted
        self._called = False

    async def run_hearing(self, work: Work) -> list[Heard]:
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
        self._hand_back()
        for _ in range(min(self._idle, len(self._jobs))):
            self._idle -= 1
            self._threads.submit(self._work, loop)

    def _work(self, loop: asyncio.AbstractEventLoop) -> None:
        """In a thread: do what waits, until nothing does."""
        handed_back = time.perf_counter()
        while True:
            try:
                job = self._jobs.popleft()
            except IndexError:
                break
            began = time.perf_counter()
            result = _result(job.work)
            now = time.perf_counter()
            self._results.append(_Done(job, result, began - job.asked_at, now - began))
            if now - handed_back >= BATCH:
                handed_back = now
                loop.call_soon_threadsafe(self._hand_back)
        loop.call_soon_threadsafe(self._rest, loop)

    def _rest(self, loop: asyncio.AbstractEventLoop) -> None:
        """A thread has found no more work."""
        self._idle += 1
        self._hand_out(loop)

    def _hand_back(self) -> None:
        if not self._results:
            return
        waited = took = 0.0
        while self._results:
            done = self._results.popleft()
            waited, took = max(waited, done.waited), took + done.took
            if done.job.done.cancelled():
                continue
            if isinstance(done.result, Exception):
                done.job.done.set_exception(done.result)
            else:
                done.job.done.set_result(done.result)
        self._noted(waited, took)


def _result(work: Work) -> Result:
    try:
        return work()
    except Exception as error:
        return error
