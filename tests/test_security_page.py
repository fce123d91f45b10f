"""docs/security.md: every test that it names is there, and every line of the standard has its answer."""

from __future__ import annotations

import ast
import dataclasses
import re
from functools import lru_cache
from typing import TypeGuard

import pytest

from bot.places import PACKAGES
from bot.settings import Settings

PAGE = (PACKAGES / "docs" / "security.md").read_text("utf-8")
NAMED = sorted(set(re.findall(r"`(tests/[\w/]+\.py)::(\w+)`", PAGE)))

LEVEL_2 = {
    "6.1": 3, "6.2": 12, "6.3": 4, "6.4": 4, "6.5": 5, "6.6": 3, "6.8": 4, "11.1": 2, "11.2": 3, "11.3": 3, "11.4": 4,
    "11.5": 1, "11.6": 1, "13.1": 1, "13.2": 5, "13.3": 2, "13.4": 5, "14.1": 2, "14.2": 4, "14.3": 3, "16.1": 1,
    "16.2": 5, "16.3": 4, "16.4": 3, "16.5": 3,
}  # fmt: skip
"""Lines of level 1 and 2 in each section of OWASP ASVS 5.0.0, which begin with 1 and go on without a gap."""


def test_it_names_tests() -> None:
    assert len(NAMED) > 60


BY_HAND = "tests/pbx/test_pbx.py"
"""Runs the files beside it whose names do not begin with test_: each is a telephone exchange of its own."""


@lru_cache
def collected(file: str) -> frozenset[str]:
    """The tests that pytest finds in a file: functions, and methods of classes that are called Test…"""
    path = PACKAGES / file
    if not path.name.startswith("test_"):
        assert f'"{path.stem}"' in (PACKAGES / BY_HAND).read_text("utf-8"), f"nobody runs {file}"
        assert str(path.parent.relative_to(PACKAGES)) == "tests/pbx"
    found = set[str]()
    module = ast.parse(path.read_text("utf-8")).body
    for node in [*module, *(each for group in module if is_class(group) for each in group.body)]:
        if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef) and node.name.startswith("test_"):
            found.add(node.name)
    return frozenset(found)


def is_class(node: ast.stmt) -> TypeGuard[ast.ClassDef]:
    return isinstance(node, ast.ClassDef) and node.name.startswith("Test")


@pytest.mark.parametrize(("file", "name"), NAMED, ids=[f"{file}::{name}" for file, name in NAMED])
def test_a_named_test_is_there_and_is_run(file: str, name: str) -> None:
    assert name in collected(file)


def answered() -> set[str]:
    """Lines of the standard that have a row."""
    found: set[str] = set()
    for row in re.findall(r"^\| (\d+\.\d+\.\d+(?:(?:, | to )\d+\.\d+\.\d+)*)", PAGE, re.MULTILINE):
        first, *others = re.split(r", | to ", row)
        found.update([first, *others])
        if " to " in row:
            section, start = first.rsplit(".", 1)
            found.update(f"{section}.{n}" for n in range(int(start), int(others[-1].rsplit(".", 1)[1]) + 1))
    return found


def test_every_line_of_the_standard_has_a_row() -> None:
    wanted = {f"{section}.{n}" for section, count in LEVEL_2.items() for n in range(1, count + 1)}
    assert sorted(wanted - answered()) == []


@pytest.mark.parametrize("row", re.findall(r"^\| \d+\.\d+\.\d+.*$", PAGE, re.MULTILINE), ids=lambda row: row.split()[1])
def test_a_row_names_a_test_or_says_why_not(row: str) -> None:
    _, _, here, last, _ = row.split("|")
    assert "`tests/" in last or (here.strip() == "—" and len(last.strip()) > 10)


def test_every_key_of_the_settings_is_in_the_list_of_keys() -> None:
    keys = {
        field.name
        for field in dataclasses.fields(Settings)
        if re.search(r"secret|key|certificate|client_ca", field.name) or (not field.repr and field.name != "caller")
    }
    told = PAGE.partition("## Keys")[2].partition("\n## ")[0]
    assert sorted(name for name in keys if f"VOICEBOT_{name.upper()}" not in told) == []
