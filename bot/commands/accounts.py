"""`voicebot accounts`: the account store."""

from __future__ import annotations

import dataclasses
import json
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from bot.settings import load

if TYPE_CHECKING:
    from bot.accounts import Accounts

app = typer.Typer(help="The account store: who may have a new password.", no_args_is_help=True)

Json = Annotated[bool, typer.Option("--json", help="Print one JSON object.")]
Phone = Annotated[str, typer.Argument(help="Phone number, as 0912345678 or +84912345678.")]


@app.command()
def init(
    demo: Annotated[bool, typer.Option("--demo", help="Add a handful of invented accounts.")] = False,
    as_json: Json = False,
) -> None:
    """Make the account store's schema, or bring it up to date."""
    from bot.accounts.demo import DEMO

    accounts = _accounts()
    accounts.init()
    added = sum(entry.status == "added" for entry in accounts.import_rows(DEMO)) if demo else 0
    _print(as_json, {"store": accounts.name, "added": added}, f"The account store {accounts.name} is ready.")


@app.command("import")
def import_(
    file: Annotated[Path, typer.Argument(help="CSV in UTF-8 with the header phone,insurance_number.")],
    as_json: Json = False,
) -> None:
    """Add the accounts of a CSV file. Wrong rows are named on stderr and left out, and the exit status is then 1."""
    from rich.console import Console
    from rich.progress import Progress

    from bot.accounts.importing import import_file

    accounts = _accounts()
    console = Console(stderr=True, soft_wrap=True, markup=False, highlight=False)
    with Progress(console=console, disable=not console.is_terminal) as bar:
        task = bar.add_task(file.name, total=file.stat().st_size if file.is_file() else None)
        summary = import_file(
            accounts,
            file,
            bad=lambda number, reason: console.print(f"{file}: line {number}: {reason}"),
            progress=lambda done: bar.update(task, completed=done),
        )
    text = f"{summary.added} accounts added, {summary.unchanged} there already, {summary.bad} rows wrong."
    _print(as_json, {"path": str(file), **dataclasses.asdict(summary)}, text)
    if summary.bad:
        raise typer.Exit(1)


@app.command()
def add(
    phone: Phone,
    number: Annotated[str, typer.Argument(help="Insurance number, 10 or 12 digits.")],
    as_json: Json = False,
) -> None:
    """Add one account."""
    added = _accounts().add(phone, number)
    _print(as_json, {"added": added}, "Added." if added else "This account is there already.")


@app.command()
def show(phone: Phone, as_json: Json = False) -> None:
    """Show an account: its state and its refusals, never a password, numbers but for their last three digits."""
    account = _accounts().show(phone)
    until = account.locked_until.isoformat(timespec="seconds") if account.locked_until else None
    _print(
        as_json,
        {**dataclasses.asdict(account), "locked_until": until},
        f"phone             {account.phone}\n"
        f"insurance number  {account.insurance_number}\n"
        f"state             {account.state}{f' until {until}' if until else ''}\n"
        f"failures          {account.failures}",
    )


@app.command()
def unlock(phone: Phone, as_json: Json = False) -> None:
    """Forgive the refusals that lock an account's phone number and insurance number."""
    forgiven = _accounts().unlock(phone)
    _print(as_json, {"forgiven": forgiven}, f"{forgiven} refusals forgiven: the account is not locked.")


def _accounts() -> Accounts:
    from bot.accounts import open_accounts

    return open_accounts(load())


def _print(as_json: bool, found: dict[str, object], text: str) -> None:
    typer.echo(json.dumps(found, ensure_ascii=False) if as_json else text)
