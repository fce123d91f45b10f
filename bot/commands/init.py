"""`voicebot init`: a project folder of one's own."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Annotated

import typer

NEXT = """{folder} holds a hotline. Next:
  cd {folder}
  voicebot setup                       # Rasa's environment (2.5 GB, once), and the trained dialogue
  voicebot accounts init --demo        # an account store with invented accounts
  voicebot call --caller 0912345678    # a call on this machine; or, in a browser: voicebot serve
What callers hear is in domain.yml, settings in voicebot.toml. `voicebot doctor` tells what is missing."""


def init(
    folder: Annotated[Path, typer.Argument(metavar="DIR", help="A new or empty folder.")],
    as_json: Annotated[bool, typer.Option("--json", help="Print one JSON object.")] = False,
) -> None:
    """Lay down a project to change: dialogue, settings, a scripted caller and demo accounts."""
    from bot.project import lay_down

    lay_down(folder)
    print(json.dumps({"path": str(folder)}, ensure_ascii=False) if as_json else NEXT.format(folder=folder))
