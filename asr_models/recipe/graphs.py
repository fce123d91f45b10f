"""Decoding graphs: a grammar spelled out in the sounds of the acoustic model, as Kaldi's HCLG.fst."""

import hashlib
import itertools
import subprocess
import tempfile
from pathlib import Path

from bot.phrases.lexicon import STAY, UNKNOWN_SOUNDS, frame_classes, pronounced

from .grammar import DIGITS, GRAMMARS, INSIDE, UNKNOWN, Grammar
from .lexicon import SIL, Sound

SILENCE_COST = 0.2


def vocabulary() -> list[str]:
    """Words of all graphs, each with its number in words.txt (0 is <eps>), plain syllables."""
    said = {w for g in GRAMMARS.values() for arc in g.arcs if arc.reported for w in arc.text.split()}
    return ["<eps>", *dict.fromkeys(w for w in DIGITS if w in said), *sorted(said - set(DIGITS)), UNKNOWN]


def fst_text(grammar: Grammar) -> str:
    """OpenFst text. Each pdf c is a phone of one state: entering is transition id 2c+2, staying 2c+1."""
    ids = {w: i for i, w in enumerate(vocabulary())}
    pdf = {s: i for i, s in enumerate(frame_classes())}
    places = {grammar.start: 0}
    for arc in grammar.arcs:
        for place in (arc.source, arc.target):
            places.setdefault(place, len(places))
    lines: list[str] = []
    count = len(places)

    def chain(source: int, target: int, path: list[tuple[Sound, int]], cost: float) -> None:
        nonlocal count
        for sound, label in path:
            lines.append(f"{source} {count} {2 * pdf[sound] + 2} {label} {cost:g}")
            lines.append(f"{count} {count} {2 * pdf[sound] + 1} 0 {STAY:g}")
            source, cost, count = count, 0.0, count + 1
        lines.append(f"{source} {target} 0 0 {cost:g}")

    for arc in grammar.arcs:
        words = arc.text.split()
        for ways in itertools.product(*map(pronounced, words)):
            path = [
                (sound, ids[word] if arc.reported and i == 0 else 0)
                for word, way in zip(words, ways, strict=True)
                for i, sound in enumerate(way)
            ]
            chain(places[arc.source], places[arc.target], path, arc.cost - arc.ease * len(path))
    for name, place in places.items():
        if not name.startswith(INSIDE) and name not in grammar.joined:
            chain(place, place, [(SIL, 0)], SILENCE_COST)
    loop, count = count, count + 1
    label = ids[UNKNOWN] if grammar.reported else 0
    lines += [f"{places[name]} {loop} 0 {label} {cost:g}" for name, cost in grammar.unknown.items()]
    for sound in UNKNOWN_SOUNDS:
        lines.append(f"{loop} {count} {2 * pdf[sound] + 2} 0 {grammar.sound:g}")
        lines.append(f"{count} {count} {2 * pdf[sound] + 1} 0 {STAY:g}")
        lines += [f"{count} {loop} 0 0 0", f"{count} {places[grammar.known]} 0 0 0"]
        count += 1
    lines += [f"{places[name]} 0" for name in grammar.ends]
    # fstcompile takes the source of the first line for the start.
    lines.sort(key=lambda line: int(line.split()[0]) != 0)
    return "\n".join(lines) + "\n"


#: Phrases that begin or end alike share states: encoded, labels and costs are letters of a plain automaton.
TOOLS = (
    "fstcompile",
    "fstconnect",
    "fstencode --encode_labels --encode_weights - {codes}",
    "fstdeterminize",
    "fstminimize",
    "fstencode --decode - {codes}",
    "fstconvert --fst_type=const",
)


def write(folder: Path, grammar: Grammar) -> None:
    """HCLG.fst and words.txt. Needs OpenFst's tools (Debian: libfst-tools)."""
    folder.mkdir(parents=True, exist_ok=True)
    with tempfile.TemporaryDirectory() as work:
        fst = fst_text(grammar).encode()
        for tool in TOOLS:
            command = [part.format(codes=f"{work}/codes") for part in tool.split()]
            fst = subprocess.run(command, input=fst, capture_output=True, check=True).stdout
    (folder / "HCLG.fst").write_bytes(fst)
    words = "".join(f"{w} {i}\n" for i, w in enumerate(vocabulary()))
    (folder / "words.txt").write_text(words, encoding="utf-8")


def write_all(folder: Path) -> None:
    """The graphs of a model folder."""
    for name, grammar in GRAMMARS.items():
        write(folder / ("graph" if name == "any" else f"graphs/{name}"), grammar)


def write_sums(folder: Path) -> None:
    """SHA256SUMS, by which a damaged folder is told from a good one; the card and its pictures may change."""
    files = sorted(f for f in folder.rglob("*") if f.is_file() and (f.parent != folder or f.name == "calibration.toml"))
    lines = [f"{hashlib.sha256(f.read_bytes()).hexdigest()}  {f.relative_to(folder)}\n" for f in files]
    (folder / "SHA256SUMS").write_text("".join(lines), encoding="utf-8")
