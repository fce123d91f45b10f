"""RTP as it passes on this machine's loopback: when each packet went, and what was in it. Needs root and Linux."""

from __future__ import annotations

import socket
import struct
import threading
from dataclasses import dataclass
from types import TracebackType

ETH_P_IP, SO_TIMESTAMPNS, UDP = 0x0800, 35, 17
"""From Linux's headers; Python's socket has no name for them."""

ETHERNET, UDP_HEADER, RTP_HEADER = 14, 8, 12
"""Bytes."""


@dataclass(frozen=True)
class Packet:
    """`at`: the kernel's clock, seconds; `source` and `to` are UDP ports."""

    at: float
    source: int
    to: int
    payload_type: int
    payload: bytes


def parse(at: float, frame: bytes) -> Packet | None:
    """What is in an Ethernet frame; None where that is no RTP (RFC 3550, without extensions)."""
    ip = frame[ETHERNET:]
    if len(ip) < 20 or ip[9] != UDP:
        return None
    udp = ip[(ip[0] & 0x0F) * 4 :]
    rtp = udp[UDP_HEADER:]
    if len(rtp) < RTP_HEADER or rtp[0] != 0x80:
        return None
    source, to = struct.unpack("!HH", udp[:4])
    return Packet(at, source, to, rtp[1] & 0x7F, rtp[RTP_HEADER:])


class Capture:
    """Keeps every RTP packet on the loopback while its context lasts."""

    def __init__(self) -> None:
        self.packets: list[Packet] = []
        self._socket = socket.socket(socket.AF_PACKET, socket.SOCK_RAW, socket.htons(ETH_P_IP))
        self._over = False
        self._thread = threading.Thread(target=self._listen, daemon=True)

    def __enter__(self) -> Capture:
        self._socket.setsockopt(socket.SOL_SOCKET, SO_TIMESTAMPNS, 1)
        self._socket.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, 1 << 23)
        self._socket.settimeout(0.2)
        self._socket.bind(("lo", 0))
        self._thread.start()
        return self

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, at: TracebackType | None) -> None:
        self._over = True
        self._thread.join()
        self._socket.close()

    def _listen(self) -> None:
        while not self._over:
            try:
                frame, ancillary, _, address = self._socket.recvmsg(2048, 64)
            except TimeoutError:
                continue
            if address[2] != socket.PACKET_HOST:  # every packet passes twice: as it is sent, and as it arrives
                continue
            seconds, nanoseconds = struct.unpack("ll", ancillary[0][2])
            packet = parse(seconds + nanoseconds * 1e-9, frame)
            if packet:
                self.packets.append(packet)
