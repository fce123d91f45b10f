"""A gateway with a web phone, whose bot says what a test has it say: in the test's process, at the pace of a call."""

from __future__ import annotations

import asyncio
import wave
from collections.abc import AsyncIterator, Iterator, Sequence
from contextlib import asynccontextmanager
from pathlib import Path

import numpy as np
import pytest

from bot.call import Call
from bot.events import RATE, Outcome, Prompt, Reply, Samples, SecretDigits, Segment
from bot.protocols import Channel
from bot.watching import Watch
from tests.call_tools import TIMING, WORDS, KeysOnly, Scripted
from tests.channels.contract import tone
from tests.fitted import FIT
from tests.gateway.conftest import Site, site
from tests.web.browser import Chromium, chromium

PASSWORD = "8312 1190"
PROMPT_SECONDS = 0.5


@pytest.fixture(scope="session")
def browser() -> Iterator[Chromium]:
    """One for all pages whose callers say nothing."""
    with chromium() as running:
        yield running


class Tones:
    """Every segment is a tone, as long as the test wants it."""

    def __init__(self, seconds: float = PROMPT_SECONDS) -> None:
        self.seconds = seconds

    async def clip(self, segment: Segment, rate: int) -> Samples:
        return tone(rate, self.seconds, 440)

    def words(self, segment: Segment) -> str:
        if isinstance(segment, SecretDigits):
            return PASSWORD
        return segment.text if isinstance(segment, Prompt) else ""

    async def warm(self, texts: Sequence[str], rate: int) -> None: ...

    async def close(self) -> None: ...


class Held:
    """The channels that were answered."""

    def __init__(self) -> None:
        self.channels: list[Channel] = []


@asynccontextmanager
async def phone(
    *replies: Reply, secret: str = "", calls: int = 10, seconds: float = PROMPT_SECONDS
) -> AsyncIterator[tuple[str, Site, Held]]:
    """A web phone whose bot gives these replies in each call; its address."""
    held = Held()

    async def answer(channel: Channel, watch: Watch, name: str = "") -> Outcome:
        held.channels.append(channel)
        dialogue = Scripted(*replies)
        return await Call(
            "id", channel, KeysOnly(), dialogue, Tones(seconds), TIMING, FIT, words=WORDS, watch=watch
        ).run()

    async with site(answer, secret=secret, calls=calls, web_phone=True) as here:
        beating = asyncio.ensure_future(here.ticker.run())
        try:
            yield here.server.make_url("/"), here, held
        finally:
            beating.cancel()
            await asyncio.wait([beating])


def write_sound(path: Path, *pieces: Samples | float) -> Path:
    """A WAV of pieces of sound at `RATE`, and of silence, in seconds."""
    sounds = [piece if isinstance(piece, np.ndarray) else np.zeros(round(piece * RATE), np.int16) for piece in pieces]
    with wave.open(str(path), "wb") as out:
        out.setnchannels(1)
        out.setsampwidth(2)
        out.setframerate(RATE)
        out.writeframes(np.concatenate(sounds).astype("<i2").tobytes())
    return path
