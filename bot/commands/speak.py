"""`voicebot speak`: one prompt to a WAV."""

from __future__ import annotations

import json
from enum import StrEnum
from pathlib import Path
from typing import Annotated

import typer

from bot.errors import VoicebotError
from bot.settings import load


class Rate(StrEnum):
    """Hz of the file."""

    TELEPHONE = "8000"
    WIDE = "16000"


def speak(
    text: Annotated[str, typer.Argument(help="What to say, in Vietnamese.")],
    output: Annotated[Path, typer.Option("--output", "-o", help="The WAV file to write.", dir_okay=False)],
    rate: Annotated[Rate, typer.Option(help="Samples a second.")] = Rate.WIDE,
    voice: Annotated[str | None, typer.Option(help="A voice other than that of the settings.")] = None,
    as_json: Annotated[bool, typer.Option("--json", help="Print one JSON object.")] = False,
) -> None:
    """Speak a prompt into a WAV file as callers hear it: recorded, where a recording of these words is in the folder
    of prompts and no --voice is given, otherwise by the synthesiser."""
    from bot.audio import wav
    from tts.recorded import recorded_of
    from tts.speakable import speakable
    from tts.voice import VOICES, open_voice

    if voice is not None and voice not in VOICES:
        raise typer.BadParameter(f"there is no voice {voice!r}; choose one of {', '.join(VOICES)}")
    settings, hertz = load(), int(rate.value)
    words = speakable(text)
    clip = None if voice else recorded_of(settings).get(text, hertz)
    if clip is None:
        speaker = open_voice(voice or settings.voice, settings.speech_rate)
        try:
            clip = speaker.render(words, hertz)
        finally:
            speaker.close()
    try:
        with output.open("wb") as file:
            wav.write(file, clip, hertz)
    except OSError as error:
        raise VoicebotError(f"{output}: cannot be written ({error.strerror}); choose another file with -o") from None
    seconds = len(clip) / hertz
    spoken = {"path": str(output), "rate": hertz, "seconds": round(seconds, 3)}
    print(json.dumps(spoken, ensure_ascii=False) if as_json else f"{output}: {seconds:.1f} s")
