"""A sound card for tests in place of PortAudio: its blocks are its clock, and it breaks when told to."""

import asyncio
import threading
from collections.abc import Callable
from types import ModuleType
from typing import Any

import numpy as np

from bot.events import Samples


class SoundCard(ModuleType):
    """Stands in for the module `sounddevice`. Blocks follow each other as fast as the call takes them."""

    class PortAudioError(Exception):
        pass

    def __init__(self, rates: tuple[int, ...] = (16000, 44100)) -> None:
        super().__init__("sounddevice")
        self.rates = rates
        self.speaks: Callable[[int, int], Samples] = lambda at, count: np.zeros(count, np.int16)
        """What the microphone hears: `count` samples from the sample `at` on, at the rate it was opened with."""
        self.played: list[Samples] = []
        self.openings = 0
        self.stops_at_once = 0
        """So many openings stop before they give a block."""
        self.underflows = 0
        """In so many blocks the card says that sound was lost."""
        self.refuses = False  # to be opened
        self.silent = False  # connected, and gives nothing
        self.deaf = threading.Event()  # cleared: does not answer when it is to be given back
        self.deaf.set()
        self.open: set[Stream] = set()

    def query_devices(self, kind: str) -> dict[str, Any]:
        return {"name": f"{kind} of the test", "default_samplerate": float(self.rates[-1])}

    def _exit_handler(self) -> None:
        """What sounddevice runs when the process ends."""

    def Stream(self, **options: Any) -> "Stream":  # noqa: N802 - sounddevice's name
        if self.refuses or options["samplerate"] not in self.rates:
            raise SoundCard.PortAudioError("Invalid sample rate")
        self.openings += 1
        stream = Stream(self, **options)
        self.open.add(stream)
        return stream


class Stream:
    latency = (0.0, 0.0)

    def __init__(
        self,
        card: SoundCard,
        samplerate: int,
        blocksize: int,
        callback: Callable[..., None],
        finished_callback: Callable[[], None],
        **_options: object,
    ) -> None:
        self._card, self._rate, self._size = card, samplerate, blocksize
        self._callback, self._finished = callback, finished_callback
        self._running: asyncio.Task[None] | None = None
        self._broken = False

    def start(self) -> None:
        self._running = asyncio.get_running_loop().create_task(self._run())

    async def _run(self) -> None:
        if self._card.stops_at_once:
            self._card.stops_at_once -= 1
            self._finished()
            return
        at = 0
        while not self._broken:
            if not self._card.silent:
                play = np.zeros((self._size, 1), np.int16)
                complains, self._card.underflows = min(self._card.underflows, 1), max(self._card.underflows - 1, 0)
                self._callback(self._card.speaks(at, self._size)[:, None], play, self._size, None, complains)
                self._card.played.append(play[:, 0])
                at += self._size
            await asyncio.sleep(0)
        self._finished()

    def break_down(self) -> None:
        """As when a driver gives up."""
        self._broken = True

    def abort(self, ignore_errors: bool) -> None:
        self._card.deaf.wait()
        self._broken = True

    def close(self, ignore_errors: bool) -> None:
        self._card.open.discard(self)
