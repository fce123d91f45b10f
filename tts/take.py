"""Whether a recording is good enough for a prompt: level, noise, and the silence around the words. Pure except for
`inspect`."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

import numpy as np

from bot.audio.files import NoSound, read_sound
from bot.audio.level import active_level
from tts.recorded import words_of
from tts.sound import Sound, trim

FULL, FULL_SAMPLES = 0.999, 4
"""A recording with this many samples at full scale is overloaded."""

QUIETEST_DB = -45.0
"""Lowest level of speech, in dBFS: below it, raising the recording to a prompt's level makes its noise audible."""

EDGE_SECONDS, EDGE_DB = 0.01, -15.0
"""If the first or last EDGE_SECONDS of a file are louder than this, relative to the speech, speech was cut off."""

NOISE_SECONDS, NOISE_DB = 0.1, 30.0
"""The first and last NOISE_SECONDS of a file must be at least this far below the speech."""

WORD_SECONDS = (0.08, 1.2)
"""Shortest and longest time of a Vietnamese word; a recording outside this holds other words than the prompt's."""


@dataclass(frozen=True)
class Take:
    """`seconds` of speech without the silence around it; its level and its peak in dBFS. `problems`: what is wrong and
    what to do; empty if nothing is wrong."""

    seconds: float
    level_db: float
    peak_db: float
    problems: tuple[str, ...]


def inspect(path: Path, text: str) -> Take:
    """Examine a file that should speak `text`."""
    try:
        sound, rate = read_sound(path)
    except NoSound as error:
        return Take(0.0, -np.inf, -np.inf, (f"cannot be used: {error}",))
    return judged(sound, rate, text)


def judged(sound: Sound, rate: int, text: str) -> Take:
    """Examine a sound at `rate` Hz that should speak `text`."""
    try:
        words = trim(sound, rate)
    except ValueError:
        return Take(0.0, -np.inf, -np.inf, ("nothing can be heard; is the microphone on?",))
    seconds, peak = len(words) / rate, float(np.abs(sound).max())
    speech = active_level(sound, rate)
    problems = []
    if np.count_nonzero(np.abs(sound) >= FULL) >= FULL_SAMPLES:
        problems.append("overloaded; turn the microphone down or go further from it")
    if _db(speech) < QUIETEST_DB:
        problems.append(f"too quiet ({_db(speech):.0f} dBFS); go nearer to the microphone")
    edge, silence = (max(1, round(length * rate)) for length in (EDGE_SECONDS, NOISE_SECONDS))
    cut = [_rms(part) > speech * 10 ** (EDGE_DB / 20) for part in (sound[:edge], sound[-edge:])]
    for verb, is_cut in zip(("begins", "ends"), cut, strict=True):
        if is_cut:
            problems.append(f"{verb} in the middle of a sound; leave half a second of silence there")
    below = _db(speech) - _db(min(_rms(sound[:silence]), _rms(sound[-silence:])))
    if not any(cut) and below < NOISE_DB:
        problems.append(f"noisy (speech only {below:.0f} dB above it); find a quiet room")
    count = len(words_of(text).split())
    shortest, longest = (each * count for each in WORD_SECONDS)
    if not shortest <= seconds <= longest:
        problems.append(
            f"lasts {seconds:.1f} s, where {count} words take {shortest:.1f} to {longest:.1f}; other words?"
        )
    return Take(seconds, _db(speech), _db(peak), tuple(problems))


def _rms(sound: Sound) -> float:
    return float(np.sqrt((sound.astype(np.float64) ** 2).mean()))


def _db(ratio: float) -> float:
    return float(20 * np.log10(max(ratio, 1e-9)))
