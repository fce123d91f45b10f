"""Carries the recordings to a machine without them, such as a GPU that is lent for minutes.

A pack is a folder of `*.ogg` (Opus, about 24 kbit/s at 8 kHz, each of many recordings one after the
other), `*.json` beside each (a row for each recording), and `rooms.npz`. It lies in parts, folders small
enough for one transfer; put the files of all parts into one folder there. No test recordings are in it.
"""

from __future__ import annotations

import json
import shutil
from concurrent.futures import ProcessPoolExecutor
from pathlib import Path

import numpy as np
import soundfile

from ..corpora import Clip, cells
from ..features import RATE, SHIFT
from ..line import Surroundings
from . import MissingError
from .examples import trimmed

BLOCK = 180 * RATE  # samples of one file, about
GAP = SHIFT * 5  # samples of silence between two recordings
NOISE = "noise"  # the corpus of background noises
_FIELDS = ("name", "corpus", "speaker", "part", "words", "times", "synthetic")


def write(clips: list[Clip], surroundings: Surroundings, extra: list[Path], folder: Path, limit: int) -> list[Path]:
    """Parts of at most `limit` bytes, folders in `folder`; files in `extra` go along. Returns the parts."""
    shutil.rmtree(folder, ignore_errors=True)
    everything = folder / "everything"
    everything.mkdir(parents=True)
    noises = [Clip(f"noise {i}", NOISE, "", "train", [], cells(x)) for i, x in enumerate(surroundings.noises)]
    blocks: list[list[Clip]] = [[]]
    for clip in sorted([*clips, *noises], key=lambda c: c.corpus):  # those of a corpus together
        if not clip.times and clip.corpus != NOISE:
            clip.sound = trimmed(clip.sound)
        if sum(len(c.sound) for c in blocks[-1]) > BLOCK:
            blocks.append([])
        blocks[-1].append(clip)
    for i, block in enumerate(blocks):
        write_block(everything / f"{i:03d}", block)
    np.savez(everything / "rooms.npz", *surroundings.rooms)
    for file in extra:
        shutil.copy(file, everything)
    return into_parts(everything, folder, limit)


def into_parts(everything: Path, folder: Path, limit: int) -> list[Path]:
    """Moves the files into folders of at most `limit` bytes, the largest first."""
    parts: list[list[Path]] = []
    for file in sorted(everything.iterdir(), key=lambda f: -f.stat().st_size):
        for part in parts:
            if sum(f.stat().st_size for f in part) + file.stat().st_size <= limit:
                part.append(file)
                break
        else:
            parts.append([file])
    folders = []
    for i, part in enumerate(parts, 1):
        folders.append(folder / f"part-{i}")
        folders[-1].mkdir()
        for file in part:
            file.rename(folders[-1] / file.name)
    everything.rmdir()
    return folders


def write_block(path: Path, clips: list[Clip]) -> None:
    """`path`.ogg and `path`.json of some clips."""
    gap, sounds, rows = np.zeros(GAP, np.float32), [], []
    for clip in clips:
        loudest = float(np.abs(clip.sound).max()) + 1
        sounds += [clip.sound / loudest * 0.7, gap]
        rows.append({**{name: getattr(clip, name) for name in _FIELDS}, "samples": len(clip.sound), "peak": loudest})
    soundfile.write(path.with_suffix(".ogg"), np.concatenate(sounds), RATE, format="OGG", subtype="OPUS")
    path.with_suffix(".json").write_text(json.dumps(rows, ensure_ascii=False), "utf-8")


def read_block(path: Path) -> list[Clip]:
    """The clips of one .ogg and the .json beside it."""
    sound, _ = soundfile.read(path, dtype="float32")
    at, clips = 0, []
    for row in json.loads(path.with_suffix(".json").read_text("utf-8")):
        n, peak = row.pop("samples"), row.pop("peak")
        row["times"] = [(a, b) for a, b in row["times"]]
        clips.append(Clip(sound=sound[at : at + n] * np.float32(peak / 0.7), **row))
        at += n + GAP
    return clips


def read(folder: Path) -> tuple[list[Clip], Surroundings]:
    """All of a pack. Raises MissingError if the folder holds none."""
    files = sorted(folder.glob("*.ogg"))
    if not files:
        raise MissingError(f"no pack of recordings in {folder}")
    with ProcessPoolExecutor() as pool:
        clips = [clip for block in pool.map(read_block, files) for clip in block]
    with np.load(folder / "rooms.npz") as z:
        rooms = [z[name] for name in z.files]
    noises = [clip.sound for clip in clips if clip.corpus == NOISE]
    return [clip for clip in clips if clip.corpus != NOISE], Surroundings(noises, rooms)
