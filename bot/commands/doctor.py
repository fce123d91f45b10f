"""`voicebot doctor`: what this machine lacks, and how to install it."""

from __future__ import annotations

import json
from dataclasses import asdict
from typing import Annotated

import typer


def doctor(as_json: Annotated[bool, typer.Option("--json", help="One JSON object a line.")] = False) -> None:
    """Check every part that calls need, and all that `voicebot serve` demands; exit 1 if a needed one is missing. A
    port that a running `voicebot serve` holds counts as taken."""
    from bot.diagnosis import diagnose

    missing = False
    for found in diagnose():
        missing |= found.needed and not found.ok
        if as_json:
            print(json.dumps(asdict(found), ensure_ascii=False), flush=True)
        else:
            state = "ok" if found.ok else "MISSING" if found.needed else "absent"
            print(f"{state:<7}  {found.part:<12} {found.detail}", flush=True)
    if missing:
        raise typer.Exit(1)
