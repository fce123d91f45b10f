"""The parsers that `make fuzz` gives anything take what they should, and refuse the rest by their own error.

Long runs are atheris's; this keeps its targets alive, and what once made one fail."""

import random

import pytest

from proof import fuzz


@pytest.mark.parametrize("name", fuzz.TARGETS)
def test_a_parser_takes_or_refuses_what_is_nearly_right(name: str) -> None:
    rng = random.Random(1)
    for seed in fuzz.SEEDS[name]:
        fuzz.TARGETS[name](seed)
        for _ in range(30):
            spoilt = bytearray(seed)
            for _ in range(rng.randint(1, 4)):
                spoilt[rng.randrange(len(spoilt))] = rng.randrange(256)
            fuzz.TARGETS[name](bytes(spoilt[: rng.randint(1, len(spoilt))]))


def test_each_parser_begins_with_something_that_it_takes() -> None:
    assert fuzz.SEEDS.keys() == fuzz.TARGETS.keys()
