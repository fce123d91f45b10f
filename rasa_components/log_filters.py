"""Limits log lines that strangers can cause: whoever reaches a port could fill the disk. For gateways, the action
server and Rasa; imports only the standard library."""

from __future__ import annotations

import logging
import time
from collections.abc import Callable, Iterable

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


class PlaceAlone(logging.Filter):
    """Logs only the kind and place of an error, because its text quotes the request."""

    def filter(self, record: logging.LogRecord) -> bool:
        if record.exc_info and record.exc_info[1]:
            record.msg, record.args = f"a request failed: {place_of(record.exc_info[1])}", ()
            record.exc_info = record.exc_text = None
        return True


def place_of(error: BaseException) -> str:
    """The kind and the place of an error, for the log: its message and variables may hold a caller's secrets."""
    trace = error.__traceback__
    while trace and trace.tb_next:
        trace = trace.tb_next
    where = f"{trace.tb_frame.f_code.co_filename}:{trace.tb_lineno}" if trace else "an unknown place"
    return f"{type(error).__name__} at {where}"


def keep_short(*names: str) -> None:
    """Limit these loggers in this process. May be called again."""
    _add(FewLines, names)


def quote_nothing(*names: str) -> None:
    """Log only the kind and place of errors in these loggers. May be called again."""
    _add(PlaceAlone, names)


def _add(kind: type[logging.Filter], names: Iterable[str]) -> None:
    for logger in map(logging.getLogger, names):
        if not any(isinstance(each, kind) for each in logger.filters):
            logger.addFilter(kind())
