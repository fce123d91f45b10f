"""The voice of a scripted caller: espeak-ng, or recordings. What it says is invented test data, never a secret."""

from __future__ import annotations

import hashlib
import io
import os
import subprocess
import tempfile
import wave
from pathlib import Path

import numpy as np

from bot.audio import wav
from bot.audio.files import NoSound, read_sound
from bot.audio.level import active_level
from bot.audio.resampling import to_samples
from bot.errors import VoicebotError
from bot.events import RATE, Samples
from bot.places import HOME
from bot.simulation.caller_script import CallerVoice, Play, Say

CACHE = HOME / "var" / "callers"
WORDS_A_MINUTE = 125
"""espeak-ng's rate at speed 1: about three digits a second, an unhurried caller."""

VOICES = {"north": "vi", "central": "vi-vn-x-central", "south": "vi-vn-x-south"}
EDGE = RATE // 20
"""Samples of silence kept before and after an utterance."""

JOIN = RATE // 12
"""Samples of silence between recordings that are one utterance."""


def sound_of(action: Say | Play, voice: CallerVoice, cache: Path = CACHE) -> Samples:
    """The sound of a step, at `RATE`. Raises VoicebotError if it cannot be spoken or read."""
    if isinstance(action, Say):
        return _say(action.text, voice, cache)
    return _joined([read_recording(path) for path in action.recordings])


def _joined(sounds: list[Samples]) -> Samples:
    """One utterance made of several recordings: equally loud, with the short pauses of somebody who reads digits."""
    if len(sounds) == 1:
        return sounds[0]
    loudest = max(active_level(sound) for sound in sounds)
    pause = np.zeros(JOIN, np.int16)
    parts = [part for sound in sounds for part in (to_samples(sound * (loudest / active_level(sound))), pause)]
    return np.concatenate(parts[:-1])


def read_recording(path: Path) -> Samples:
    """A sound file as `bot.audio.files` reads it, mixed to one channel, at `RATE`.
    Raises VoicebotError if it is no sound file."""
    import soxr

    try:
        sound, rate = read_sound(path)
    except NoSound as error:
        raise VoicebotError(f"{path}: no readable sound ({error}); give a WAV or FLAC file") from None
    return to_samples((soxr.resample(sound.astype(np.float64), rate, RATE) if rate != RATE else sound) * 32768)


def _say(text: str, voice: CallerVoice, cache: Path) -> Samples:
    name = VOICES[voice.dialect] + (f"+{voice.variant}" if voice.variant else "")
    options = ["-v", name, "-s", str(round(WORDS_A_MINUTE * voice.speed)), "-p", str(voice.pitch)]
    key = hashlib.sha256("\0".join([*options, text]).encode()).hexdigest()[:32]
    cached = cache / f"{key}.wav"
    if not cached.exists():
        _save(_espeak(options, text), cached)
    return read_recording(cached)


def _espeak(options: list[str], text: str) -> Samples:
    import soxr

    try:
        # The text goes through standard input, so that a text like an option stays text.
        command = ["espeak-ng", *options, "--stdin", "--stdout"]
        run = subprocess.run(command, input=text.encode(), capture_output=True, check=False)
    except FileNotFoundError:
        raise VoicebotError(
            "the scripted caller speaks with espeak-ng, which is not installed; "
            "install it (Debian and Ubuntu: apt install espeak-ng) or run `make setup`"
        ) from None
    if run.returncode != 0 or len(run.stdout) <= 44:
        why = run.stderr.decode(errors="replace").strip().splitlines()
        raise VoicebotError(f"espeak-ng cannot speak {text!r} ({why[-1] if why else 'no sound'}); correct the script")
    with wave.open(io.BytesIO(run.stdout)) as header:
        rate = header.getframerate()
    # The header of a stream does not hold its length: everything after it is sound.
    sound = np.frombuffer(run.stdout[44:], "<i2").astype(np.float64)
    spoken = _trimmed(to_samples(soxr.resample(sound, rate, RATE)))
    if not spoken.any():
        raise VoicebotError(f"espeak-ng finds nothing to speak in {text!r}; correct the script")
    return spoken


def _trimmed(sound: Samples) -> Samples:
    """The sound without the silence that espeak-ng puts around a sentence, so that its end is the end of speech."""
    loud = np.flatnonzero(np.abs(sound.astype(np.int32)) > active_level(sound) / 30)
    if not loud.size:
        return sound
    return sound[max(0, loud[0] - EDGE) : loud[-1] + EDGE]


def _save(sound: Samples, path: Path) -> None:
    """Write the file completely or not at all: simulations that run at the same time share the cache."""
    path.parent.mkdir(parents=True, exist_ok=True)
    handle, name = tempfile.mkstemp(dir=path.parent, suffix=".part")
    with os.fdopen(handle, "wb") as file:
        wav.write(file, sound, RATE)
    Path(name).replace(path)
