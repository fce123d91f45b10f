"""`voicebot operators`: who may open the operator's page."""

from __future__ import annotations

import json
import sys
from dataclasses import asdict
from typing import TYPE_CHECKING, Annotated

import typer

from bot.errors import VoicebotError
from bot.operations.roles import Role
from bot.settings import load

if TYPE_CHECKING:
    from bot.operations.staff import Staff

app = typer.Typer(help="Who may open the operator's page.", no_args_is_help=True)

Json = Annotated[bool, typer.Option("--json", help="Print JSON objects.")]
Name = Annotated[str, typer.Argument(help="A name of a-z, 0-9, dot, dash and underscore.")]

PATIENCE = 60.0
"""Seconds that a transaction of a command may take."""

MOST_BYTES = 4096
"""Read of stdin."""


@app.command()
def add(
    name: Name,
    role: Annotated[Role, typer.Option(help="viewer looks; operator unlocks and exports, too.")] = Role.VIEWER,
    as_json: Json = False,
) -> None:
    """Let somebody open the page. The password is asked for, or read from stdin, one line of 12 characters and more."""
    _staff().add(name, role, _password())
    _print(as_json, {"name": name, "role": role.value}, f"{name} may open the page, as {role.value}.")


@app.command()
def remove(name: Name, as_json: Json = False) -> None:
    """Take that away. Sessions end at once."""
    _staff().remove(name)
    _print(as_json, {"name": name}, f"{name} may not open the page any more.")


@app.command("list")
def list_(as_json: Json = False) -> None:
    """List who may open the page."""
    found = _staff().listed()
    for member in found:
        _print(as_json, asdict(member), f"{member.name:<32}  {member.role}")
    if not found and not as_json:
        typer.echo("Nobody may: there is no page. `voicebot operators add NAME --role operator`")


def _staff() -> Staff:
    from bot.accounts import open_accounts
    from bot.operations.store import Store

    return Store(open_accounts(load(), PATIENCE), 0).staff


def _password() -> str:
    """Not from the command line, which every process can read. Raises VoicebotError where there is none."""
    if sys.stdin.isatty():
        return str(typer.prompt("Password", hide_input=True, confirmation_prompt=True))
    lines = sys.stdin.read(MOST_BYTES).splitlines()
    if len(lines) != 1:
        raise VoicebotError("give the password on stdin, one line")
    return lines[0]


def _print(as_json: bool, found: dict[str, object], text: str) -> None:
    typer.echo(json.dumps(found, ensure_ascii=False) if as_json else text)
