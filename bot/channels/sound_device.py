"""This machine's microphone and loudspeaker as one stream of blocks (PortAudio), whatever their rate is."""

from __future__ import annotations

import atexit
import contextlib
import os
import threading
from collections.abc import Callable, Iterator
from typing import Any

import numpy as np

from bot.audio.resampling import Resampler
from bot.errors import VoicebotError
from bot.events import FRAME_MS, Samples

LATENCY = 0.1
"""Seconds of sound in the device's buffers: with less, sound is lost whenever a laptop is busy."""

CLOSING_SECONDS = 2.0
"""A device that takes longer to close does not answer, for instance because its sound server stopped."""

Block = Callable[[Samples, int], Samples]
"""Called on the audio thread with the microphone's samples; returns as many samples to play as the second argument
says."""


class SoundDevice:
    """The default microphone and loudspeaker at `rate` Hz, mono, in blocks of 20 ms, opened and not yet started.

    `gone` is called, on a thread of the device, when the device stops by itself. Raises VoicebotError if the
    machine has no such devices or they cannot be opened.
    """

    def __init__(self, rate: int, block: Block, gone: Callable[[], None]) -> None:
        self.faults = 0
        """Blocks in which the device lost sound, in either direction."""
        self._block = block
        self._gone = gone
        self._giving_back: threading.Thread | None = None
        sounddevice = _portaudio()
        try:
            own_rate = int(sounddevice.query_devices(kind="input")["default_samplerate"])
            sounddevice.query_devices(kind="output")
        except (ValueError, sounddevice.PortAudioError):
            raise VoicebotError(
                "no microphone or no loudspeaker was found; connect one and choose it in the system's sound settings"
            ) from None
        try:
            self._stream = self._open(sounddevice, rate, rate)
        except sounddevice.PortAudioError:
            try:
                self._stream = self._open(sounddevice, rate, own_rate)
            except sounddevice.PortAudioError as error:
                raise VoicebotError(
                    f"the microphone or loudspeaker cannot be opened ({error.args[0]}); close other programs that use "
                    "it, or choose another in the system's sound settings"
                ) from None
        self.delays: tuple[float, float] = self._stream.latency
        """Seconds that sound takes from the microphone to `block`, and from there to the loudspeaker."""

    def start(self) -> None:
        """Start the stream. Raises VoicebotError if the device refuses."""
        sounddevice = _portaudio()
        try:
            self._stream.start()
        except sounddevice.PortAudioError as error:
            raise VoicebotError(
                f"the sound device does not start ({error.args[0]}); check that it is connected"
            ) from None

    def close(self) -> bool:
        """Fall silent and close the devices; may be called again. False: they do not answer, and this process cannot
        use PortAudio any more."""
        if self._giving_back is None:
            self._giving_back = threading.Thread(target=self._give_back, daemon=True)
            self._giving_back.start()
            self._giving_back.join(CLOSING_SECONDS)
            if self._giving_back.is_alive():
                # At its end the process would wait for the devices once more, for ever.
                atexit.unregister(_portaudio()._exit_handler)
        return not self._giving_back.is_alive()

    def _give_back(self) -> None:
        self._stream.abort(ignore_errors=True)
        self._stream.close(ignore_errors=True)

    def _open(self, sounddevice: Any, rate: int, own_rate: int) -> Any:
        inwards, outwards = Resampler(own_rate, rate).feed, Resampler(rate, own_rate).feed
        unit = rate * FRAME_MS // 1000
        ready = np.zeros(0, np.int16)  # at the device's rate

        def callback(heard: Any, play: Any, frames: int, time: Any, status: Any) -> None:
            nonlocal ready
            self.faults += bool(status)
            sound = self._block(inwards(heard[:, 0].copy()), unit)
            ready = np.concatenate([ready, outwards(sound)])
            while ready.size < frames:  # a resampler starts late, and a block may lack a sample
                nothing = np.zeros(0, np.int16)
                ready = np.concatenate([ready, outwards(self._block(nothing, unit))])
            play[:, 0], ready = ready[:frames], ready[frames:]

        def finished() -> None:
            if self._giving_back is None:
                self._gone()

        with quietly():
            return sounddevice.Stream(
                samplerate=own_rate,
                blocksize=own_rate * FRAME_MS // 1000,
                channels=1,
                dtype="int16",
                latency=LATENCY,
                callback=callback,
                finished_callback=finished,
            )


def _portaudio() -> Any:
    """The module sounddevice, whose import fails where the PortAudio library is missing."""
    try:
        with quietly():
            import sounddevice
    except OSError:
        raise VoicebotError(
            "the PortAudio library is missing; install it (Debian and Ubuntu: apt install libportaudio2)"
        ) from None
    return sounddevice


@contextlib.contextmanager
def quietly() -> Iterator[None]:
    """Hide standard error: PortAudio and ALSA write every failed attempt there, and the exception says enough."""
    error = os.dup(2)
    nowhere = os.open(os.devnull, os.O_WRONLY)
    try:
        os.dup2(nowhere, 2)
        yield
    finally:
        os.dup2(error, 2)
        os.close(nowhere)
        os.close(error)
