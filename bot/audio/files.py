"""Reads sound files from anybody: their headers may be wrong."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import numpy.typing as npt
import soundfile

from bot.errors import VoicebotError

RATES = (4_000, 384_000)
"""Lowest and highest sample rate, in Hz: below there is no speech, above no sound card."""

LONGEST_SECONDS = 3600
"""A longer file is no recording of a call."""

MOST_SAMPLES = 2**28
"""Samples of all channels together: an hour of two channels at 36 kHz, 1 GiB in memory at most."""

BLOCK = 2**16
"""Frames read at a time, since the length in a header may be false."""


class NoSound(VoicebotError):  # noqa: N818  # the name says what it is
    """The message is only the reason; the caller of `read_sound` adds the file's name and what to do."""


def read_sound(path: Path) -> tuple[npt.NDArray[np.float32], int]:
    """The file's sound, -1…1, its channels mixed to one, and its rate in Hz. Reads WAV, FLAC and all that libsndfile
    knows. Raises NoSound if there is no sound that can be used."""
    try:
        with soundfile.SoundFile(str(path)) as file:
            return _read(file), int(file.samplerate)
    except (OSError, RuntimeError, ValueError) as error:  # soundfile's own errors are RuntimeErrors
        if not path.exists():
            raise NoSound("no such file") from None
        raise NoSound(getattr(error, "error_string", None) or str(error).splitlines()[0]) from None


def _read(file: soundfile.SoundFile) -> npt.NDArray[np.float32]:
    lowest, highest = RATES
    if not lowest <= file.samplerate <= highest:
        raise NoSound(f"it says it has {file.samplerate} samples a second; {lowest} to {highest} can be heard")
    most = min(LONGEST_SECONDS * file.samplerate, MOST_SAMPLES // file.channels)
    parts = [np.zeros(0, np.float32)]
    frames = 0
    while len(block := _block(file)):
        frames += len(block)
        if frames > most:
            raise NoSound(f"it is longer than {most / file.samplerate:.0f} s; cut it")
        parts.append(block.mean(axis=1))
    return np.nan_to_num(np.concatenate(parts))


def _block(file: soundfile.SoundFile) -> npt.NDArray[np.float32]:
    try:
        block: npt.NDArray[np.float32] = file.read(BLOCK, dtype="float32", always_2d=True)
    except RuntimeError:  # the end of a FLAC file whose header declares more
        raise NoSound("its header declares another length than it has, or it is damaged") from None
    return block
