"""The channel `microphone`: this machine's microphone, loudspeaker and keyboard."""

from __future__ import annotations

import asyncio
import contextlib
import logging
from collections.abc import AsyncIterator, Callable
from typing import Any

import numpy as np

from bot.audio.level import LevelMeter
from bot.channels.duplex import Duplex
from bot.channels.keypad import keypad
from bot.channels.sound_device import SoundDevice
from bot.channels.waiting import by_the_clock
from bot.errors import VoicebotError
from bot.events import ChannelEvent, HungUp, Key, Samples

RATE = 16000
"""Rate towards the call, in Hz, whatever the device's rate is."""

LOST_SECONDS = 5.0
"""After this time without sound a device counts as gone (unplugged, or its sound server stopped)."""

OPENINGS = 2
"""How often in a row a device may stop before it gave any sound: on a busy machine drivers give up early."""

log = logging.getLogger(__name__)


def microphone_available() -> str | None:
    """Why no call can be held on this machine's sound devices; None if one can."""
    try:
        SoundDevice(RATE, lambda heard, count: np.zeros(count, np.int16), lambda: None).close()
    except VoicebotError as error:
        return str(error)
    return None


class MicrophoneChannel:
    """A call on this machine. Opens the sound devices at once (raises VoicebotError if that fails) and listens from
    the first event on. When a device disappears, the call is hung up.

    Without `headphones` the microphone would hear the loudspeaker, so it is ignored while the bot speaks.
    """

    rate = RATE

    def __init__(self, caller: str | None = None, headphones: bool = False) -> None:
        self.caller = caller
        self.complain: Callable[[str], None] = log.warning
        """Gets lines about the sound device, for the caller: during a call at most one about lost sound."""
        self.hears_while_speaking = headphones
        self._loop = asyncio.get_running_loop()
        self._woken = asyncio.Event()
        self._keys: list[str] = []
        self._ended = False
        self._device = SoundDevice(RATE, self._block, self._stopped)
        self._meter = LevelMeter(RATE)
        self._faults = 0
        self._complained = False  # about lost sound
        self._gone = False  # the device
        self._silent_openings = 1  # since the device last gave sound
        self._open = contextlib.ExitStack()  # closed when the call ends
        inwards, outwards = (round(delay * RATE) for delay in self._device.delays)
        self._duplex = Duplex(RATE, outwards, None if headphones else inwards, self._wake)

    async def events(self) -> AsyncIterator[ChannelEvent]:
        try:
            if not self._ended:
                self._open.enter_context(keypad(self._press, self._end))
                self._device.start()
            while await self._more():
                keys, self._keys = self._keys, []
                for event in (*map(Key, keys), *self._duplex.fetch()):
                    if not self._ended:
                        yield event
        finally:
            self._end()
        yield HungUp()

    async def play(self, samples: Samples, mark: str) -> None:
        self._duplex.play(samples, mark)

    async def stop(self) -> None:
        self._duplex.stop()

    async def wait(self, work: asyncio.Future[Any], seconds: float) -> float:
        return await by_the_clock(work, seconds)

    async def heard(self) -> None:
        """None: nobody knows who listens to a loudspeaker."""

    async def hang_up(self) -> None:
        self._end()

    async def transfer(self) -> None:
        """End the call: there is nobody on this machine to hand the caller to."""
        self._end()

    def level(self) -> float | None:
        """The microphone's level in dBFS; None while the call does not listen to it."""
        return None if self._ended or self._duplex.deaf else self._meter.level

    # ── on the event loop ──

    async def _more(self) -> bool:
        """Wait until something happens; False when the call has ended."""
        try:
            await asyncio.wait_for(self._woken.wait(), LOST_SECONDS)
        except TimeoutError:
            self._device_gone()
        self._woken.clear()
        plays = self._silent_openings == 0  # if not, it may be gone: that has a line of its own
        if self._lost and plays and not self._complained and not self._ended:
            self._complained = True
            self.complain("sound was lost: this machine is too busy; close other programs")
        return not self._ended

    @property
    def _lost(self) -> int:
        """How often sound was lost."""
        return self._duplex.overruns + self._faults + self._device.faults

    def _device_gone(self) -> None:
        """Open the device again: drivers stop when sound was lost for long. One that gives no sound several times is
        gone."""
        if self._ended:
            return
        self._faults += self._device.faults + 1
        if not self._reopened():
            self.complain("the sound device has stopped; check that it is connected. The call ends")
            self._gone = True
            self._end()

    def _reopened(self) -> bool:
        """Open the device again. Returns whether that succeeded."""
        if not self._device.close() or self._silent_openings == OPENINGS:
            return False
        self._silent_openings += 1
        try:
            self._device = SoundDevice(RATE, self._block, self._stopped)
            self._device.start()
        except VoicebotError:  # during a call only the fact matters, not the reason
            return False
        return True

    def _press(self, key: str) -> None:
        self._keys.append(key)
        self._woken.set()

    def _end(self) -> None:
        if self._ended:
            return
        self._ended = True
        self._woken.set()
        self._open.close()
        self._device.close()
        if self._lost and not self._gone:
            self.complain(f"sound was lost {self._lost} times; this machine was too busy")

    # ── on the audio thread ──

    def _block(self, heard: Samples, count: int) -> Samples:
        self._silent_openings = 0
        self._meter.feed(heard)
        return self._duplex.block(heard, count)

    def _wake(self) -> None:
        self._loop.call_soon_threadsafe(self._woken.set)

    def _stopped(self) -> None:
        self._loop.call_soon_threadsafe(self._device_gone)
