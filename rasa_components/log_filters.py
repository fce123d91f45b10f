"""Keeps the log short where strangers write it: whoever reaches a port could fill the disk. For gateways, the action
server and Rasa; imports the standard library alone."""

from __future__ import annotations

import logging
import time
from collections.abc import Callable, Iterable

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


class PlaceAlone(logging.Filter):
    """Of an error, its kind and place: what was wrong with a request is quoted in its text."""

    def filter(self, record: logging.LogRecord) -> bool:
        if record.exc_info and record.exc_info[1]:
            record.msg, record.args = f"a request failed: {place_of(record.exc_info[1])}", ()
            record.exc_info = record.exc_text = None
        return True


def place_of(error: BaseException) -> str:
    """What kind of error it was and where, for the log: its message and its variables may hold a caller's secrets."""
    trace = error.__traceback__
    while trace and trace.tb_next:
        trace = trace.tb_next
    where = f"{trace.tb_frame.f_code.co_filename}:{trace.tb_lineno}" if trace else "an unknown place"
    return f"{type(error).__name__} at {where}"


def keep_short(*names: str) -> None:
    """Let strangers write a few lines only into these loggers. Again is harmless."""
    _add(FewLines, names)


def quote_nothing(*names: str) -> None:
    """Let errors in these loggers tell their kind and place alone. Again is harmless."""
    _add(PlaceAlone, names)


def _add(kind: type[logging.Filter], names: Iterable[str]) -> None:
    for logger in map(logging.getLogger, names):
        if not any(isinstance(each, kind) for each in logger.filters):
            logger.addFilter(kind())
