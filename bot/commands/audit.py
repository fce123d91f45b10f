"""`voicebot audit`: who asked for which password, and what operators did."""

from __future__ import annotations

import json
from contextlib import suppress
from dataclasses import asdict
from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from bot.errors import VoicebotError
from bot.settings import load

if TYPE_CHECKING:
    from bot.accounts.audit import Audit
    from bot.accounts.chain import Checkpoint

app = typer.Typer(help="The audit trail: who reset which password, and what operators did.", no_args_is_help=True)

Json = Annotated[bool, typer.Option("--json", help="Print JSON objects.")]
When = Annotated[str | None, typer.Option(help="2026-11-27, or 2026-11-27T08:00+07:00; UTC without a zone.")]

LONGEST_LINE = 2**20
"""Characters of a line that may hold a checkpoint."""

PATIENCE = 60.0
"""Seconds that a transaction of a command may take."""


@app.command()
def show(
    phone: Annotated[str | None, typer.Argument(help="Phone number, as 0912345678 or +84912345678.")] = None,
    call: Annotated[str | None, typer.Option(help="In place of a phone: the exchange's name of a call.")] = None,
    as_json: Json = False,
) -> None:
    """Show what happened to a phone number and to the insurance number of its account, or in a call. In order of time,
    in UTC."""
    from bot.call_keys import known_as

    if (phone is None) == (call is None):
        raise typer.BadParameter("give a phone number, or --call and the name of a call")
    audit = _audit()
    records = audit.of_phone(phone) if phone is not None else audit.of_call(known_as(call or ""))
    own = audit.pseudonym(phone) if phone is not None else None
    for record in records:
        by = None if record.phone is None else "this" if record.phone == own else "another"
        text = [record.at[:19], f"{record.event:<12}", record.actor]
        text += [f"call {record.call}"] if record.call else []
        text += [f"from {by} phone"] if by and own else []
        text += [record.detail] if record.detail else []
        _print(as_json, {**asdict(record), "from": by if own else None}, "  ".join(text))
    if not records and not as_json:
        typer.echo("Nothing is recorded of it.")


@app.command()
def verify(
    checkpoints: Annotated[
        Path | None,
        typer.Option(help="A file with checkpoints that were kept elsewhere: `audit checkpoint` lines, or a log."),
    ] = None,
    as_json: Json = False,
) -> None:
    """Look whether the trail is as it was written. Exit 1 and the first broken record where it is not."""
    verdict = _audit().verify(_kept(checkpoints) if checkpoints else [])
    reach = f"records {verdict.first} to {verdict.last}" if verdict.records else "no records"
    if as_json:
        typer.echo(json.dumps(asdict(verdict)))
    elif verdict.ok:
        typer.echo(f"The audit trail is whole: {reach}, {verdict.checkpoints} checkpoints.")
    else:
        raise VoicebotError(
            f"the audit trail is broken at record {verdict.broken}: {verdict.reason}; "
            "keep a copy of the store, and find out who can write to it"
        )
    if not verdict.ok:
        raise typer.Exit(1)


@app.command()
def export(since: When = None, until: When = None) -> None:
    """Print the records of a time, from `--since` on and before `--until`: one JSON object a line."""
    times = _time("--since", since), _time("--until", until)
    for record in _audit().export(*times):
        _print(True, asdict(record), "")


@app.command()
def checkpoint() -> None:
    """Sign the trail as it is now and print the signature, one line of JSON. Keep it where nobody who can write to the
    database can write: `audit verify --checkpoints FILE` takes it."""
    made = _audit().checkpoint()
    if made is None:
        raise VoicebotError("the audit trail is empty: there is nothing to sign")
    typer.echo(made.line())


def _audit() -> Audit:
    from bot.accounts import open_accounts

    return open_accounts(load(), PATIENCE).audit


def _kept(file: Path) -> list[Checkpoint]:
    """The checkpoints in the lines of a file. Raises VoicebotError where there are none."""
    from bot.accounts.chain import read_checkpoint

    found: list[Checkpoint] = []
    try:
        with file.open(encoding="utf-8", errors="replace") as lines:
            while line := lines.readline(LONGEST_LINE):
                if len(line) == LONGEST_LINE:  # a device may have no end
                    raise VoicebotError(f"{file}: a line is longer than {LONGEST_LINE} characters; give a log")
                with suppress(ValueError):
                    found.append(read_checkpoint(line))
    except OSError as error:
        raise VoicebotError(f"{file}: cannot be read ({error.strerror}); give a file of checkpoints") from None
    if not found:
        raise VoicebotError(f"{file}: has no checkpoint in it; give lines that `voicebot audit checkpoint` printed")
    return found


def _time(option: str, text: str | None) -> datetime | None:
    """As the store writes times: UTC, without a zone."""
    if text is None:
        return None
    try:
        at = datetime.fromisoformat(text)
    except ValueError:
        raise typer.BadParameter("write 2026-11-27 or 2026-11-27T08:00+07:00", param_hint=option) from None
    return at.astimezone(UTC).replace(tzinfo=None) if at.tzinfo else at


def _print(as_json: bool, found: dict[str, object], text: str) -> None:
    typer.echo(json.dumps(found, ensure_ascii=False) if as_json else text)
