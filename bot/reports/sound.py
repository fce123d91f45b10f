"""A call's sound as a file of a few kilobytes a second, and its levels over time."""

from __future__ import annotations

import io

import numpy as np
import soundfile

from bot.events import FRAME_MS, RATE, Samples

MEDIA_TYPE = "audio/ogg"

LEVEL_SAMPLES = RATE * FRAME_MS // 1000


def opus(caller: Samples, bot: Samples) -> bytes:
    """Ogg Opus, caller left and bot right; both of shape (samples,) at `RATE`, and equally long. A second of noise
    takes some 5 kB, one of speech less; all current browsers play it."""
    file = io.BytesIO()
    soundfile.write(file, np.stack([caller, bot], axis=1), RATE, format="OGG", subtype="OPUS")
    return file.getvalue()


def levels(sound: Samples) -> list[int]:
    """The peak of every 20 ms, 0…100, on a scale of square roots, so that quiet sounds are seen too."""
    padded = np.pad(sound, (0, -sound.size % LEVEL_SAMPLES)).astype(np.int32)
    peaks = np.abs(padded.reshape(-1, LEVEL_SAMPLES)).max(axis=1, initial=0)
    return [int(level) for level in np.rint(100 * np.sqrt(peaks / 32768))]


def equally_long(caller: Samples, bot: Samples) -> tuple[Samples, Samples]:
    """Both sounds, the shorter one with silence at its end."""
    size = max(caller.size, bot.size)
    return np.pad(caller, (0, size - caller.size)), np.pad(bot, (0, size - bot.size))
