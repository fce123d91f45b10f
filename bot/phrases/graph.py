"""A decoding graph in memory: read from OpenFst's ConstFst, walked, extended, and written again.

Source: fst/const-fst.h of OpenFst 1.6 to 1.8. Little-endian throughout. An arc's input label is a transition of the
acoustic model: frame class c is entered by 2c + 2 and held by 2c + 1, and 0 takes no time. Its output label is a word,
0 for none. Weights are negative natural logarithms.
"""

from __future__ import annotations

import struct
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import NamedTuple

from bot.hearing.models import ModelError
from bot.hearing.openfst import HEADER, MAGIC
from bot.phrases.lexicon import STAY, Sound, frame_classes

_STATE, _ARC = struct.Struct("<fIIII"), struct.Struct("<iifi")
_TYPES = tuple(struct.pack("<i", len(name)) + name for name in (b"const", b"standard"))
_HEAD = struct.pack("<i", MAGIC) + b"".join(_TYPES)
_VERSION, _ALIGNED, _EXPANDED = 2, 4, 1
"""ConstFst's version without alignment, the flag of one with it, and the property that every ConstFst has. No other
property is claimed, so none can be wrong."""

_PDF = {sound: number for number, sound in enumerate(frame_classes())}


class Arc(NamedTuple):
    entered: int  # input label
    word: int  # output label
    cost: float
    target: int  # state


class Step(NamedTuple):
    """One sound of a phrase, and the word that comes out with it, 0 for none."""

    sound: Sound
    word: int = 0

    @property
    def entered(self) -> int:
        return 2 * _PDF[self.sound] + 2


@dataclass
class Graph:
    """`arcs` and `final` have an entry for each state; `final` is infinite where one may not stop."""

    start: int
    final: list[float]
    arcs: list[list[Arc]]

    def walk(self, path: Iterable[Step], without: int | None = None) -> set[int]:
        """The states that these steps lead to from the start, whatever the words, over no arc that tells `without`."""
        at = self._freely({self.start}, without)
        for step in path:
            at = self._freely(
                {
                    arc.target
                    for state in at
                    for arc in self.arcs[state]
                    if arc.entered == step.entered and arc.word != without
                },
                without,
            )
        return at

    def holds(self, path: Iterable[Step], without: int | None = None) -> bool:
        """Whether one may say just this."""
        return any(self.final[state] < float("inf") for state in self.walk(path, without))

    def branch(self, source: int, target: int, path: Sequence[Step], cost: float) -> None:
        """One may go from `source` to `target` by this path. Branches of one cost that begin alike share their
        beginning."""
        state = source
        for at, step in enumerate(path):
            entering = Arc(step.entered, step.word, cost if at == 0 else 0.0, 0)
            grown = (arc for arc in self.arcs[state] if arc.target >= self._grown_from)
            found = next((arc for arc in grown if arc._replace(target=0) == entering), None)
            if found is None:
                found = entering._replace(target=self._state())
                self.arcs[found.target].append(Arc(2 * _PDF[step.sound] + 1, 0, STAY, found.target))
                self.arcs[state].append(found)
            state = found.target
        if Arc(0, 0, 0.0, target) not in self.arcs[state]:
            self.arcs[state].append(Arc(0, 0, 0.0, target))

    def __post_init__(self) -> None:
        self._grown_from = len(self.arcs)

    def _state(self) -> int:
        self.arcs.append([])
        self.final.append(float("inf"))
        return len(self.arcs) - 1

    def _freely(self, states: set[int], without: int | None) -> set[int]:
        """And the states that are reached without a sound."""
        ahead = [*states]
        while ahead:
            for arc in self.arcs[ahead.pop()]:
                if arc.entered == 0 and arc.word != without and arc.target not in states:
                    states.add(arc.target)
                    ahead.append(arc.target)
        return states


def read(file: Path) -> Graph:
    """The graph of a ConstFst file. Raises ModelError where it is none."""
    raw = file.read_bytes()
    try:
        if not raw.startswith(_HEAD):
            raise ValueError("no static graph (OpenFst's const of standard arcs)")
        version, flags, _, start, states, arcs = HEADER.unpack_from(raw, len(_HEAD))
        if version != _VERSION or flags & _ALIGNED:
            raise ValueError(f"a layout that is not known here (version {version}, flags {flags})")
        at = len(_HEAD) + HEADER.size
        kept = [_STATE.unpack_from(raw, at + n * _STATE.size) for n in range(states)]
        at += states * _STATE.size
        each = [Arc(*_ARC.unpack_from(raw, at + n * _ARC.size)) for n in range(arcs)]
    except (struct.error, ValueError) as error:
        raise ModelError(f"{file}: {error}; phrases can be built for the bundled models alone") from None
    return Graph(start, [state[0] for state in kept], [each[state[1] : state[1] + state[2]] for state in kept])


def write(graph: Graph, file: Path) -> None:
    """As Kaldi reads it."""
    states, arcs, at = [], [], 0
    for final, each in zip(graph.final, graph.arcs, strict=True):
        silent, wordless = sum(arc.entered == 0 for arc in each), sum(arc.word == 0 for arc in each)
        states.append(_STATE.pack(final, at, len(each), silent, wordless))
        arcs += [_ARC.pack(*arc) for arc in each]
        at += len(each)
    header = HEADER.pack(_VERSION, 0, _EXPANDED, graph.start, len(states), len(arcs))
    file.write_bytes(b"".join([_HEAD, header, *states, *arcs]))
