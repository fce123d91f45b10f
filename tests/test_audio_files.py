"""A sound file is heard as it is, or refused in one line, whatever its header promises."""

from __future__ import annotations

import struct
from pathlib import Path

import numpy as np
import pytest
import soundfile

from bot.audio import files as sound_files
from bot.audio.files import NoSound, read_sound
from bot.errors import VoicebotError
from bot.simulation.caller_voice import read_recording
from bot.transcription import read_audio

NOISE = np.random.default_rng(1).normal(0, 3000, 16000).astype("<i2")


def wav(
    path: Path, rate: int = 8000, channels: int = 1, data: bytes = NOISE.tobytes(), declared: int | None = None
) -> Path:
    """A WAV file whose header says what it is told to."""
    block = channels * 2
    form = struct.pack("<IHHIIHH", 16, 1, channels, rate, (rate * block) & 0xFFFFFFFF, block & 0xFFFF, 16)
    size = len(data) if declared is None else declared
    body = b"WAVEfmt " + form + b"data" + struct.pack("<I", size) + data
    path.write_bytes(b"RIFF" + struct.pack("<I", len(body)) + body)
    return path


def flac(path: Path, samples: int) -> Path:
    """A FLAC file of 16,000 samples that declares `samples`, in 36 bits."""
    soundfile.write(str(path), NOISE, 8000, subtype="PCM_16")
    content = bytearray(path.read_bytes())
    content[21] = content[21] & 0xF0 | samples >> 32  # the last bytes of STREAMINFO before its checksum
    content[22:26] = struct.pack(">I", samples & 0xFFFFFFFF)
    path.write_bytes(content)
    return path


@pytest.mark.parametrize("channels", [1, 2])
@pytest.mark.parametrize("rate", [4000, 8000, 44100, 384000])
def test_it_is_read_sample_by_sample(tmp_path: Path, rate: int, channels: int) -> None:
    sound, told = read_sound(wav(tmp_path / "a.wav", rate, channels, np.repeat(NOISE, channels).tobytes()))
    assert told == rate
    assert np.array_equal(sound * 32768, NOISE)


@pytest.mark.parametrize("rate", [0, 1, 49, 3999, 384001, 2**31 - 1])
def test_a_rate_at_which_nobody_speaks_is_told(tmp_path: Path, rate: int) -> None:
    with pytest.raises(NoSound):
        read_sound(wav(tmp_path / "a.wav", rate))


@pytest.mark.parametrize("samples", [0, 16_001, 8 * 10**8, 2**36 - 1])
def test_the_length_that_a_header_declares_is_not_believed(tmp_path: Path, samples: int) -> None:
    """Nothing is set aside for what was promised."""
    with pytest.raises(NoSound, match="declares another length"):
        read_sound(flac(tmp_path / "a.flac", samples))


def test_a_flac_that_declares_its_length_is_read(tmp_path: Path) -> None:
    sound, _ = read_sound(flac(tmp_path / "a.flac", len(NOISE)))
    assert np.array_equal(sound * 32768, NOISE)


def test_nor_that_of_a_wav(tmp_path: Path) -> None:
    sound, _ = read_sound(wav(tmp_path / "a.wav", declared=0xFFFFFFFF))
    assert np.array_equal(sound * 32768, NOISE)


@pytest.mark.parametrize(("name", "value"), [("LONGEST_SECONDS", 1), ("MOST_SAMPLES", 15_999)])
def test_what_is_longer_than_any_call_is_refused(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, name: str, value: int
) -> None:
    monkeypatch.setattr(sound_files, name, value)
    with pytest.raises(NoSound, match="longer"):
        read_sound(wav(tmp_path / "a.wav"))


@pytest.mark.parametrize("content", [None, b"", b"RIFF", b"not sound at all", bytes(5000)])
@pytest.mark.parametrize("read", [read_audio, read_recording])
def test_every_reader_names_the_file_in_one_line(tmp_path: Path, read: object, content: bytes | None) -> None:
    path = tmp_path / "a.wav"
    if content is not None:
        path.write_bytes(content)
    with pytest.raises(VoicebotError, match=r"a\.wav") as told:
        read(path)  # type: ignore[operator]  # a function, from the parameters above
    assert "\n" not in str(told.value)
