"""Records one take of a prompt from this machine's microphone into a WAV file."""

from __future__ import annotations

import threading
from collections.abc import Callable
from pathlib import Path

import numpy as np

from bot.audio import wav
from bot.channels.sound_device import SoundDevice
from bot.errors import VoicebotError
from bot.events import Samples

TAKE_RATE = 48_000
"""Hz: the usual rate of studios, and more than any line carries."""


def record_until(file: Path, wait: Callable[[], object]) -> None:
    """Record until `wait` returns. Raises VoicebotError if there is no microphone, or it disappears."""
    sounds: list[Samples] = []
    gone = threading.Event()

    def block(heard: Samples, wanted: int) -> Samples:
        sounds.append(heard)
        return np.zeros(wanted, np.int16)

    device = SoundDevice(TAKE_RATE, block, gone.set)
    try:
        device.start()
        wait()
    finally:
        device.close()
    if gone.is_set():
        raise VoicebotError("the microphone went away; connect it again")
    with file.open("wb") as out:
        wav.write(out, np.concatenate([np.zeros(0, np.int16), *sounds]), TAKE_RATE)
