"""`voicebot setup`: what a project needs beside this program."""

from __future__ import annotations

import sys

from bot.settings import load


def setup() -> None:
    """Make Rasa's environment, which takes uv and a network the first time, and train the dialogue where its files
    changed. What is there already is left alone."""
    from bot.dialogue.setup import set_up

    set_up(load(), lambda text: print(f"voicebot: {text}", file=sys.stderr, flush=True))
