"""The bundled models as stock Vosk sees them: every graph loads, reads left-out people, and keeps quiet in silence."""

from __future__ import annotations

import json
from difflib import SequenceMatcher
from pathlib import Path

import numpy as np
import pytest
import soundfile
import soxr
import vosk

from bot.places import PACKAGES

MODEL, FREE = (PACKAGES / "asr_models" / name for name in ("vi-digits", "vi-digits-free"))
both = pytest.mark.parametrize("model", [MODEL, FREE], ids=lambda model: model.name)
LEARNED_FROM = {
    MODEL: "connected-numbers digit-words other-words south-numbers phone-words common-voice home-commands espeak-ng",
    FREE: "common-voice espeak-ng",
}
RATE = 8000


def recogniser(graph: str, folder: Path, model: Path = MODEL) -> vosk.KaldiRecognizer:
    """A recogniser of one of the graphs: Vosk takes the graph from a folder named `graph`."""
    vosk.SetLogLevel(-1)
    for part in ("am", "conf"):
        (folder / part).symlink_to(model / part)
    (folder / "graph").symlink_to(model / "graph" if graph == "any" else model / "graphs" / graph)
    return vosk.KaldiRecognizer(vosk.Model(str(folder)), RATE)


def heard(recogniser: vosk.KaldiRecognizer, sound: np.ndarray) -> str:
    """What is heard in samples between -1 and 1."""
    recogniser.AcceptWaveform((sound * 32767).astype("<i2").tobytes())
    return str(json.loads(recogniser.FinalResult())["text"])


def recording(path: Path) -> np.ndarray:
    sound, rate = soundfile.read(path, dtype="float32")
    quiet = np.zeros(RATE // 4, np.float32)
    return np.concatenate([quiet, np.asarray(soxr.resample(sound, rate, RATE)), quiet])


@both
@pytest.mark.parametrize("graph", ["any", "number", "yesno", "menu"])
def test_every_graph_loads_and_hears_nothing_in_silence(model: Path, graph: str, tmp_path: Path) -> None:
    assert heard(recogniser(graph, tmp_path, model), np.zeros(2 * RATE)) == ""


@both
def test_the_whole_folder_stays_small(model: Path) -> None:
    sizes = {f: f.stat().st_size for f in model.rglob("*") if f.is_file()}
    second = sum(size for f, size in sizes.items() if model / "second" in f.parents)
    assert second < 30_000_000
    assert sum(sizes.values()) - second < 8_000_000


@both
def test_the_card_names_every_corpus_and_its_licence_status(model: Path) -> None:
    _, section = (model / "CARD.md").read_text("utf-8").split("## What it learned from\n")
    rows = [line.strip("| ").split(" | ") for line in section.split("\n## ")[0].splitlines() if line.startswith("| ")]
    licences = {row[0]: row[-1] for row in rows}
    assert {corpus for corpus in LEARNED_FROM[MODEL].split() if corpus in licences} == {*LEARNED_FROM[model].split()}
    assert all(licences[corpus] for corpus in LEARNED_FROM[model].split())


@pytest.fixture(scope="module")
def numbers(tmp_path_factory: pytest.TempPathFactory) -> vosk.KaldiRecognizer:
    return recogniser("number", tmp_path_factory.mktemp("number"))


def test_numbers_of_a_left_out_speaker_are_mostly_read_right(shared: Path, numbers: vosk.KaldiRecognizer) -> None:
    said: dict[str, list[str]] = {}
    with (shared / "speech" / "words.tsv").open(encoding="utf-8") as f:
        for line in f.read().splitlines()[1:]:
            path, _, _, word = line.split("\t")
            if path.startswith("connected-numbers/spk2/"):
                said.setdefault(path, []).append(word)
    right = words = 0
    for path in sorted(said)[:10]:
        got = heard(numbers, recording(shared / "speech" / path)).split()
        right += sum(b.size for b in SequenceMatcher(None, said[path], got, autojunk=False).get_matching_blocks())
        words += len(said[path])
    assert right / words > 0.7


def test_foreign_words_are_not_taken_for_a_number(shared: Path, numbers: vosk.KaldiRecognizer) -> None:
    commands = sorted((shared / "speech" / "home-commands").glob("*05/*.flac"))[:20]
    got = [heard(numbers, recording(path)).split() for path in commands]
    assert got
    assert [words for words in got if len(words) >= 6] == []
