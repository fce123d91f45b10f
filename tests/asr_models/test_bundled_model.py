"""The bundled model as stock Vosk sees it: every graph loads, reads left-out people, and keeps quiet in silence."""

from __future__ import annotations

import json
from pathlib import Path

import numpy as np
import pytest
import soundfile
import soxr
import vosk

from bot.settings import ROOT

MODEL = ROOT / "asr_models" / "vi-digits"
RATE = 8000


def recogniser(graph: str, folder: Path) -> vosk.KaldiRecognizer:
    """A recogniser of one of the graphs: Vosk takes the graph from a folder named `graph`."""
    vosk.SetLogLevel(-1)
    for part in ("am", "conf"):
        (folder / part).symlink_to(MODEL / part)
    (folder / "graph").symlink_to(MODEL / "graph" if graph == "any" else MODEL / "graphs" / graph)
    return vosk.KaldiRecognizer(vosk.Model(str(folder)), RATE)


def heard(recogniser: vosk.KaldiRecognizer, sound: np.ndarray) -> str:
    """What is heard in samples between -1 and 1."""
    recogniser.AcceptWaveform((sound * 32767).astype("<i2").tobytes())
    return str(json.loads(recogniser.FinalResult())["text"])


def recording(path: Path) -> np.ndarray:
    sound, rate = soundfile.read(path, dtype="float32")
    quiet = np.zeros(RATE // 4, np.float32)
    return np.concatenate([quiet, np.asarray(soxr.resample(sound, rate, RATE)), quiet])


@pytest.mark.parametrize("graph", ["any", "number", "yesno", "menu"])
def test_every_graph_loads_and_hears_nothing_in_silence(graph: str, tmp_path: Path) -> None:
    assert heard(recogniser(graph, tmp_path), np.zeros(2 * RATE)) == ""


def test_the_whole_folder_stays_small() -> None:
    assert sum(f.stat().st_size for f in MODEL.rglob("*") if f.is_file()) < 10_000_000


def test_the_card_names_every_corpus() -> None:
    card = (MODEL / "CARD.md").read_text("utf-8")
    corpora = "connected-numbers digit-words other-words south-numbers phone-words common-voice home-commands espeak-ng"
    assert [c for c in corpora.split() if c not in card] == []
