"""The carrier at the other end of the trunk: takes the calls that Asterisk makes, and lets telephones ring."""

from __future__ import annotations

import re
import socket
import threading
from collections.abc import Mapping
from dataclasses import dataclass
from types import TracebackType

LARGEST = 65_536
"""Bytes of a datagram."""


@dataclass(frozen=True)
class Ring:
    """A call that Asterisk made: `number` was dialled, and `shown` is whose number From tells."""

    number: str
    shown: str


class Carrier:
    """Passes calls on to the telephones of 127.0.0.1 that these numbers have (number → UDP port of a sipp), and lets
    any other number ring until Asterisk gives up. Everything after the answer goes between them without it."""

    def __init__(self, telephones: Mapping[str, int]) -> None:
        self.rings: list[Ring] = []
        self.given_up: list[str] = []
        """Numbers for which Asterisk cancelled the call."""
        self._telephones = telephones
        self._calls: dict[str, tuple[str, str, tuple[str, int]]] = {}  # Call-ID → number, INVITE, who sent it
        self._socket = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
        self._socket.bind(("127.0.0.1", 0))
        self._socket.settimeout(0.2)
        self._over = threading.Event()
        self._thread = threading.Thread(target=self._run, daemon=True)

    @property
    def port(self) -> int:
        return int(self._socket.getsockname()[1])

    def __enter__(self) -> Carrier:
        self._thread.start()
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._over.set()
        self._thread.join()
        self._socket.close()

    def _run(self) -> None:
        while not self._over.is_set():
            try:
                data, sender = self._socket.recvfrom(LARGEST)
            except TimeoutError:
                continue
            self._take(data.decode(), sender)

    def _take(self, message: str, sender: tuple[str, int]) -> None:
        call = header(message, "Call-ID")
        if message.startswith("INVITE ") and call not in self._calls:
            number, shown = address(message.split(maxsplit=2)[1]), address(header(message, "From"))
            self._calls[call] = (number, message, sender)
            self.rings.append(Ring(number, shown))
        if call not in self._calls:
            return
        number, invite, exchange = self._calls[call]
        if sender != exchange:
            self._send(message, exchange)
        elif number in self._telephones:
            self._send(message, ("127.0.0.1", self._telephones[number]))
        elif message.startswith("INVITE "):
            self._send(answer(message, "180 Ringing"), exchange)
        elif message.startswith("CANCEL "):
            self.given_up.append(number)
            self._send(answer(message, "200 OK"), exchange)
            self._send(answer(invite, "487 Request Terminated"), exchange)

    def _send(self, message: str, to: tuple[str, int]) -> None:
        self._socket.sendto(message.encode(), to)


def header(message: str, name: str) -> str:
    found = re.search(rf"^{name}: *(.*?)\r?$", message, re.MULTILINE | re.IGNORECASE)
    return found[1] if found else ""


def address(text: str) -> str:
    """The user of a SIP address."""
    found = re.search("sip:([^@]*)@", text)
    return found[1] if found else ""


def answer(request: str, status: str) -> str:
    """A response to a request (RFC 3261, section 8.2.6)."""
    kept = [
        line + (";tag=carrier" if line.lower().startswith("to:") and "tag=" not in line else "")
        for line in request.partition("\r\n\r\n")[0].split("\r\n")[1:]
        if re.match("(Via|From|To|Call-ID|CSeq):", line, re.IGNORECASE)
    ]
    return "\r\n".join([f"SIP/2.0 {status}", *kept, "Content-Length: 0", "", ""])
