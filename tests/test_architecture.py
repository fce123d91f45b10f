"""docs/architecture.md is the code's: every room is there, and rooms import as its picture says."""

from __future__ import annotations

import ast
import re
from collections.abc import Iterator
from pathlib import Path

import pytest

from bot.places import PACKAGES

PAGE = (PACKAGES / "docs" / "architecture.md").read_text("utf-8")
TABLE = PAGE.partition("## Rooms\n")[2].partition("\n#")[0]
PICTURE = PAGE.partition("### Who imports whom\n")[2].split("```")[1]
LINES = [[room.split(" + ") for room in line.split(", ")] for line in PICTURE.strip().splitlines()]
ABOVE = {name: at for at, line in enumerate(LINES) for room in line for name in room}
TOGETHER = [set(room) for line in LINES for room in line if len(room) > 1]

OUTSIDE = ("tts", "asr_models", "rasa_components", "vietnamese_numbers")
NO_ROOMS = {"__init__", "__main__", "command_line", "commands_text", "build_hook", "py", "project_files"}
"""In bot/: the command's entry, the page about it, and what builds the wheel."""


def rooms() -> list[str]:
    inside = {path.stem for path in (PACKAGES / "bot").iterdir() if not path.name.startswith(("__pycache__", "."))}
    return sorted((inside - NO_ROOMS) | set(OUTSIDE))


def files(room: str) -> Iterator[Path]:
    folder = PACKAGES / room if room in OUTSIDE else PACKAGES / "bot" / room
    found = folder.rglob("*.py") if folder.is_dir() else [folder.with_suffix(".py")]
    # The recipe and the tests of Rasa's parts have environments of their own.
    return (file for file in found if not {"recipe", "tests"} & set(file.relative_to(PACKAGES).parts))


def imported(file: Path) -> Iterator[str]:
    """The rooms that a file imports, wherever in it."""
    for node in ast.walk(ast.parse(file.read_text("utf-8"))):
        modules = [each.name for each in node.names] if isinstance(node, ast.Import) else []
        if isinstance(node, ast.ImportFrom) and node.module and not node.level:
            below = [f"bot.{each.name}" for each in node.names] if node.module == "bot" else []
            modules = below or [node.module]
        for parts in (module.split(".") for module in modules):
            if parts[0] in OUTSIDE:
                yield parts[0]
            elif parts[0] == "bot" and len(parts) > 1:
                yield parts[1]


def test_the_picture_has_every_room_once() -> None:
    assert sorted(ABOVE) == rooms()
    assert sum(len(room) for line in LINES for room in line) == len(ABOVE)


@pytest.mark.parametrize("room", rooms())
def test_a_room_imports_rooms_above_it_alone(room: str) -> None:
    wrong = {
        f"{file.relative_to(PACKAGES)} imports {other}"
        for file in files(room)
        for other in imported(file)
        if other != room and {room, other} not in TOGETHER and ABOVE[other] >= ABOVE[room]
    }
    assert sorted(wrong) == []


@pytest.mark.parametrize("room", rooms())
def test_the_table_says_what_a_room_is_for(room: str) -> None:
    name = room if room in OUTSIDE else f"bot/{room}"
    assert re.search(rf"`(?:bot/)?{re.escape(name.removeprefix('bot/'))}(?:/|\.py)`", TABLE), f"{name} is in no row"


def test_the_table_names_nothing_that_is_not_there() -> None:
    named = re.findall(r"^\| ((?:`[\w./]+`(?:, )?)+) \|", TABLE, re.MULTILINE)
    paths = [path for row in named for path in re.findall(r"`([\w./]+)`", row)]
    assert len(paths) > 20
    assert [path for path in paths if not (PACKAGES / path).exists()] == []
