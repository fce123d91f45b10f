"""Which prompts a person must record so that no synthesiser is heard, and which recordings exist."""

from __future__ import annotations

import json
import re
import shutil
import tomllib
import unicodedata
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Literal

import yaml

from bot.errors import VoicebotError
from tts.recorded import MANIFEST, words_of
from vietnamese_numbers import DIGIT_WORDS

Kind = Literal["prompt", "digit", "variable"]

NAME_LETTERS = 40

SUFFIXES = (".wav", ".flac", ".ogg", ".mp3")
"""Suffixes of files that may be recordings (libsndfile reads more)."""


@dataclass(frozen=True)
class Wanted:
    """A clip. `name`: its file's name without the suffix; `kind`: a prompt, a digit, or a prompt with a variable. Of
    the last kind only sentences with the variable filled in can be recorded."""

    name: str
    text: str
    kind: Kind


def wanted(domain: Path) -> list[Wanted]:
    """Every clip of a Rasa domain file, in its order, and the ten digits. Raises VoicebotError if it is no domain
    file."""
    try:
        responses = yaml.safe_load(domain.read_text("utf-8"))["responses"]
        texts = [str(each["text"]) for variations in responses.values() for each in variations if "text" in each]
    except (OSError, yaml.YAMLError, KeyError, TypeError, AttributeError) as error:
        reason = f"{type(error).__name__}: {error}".splitlines()[0]
        raise VoicebotError(f"{domain}: no Rasa domain with responses ({reason}); correct it") from None
    clips: dict[str, Wanted] = {}
    names: set[str] = set()
    for text in texts:
        if words_of(text) not in clips:
            kind: Kind = "variable" if "{" in text else "prompt"
            clips[words_of(text)] = Wanted(_unused(_name_of(text), names), text, kind)
    for number, word in enumerate(DIGIT_WORDS):
        clips[word] = Wanted(f"digit-{number}", word, "digit")
    return list(clips.values())


def manifest_of(folder: Path) -> dict[str, Path]:
    """Words of each prompt listed in the folder → its file. Raises VoicebotError if the list cannot be read."""
    path = folder / MANIFEST
    try:
        listed = tomllib.loads(path.read_text("utf-8"))["prompts"]
        return {words_of(text): folder / name for text, name in listed.items()}
    except FileNotFoundError:
        return {}
    except (OSError, UnicodeDecodeError, tomllib.TOMLDecodeError, KeyError, AttributeError, TypeError) as error:
        raise VoicebotError(f"{path}: cannot be read ({error}); correct it or remove it") from None


def matches(folder: Path, clips: Iterable[Wanted]) -> Iterator[tuple[Path, Wanted | None]]:
    """The sound files of a folder, each with its clip, by the folder's own list or by the file's name."""
    clips = list(clips)
    by_words, by_name = {words_of(clip.text): clip for clip in clips}, {clip.name: clip for clip in clips}
    listed = {file.resolve(): by_words.get(words) for words, file in manifest_of(folder).items()}
    for file in sorted(folder.rglob("*")):
        if file.suffix.lower() in SUFFIXES and file.is_file():
            yield file, listed.get(file.resolve()) or by_name.get(file.stem.lower())


def keep(recording: Path, clip: Wanted, folder: Path) -> Path:
    """Copy a recording into the folder of prompts and list it there, in place of an earlier one. Returns its path.
    Raises VoicebotError if the folder cannot be written."""
    listed = manifest_of(folder)
    file = folder / f"{clip.name}{recording.suffix.lower()}"
    try:
        folder.mkdir(parents=True, exist_ok=True)
        if recording.resolve() != file.resolve():
            shutil.copyfile(recording, file)
        if listed.get(words_of(clip.text)) != file:
            _list(folder / MANIFEST, clip.text, file.name)
    except OSError as error:
        raise VoicebotError(f"{folder}: cannot be written ({error.strerror}); set VOICEBOT_PROMPTS") from None
    return file


def _list(manifest: Path, text: str, name: str) -> None:
    """Add a line under [prompts], or change the line with these words; everything else stays as it is."""
    lines = manifest.read_text("utf-8").splitlines() if manifest.exists() else ["[prompts]"]
    line = f"{json.dumps(text, ensure_ascii=False)} = {json.dumps(name, ensure_ascii=False)}"
    for at, old in enumerate(lines):
        if _is_entry_of(old, words_of(text)):
            lines[at] = line
            break
    else:
        lines.insert(lines.index("[prompts]") + 1 if "[prompts]" in lines else len(lines), line)
    manifest.write_text("\n".join([*lines, ""]), "utf-8")


def _is_entry_of(line: str, words: str) -> bool:
    try:
        return any(words_of(text) == words for text in tomllib.loads(line))
    except (tomllib.TOMLDecodeError, VoicebotError):
        return False


def _name_of(text: str) -> str:
    """The text's words in ASCII, joined by hyphens, cut at the end of a word."""
    plain = unicodedata.normalize("NFD", text.lower().replace("đ", "d")).encode("ascii", "ignore").decode()
    name = "-".join(re.findall(r"[a-z0-9]+", plain))
    return name if len(name) <= NAME_LETTERS else name[: NAME_LETTERS + 1].rsplit("-", 1)[0]


def _unused(name: str, names: set[str]) -> str:
    number, unused = 1, name
    while unused in names:
        number += 1
        unused = f"{name}-{number}"
    names.add(unused)
    return unused
