"""`voicebot accounts`: the account store."""

from __future__ import annotations

import dataclasses
import json
import os
import sys
from collections.abc import Iterator
from contextlib import contextmanager, nullcontext
from datetime import datetime
from io import TextIOWrapper
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, BinaryIO

import typer

from bot.errors import VoicebotError, one_line
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
    rejected: Annotated[
        Path | None, typer.Option(help="Write the wrong rows to this CSV file too; it must not be there yet.")
    ] = None,
    as_json: Json = False,
) -> None:
    """Add the accounts of a CSV file. Wrong rows are named on stderr and left out, and the exit status is then 1."""
    from rich.console import Console
    from rich.progress import Progress

    from bot.accounts.importing import import_file

    accounts = _accounts()
    console = Console(stderr=True, soft_wrap=True, markup=False, highlight=False)
    with (
        _private_file(rejected) if rejected else nullcontext() as kept,
        Progress(console=console, disable=not console.is_terminal) as bar,
    ):
        task = bar.add_task(file.name, total=file.stat().st_size if file.is_file() else None)
        summary = import_file(
            accounts,
            file,
            bad=lambda number, reason: console.print(one_line(f"{file}: line {number}: {reason}")),
            progress=lambda done: bar.update(task, completed=done),
            rejected=kept,
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
    until, expires = _iso(account.locked_until), _iso(account.expires_at)
    locked = f" until {until or 'it is unlocked'}" if account.state == "locked" else ""
    must_change = f", its password must be changed before {expires}" if account.must_change else ""
    _print(
        as_json,
        {**dataclasses.asdict(account), "locked_until": until, "expires_at": expires},
        f"phone             {account.phone}\n"
        f"insurance number  {account.insurance_number}\n"
        f"state             {account.state}{locked}{must_change}\n"
        f"failures          {account.failures}",
    )


@app.command()
def check(phone: Phone, as_json: Json = False) -> None:
    """Whether a password lets the owner of a phone in: for the application behind it. The password is read from stdin,
    one line. One that was handed out is used up by it, and must be changed. Exit 1 where it does not."""
    (password,) = _secrets(1)
    checked = _accounts().credentials.check(phone, password)
    expires = _iso(checked.expires_at)
    text = "It is to be changed at once." if checked.must_change else "It lets its owner in."
    found = {**dataclasses.asdict(checked), "expires_at": expires}
    _print(as_json, found, text if checked.valid else f"The password is not valid: {checked.reason}.")
    if not checked.valid:
        raise typer.Exit(1)


@app.command("change-password")
def change_password(phone: Phone, as_json: Json = False) -> None:
    """Put a password that its owner chose in the place of the present one. Both are read from stdin, one a line, the
    present one first. One that was handed out can be changed until 15 minutes after `check` used it up."""
    password, new = _secrets(2)
    _accounts().credentials.change(phone, password, new)
    _print(as_json, {"changed": True}, "Changed.")


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

    from bot.accounts.chain import What

    accounts = _accounts()
    with _private_file(file) as raw, TextIOWrapper(raw, encoding="utf-8") as out:
        rows = csv.writer(out, lineterminator="\n")
        rows.writerow(["insurance_number", "state"])
        written = 0
        for listed in accounts.listed(What.EXPORT):
            rows.writerow([listed.insurance_number, listed.state])
            written += 1
    _print(as_json, {"path": str(file), "accounts": written}, f"{written} accounts written to {file}.")


MOST_BYTES = 4096
"""Read of stdin."""

PATIENCE = 60.0
"""Seconds that a transaction of a command may take: an operator can wait where a caller cannot."""


def _accounts() -> Accounts:
    from bot.accounts import open_accounts

    return open_accounts(load(), PATIENCE)


@contextmanager
def _private_file(path: Path) -> Iterator[BinaryIO]:
    """A new file that its owner alone can read. Raises VoicebotError where it is there already, or is not writable."""
    try:
        with os.fdopen(os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "wb") as file:
            yield file
    except OSError as error:
        raise VoicebotError(
            f"{path}: cannot be written ({error.strerror}); name a file that is not there yet"
        ) from None


def _secrets(count: int) -> list[str]:
    """Lines of stdin, since every process can read a command line. Raises VoicebotError where there are others."""
    lines = sys.stdin.read(MOST_BYTES).splitlines()
    if len(lines) != count:
        raise VoicebotError(
            f"give {count} line{'s' if count > 1 else ''} on stdin, see --help; there were {len(lines)}"
        )
    return lines


def _iso(at: datetime | None) -> str | None:
    return at.isoformat(timespec="seconds") if at else None


def _print(as_json: bool, found: dict[str, object], text: str) -> None:
    typer.echo(json.dumps(found, ensure_ascii=False) if as_json else text)
