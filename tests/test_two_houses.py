"""Bot and Rasa live in two environments: neither imports the other, and what both import is the standard library's."""

from __future__ import annotations

import ast
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

from bot.events import UNKNOWN
from bot.places import PACKAGES
from rasa_components import ranking

SHARED = ("rasa_components.hiding", "rasa_components.negation", "rasa_components.ranking", "vietnamese_numbers")


def imported(folder: str) -> Iterator[tuple[str, Path]]:
    """The top-level packages that the files of a folder import, wherever in a file."""
    for path in sorted((PACKAGES / folder).rglob("*.py")):
        if "recipe" in path.parts:
            continue
        for node in ast.walk(ast.parse(path.read_text("utf-8"))):
            if isinstance(node, ast.Import):
                yield from ((alias.name.partition(".")[0], path) for alias in node.names)
            elif isinstance(node, ast.ImportFrom) and node.module:
                yield node.module.partition(".")[0], path


@pytest.mark.parametrize("folder", ["bot", "tts", "asr_models", "benchmarks"])
def test_nothing_of_the_bot_imports_rasa(folder: str) -> None:
    assert [str(path) for package, path in imported(folder) if package in ("rasa", "tensorflow")] == []


@pytest.mark.parametrize("folder", ["rasa_components", "vietnamese_numbers"])
def test_nothing_of_rasa_s_imports_the_bot(folder: str) -> None:
    assert [str(path) for package, path in imported(folder) if package in ("bot", "tts", "asr_models", "tests")] == []


def test_the_numbers_need_nothing_but_python() -> None:
    allowed = {*sys.stdlib_module_names, "vietnamese_numbers"}
    assert {package for package, _ in imported("vietnamese_numbers")} <= allowed


@pytest.mark.parametrize(
    "python", [sys.executable, str(PACKAGES / ".venv-rasa" / "bin" / "python")], ids=["bot", "rasa"]
)
def test_what_is_shared_loads_in_both_without_anything_else(python: str) -> None:
    modules = ", ".join(SHARED)
    told = "[name for name in ('rasa', 'numpy', 'bot') if name in sys.modules]"
    program = f"import sys; sys.path.insert(0, {str(PACKAGES)!r}); import {modules}; assert not {told}, {told}"
    subprocess.run([python, "-I", "-c", program], check=True)


def test_unknown_speech_is_written_alike_in_both() -> None:
    assert ranking.UNKNOWN == UNKNOWN
