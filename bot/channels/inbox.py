"""What a caller on a line has done and the call has not fetched yet: bounded, and in order."""

from __future__ import annotations

import asyncio
from collections import deque
from collections.abc import AsyncIterator
from typing import Union

import numpy as np

from bot.events import FRAME_MS, ChannelEvent, Frame, HungUp, Key, Played, Samples

WAITING_SECONDS = 2
"""Of the caller's sound, kept while the call is busy; what comes then is lost, and counted."""

STEP_SECONDS, JOINED_SECONDS = 0.04, 0.2
"""Sound is handed over when so much of it waits (anything else at once), and frames that wait side by side as one of at
most this length. Hearing in larger steps costs less, and a busy machine takes larger ones still."""


QUIET_TICKS = 15
"""Ticks of 20 ms without sound from the line after which the caller is taken to be silent: phones that send nothing
while nobody speaks must not make time stand still."""


class Inbox:
    """Filled by whoever reads the line and emptied by the call, on one event loop. `rate` in Hz."""

    def __init__(self, rate: int) -> None:
        self.lost = 0
        """Frames dropped because nobody fetched them in time."""
        self._events: deque[ChannelEvent] = deque()
        self._waiting = 0  # samples of the frames in _events
        self._limit = WAITING_SECONDS * rate
        self._step, self._joined = round(STEP_SECONDS * rate), round(JOINED_SECONDS * rate)
        self._urgent = 0  # events in _events that are no frames
        self._silence = np.zeros(rate * FRAME_MS // 1000, np.int16)
        self._quiet = 0  # ticks since the line gave sound
        self._ended = False
        self._something = asyncio.Event()

    def hear(self, samples: Samples) -> None:
        """The caller's next sound."""
        self._quiet = 0
        self._add(samples)

    def tick(self) -> None:
        """20 ms have passed."""
        self._quiet += 1
        if self._quiet > QUIET_TICKS:
            self._add(self._silence)

    def _add(self, samples: Samples) -> None:
        if self._ended or not samples.size:
            return
        if self._waiting + samples.size > self._limit:
            self.lost += 1
        else:
            self._waiting += samples.size
            self._events.append(Frame(samples))
            if self._waiting >= self._step:
                self._something.set()

    def put(self, event: Union[Key, Played]) -> None:
        """Anything else that happened; after the end nothing counts."""
        if not self._ended:
            self._urgent += 1
            self._events.append(event)
            self._something.set()

    def end(self, *, drop: bool) -> None:
        """The call is over; with `drop` also for what has not been fetched."""
        if drop:
            self._events.clear()
        self._ended = True
        self._something.set()

    async def events(self) -> AsyncIterator[ChannelEvent]:
        """Everything in order, then HungUp."""
        while True:
            while self._events and (self._urgent or self._ended or self._waiting >= self._step):
                yield self._next()
            if self._ended:
                break
            self._something.clear()
            await self._something.wait()
        yield HungUp()

    def _next(self) -> ChannelEvent:
        event = self._events.popleft()
        if not isinstance(event, Frame):
            self._urgent -= 1
            return event
        parts, size = [event.samples], event.samples.size
        while self._events and isinstance(following := self._events[0], Frame):
            if size + following.samples.size > self._joined:
                break
            self._events.popleft()
            parts.append(following.samples)
            size += following.samples.size
        self._waiting -= size
        return event if len(parts) == 1 else Frame(np.concatenate(parts))
