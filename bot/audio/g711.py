"""Companding of ITU-T G.711, exactly as on the wire. Pure."""

from __future__ import annotations

from typing import Literal

import numpy as np
import numpy.typing as npt

from bot.events import Samples

Law = Literal["a", "u"]
"""A-law (Europe, Vietnam) or µ-law (North America, Japan)."""

_BIAS = 33  # of the µ-law, on its scale of 14 bits


def encode(samples: Samples, law: Law) -> npt.NDArray[np.uint8]:
    """16-bit samples to G.711 octets, of the same shape, bits inverted as on the wire. Negative values are taken in
    one's complement, as the reference code of ITU-T G.191 does."""
    x = samples.astype(np.int32)
    negative, magnitude = x < 0, np.where(x < 0, ~x, x)
    if law == "u":
        magnitude = np.minimum((magnitude >> 2) + _BIAS, 0x1FFF)
        segment = _log2(magnitude) - 5
        code = (segment << 4) | ((magnitude >> (segment + 1)) & 0x0F)
        return np.asarray(code ^ np.where(negative, 0x7F, 0xFF), np.uint8)
    magnitude >>= 3
    segment = np.maximum(_log2(np.maximum(magnitude, 1)) - 4, 0)
    code = (segment << 4) | ((magnitude >> np.maximum(segment, 1)) & 0x0F)
    return np.asarray(code ^ np.where(negative, 0x55, 0xD5), np.uint8)


def decode(octets: npt.NDArray[np.uint8], law: Law) -> Samples:
    """G.711 octets to 16-bit samples, of the same shape."""
    code = octets.astype(np.int32) ^ (0xFF if law == "u" else 0xD5)
    segment, step = (code >> 4) & 7, code & 0x0F
    if law == "u":
        magnitude = ((((step << 1) + _BIAS) << segment) - _BIAS) << 2
    else:
        magnitude = ((step << 4) + np.where(segment > 0, 264, 8)) << np.maximum(segment - 1, 0)
    return np.asarray(np.where(code & 0x80, -magnitude, magnitude), np.int16)


def _log2(values: npt.NDArray[np.int32]) -> npt.NDArray[np.int32]:
    """Position of the highest bit of positive values."""
    return (np.frexp(values.astype(np.float64))[1] - 1).astype(np.int32)
