"""What lies between a mouth and the recogniser: level, noise, codec, lost packets."""

from __future__ import annotations

import io
import random
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import soundfile
from scipy.signal import fftconvolve  # type: ignore[import-untyped]  # scipy ships no types

from asr_models.evaluation.people import Sound
from asr_models.recipe.corpora import read
from bot.audio.g711 import Law
from bot.audio.level import NOMINAL_LEVEL, active_level
from bot.audio.resampling import to_samples
from bot.events import RATE, Samples
from bot.simulation.line import Line, noise_at, noise_loop, telephone_band

PACKET = RATE // 50
QUIET_DB = 45.0
"""How far below the voice a quiet line hisses."""


@dataclass(frozen=True)
class Condition:
    """A line and what is around the caller. `noise`: white, babble or office; `snr_db` below the voice; `room`: one of
    `ROOMS`."""

    name: str
    law: Law | None = "u"
    noise: str = "white"
    snr_db: float = QUIET_DB
    loss: float = 0.0
    gsm: bool = False
    room: str = ""


ROOMS = {
    "room of 0.7 s": "speechbrain-RIRs-rir1.flac",
    "room of 0.9 s": "audiomentations-ir-rir48000.flac",
}
"""Real rooms, by the time in which their echo falls by 60 dB: their impulse responses in ../shared/noise. Less than a
sixth of the energy comes straight from the mouth, as where a telephone lies on the table."""

CLEAN = Condition("clean, µ-law")
CONDITIONS = (
    CLEAN,
    Condition("clean, A-law", law="a"),
    Condition("clean, GSM 06.10", law=None, gsm=True),
    Condition("clean, 2 % of packets lost", loss=0.02),
    *(
        Condition(f"{noise}, {snr} dB", noise=noise, snr_db=snr)
        for noise in ("office", "babble")
        for snr in (20, 10, 5)
    ),
)
IN_A_ROOM = tuple(Condition(room, room=room) for room in ROOMS)

OFFICE = next(c for c in CONDITIONS if (c.noise, c.snr_db) == ("office", 10))


class Surroundings:
    """Noises of the conditions, each a loop at one level, in the telephone's band as the voice is: a room's rumble does
    not pass a telephone. How far they lie below the voice is counted in the band."""

    def __init__(self, shared: Path) -> None:
        office = read(shared / "noise" / "noises" / "pipecat-office-ambience-24000-mono.flac")
        loops = {
            "white": noise_loop("white", 0),
            "babble": noise_loop("babble", 0),
            "office": to_samples(office / np.abs(office).max() * 20000),
        }
        self._loops = {name: telephone_band(loop) for name, loop in loops.items()}
        self._rooms = {name: _response(shared / "noise" / "impulse-responses" / file) for name, file in ROOMS.items()}

    def carry(self, sound: Sound, condition: Condition, seed: int) -> Samples:
        """The sound as it arrives, with half a second of the surroundings before and after it."""
        quiet = np.zeros(RATE // 2)
        said = np.concatenate([quiet, sound, quiet])
        if condition.room:
            said = fftconvolve(said, self._rooms[condition.room])[: said.size]
        voice = spoken(said)
        line = self.line(condition, seed)
        packets = [line.carry(voice[at : at + PACKET]) for at in range(0, voice.size, PACKET)]
        arrived = np.concatenate(packets)
        return _gsm(arrived) if condition.gsm else arrived

    def line(self, condition: Condition, seed: int) -> Line:
        """A line for a whole call, but for GSM, which codes whole sounds."""
        loop = np.roll(self._loops[condition.noise], random.Random(seed).randrange(RATE * 20))
        return Line(condition.law, noise_at(loop, NOMINAL_LEVEL, condition.snr_db), condition.loss, seed)


def _response(file: Path) -> Sound:
    """A room's impulse response from the moment at which the voice itself arrives."""
    response = read(file)
    return response[int(np.abs(response).argmax()) :]


def spoken(sound: Sound) -> Samples:
    """A voice in the telephone's band, at the usual level of a line."""
    voice = telephone_band(to_samples(sound / (np.abs(sound).max() + 1e-9) * 20000))
    return to_samples(voice * (NOMINAL_LEVEL / (active_level(voice) + 1e-9)))


def _gsm(samples: Samples) -> Samples:
    """Through the full-rate codec of GSM 06.10 and back, by libsndfile."""
    file = io.BytesIO()
    soundfile.write(file, samples, RATE, format="WAV", subtype="GSM610")
    file.seek(0)
    decoded, _ = soundfile.read(file, dtype="int16")
    return np.asarray(decoded[: samples.size], np.int16)
