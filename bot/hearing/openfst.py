"""As much of OpenFst's file format as shows whether a graph was cut short.

Source: fst/fst.h (FstHeader), const-fst.h and vector-fst.h of OpenFst 1.6 to 1.8. Little-endian throughout.
"""

from __future__ import annotations

import struct
from pathlib import Path

MAGIC = 2125659606
HEADER = struct.Struct("<iiQqqq")
"""Version, flags, properties, start state, number of states, number of arcs; after the two type names."""
STATE_BYTES = {"const": 20, "vector": 12}
"""Bytes of a state: ConstFst keeps weight and four counts, VectorFst at least weight and arc count."""
ARC_BYTES = 16
"""Two labels, a weight, the next state."""


def fault(file: Path) -> str | None:
    """What is wrong with an FST file, as far as header and size tell; None where nothing is."""
    size = file.stat().st_size
    with file.open("rb") as stream:
        head = stream.read(200)
    try:
        (magic,) = struct.unpack_from("<i", head)
        if magic != MAGIC:
            return "no OpenFst file"
        kind, at = _text(head, 4)
        _arc_type, at = _text(head, at)
        _version, _flags, _properties, _start, states, arcs = HEADER.unpack_from(head, at)
    except (struct.error, UnicodeDecodeError):
        return "no OpenFst file, or cut short"
    least = max(states, 0) * STATE_BYTES.get(kind, 0) + (max(arcs, 0) * ARC_BYTES if kind == "const" else 0)
    return "cut short" if size < at + HEADER.size + least else None


def _text(head: bytes, at: int) -> tuple[str, int]:
    (length,) = struct.unpack_from("<i", head, at)
    end = at + 4 + length
    if not 0 <= length <= 40:
        raise struct.error("no FST header")
    return head[at + 4 : end].decode("ascii"), end
