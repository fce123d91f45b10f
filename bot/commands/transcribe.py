"""`voicebot transcribe`: audio files through the whole of hearing."""

from __future__ import annotations

import dataclasses
import json
import sys
from pathlib import Path
from typing import Annotated

import typer

from bot.errors import VoicebotError, one_line
from bot.events import Grammar
from bot.settings import load


def transcribe(
    files: Annotated[list[Path], typer.Argument(metavar="FILE...", help="WAV or FLAC of any rate, mono or stereo.")],
    expect: Annotated[Grammar, typer.Option(help="What is expected to be said.")] = Grammar.ANY,
    model: Annotated[str | None, typer.Option(help="A model's name or folder; the one in use unless given.")] = None,
    as_json: Annotated[bool, typer.Option("--json", help="One JSON object a line.")] = False,
) -> None:
    """Write down what is said in audio files, as a caller would be heard; exit 1 if one cannot be read."""
    from bot.hearing import load_models, open_hearing
    from bot.transcription import hear, read_audio

    settings = load()
    if model:
        settings = dataclasses.replace(settings, model=model)
    load_models(settings)
    unread = False
    for file in files:
        try:
            samples, rate = read_audio(file)
        except VoicebotError as error:
            unread = True
            print(f"voicebot: {one_line(str(error))}", file=sys.stderr)
            continue
        hearing = open_hearing(settings, rate)
        transcript = hear(str(file), samples, rate, hearing, expect, settings.number_lengths, any_length=True)
        if as_json:
            print(json.dumps(dataclasses.asdict(transcript), ensure_ascii=False), flush=True)
        else:
            print(f"{transcript.path}\t{transcript.digits or '-'}\t{transcript.text or '(nothing)'}", flush=True)
    if unread:
        raise typer.Exit(1)
