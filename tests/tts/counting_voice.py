"""A voice that counts what it is asked to speak."""

import threading

import numpy as np

from bot.events import Samples


class CountingVoice:
    """A tone of 100 ms for each word, and a list of what was rendered; `hold` keeps renders waiting while cleared."""

    key = "counting"

    def __init__(self) -> None:
        self.rendered: list[tuple[str, int]] = []
        self.failures: list[Exception] = []
        self.hold = threading.Event()
        self.hold.set()
        self.closed = 0

    def render(self, text: str, rate: int) -> Samples:
        self.rendered.append((text, rate))
        self.hold.wait()
        if self.failures:
            raise self.failures.pop()
        time = np.arange(len(text.split()) * rate // 10) / rate
        return (8000 * np.sin(2 * np.pi * 440 * time)).astype(np.int16)

    def close(self) -> None:
        self.closed += 1
