"""A limit on how long a thread waits for PostgreSQL in all, whether its server, the network or a lock is the cause.

PostgreSQL's own limits are counted by its server, and TCP's limits need a packet that is not acknowledged. Neither
helps with a connection that a firewall forgot, or with a stopped server. So psycopg2 does its waiting here: at the end
of the limit the connection is closed, and no thread hangs on it.
"""

from __future__ import annotations

import select
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

from sqlalchemy import event
from sqlalchemy.engine import Engine
from sqlalchemy.engine.interfaces import DBAPIConnection
from sqlalchemy.exc import InvalidatePoolError

PING_SECONDS = 0.5
"""For the answer to a ping on a connection that was idle. A dead connection costs a caller this time, not the reset."""

SILENT = "no answer in time"
"""What psycopg2 raises at the end of the limit: an OperationalError with this text."""

_limits = threading.local()


@contextmanager
def within(seconds: float | None) -> Iterator[None]:
    """Limit how long this thread may wait for PostgreSQL in the `with` block, in all. An outer limit that ends sooner
    still holds. None adds no limit."""
    before: float | None = getattr(_limits, "at", None)
    if seconds is not None:
        mine = time.monotonic() + seconds
        _limits.at = mine if before is None else min(before, mine)
    try:
        yield
    finally:
        _limits.at = before


def watch(engine: Engine) -> None:
    """Make an engine's connections obey the limits of `within`, and make each answer a ping before it is used again.

    Only psycopg2 can be limited. Its way of waiting is set for the whole process; a thread without a limit waits as
    before."""
    if engine.driver == "psycopg2":
        from psycopg2.extensions import set_wait_callback

        set_wait_callback(_wait)
    fresh = "fresh"

    def connected(_connection: object, record: Any) -> None:
        record.info[fresh] = True

    def checked_out(connection: DBAPIConnection, record: Any, _proxy: object) -> None:
        if record.info.pop(fresh, False):
            return
        try:
            with within(PING_SECONDS):
                alive = engine.dialect.do_ping(connection)
        except engine.dialect.loaded_dbapi.Error:
            alive = False
        if not alive:
            raise InvalidatePoolError  # the others are probably dead, too

    event.listen(engine, "connect", connected)
    event.listen(engine, "checkout", checked_out)


def _wait(connection: Any) -> None:
    """Wait until psycopg2's connection is ready, as `psycopg2.extras.wait_select` does, with a limit. An error raised
    here closes the connection."""
    import psycopg2
    from psycopg2.extensions import POLL_OK, POLL_READ

    while (state := connection.poll()) != POLL_OK:
        limit: float | None = getattr(_limits, "at", None)
        left = None if limit is None else limit - time.monotonic()
        ready = select.poll()  # unlike select(), for any number of open files
        ready.register(connection.fileno(), select.POLLIN if state == POLL_READ else select.POLLOUT)
        if left is not None and (left <= 0 or not ready.poll(left * 1000)):
            raise psycopg2.OperationalError(SILENT)
        if left is None:
            ready.poll()
