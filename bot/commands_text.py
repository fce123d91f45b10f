"""docs/command-line.md, written from the commands themselves: `python -m bot.commands_text`."""

from __future__ import annotations

import html

import typer
from typer.cli import get_docs_for_click
from typer.main import get_command

from bot.command_line import app
from bot.places import HOME

HEAD = """# Command line

<!-- Written by `make docs-settings` from bot/commands/: change the texts there. -->

`voicebot COMMAND --help` shows the same. Exit codes: 0 on success, 1 for a job that failed, 2 for wrong usage; an error
is one line. Commands with results take `--json`: one object a line.

"""


def page() -> str:
    """The page, in Markdown; paths of the project folder are written from there."""
    command = get_command(app)
    text = get_docs_for_click(obj=command, ctx=typer.Context(command), name="voicebot", title="Commands")
    text = html.unescape(text).replace(f"{HOME}/", "").replace("```console\n$ ", "```\n")
    return HEAD + text.replace("\n## ", "\n### ").replace("# Commands", "## Commands", 1).rstrip() + "\n"


if __name__ == "__main__":
    print(page(), end="")
