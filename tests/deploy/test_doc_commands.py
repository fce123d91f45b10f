"""Every command of the documentation is run here, or marked in the page as not run, with a reason."""

from __future__ import annotations

import os
import re
import shutil
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest
import typer
from doc_commands import PAGES, Block, blocks, marks, once, page_name

from bot.command_line import app
from bot.places import PACKAGES
from bot.settings import Settings

BLOCKS = [block for page in PAGES for block in blocks(page.read_text("utf-8"), page_name(page))]
RUN = once(BLOCKS)
GUARD = 240
"""Seconds for a block, on a busy machine."""

PASSWORD = "correct horse battery"
"""What a command reads that asks for one."""

LEFT_OUT = {"var", "results", "hello.wav", "voicebot.toml"}
"""Of the checkout: what commands write, or would write over."""


def test_a_mark_takes_a_block_or_its_lines() -> None:
    text = """
<!-- not run: needs a microphone -->
```sh
voicebot call   # speak
```

<!-- not run (voicebot serve, make): they go on -->
```sh
voicebot digits "ba # bốn"   # 34
.venv/bin/voicebot serve
make run
```
```console
$ voicebot speak a -o b
b: 1.5 s
```
"""
    found = list(blocks(text, "page"))
    assert [block.lines for block in found] == [(), ('voicebot digits "ba # bốn"',), ("voicebot speak a -o b",)]
    assert [block.marked for block in found] == [("voicebot call",), ("voicebot serve", "make run"), ()]
    assert found[2].shown == ("b: 1.5 s",)
    assert found[0].page == "page:3"


def test_a_command_that_several_pages_show_is_run_once() -> None:
    first, second = Block("a", ("voicebot digits hai", "make"), (), ""), Block("b", ("make", "voicebot doctor"), (), "")
    elsewhere = Block("c", ("cd hotline", "voicebot doctor"), (), "")
    assert [block.lines for block in once([first, second, elsewhere, second])] == [
        ("voicebot digits hai", "make"),
        ("voicebot doctor",),
        ("cd hotline", "voicebot doctor"),
    ]


def test_there_are_some_of_each() -> None:
    assert len(RUN) >= 10
    assert any(block.marked for block in BLOCKS)


@pytest.mark.parametrize("path", PAGES, ids=page_name)
def test_a_mark_says_why_and_stands_before_what_it_marks(path: Path) -> None:
    text = path.read_text("utf-8")
    found = [block for block in blocks(text, page_name(path)) if block.reason]
    assert len(found) == marks(text), "a mark that is no mark: <!-- not run: reason --> directly before a block"
    assert [block.page for block in found if not block.marked or len(block.reason) < 8] == []


@pytest.mark.parametrize("path", PAGES, ids=page_name)
def test_every_command_that_a_page_names_exists(path: Path) -> None:
    known = typer.main.get_command(app)
    groups = {name: set(getattr(command, "commands", ())) for name, command in known.commands.items()}  # type: ignore[attr-defined]  # the command is a group
    for name, sub in re.findall(r"(?<![-\w/])voicebot ([a-z][a-z-]*)(?: ([a-z][a-z-]*))?", _code(path)):
        assert name in groups, name
        assert not groups[name] or not sub or sub in groups[name], f"{name} {sub}"


def _code(path: Path) -> str:
    """All that a page shows as code."""
    text = path.read_text("utf-8")
    fenced = re.findall(r"^ *```(?:sh|bash|console)?\n(.*?)^ *```$", text, re.MULTILINE | re.DOTALL)
    lines = [line for block in fenced for line in block.splitlines() if re.match(r"(\$ )?(.*\| )?voicebot [a-z]", line)]
    return "\n".join([*lines, *re.findall(r"`(voicebot [^`]*)`", text)])


@pytest.fixture(scope="module")
def checkout(dialogue_model: Path, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Path]:
    """One of the tests' own: the files of this one, and state of its own."""
    folder = tmp_path_factory.mktemp("checkout")
    for path in PACKAGES.iterdir():
        if path.name not in LEFT_OUT:
            (folder / path.name).symlink_to(path)
    (folder / "var").mkdir()
    (folder / "danh-sach.csv").write_text("phone,insurance_number\n0987654321,0011223344\n", "utf-8")
    programs = folder / "programs"
    programs.mkdir()
    (programs / "voicebot").write_text(f'#!/bin/sh\nexec {sys.executable} -m bot "$@"\n', "utf-8")
    (programs / "python").write_text(f'#!/bin/sh\nexec {sys.executable} "$@"\n', "utf-8")
    for program in programs.iterdir():
        program.chmod(0o755)
    run(folder, "voicebot accounts init --demo", dialogue_model)
    yield folder
    shutil.rmtree(folder, ignore_errors=True)


def run(folder: Path, script: str, model: Path) -> subprocess.CompletedProcess[str]:
    """Run lines of shell in the checkout; fails where one of them does."""
    environ = {name: value for name, value in os.environ.items() if not name.startswith("VOICEBOT_")}
    environ |= {
        "PATH": f"{folder / 'programs'}:{environ['PATH']}",
        "PYTHONPATH": str(PACKAGES),
        "VOICEBOT_RASA_MODEL": str(model),
        "VOICEBOT_RASA_ENVIRONMENT": str(PACKAGES / Settings.rasa_environment),
        "VOICEBOT_MAX_RESETS": "1000",
    }
    done = subprocess.run(
        ["bash", "-euo", "pipefail", "-c", script],
        cwd=folder, env=environ, input=f"{PASSWORD}\n", capture_output=True, text=True, timeout=GUARD, check=False,
    )  # fmt: skip
    assert done.returncode == 0, f"{script}\n{done.stdout}\n{done.stderr}"
    assert "Traceback" not in done.stderr
    return done


@pytest.mark.parametrize("block", RUN, ids=lambda block: block.page)
def test_what_is_shown_can_be_run(block: Block, checkout: Path, dialogue_model: Path) -> None:
    done = run(checkout, "\n".join(block.lines), dialogue_model)
    for line in block.shown:
        assert line in done.stdout.splitlines()
