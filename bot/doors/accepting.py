"""Accepts connections on a socket, one at a time between the other work of the event loop."""

from __future__ import annotations

import asyncio
import errno
import logging
import socket
import ssl
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager

from bot.doors.certificates import Certificates
from bot.errors import VoicebotError

BACKLOG = 128
"""Connections that may wait while the event loop is busy."""

TLS_SECONDS = 10.0
"""The longest time for the TLS handshake of an exchange."""

FULL_SECONDS = 0.1
"""Wait until the next try, if the system has no room for a further connection."""

Protocol = Callable[[socket.socket], asyncio.Protocol]
"""Makes the protocol for a connection that was just accepted, before a TLS handshake. Its `connection_lost` is called
at every end."""

log = logging.getLogger(__name__)


@asynccontextmanager
async def accepting(
    bound: socket.socket,
    protocol: Protocol,
    certificates: Certificates = lambda: None,
    full: Callable[[], None] = lambda: None,
) -> AsyncIterator[None]:
    """Accept connections on a bound socket. `full` is called when the system has no room for a further one."""
    bound.setblocking(False)
    bound.listen(BACKLOG)
    taking = asyncio.ensure_future(_take(bound, protocol, certificates, full))
    try:
        yield
    finally:
        taking.cancel()
        await asyncio.wait([taking])
        bound.close()


async def _take(bound: socket.socket, protocol: Protocol, certificates: Certificates, full: Callable[[], None]) -> None:
    loop = asyncio.get_running_loop()
    opening: set[asyncio.Task[None]] = set()
    try:
        while True:
            try:
                line, _ = await loop.sock_accept(bound)
            except ConnectionError:  # it was closed before it was accepted
                continue
            except OSError as error:
                log.error("no further connection can be taken (%s)", error.strerror)
                full()
                await asyncio.sleep(FULL_SECONDS)
                continue
            task = asyncio.create_task(_open(line, protocol(line), certificates()))
            opening.add(task)
            task.add_done_callback(opening.discard)
            await asyncio.sleep(0)  # a flood of connections must not block other work
    finally:
        for task in opening:
            task.cancel()


async def _open(line: socket.socket, protocol: asyncio.Protocol, context: ssl.SSLContext | None) -> None:
    patience = TLS_SECONDS if context else None
    loop = asyncio.get_running_loop()
    try:
        await loop.connect_accepted_socket(lambda: protocol, line, ssl=context, ssl_handshake_timeout=patience)
    except (TimeoutError, OSError) as error:  # no handshake, or gone
        protocol.connection_lost(error)


def bound_socket(host: str, port: int, setting: str, of_host: str = "VOICEBOT_HOST") -> socket.socket:
    """A socket that has this address and does not listen yet: a port that is taken is told before anything is loaded.

    Raises VoicebotError."""
    try:
        family, kind, protocol, _, address = socket.getaddrinfo(host, port, type=socket.SOCK_STREAM)[0]
        bound = socket.socket(family, kind, protocol)
        try:
            bound.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
            bound.bind(address)
        except OSError:
            bound.close()
            raise
    except UnicodeError:  # a label that no name can have
        raise VoicebotError(f"{host[:40]!r} is no name of a machine; set {of_host} to one of this machine's") from None
    except OSError as error:
        why = "is taken by another program" if error.errno == errno.EADDRINUSE else f"cannot be used ({error.strerror})"
        raise VoicebotError(f"{host}:{port} {why}; set {setting} to another one") from None
    return bound
