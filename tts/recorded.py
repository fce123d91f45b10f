"""Recorded prompts: a person's voice in place of the synthesiser's, from a folder that an operator fills.

`prompts.toml` in it says which file speaks which prompt (docs/speech.md):

    [prompts]
    "Xin chào quý khách." = "greeting.flac"
"""

from __future__ import annotations

import logging
import tomllib
from collections.abc import Mapping
from pathlib import Path

from bot.audio.files import NoSound, read_sound
from bot.errors import VoicebotError
from bot.events import Samples
from bot.settings import Settings
from tts.sound import finish
from tts.speakable import speakable
from vietnamese_numbers import DIGIT_WORDS

MANIFEST = "prompts.toml"

log = logging.getLogger(__name__)


class Recorded:
    """The recordings of a folder that can be used. Others are named in a warning."""

    def __init__(self, files: Mapping[str, Path]) -> None:
        """`files`: words of the prompt, as `words_of` gives them → its recording."""
        self._files = dict(files)
        self._clips: dict[tuple[str, int], Samples] = {}

    def get(self, text: str, rate: int) -> Samples | None:
        """The recording of this prompt at `rate` Hz, read-only, finished like the synthesiser's clips; None if there is
        none, or it cannot be used."""
        words = words_of(text)
        path = self._files.get(words)
        if path is None:
            return None
        if (words, rate) not in self._clips:
            try:
                sound, source = read_sound(path)
                clip = finish(sound, source, rate)
            except (NoSound, ValueError) as error:
                log.warning("%s: cannot be used (%s); the synthesiser speaks this prompt instead", path, error)
                del self._files[words]
                return None
            clip.setflags(write=False)
            self._clips[words, rate] = clip
        return self._clips[words, rate]


def words_of(text: str) -> str:
    """The words by which a recording is found for a prompt, without capitals and punctuation."""
    return " ".join(speakable(text).replace(",", " ").replace(".", " ").replace("?", " ").split())


def recorded_of(settings: Settings) -> Recorded:
    """The recordings of these settings. Raises VoicebotError as `open_recorded`, and where there is no such folder; the
    default one need not be there."""
    folder = settings.path(settings.prompts)
    if settings.prompts != Settings.prompts and not folder.is_dir():
        raise VoicebotError(f"setting prompts: there is no folder {folder}; make it, or name another one")
    return open_recorded(folder)


def open_recorded(folder: Path) -> Recorded:
    """The recordings listed in `folder`/prompts.toml; empty if there is no such file.

    Raises VoicebotError if the list itself cannot be read."""
    manifest = folder / MANIFEST
    if not manifest.exists():
        return Recorded({})
    try:
        prompts = tomllib.loads(manifest.read_text("utf-8")).get("prompts", {})
        entries = [(words_of(text), folder / name) for text, name in prompts.items()]
    except (OSError, UnicodeDecodeError, tomllib.TOMLDecodeError) as error:
        raise VoicebotError(f"{manifest}: cannot be read ({error}); correct it or remove it") from None
    except (AttributeError, TypeError):
        raise VoicebotError(f'{manifest}: under [prompts] write lines such as "Xin chào." = "hello.wav"') from None
    except VoicebotError as error:
        raise VoicebotError(f"{manifest}: {error}") from None
    _warn_of_missing_digits({words for words, _ in entries})
    return Recorded(dict(entries))


def _warn_of_missing_digits(words: set[str]) -> None:
    missing = [word for word in DIGIT_WORDS if word not in words]
    if 0 < len(missing) < len(DIGIT_WORDS):
        log.warning("recorded digits are used when all ten are there; still to record: %s", ", ".join(missing))
