"""Recordings of a gateway's calls: off unless `recording_folder` is set. Each call has an Ogg Opus file, a page, and
the data that the operator's page draws (bot/reports/kept.py).

The number and the password are not in them (bot/reports/call_tape.py). Callers are told before anything else. Only
their owner can read the files, which are deleted after `recording_days`.
"""

from __future__ import annotations

import asyncio
import json
import logging
import os
import secrets
import time
from collections.abc import AsyncIterator, Awaitable, Callable, Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import asynccontextmanager
from datetime import UTC, datetime
from pathlib import Path
from typing import Protocol

from bot.call_keys import known_as
from bot.errors import VoicebotError
from bot.events import Outcome
from bot.protocols import Channel
from bot.reports.call_tape import CallTape
from bot.reports.kept import OURS, SUFFIXES, drawn, stem_of
from bot.reports.page import page_of, picture_of
from bot.reports.sound import opus
from bot.reports.transcript import lines_of
from bot.settings import Settings
from bot.tap import Tap
from bot.watching import Ended, Notice, Watch

SWEEP_SECONDS = 3600.0

DAY = 86_400

Answer = Callable[[Channel, Watch, str], Awaitable[Outcome]]

log = logging.getLogger(__name__)


class Answering(Protocol):
    """The part of `bot.assembly.Voicebot` that is needed here."""

    async def answer(
        self, channel: Channel, watch: Watch, name: str = "", *, tap: Tap, recorded: bool = False
    ) -> Outcome: ...


@asynccontextmanager
async def recording(settings: Settings, bot: Answering) -> AsyncIterator[Recorder | None]:
    """Records the bot's calls; None if recordings are off. Raises VoicebotError if the folder cannot be used."""
    if not settings.recording_folder:
        yield None
        return
    recorder = Recorder(bot, settings.path(settings.recording_folder), settings.recording_days)
    recorder.sweep(time.time())
    sweeping = asyncio.ensure_future(_sweep(recorder))
    try:
        yield recorder
    finally:
        sweeping.cancel()
        await asyncio.wait([sweeping])
        await asyncio.to_thread(recorder.close)


async def _sweep(recorder: Recorder) -> None:
    while True:
        await asyncio.sleep(SWEEP_SECONDS)
        await asyncio.to_thread(recorder.sweep, time.time())


class Recorder:
    """Answers calls and keeps their recordings in `folder`, for `days`."""

    def __init__(self, bot: Answering, folder: Path, days: int) -> None:
        self._bot, self.folder, self._days = bot, folder, days
        self._writer = ThreadPoolExecutor(1, thread_name_prefix="recording")
        try:
            folder.mkdir(mode=0o700, parents=True, exist_ok=True)
            check = folder / f".{secrets.token_hex(4)}"
            check.touch(mode=0o600)
            check.unlink()
        except OSError as error:
            raise VoicebotError(
                f"{folder}: no recordings can be kept there ({error.strerror}); let VOICEBOT_RECORDING_FOLDER name"
                " another folder"
            ) from None

    async def answer(self, channel: Channel, watch: Watch, name: str = "", id_: str = "") -> Outcome:
        """Hold one call to its end, as the bot does; its recording is written afterwards. `id_`: the id of the call's
        record, if there is one."""
        began, tape, notices = datetime.now(UTC), CallTape(channel.rate), list[Notice]()

        def both(notice: Notice) -> None:
            notices.append(notice)
            watch(notice)

        try:
            return await self._bot.answer(channel, both, name, tap=tape.tap, recorded=True)
        finally:
            self._writer.submit(self._keep, began, name, id_, tape, notices)

    def sweep(self, now: float) -> None:
        """Delete recordings that are too old; `now`: Unix time in seconds. A file that cannot be deleted is an error in
        the log, and tried again."""
        try:
            for path in self.folder.iterdir():
                if OURS.fullmatch(path.name) and path.stat().st_mtime < now - self._days * DAY:
                    path.unlink()
        except OSError as error:
            log.error("old recordings in %s cannot be deleted: %s", self.folder, error.strerror)

    def close(self) -> None:
        """Wait until all recordings are written."""
        self._writer.shutdown(wait=True)

    def _keep(self, began: datetime, name: str, id_: str, tape: CallTape, notices: Sequence[Notice]) -> None:
        """Never raises: a call must not fail because of its recording."""
        try:
            write_recording(self.folder, began, name, id_, tape, notices)
        except OSError as error:
            log.error("a call could not be recorded: %s", error.strerror)
        except Exception as error:  # its message may quote the call
            log.error("a call could not be recorded: %s", type(error).__name__)


def write_recording(
    folder: Path, began: datetime, name: str, id_: str, tape: CallTape, notices: Sequence[Notice]
) -> tuple[Path, ...]:
    """Write the recording of a call. Returns the paths, one for each of `SUFFIXES`. `name`: the exchange's name of the
    call; `id_`: the id of the call's record, or empty. Raises OSError."""
    kept = tape.finish()
    ended = next((notice for notice in notices if isinstance(notice, Ended)), None)
    outcome = (ended.outcome if ended else Outcome.ERROR).value
    lines = sorted(lines_of(notices), key=lambda line: (line.at_s, line.end_s))
    sound = opus(kept.caller, kept.bot)
    title = f"{began:%Y-%m-%d %H:%M:%S} UTC"
    both, blanks = (kept.caller, kept.bot), kept.blank_seconds
    page = page_of(title, outcome, lines, *both, secrets="blanked", sound=sound, blanks=blanks)
    picture = json.dumps(drawn(picture_of(outcome, lines, *both, secrets="blanked", blanks=blanks)))
    stem = stem_of(began, known_as(name) if name else "", id_ or secrets.token_hex(4))
    paths = tuple(folder / f"{stem}{suffix}" for suffix in SUFFIXES)
    for path, content in zip(paths, (sound, page.encode(), picture.encode()), strict=True):
        with os.fdopen(os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "wb") as file:
            file.write(content)
    return paths
