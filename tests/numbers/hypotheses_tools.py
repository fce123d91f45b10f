"""Inputs of hypotheses, as their tests write them."""

from __future__ import annotations

from tests.fitted import FIT
from vietnamese_numbers import Hypotheses

BOTH = (10, 12)
FITTED = FIT.numbers
NINE = "không một hai ba bốn năm sáu bảy tám"
SLIP, REST = "không một hai ba bốn tám", "năm sáu bảy tám chín"
"""A slip, and how the number goes on behind it."""

Heard = dict[str, float]
"""A piece: its alternatives with their probabilities."""


def after(*inputs: str | Heard) -> Hypotheses:
    """After its inputs, before it is settled: a single character is a key, anything longer certain speech."""
    numbers = Hypotheses(BOTH, FITTED)
    for item in inputs:
        if isinstance(item, dict):
            numbers.hear(list(item), list(item.values()))
        elif len(item) == 1:
            numbers.press(item)
        else:
            numbers.hear([item])
    return numbers


def settled(numbers: Hypotheses) -> tuple[str, str]:
    numbers.settle()
    return numbers.best.digits, numbers.best.status.value
