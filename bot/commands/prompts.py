"""`voicebot prompts`: a person's voice in the synthesiser's place, clip by clip."""

from __future__ import annotations

import json
import sys
import tempfile
from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from bot.errors import VoicebotError
from bot.settings import load

if TYPE_CHECKING:
    from tts.prompt_set import Wanted

app = typer.Typer(help="Prompts recorded by a person.", no_args_is_help=True)

AsJson = Annotated[bool, typer.Option("--json", help="One JSON object a line.")]
Anyway = Annotated[bool, typer.Option("--anyway", help="Take recordings that the check complains of, too.")]


@app.command(name="list")
def list_prompts(as_json: AsJson = False) -> None:
    """Which clips are wanted, in which words, and which are there."""
    clips, folder = _clips(), _folder()
    there = _recorded(folder, clips)
    for clip in clips:
        file = there.get(clip.name)
        fields = {"name": clip.name, "kind": clip.kind, "text": clip.text, "file": str(file) if file else None}
        state = "recorded" if file else "variable" if clip.kind == "variable" else "missing"
        _print(as_json, {**fields, "recorded": bool(file)}, f"{state:<9} {clip.name:<42} {clip.text}")
    if not as_json:
        print(_summary(clips, there))


@app.command()
def check(as_json: AsJson = False) -> None:
    """Check level, noise and length of every recording, and whether the set is whole; exit 1 if something is wrong."""
    from tts.take import inspect

    clips, folder = _clips(), _folder()
    there = _recorded(folder, clips)
    wrong = False
    for clip in clips:
        if file := there.get(clip.name):
            take = inspect(file, clip.text)
            wrong |= bool(take.problems)
            fields = {"name": clip.name, "file": str(file), "seconds": round(take.seconds, 2)}
            levels = {"level_db": _finite(take.level_db), "peak_db": _finite(take.peak_db)}
            text = f"{file}: {'; '.join(take.problems) or 'good'} ({take.seconds:.1f} s, {take.level_db:.0f} dBFS)"
            _print(as_json, {**fields, **levels, "problems": list(take.problems)}, text)
    missing = _missing(clips, there)
    half = bool(there) and bool(missing)
    print(_summary(clips, there), file=sys.stderr if as_json else sys.stdout)
    if half and not as_json:
        for clip in missing:
            print(f"missing   {clip.name:<42} {clip.text}")
    if wrong or half:
        raise typer.Exit(1)


@app.command(name="import")
def import_prompts(
    folder: Annotated[Path, typer.Argument(help="Recordings, named as `voicebot prompts list` names the clips.")],
    anyway: Anyway = False,
    as_json: AsJson = False,
) -> None:
    """Take recordings over from a folder; exit 1 if one is not taken."""
    from tts.prompt_set import keep, matches
    from tts.take import inspect

    if not folder.is_dir():
        raise VoicebotError(f"{folder}: no such folder; give one with recordings in it")
    clips, left = _clips(), False
    for file, clip in matches(folder, clips):
        if clip is None:
            problems: tuple[str, ...] = ("no clip has this name; see `voicebot prompts list`",)
        else:
            problems = inspect(file, clip.text).problems
        taken = keep(file, clip, _folder()) if clip and (anyway or not problems) else None
        left |= taken is None
        fields = {"file": str(file), "name": clip.name if clip else None, "problems": list(problems)}
        text = f"{'taken' if taken else 'left'}: {file}{''.join(f'; {problem}' for problem in problems)}"
        _print(as_json, {**fields, "taken": taken is not None}, text)
    if not as_json:
        print(_summary(clips, _recorded(_folder(), clips)))
    if left:
        raise typer.Exit(1)


@app.command()
def record(
    names: Annotated[list[str] | None, typer.Argument(help="Clips; those that are missing unless given.")] = None,
    anyway: Anyway = False,
) -> None:
    """Record clips from this machine's microphone, one after the other: Enter begins, Enter ends; `s` skips one."""
    from bot.channels.take import record_until
    from tts.prompt_set import keep
    from tts.take import inspect

    clips, folder = _clips(), _folder()
    known = {clip.name: clip for clip in clips}
    if unknown := [name for name in names or [] if name not in known]:
        raise typer.BadParameter(f"there is no clip {unknown[0]!r}; see `voicebot prompts list`")
    chosen = [known[name] for name in names] if names else _missing(clips, _recorded(folder, clips))
    with tempfile.TemporaryDirectory() as aside:
        for clip in chosen:
            while True:
                print(f"\n{clip.name}\n    {clip.text}\nEnter, speak, Enter (s: skip) ", end="", flush=True)
                if _line() == "s":
                    break
                file = Path(aside) / f"{clip.name}.wav"
                record_until(file, _line)
                problems = inspect(file, clip.text).problems
                if anyway or not problems:
                    print(f"kept: {keep(file, clip, folder)}")
                    break
                print(f"once more, please: {'; '.join(problems)}")
    print(_summary(clips, _recorded(folder, clips)))


def _line() -> str:
    """What is typed, up to Enter. Raises VoicebotError where nobody can type."""
    line = sys.stdin.readline()
    if not line:
        raise VoicebotError("nobody is at the keyboard any more; what was recorded is kept")
    return line.strip().lower()


def _clips() -> list[Wanted]:
    from bot.assembly import DOMAIN
    from tts.prompt_set import wanted

    return wanted(DOMAIN)


def _folder() -> Path:
    settings = load()
    return settings.path(settings.prompts)


def _recorded(folder: Path, clips: Sequence[Wanted]) -> dict[str, Path]:
    """Name of each clip that is listed → its file."""
    from tts.prompt_set import manifest_of
    from tts.recorded import words_of

    listed = manifest_of(folder)
    return {clip.name: file for clip in clips if (file := listed.get(words_of(clip.text)))}


def _missing(clips: Sequence[Wanted], there: dict[str, Path]) -> list[Wanted]:
    return [clip for clip in clips if clip.kind != "variable" and clip.name not in there]


def _summary(clips: Sequence[Wanted], there: dict[str, Path]) -> str:
    fixed = [clip for clip in clips if clip.kind != "variable"]
    missing = len(_missing(clips, there))
    variable = len(clips) - len(fixed)
    rest = f"{variable} prompts with a variable in them are spoken by the synthesiser"
    if missing == len(fixed):
        return f"none of {len(fixed)} clips is recorded: the synthesiser speaks all of them; {rest}"
    if missing:
        return f"{missing} of {len(fixed)} clips are missing: callers hear two voices; {rest}"
    return f"all {len(fixed)} clips are recorded; {rest}"


def _finite(value: float) -> float | None:
    return round(value, 1) if value > float("-inf") else None


def _print(as_json: bool, fields: dict[str, Any], text: str) -> None:
    print(json.dumps(fields, ensure_ascii=False) if as_json else text, flush=True)
