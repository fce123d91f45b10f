"""What a caller on a line has done and the call has not fetched yet: bounded, and in order."""

from __future__ import annotations

import asyncio
from collections import deque
from collections.abc import AsyncIterator

import numpy as np

from bot.events import FRAME_MS, KEYS, ChannelEvent, Frame, HungUp, Key, Played, Samples

WAITING_SECONDS = 2
"""Of the caller's sound, kept while the call is busy; what comes then is lost, and counted."""

WAITING_KEYS = 64
"""Keys and marks that are kept; further keys are lost. Nobody presses so many while the bot takes one turn."""

STEP_SECONDS, JOINED_SECONDS = 0.04, 0.2
"""Sound is handed over when so much of it waits (anything else at once), and frames that wait side by side as one of at
most this length. Hearing in larger steps costs less, and a busy machine takes larger ones still."""


QUIET_TICKS = 50
"""Ticks of 20 ms without sound from the line after which the caller is taken to be silent: phones that send nothing
while nobody speaks must not make time stand still. A second, because sound may also be late: TCP sends what got lost
again after 0.2 s and, lost once more, after another 0.4 s. Late sound must find no silence in its place."""


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
        self._silence = Frame(np.zeros(rate * FRAME_MS // 1000, np.int16))
        self._tick = self._silence.samples.size  # samples of 20 ms
        self._quiet = 0  # ticks for which the line has given no sound
        self._ahead = 0  # samples put in, made-up silence among them, beyond the time that has passed
        self._ended = False
        self._something = asyncio.Event()

    def hear(self, samples: Samples) -> None:
        """The caller's next sound. Where it comes faster than time passes, it is what was late: it takes the place of
        silence that was made up meanwhile, if the call has not fetched that."""
        self._quiet = 0
        self._ahead += samples.size
        while self._ahead >= self._tick and self._silence in self._events:
            self._events.remove(self._silence)
            self._waiting -= self._tick
            self._ahead -= self._tick
        self._add(Frame(samples))

    def tick(self) -> None:
        """20 ms have passed. After `QUIET_TICKS` for which there was no sound they were silence, and so is what follows
        until there is sound again."""
        self._ahead = max(self._ahead - self._tick, -QUIET_TICKS * self._tick)
        if self._ahead >= 0:
            return  # the line has given the sound of these 20 ms
        self._quiet += 1
        if self._quiet >= QUIET_TICKS:
            for _ in range(QUIET_TICKS if self._quiet == QUIET_TICKS else 1):
                self._add(self._silence)
            self._ahead = 0

    def _add(self, frame: Frame) -> None:
        size = frame.samples.size
        if self._ended or not size:
            return
        if self._waiting + size > self._limit:
            self.lost += 1
        else:
            self._waiting += size
            self._events.append(frame)
            if self._waiting >= self._step:
                self._something.set()

    def press(self, key: str, seconds: float = 0.0) -> None:
        """The caller pressed a key, for so long. A to D are no telephone's keys; what else may come is none at all."""
        if len(key) == 1 and key in KEYS and self._urgent < WAITING_KEYS:
            self.put(Key(key, seconds))

    def put(self, event: Key | Played) -> None:
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
