"""`voicebot accounts`: the account store."""

from __future__ import annotations

import dataclasses
import json
import os
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
    """Show an account: its state and its guesses, never a password, numbers but for their last three digits."""
    account = _accounts().show(phone)
    until = account.locked_until.isoformat(timespec="seconds") if account.locked_until else None
    locked = f" until {until or 'it is unlocked'}" if account.state == "locked" else ""
    _print(
        as_json,
        {**dataclasses.asdict(account), "locked_until": until},
        f"phone             {account.phone}\n"
        f"insurance number  {account.insurance_number}\n"
        f"state             {account.state}{locked}\n"
        f"failures          {account.failures}",
    )


@app.command()
def unlock(phone: Phone, as_json: Json = False) -> None:
    """Forgive the guesses that lock an account's phone number and insurance number."""
    forgiven = _accounts().unlock(phone)
    _print(as_json, {"forgiven": forgiven}, f"{forgiven} guesses forgiven.")


@app.command()
def remove(phone: Phone, as_json: Json = False) -> None:
    """Remove an account: its phone number gets no password any more."""
    _accounts().remove(phone)
    _print(as_json, {"removed": True}, "Removed.")


@app.command("change-phone")
def change_phone(
    phone: Phone,
    new: Annotated[str, typer.Argument(help="The new phone number, written in the same way.")],
    as_json: Json = False,
) -> None:
    """Move an account to another phone number. Its password stays."""
    _accounts().change_phone(phone, new)
    _print(as_json, {"changed": True}, "Changed.")


@app.command()
def count(as_json: Json = False) -> None:
    """Count the accounts."""
    found = _accounts().count()
    _print(as_json, {"accounts": found}, f"{found} accounts.")


@app.command("list")
def list_(as_json: Annotated[bool, typer.Option("--json", help="Print one JSON object a line.")] = False) -> None:
    """List the accounts: insurance numbers but for their last three digits, and states. The store cannot tell phone
    numbers, it knows them as pseudonyms."""
    for listed in _accounts().listed():
        _print(as_json, dataclasses.asdict(listed), f"{listed.insurance_number:<12}  {listed.state}")


@app.command()
def export(
    file: Annotated[Path, typer.Argument(help="The CSV file to write; it must not be there yet.")],
    as_json: Json = False,
) -> None:
    """Write what `list` shows to a CSV file that its owner alone can read."""
    import csv

    from bot.errors import VoicebotError

    accounts = _accounts()
    try:
        with os.fdopen(os.open(file, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "w", encoding="utf-8") as out:
            rows = csv.writer(out, lineterminator="\n")
            rows.writerow(["insurance_number", "state"])
            written = 0
            for listed in accounts.listed():
                rows.writerow([listed.insurance_number, listed.state])
                written += 1
    except OSError as error:
        raise VoicebotError(
            f"{file}: cannot be written ({error.strerror}); name a file that is not there yet"
        ) from None
    _print(as_json, {"path": str(file), "accounts": written}, f"{written} accounts written to {file}.")


PATIENCE = 60.0
"""Seconds that a transaction of a command may take: an operator can wait where a caller cannot."""


def _accounts() -> Accounts:
    from bot.accounts import open_accounts

    return open_accounts(load(), PATIENCE)


def _print(as_json: bool, found: dict[str, object], text: str) -> None:
    typer.echo(json.dumps(found, ensure_ascii=False) if as_json else text)
