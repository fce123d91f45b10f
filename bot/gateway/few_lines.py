"""Limits log lines that strangers can cause: whoever reaches the port could fill the disk."""

from __future__ import annotations

import logging
import time
from collections.abc import Callable

LINES, LINES_SECONDS = 5, 60.0
"""Lines of one logger in this many seconds; further lines are only counted."""


class FewLines(logging.Filter):
    """Passes `LINES` lines in `LINES_SECONDS`; the next line after that says how many were left out."""

    def __init__(self, clock: Callable[[], float] = time.monotonic) -> None:
        super().__init__()
        self._clock = clock
        self._ends = 0.0  # when lines pass again, by the clock
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
"""Loggers whose lines can be caused by a connection that has not shown the secret."""


def keep_short() -> None:
    """Limit these loggers in this process."""
    for name in STRANGERS_LOGS:
        logging.getLogger(name).addFilter(FewLines())
