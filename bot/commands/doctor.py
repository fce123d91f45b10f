"""`voicebot doctor`: what this machine lacks, and how to install it."""

from __future__ import annotations

import json
from collections.abc import Callable
from importlib.util import find_spec
from typing import Annotated

import typer

from bot.errors import VoicebotError
from bot.places import HOME
from bot.settings import load


def doctor(as_json: Annotated[bool, typer.Option("--json", help="One JSON object a line.")] = False) -> None:
    """Check every part the bot needs; exit 1 if a needed one is missing."""
    needed_missing = False
    for name, check, needed in CHECKS:
        try:
            found, ok = check(), True
        except VoicebotError as error:
            found, ok = str(error), False
        needed_missing |= needed and not ok
        if as_json:
            print(json.dumps({"part": name, "ok": ok, "needed": needed, "detail": found}, ensure_ascii=False))
        else:
            print(f"{'ok     ' if ok else 'MISSING' if needed else 'absent '}  {name:<12} {found}")
    if needed_missing:
        raise typer.Exit(1)


def _settings() -> str:
    load()
    return "readable"


def _recogniser() -> str:
    from bot.hearing import load_models

    load_models(settings := load())
    return f"model {settings.model} loads"


def _second_pass() -> str:
    from bot.hearing import second_of

    if second_of(model := load().model):
        return f"model {model} hears numbers in two passes"
    if find_spec("onnxruntime") is None:
        raise VoicebotError("onnxruntime is not installed: numbers are heard in one pass; `uv pip install onnxruntime`")
    raise VoicebotError(f"model {model} has no folder `second`: numbers are heard in one pass; restore it from git")


def _voice() -> str:
    import asyncio

    from bot.events import RATE, Prompt
    from bot.sealing import load_seal
    from tts.speech import open_speech

    async def speak() -> int:
        speech = open_speech(load(), load_seal(load()))
        try:
            return len(await speech.clip(Prompt("xin chào"), RATE))
        finally:
            await speech.close()

    return f"speaks ({asyncio.run(speak()) / 8000:.1f} s for a greeting)"


def _dialogue() -> str:
    settings = load()
    if settings.rasa_url:
        return f"served at {settings.rasa_url}"
    from bot.dialogue.environment import rasa_python
    from bot.dialogue.freshness import check, newest

    rasa_python(settings)
    model = newest(settings.path(settings.rasa_model))
    changed = check(model, HOME)
    return f"trained model {model}" + (f"; trained before {', '.join(changed)} changed" if changed else "")


def _accounts() -> str:
    from bot.accounts import open_accounts

    return f"{open_accounts(load()).count()} accounts"


def _microphone() -> str:
    from bot.channels.microphone import microphone_available

    if why_not := microphone_available():
        raise VoicebotError(why_not)
    return "ready"


CHECKS: tuple[tuple[str, Callable[[], str], bool], ...] = (
    ("settings", _settings, True),
    ("recogniser", _recogniser, True),
    ("second pass", _second_pass, False),
    ("voice", _voice, True),
    ("dialogue", _dialogue, True),
    ("accounts", _accounts, True),
    ("microphone", _microphone, False),
)
"""Part, its check (raises VoicebotError saying how to get it), and whether calls need it."""
