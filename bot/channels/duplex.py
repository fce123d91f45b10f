"""Between an audio thread, which must never wait, and the call on the event loop: two bounded queues and one clock."""

from __future__ import annotations

import threading
from collections import deque
from collections.abc import Callable

import numpy as np

from bot.audio.playout import Playout
from bot.events import ChannelEvent, Frame, Played, Samples

QUEUE_SECONDS = 2
"""Of the caller's sound, kept while the event loop is busy; what comes then is lost, and counted."""

SPEECH_SECONDS = 300
"""Of the bot's sound, far more than a reply has."""

ECHO_MS = 120
"""How long a room goes on sounding, on top of the device's own delays."""


class Duplex:
    """Both directions of a sound device. `block` is called by the audio thread, all else by the event loop.

    rate     Hz of both directions
    delay    samples from giving a block to the device until it is heard
    deaf     None, or: hear silence while the bot speaks, and for so many samples more than the sound takes to the
             loudspeaker, because the microphone hears it
    wake     called from the audio thread when there are events after there were none
    """

    def __init__(self, rate: int, delay: int, deaf: int | None, wake: Callable[[], None]) -> None:
        self.overruns = 0
        """Blocks of the caller that were lost because nobody fetched them in time."""
        self._playout = Playout(SPEECH_SECONDS * rate)
        self._events: deque[ChannelEvent] = deque()
        self._waiting = 0  # samples of the frames in _events
        self._limit = QUEUE_SECONDS * rate
        self._given = 0  # samples given to the device since the call began
        self._due: deque[tuple[int, str]] = deque()  # marks, and how many samples are given when they are heard
        self._delay = delay
        self._deaf_for = None if deaf is None else delay + deaf + ECHO_MS * rate // 1000
        self._deaf_until = 0  # so many samples are given
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
        """The call hears silence now, in place of the bot's own voice."""
        with self._lock:
            return self._given < self._deaf_until

    def fetch(self) -> list[ChannelEvent]:
        """What has happened since, oldest first."""
        with self._lock:
            events = list(self._events)
            self._events.clear()
            self._waiting = 0
        return events

    def play(self, samples: Samples, mark: str) -> None:
        with self._lock:
            self._playout.put(samples, mark)

    def stop(self) -> None:
        """Drop what the device does not have yet; marks of sound that it has still arrive."""
        with self._lock:
            self._playout.clear()
