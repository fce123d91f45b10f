"""Decoding graphs: a grammar spelled out in the sounds of the acoustic model, as Kaldi's HCLG.fst."""

import subprocess
from pathlib import Path

from .grammar import DIGITS, GRAMMARS, Grammar
from .lexicon import (
    FILLER,
    INITIALS,
    NUCLEI,
    OPEN_TONES,
    PHONE_ID,
    RECORDED,
    SIL,
    SONORANTS,
    STOP_TONES,
    STOPS,
    TONE_ID,
    Sound,
    sounds,
)

STAY = 0.1  # cost of each further 30 ms frame of a sound
SILENCE_COST = 0.2
_SPELLED = {"alo": "a lô"}

#: Unknown speech: a loop over all that can be said in Vietnamese, in no recorded word. (Lattices must be determinised
#: by words alone: Kaldi's lattices of phones take seconds and hundreds of MB for it.)
UNKNOWN = [
    Sound(PHONE_ID[phone], TONE_ID[tone], FILLER)
    for tones, phones in (
        (["none"], INITIALS),
        (OPEN_TONES, ["w", *NUCLEI, *SONORANTS]),
        (STOP_TONES, ["w", *NUCLEI, *STOPS]),
    )
    for tone in tones
    for phone in phones
]


def pronounced(text: str) -> list[Sound]:
    return [s for syllable in _SPELLED.get(text, text).split() for s in sounds(syllable)]


def vocabulary() -> list[str]:
    """Words of all graphs, each with its number in words.txt (0 is <eps>), plain syllables."""
    said = {w for g in GRAMMARS.values() for arc in g.arcs if arc.told for w in arc.text.split()}
    return ["<eps>", *dict.fromkeys(w for w in DIGITS if w in said), *sorted(said - set(DIGITS))]


def frame_classes() -> list[Sound]:
    """Every frame class of the graphs; its place is its pdf number, and silence is the first."""
    words = [s for w in RECORDED for s in sounds(w)]
    used = [s for w in vocabulary()[1:] for s in pronounced(w)]
    return list(dict.fromkeys([SIL, *UNKNOWN, *words, *used]))


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
        path = []
        for word in arc.text.split():
            for i, sound in enumerate(pronounced(word)):
                path.append((sound, ids[word] if arc.told and i == 0 else 0))
        chain(places[arc.source], places[arc.target], path, arc.cost)
    for place in places.values():
        chain(place, place, [(SIL, 0)], SILENCE_COST)
    for name in grammar.unknown:
        loop, count = count, count + 1
        lines.append(f"{places[name]} {loop} 0 0 {grammar.begin:g}")
        for sound in UNKNOWN:
            lines.append(f"{loop} {count} {2 * pdf[sound] + 2} 0 {grammar.sound:g}")
            lines.append(f"{count} {count} {2 * pdf[sound] + 1} 0 {STAY:g}")
            lines += [f"{count} {loop} 0 0 0", f"{count} {places[name]} 0 0 0"]
            count += 1
    lines += [f"{places[name]} 0" for name in grammar.ends]
    # fstcompile takes the source of the first line for the start.
    lines.sort(key=lambda line: int(line.split()[0]) != 0)
    return "\n".join(lines) + "\n"


def write(folder: Path, grammar: Grammar) -> None:
    """HCLG.fst and words.txt. Needs OpenFst's tools (Debian: libfst-tools)."""
    folder.mkdir(parents=True, exist_ok=True)
    fst = fst_text(grammar).encode()
    for tool in (["fstcompile"], ["fstconnect"], ["fstconvert", "--fst_type=const"]):
        fst = subprocess.run(tool, input=fst, capture_output=True, check=True).stdout
    (folder / "HCLG.fst").write_bytes(fst)
    words = "".join(f"{w} {i}\n" for i, w in enumerate(vocabulary()))
    (folder / "words.txt").write_text(words, encoding="utf-8")
