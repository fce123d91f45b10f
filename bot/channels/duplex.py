"""Connects an audio thread, which must never wait, with the call on the event loop: two bounded queues and one
clock."""

from __future__ import annotations

import threading
from collections import deque
from collections.abc import Callable

import numpy as np

from bot.audio.playout import Playout
from bot.events import ChannelEvent, Frame, Played, Samples

QUEUE_SECONDS = 2
"""Seconds of the caller's sound that are kept while the event loop is busy; more is lost, and counted."""

SPEECH_SECONDS = 300
"""Seconds of the bot's sound that may be queued, far more than a reply has."""
ECHO_MS = 120
"""How long a room echoes, in addition to the device's own delays."""


class Duplex:
    """Both directions of a sound device. `block` is called by the audio thread, all else by the event loop.

    rate     Hz of both directions
    delay    samples from giving a block to the device until it is heard
    deaf     None, or: the microphone would hear the bot, so give silence while the bot speaks, and for this many
             samples after its sound has left the loudspeaker
    wake     called from the audio thread when there are events again
    """

    def __init__(self, rate: int, delay: int, deaf: int | None, wake: Callable[[], None]) -> None:
        self.overruns = 0
        """Blocks of the caller's sound that were lost because nobody fetched them in time."""
        self._playout = Playout(SPEECH_SECONDS * rate)
        self._events: deque[ChannelEvent] = deque()
        self._waiting = 0  # samples of the frames in _events
        self._limit = QUEUE_SECONDS * rate
        self._given = 0  # samples given to the device since the call began
        self._due: deque[tuple[int, str]] = deque()  # marks, and the value of _given at which they are heard
        self._delay = delay
        self._deaf_for = None if deaf is None else delay + deaf + ECHO_MS * rate // 1000
        self._deaf_until = 0  # a value of _given
        self._wake = wake
        self._lock = threading.Lock()

    def block(self, heard: Samples, count: int) -> Samples:
        """Take what the microphone heard, any number of samples, and return the next `count` samples to play."""
        with self._lock:
            spoke = self._playout.pending > 0
            sound, marks = self._playout.take(count)
            self._given += count
            if spoke and self._deaf_for is not None:
                self._deaf_until = self._given + self._deaf_for
            if self._given < self._deaf_until:
                heard = np.zeros_like(heard)
            self._due.extend((self._given + self._delay, mark) for mark in marks)
            were_none = not self._events
            if self._waiting + heard.size > self._limit:
                self.overruns += 1
            elif heard.size:
                self._events.append(Frame(heard))
                self._waiting += heard.size
            while self._due and self._due[0][0] <= self._given:
                self._events.append(Played(self._due.popleft()[1]))
            wake = were_none and bool(self._events)
        if wake:
            self._wake()
        return sound

    @property
    def deaf(self) -> bool:
        """Whether the call gets silence now, in place of the bot's own voice."""
        with self._lock:
            return self._given < self._deaf_until

    def fetch(self) -> list[ChannelEvent]:
        """The events since the last call, oldest first."""
        with self._lock:
            events = list(self._events)
            self._events.clear()
            self._waiting = 0
        return events

    def play(self, samples: Samples, mark: str) -> None:
        with self._lock:
            self._playout.put(samples, mark)

    def stop(self) -> None:
        """Drop sound that the device does not have yet; marks of sound that it has still arrive."""
        with self._lock:
            self._playout.clear()
