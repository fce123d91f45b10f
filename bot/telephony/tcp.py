"""What TCP knows about the peer of a call: which bytes it has acknowledged, and when it is gone."""

from __future__ import annotations

import asyncio
import fcntl
import socket
import struct
import sys
import termios

SEND_BUFFER_BYTES = 8192
"""Size of the kernel's send buffer (Linux doubles it): half a second of sound, not the whole reading of a password."""

GONE_MS = 5000
"""A peer that acknowledges or accepts nothing for this long is gone (Linux)."""


def hold_short(transport: asyncio.BaseTransport | None, *, send_buffer: bool) -> None:
    """Make the connection end soon after its peer is gone; with `send_buffer`, make the kernel's send buffer small."""
    connection = transport.get_extra_info("socket") if transport else None
    if connection is None:
        return
    if hasattr(socket, "TCP_USER_TIMEOUT"):
        connection.setsockopt(socket.IPPROTO_TCP, socket.TCP_USER_TIMEOUT, GONE_MS)
    if send_buffer:
        connection.setsockopt(socket.SOL_SOCKET, socket.SO_SNDBUF, SEND_BUFFER_BYTES)


def unacknowledged(transport: asyncio.WriteTransport) -> int:
    """Bytes written to the transport that the peer's TCP has not acknowledged. For a closed connection that is unknown,
    so all count. On systems other than Linux: bytes that are still in this process."""
    here = transport.get_write_buffer_size()
    connection = transport.get_extra_info("socket")
    if connection.fileno() < 0:
        return sys.maxsize
    try:
        queued = fcntl.ioctl(connection.fileno(), termios.TIOCOUTQ, bytes(4))
    except OSError:
        return here
    return here + int(struct.unpack("i", queued)[0])
