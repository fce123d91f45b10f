"""Where a model is, and whether it is sound, before a recogniser gets to see it: Kaldi ends the process over some
broken files.

    asr_models/vi-digits/          a folder as Vosk wants it, and more graphs than Vosk knows of
      am/final.mdl                 the acoustic model
      conf/model.conf, fbank.conf  decoding, features (or mfcc.conf)
      graph/HCLG.fst, words.txt    the graph that Vosk loads: the grammar `any`
      graphs/number/…, yesno/…, menu/…
      second/                      the second pass (`bot.hearing.encoder`); optional
      calibration.toml             the numbers fitted to it (`bot.hearing.calibration`); optional
      SHA256SUMS                   what `sha256sum` writes; optional

Any other Vosk folder serves all grammars with its one graph.
"""

from __future__ import annotations

import hashlib
import json
import os
import re
import subprocess
import sys
import tempfile
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

from bot.errors import VoicebotError
from bot.events import Grammar
from bot.hearing import built, calibration, openfst
from bot.hearing.built import StaleGraphError
from bot.hearing.calibration import Calibration, CalibrationError
from bot.hearing.catalogue import catalogue
from bot.places import HOME, PACKAGES, link

SUMS, SECOND = "SHA256SUMS", "second"
PARTS = ("am", "conf", "ivector", "rescore", "rnnlm")
"""The parts of a Vosk folder beside its graph."""

PROBE_SECONDS = 120
"""How long a model may take to load and to decode a second of silence when it is tried out."""


class ModelError(VoicebotError):
    """A model is missing, broken or unfit."""


@dataclass(frozen=True)
class ModelFolder:
    """A model whose files are all there.

    rate      Hz of the sound it wants
    kind      which recogniser reads it, a key of RECOGNISERS
    graphs    grammar → folder with its graph, for grammars with a graph of their own
    checked   its files were compared with SHA256SUMS
    second    the folder of its second pass, None where it has none
    calibration  the numbers fitted to it, neutral ones where it has none
    """

    path: Path
    rate: int
    kind: str
    graphs: Mapping[Grammar, Path]
    checked: bool
    second: Path | None = None
    calibration: Calibration = calibration.NEUTRAL

    def graph_folder(self, grammar: Grammar) -> Path:
        """A folder as stock Vosk loads it, with this grammar's graph. Raises ModelError."""
        graph = self.graphs.get(grammar)
        return self.path if graph is None else _assemble(self.path, graph)


def find(name: str, built_graphs: bool = True) -> ModelFolder:
    """The model of this name in the catalogue, or in this folder. `built_graphs`: as in `inspect`. Raises ModelError
    naming what there is."""
    known = catalogue()
    if entry := known.get(name):
        if not entry.folder.is_dir():
            how = "restore it from git or train it (make train)" if entry.bundled else f"`voicebot models fetch {name}`"
            raise ModelError(f"model {name}: {entry.folder} is missing; {how}")
        return inspect(entry.folder, entry.kind, built_graphs)
    folder = next((path for path in (Path(name), HOME / name) if path.is_dir()), None)
    if folder is None:
        there = ", ".join(each.name for each in known.values() if each.folder.is_dir()) or "none"
        raise ModelError(f"model {name}: no such folder, nor a model of that name; installed: {there}")
    return inspect(folder.resolve(), built_graphs=built_graphs)


def inspect(path: Path, kind: str = "vosk", built_graphs: bool = True) -> ModelFolder:
    """Check what can be checked without loading. `built_graphs`: a menu graph that `voicebot phrases build` made takes
    the place of the model's own. Raises ModelError for the first thing that is wrong."""
    for needed in ("am/final.mdl", "conf/model.conf"):
        if not (path / needed).is_file():
            raise ModelError(f"{path}: no model, {needed} is missing; name a Vosk model folder")
    checked = _check_sums(path)
    if (path / "am/final.mdl").stat().st_size < 1000:  # bytes; a network has at least thousands of weights
        raise ModelError(f"{path}/am/final.mdl is cut short; fetch or train the model again")
    graphs = {g: path / "graphs" / g.value for g in Grammar if (path / "graphs" / g.value).is_dir()}
    try:
        menu = built.menu_of(path) if built_graphs else None
    except StaleGraphError as error:
        raise ModelError(str(error)) from None
    if menu:
        graphs[Grammar.MENU] = menu
    for graph in (path / "graph", *graphs.values()):
        _check_graph(graph)
    second = path / SECOND if (path / SECOND).is_dir() else None
    try:
        fitted = calibration.read(path, second is not None)
    except CalibrationError as error:
        raise ModelError(str(error)) from None
    return ModelFolder(path, _rate(path), kind, graphs, checked, second, fitted)


def _check_sums(path: Path) -> bool:
    sums = path / SUMS
    if not sums.exists():
        return False
    for line in sums.read_text("utf-8").splitlines():
        digest, _, name = line.partition("  ")
        file = path / name
        if name.startswith(f"{SECOND}/") and not (path / SECOND).is_dir():
            continue
        if not file.is_file() or sha256(file) != digest:
            raise ModelError(f"{file}: not as {SUMS} says; restore it from git, fetch or train the model again")
    return True


def sha256(file: Path) -> str:
    """Hexadecimal digest of a file."""
    digest = hashlib.sha256()
    with file.open("rb") as stream:
        while chunk := stream.read(1 << 20):
            digest.update(chunk)
    return digest.hexdigest()


def _check_graph(graph: Path) -> None:
    """A static graph with its words, or the two halves of one that takes grammars at run time."""
    static, halves = graph / "HCLG.fst", (graph / "HCLr.fst", graph / "Gr.fst")
    if not static.is_file() and not all(half.is_file() for half in halves):
        raise ModelError(f"{graph}: neither HCLG.fst nor HCLr.fst with Gr.fst; the model is incomplete")
    if static.is_file() and not (graph / "words.txt").is_file():
        raise ModelError(f"{graph}/words.txt is missing; the model is incomplete")
    for fst in (static, *halves):
        if fst.is_file() and (wrong := openfst.fault(fst)):
            raise ModelError(f"{fst}: {wrong}; fetch or train the model again")


def _rate(path: Path) -> int:
    """Hz, as the features are configured; Kaldi's own default is 16000."""
    for name in ("fbank.conf", "mfcc.conf"):
        file = path / "conf" / name
        if file.is_file() and (found := re.search(r"^--sample-frequency=(\d+)", file.read_text("utf-8"), re.MULTILINE)):
            return int(found[1])
    return 16000


# ── one graph of several ──


def _assemble(model: Path, graph: Path) -> Path:
    """A folder under var/ with the model's parts and this graph as `graph`, made once.

    Symbolic links where the system has them, else copies. Two processes may do this at once: each builds its own
    and the first to rename it wins. The name holds sizes and times, so that a model trained anew is not mixed up."""
    files = sorted(f for part in (model / "am", model / "conf", graph) for f in part.rglob("*") if f.is_file())
    state = [(str(f), f.stat().st_size, f.stat().st_mtime_ns) for f in files]
    name = f"{model.name}-{graph.name}-{hashlib.sha256(repr(state).encode()).hexdigest()[:12]}"
    target = HOME / "var" / "models" / name
    if target.is_dir():
        return target
    try:
        target.parent.mkdir(parents=True, exist_ok=True)
        with tempfile.TemporaryDirectory(prefix=f".{name}-", dir=target.parent) as folder:
            building = Path(folder) / name
            building.mkdir()
            for part in PARTS:
                if (model / part).exists():
                    link(model / part, building / part)
            link(graph, building / "graph")
            try:
                building.rename(target)
            except OSError:
                if not target.is_dir():
                    raise
    except OSError as error:
        raise ModelError(f"{target.parent}: cannot prepare the model there ({error.strerror})") from None
    return target


# ── trying out ──


@dataclass(frozen=True)
class Trial:
    """What loading one graph in a process of its own showed."""

    seconds: float
    takes_grammars: bool
    words: frozenset[str]


def try_out(folder: ModelFolder, grammar: Grammar) -> Trial:
    """Load a model's graph in another process and decode a second of silence: a crash of Kaldi's stays there.

    Raises ModelError where that fails."""
    command = [sys.executable, "-m", "bot.hearing.probe", str(folder.graph_folder(grammar)), str(folder.rate)]
    environ = {**os.environ, "PYTHONPATH": str(PACKAGES)}
    try:
        run = subprocess.run(
            command, capture_output=True, text=True, timeout=PROBE_SECONDS, cwd=PACKAGES, env=environ, check=True
        )
        found = json.loads(run.stdout)
    except (subprocess.SubprocessError, ValueError):
        graph = folder.graphs.get(grammar, folder.path / "graph")
        raise ModelError(f"{graph}: loading it fails; the files are damaged or do not belong together") from None
    return Trial(found["seconds"], found["takes_grammars"], frozenset(found["words"]))
