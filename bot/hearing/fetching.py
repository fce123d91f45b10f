"""Fetches a model of the catalogue: resumed where it stopped, checked, and unpacked as a whole or not at all."""

from __future__ import annotations

import asyncio
import shutil
import tempfile
import zipfile
from collections.abc import Callable
from pathlib import Path, PurePosixPath
from typing import BinaryIO

import aiohttp

from bot.hearing.catalogue import Entry
from bot.hearing.models import ModelError, inspect, sha256

Progress = Callable[[int, int], None]
"""Told bytes so far, and all bytes (0: not known)."""

CHUNK = 1 << 16
ROOM = 2 << 30
"""Bytes that a model may have, as a zip and unpacked: more than the largest of Vosk's, far less than a zip bomb."""


def fetch(entry: Entry, sha256_of_zip: str, into: Path, progress: Progress) -> Path:
    """Download `entry.url` and unpack it to `into/name`; the folder.

    What was downloaded stays as NAME.zip.part until it is complete, so that a second try goes on from there.
    Raises ModelError where the download fails, the digest differs or the zip holds no sound model."""
    part = into / f"{entry.name}.zip.part"
    try:
        into.mkdir(parents=True, exist_ok=True)
        with part.open("ab") as file:
            if not entry.size or file.tell() < entry.size:  # else complete, or wrong, which its digest shows
                asyncio.run(_download(entry.url, file, entry.size, progress))
    except (TimeoutError, aiohttp.ClientError, OSError) as error:
        raise ModelError(
            f"model {entry.name}: {entry.url} cannot be fetched ({error or type(error).__name__}); "
            "run the command again, it goes on where it stopped"
        ) from None
    except TooLarge:
        part.unlink()
        raise ModelError(
            f"model {entry.name}: {entry.url} sends more than {ROOM} bytes; it was deleted, correct the address"
        ) from None
    if sha256(part) != sha256_of_zip.lower():
        part.unlink()
        raise ModelError(f"model {entry.name}: what {entry.url} sent has another SHA-256; it was deleted, try again")
    folder = _unpack(entry, part, into)
    part.unlink()
    return folder


class TooLarge(Exception):  # noqa: N818  # what happened
    """The server sends more than any model has."""


async def _download(url: str, file: BinaryIO, size: int, progress: Progress) -> None:
    """Append what `file` lacks; from the beginning where the server cannot go on in the middle."""
    have = file.tell()
    headers = {"Range": f"bytes={have}-"} if have else {}
    timeout = aiohttp.ClientTimeout(total=None, connect=30, sock_read=60)
    async with aiohttp.ClientSession(timeout=timeout) as session, session.get(url, headers=headers) as answer:
        if have and answer.status == 416:  # nothing left to send
            return
        answer.raise_for_status()
        if have and answer.status != 206:
            have = file.truncate(0)
        total = max(size, have + (answer.content_length or 0))
        async for chunk in answer.content.iter_chunked(CHUNK):
            file.write(chunk)
            have += len(chunk)
            if have > ROOM:
                raise TooLarge
            progress(have, total)


def _unpack(entry: Entry, archive: Path, into: Path) -> Path:
    building = Path(tempfile.mkdtemp(prefix=f".{entry.name}-", dir=into))
    try:
        with zipfile.ZipFile(archive) as unpacked:
            members = unpacked.infolist()
            if any(_leaves(member.filename) for member in members) or sum(m.file_size for m in members) > ROOM:
                raise ModelError(
                    f"model {entry.name}: the zip is not what a model's zip looks like; it was not unpacked"
                )
            unpacked.extractall(building)
        inspect(building / entry.name, entry.kind)
        target = into / entry.name
        if target.exists():
            shutil.rmtree(target)
        (building / entry.name).rename(target)
    except (zipfile.BadZipFile, OSError) as error:
        raise ModelError(f"model {entry.name}: {archive} cannot be unpacked ({error})") from None
    finally:
        shutil.rmtree(building, ignore_errors=True)
    return target


def _leaves(name: str) -> bool:
    """Whether a zip member would be written outside the folder it is unpacked to."""
    path = PurePosixPath(name.replace("\\", "/"))
    return path.is_absolute() or ".." in path.parts or ":" in name
