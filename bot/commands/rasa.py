"""`voicebot rasa`: Rasa's own commands, in its own environment."""

from __future__ import annotations

import typer

from bot.settings import load

AS_THEY_ARE = {"allow_extra_args": True, "ignore_unknown_options": True, "help_option_names": []}
"""Everything behind `rasa` is Rasa's, its --help too."""


def rasa(context: typer.Context) -> None:
    """Run a command of Rasa's in the project folder: `voicebot rasa shell`, `rasa train`, `rasa test`, `rasa data
    validate` … (`voicebot rasa --help` is Rasa's)."""
    from bot.dialogue.setup import run_rasa

    raise typer.Exit(run_rasa(load(), context.args or ["--help"]))
