"""The few building blocks of Kaldi's binary files (kaldi/src/base/io-funcs-inl.h)."""

import struct

import numpy as np


def token(name: str) -> bytes:
    return name.encode() + b" "


def integer(x: int) -> bytes:
    return b"\4" + struct.pack("<i", x)


def real(x: float) -> bytes:
    return b"\4" + struct.pack("<f", x)


def integers(xs: list[int]) -> bytes:
    return integer(len(xs)) + np.array(xs, "<i4").tobytes()


def pairs(xs: list[tuple[int, int]]) -> bytes:
    return integer(len(xs)) + np.array(xs, "<i4").tobytes()


def truth(x: bool) -> bytes:
    return b"T" if x else b"F"


def vector(v: np.ndarray) -> bytes:
    return token("FV") + integer(len(v)) + v.astype("<f4").tobytes()


def matrix(m: np.ndarray) -> bytes:
    return token("FM") + integer(m.shape[0]) + integer(m.shape[1]) + m.astype("<f4").tobytes()
