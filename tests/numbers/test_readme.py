"""The examples of the package's README."""

from __future__ import annotations

import re

import pytest

import vietnamese_numbers
from bot.places import PACKAGES

README = (PACKAGES / "vietnamese_numbers" / "README.md").read_text("utf-8")
EXAMPLES = re.findall(r'^((?:read|find|speak)\(.*?)\s+# "(.*)"$', README, re.MULTILINE)


@pytest.mark.parametrize(("expression", "value"), EXAMPLES, ids=[value for _, value in EXAMPLES])
def test_an_example(expression: str, value: str) -> None:
    assert eval(expression, vars(vietnamese_numbers).copy()) == value


def test_there_are_some() -> None:
    assert len(EXAMPLES) >= 7
