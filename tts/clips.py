"""Keeps clips in memory, and on disk for the next start. Only for prompts, never for a secret."""

from __future__ import annotations

import asyncio
import contextlib
import hashlib
import logging
import secrets
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

from bot.audio import wav
from bot.events import Samples
from tts.voice import Voice

VERSION = 2
"""Increase it when tts/sound.py or tts/worker.py changes how clips sound: then all are made again."""

log = logging.getLogger(__name__)


class Clips:
    """Clips in one voice, kept in `folder`. For one event loop; a thread renders one clip at a time."""

    def __init__(self, voice: Voice, folder: Path) -> None:
        self._voice = voice
        self._folder = folder
        self._clips: dict[tuple[str, int], asyncio.Task[Samples]] = {}
        self._thread = ThreadPoolExecutor(1, thread_name_prefix="tts")

    async def get(self, words: str, rate: int) -> Samples:
        """The clip of `words` (from `tts.speakable`) at `rate` Hz, read-only. A second call for a clip that is being
        made waits for it. Raises VoicebotError if the voice cannot speak; the next call tries again."""
        key = (words, rate)
        task = self._clips.get(key)
        if task is None:
            task = self._clips[key] = asyncio.ensure_future(self._make(words, rate))
            task.add_done_callback(lambda done: self._forget_failed(key, done))
        return await asyncio.shield(task)  # a waiter that is cancelled must not take the clip from the others

    async def rest(self) -> None:
        """Free the voice's resources until it is needed again."""
        await asyncio.to_thread(self._voice.close)

    async def close(self) -> None:
        """Cancel clips that are being made, and close the voice."""
        self._thread.shutdown(wait=False, cancel_futures=True)
        await self.rest()

    def _forget_failed(self, key: tuple[str, int], done: asyncio.Task[Samples]) -> None:
        if done.cancelled() or done.exception():
            del self._clips[key]

    async def _make(self, words: str, rate: int) -> Samples:
        return await asyncio.get_running_loop().run_in_executor(self._thread, self._load_or_render, words, rate)

    def _load_or_render(self, words: str, rate: int) -> Samples:
        path = self._folder / f"{self._name(words, rate)}.wav"
        clip = wav.read(path, rate)
        if clip is None:
            clip = self._voice.render(words, rate)
            _write(path, clip, rate)
        clip.setflags(write=False)
        return clip

    def _name(self, words: str, rate: int) -> str:
        return hashlib.sha256("\n".join([str(VERSION), self._voice.key, str(rate), words]).encode()).hexdigest()[:32]


def _write(path: Path, clip: Samples, rate: int) -> None:
    """Write to another name, then rename. If the disk refuses, the clip is only made again at the next start."""
    aside = path.with_name(f"{path.name}.{secrets.token_hex(4)}")
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        try:
            with aside.open("wb") as file:
                wav.write(file, clip, rate)
            aside.replace(path)
        finally:
            with contextlib.suppress(FileNotFoundError):
                aside.unlink()
    except OSError as error:
        log.warning("%s: cannot keep clips there (%s)", path.parent, error.strerror)
