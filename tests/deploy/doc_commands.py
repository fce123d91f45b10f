"""The commands that the documentation shows: blocks of shell in Markdown, and which of their lines are marked.

<!-- not run: needs a microphone -->                          the whole block below
<!-- not run (voicebot call, voicebot serve): they go on -->  its lines that begin so
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, replace
from pathlib import Path

from bot.places import PACKAGES

PAGES = sorted(
    [*(PACKAGES / "docs").glob("*.md"), *PACKAGES.glob("*.md"), *(PACKAGES / "deploy").glob("*/README.md")]
)  # fmt: skip

_BLOCK = re.compile(
    r"(?:^<!-- not run(?: \((?P<lines>[^)]+)\))?: (?P<reason>[^>]*?) ?-->\n+)?"
    r"^```(?P<kind>sh|bash|console)\n(?P<text>.*?)^```$",
    re.MULTILINE | re.DOTALL,
)

_MARK = re.compile(r"^<!-- not run.*$", re.MULTILINE)


@dataclass(frozen=True)
class Block:
    """One block of shell.

    page    and line of it, as an id of a test
    lines   what is to be run, in order: comments and the folder of the programs are left out
    marked  what is not
    reason  why not; empty where all of it is run
    shown   what a console block shows as output
    """

    page: str
    lines: tuple[str, ...]
    marked: tuple[str, ...]
    reason: str
    shown: tuple[str, ...] = ()


def blocks(text: str, page: str) -> Iterator[Block]:
    """Those of a page, in order."""
    for found in _BLOCK.finditer(text):
        written, shown = found["text"].splitlines(), ()
        if found["kind"] == "console":
            shown = tuple(line for line in written if not line.startswith("$ "))
            written = [line.removeprefix("$ ") for line in written if line.startswith("$ ")]
        lines = [command for line in written if (command := _command(line))]
        starts = tuple(part.strip() for part in (found["lines"] or "").split(",") if part.strip())
        whole = found["reason"] is not None and not starts
        marked = [line for line in lines if whole or (starts and line.startswith(starts))]
        name = f"{page}:{text[: found.start('text')].count(chr(10))}"
        run = tuple(line for line in lines if line not in marked)
        yield Block(name, run, tuple(marked), found["reason"] or "", shown)


def once(found: Iterable[Block]) -> list[Block]:
    """Those of which something is to be run, without the lines that an earlier one has; all lines stay in a block that
    goes into another folder or sets a variable."""
    seen: set[str] = set()
    kept = []
    for block in found:
        alone = any(line.startswith(("cd ", "export ")) for line in block.lines)
        lines = block.lines if alone else tuple(line for line in block.lines if line not in seen)
        seen |= set() if alone else set(lines)
        if lines:
            kept.append(replace(block, lines=lines))
    return kept


def marks(text: str) -> int:
    """How often something is marked, well or badly."""
    return len(_MARK.findall(text))


def _command(line: str) -> str:
    """Without its comment; `#` inside quotation marks begins none."""
    command = re.match(r"""(?:"[^"]*"|'[^']*'|\$?#(?=[\w*])|[^#"'])*""", line)
    return (command[0] if command else line).strip().removeprefix(".venv/bin/")


def page_name(path: Path) -> str:
    return path.relative_to(PACKAGES).as_posix()
