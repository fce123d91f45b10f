"""Events of a caller on a line that the call has not fetched yet: bounded, and in order."""

from __future__ import annotations

import asyncio
from collections import deque
from collections.abc import AsyncIterator

import numpy as np

from bot.events import FRAME_MS, KEYS, ChannelEvent, Frame, HungUp, Key, Played, Samples

WAITING_SECONDS = 2
"""Seconds of the caller's sound that are kept while the call is busy; more is lost, and counted."""

WAITING_KEYS = 64
"""Keys and marks that are kept; further keys are lost. Nobody presses so many while the bot takes one turn."""

STEP_SECONDS, JOINED_SECONDS = 0.04, 0.2
"""Sound is handed over when STEP_SECONDS of it wait (other events at once). Neighbouring frames are joined to one of
JOINED_SECONDS at most: hearing in larger steps costs less, and a busy machine gets larger steps."""


QUIET_TICKS = 50
"""Ticks of 20 ms without sound from the line after which silence is put in: time must go on even with phones that send
nothing while nobody speaks. A second, because sound may also be late: TCP repeats a lost packet after 0.2 s and, if it
is lost again, after another 0.4 s. Silence must not take the place of late sound."""


class Inbox:
    """Filled by the reader of the line and emptied by the call, on one event loop. `rate` in Hz."""

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
        self._ahead = 0  # samples put in, silence included, beyond the time that has passed
        self._ended = False
        self._something = asyncio.Event()

    def hear(self, samples: Samples) -> None:
        """The caller's next sound. Sound that comes faster than time passes was late: it replaces silence that was put
        in meanwhile, if the call has not fetched that yet."""
        self._quiet = 0
        self._ahead += samples.size
        while self._ahead >= self._tick and self._silence in self._events:
            self._events.remove(self._silence)
            self._waiting -= self._tick
            self._ahead -= self._tick
        self._add(Frame(samples))

    def tick(self) -> None:
        """20 ms have passed. After `QUIET_TICKS` without sound, put in silence for them, and go on until there is sound
        again."""
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
        """The caller pressed a key for this time. A to D, which no telephone has, and all other characters are
        ignored."""
        if len(key) == 1 and key in KEYS and self._urgent < WAITING_KEYS:
            self.put(Key(key, seconds))

    def put(self, event: Key | Played) -> None:
        """Any other event; after the end it is ignored."""
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
        """All events in order, then HungUp."""
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
