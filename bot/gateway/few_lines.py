"""Keeps the log short where strangers write it: whoever reaches the port could fill the disk."""

from __future__ import annotations

import logging
import time
from collections.abc import Callable

LINES, LINES_SECONDS = 5, 60.0
"""Of one logger in so many seconds; what comes meanwhile is counted."""


class FewLines(logging.Filter):
    """Passes `LINES` lines in `LINES_SECONDS`; the first one after them tells how many did not pass."""

    def __init__(self, clock: Callable[[], float] = time.monotonic) -> None:
        super().__init__()
        self._clock = clock
        self._ends = 0.0  # when the next lines pass, by the clock
        self._passed = self._left_out = 0

    def filter(self, record: logging.LogRecord) -> bool:
        now = self._clock()
        if now >= self._ends:
            self._ends, self._passed = now + LINES_SECONDS, 0
        if self._passed >= LINES:
            self._left_out += 1
            return False
        self._passed += 1
        if self._left_out:
            text = f"{record.getMessage()} ({self._left_out} lines before it were left out)"
            record.msg, record.args, self._left_out = text, (), 0
        return True


STRANGERS_LOGS = ("asyncio", "bot.gateway.accepting", "bot.gateway.audiosocket", "bot.gateway.server.http")
"""Loggers in which a line can come from a connection that has not shown the secret."""


def keep_short() -> None:
    """Let strangers write a few lines only, in this process."""
    for name in STRANGERS_LOGS:
        logging.getLogger(name).addFilter(FewLines())
