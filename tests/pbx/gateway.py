"""`voicebot serve` as an operator starts it, on ports of its own."""

from __future__ import annotations

import os
import socket
import ssl
import subprocess
import sys
import time
import urllib.request
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

from bot.accounts import Accounts, open_accounts
from bot.places import PACKAGES
from bot.settings import Settings
from tests.conftest import GENEROUS

READY_SECONDS, STOP_SECONDS = 150, 20


def free_port(kind: socket.SocketKind = socket.SOCK_DGRAM) -> int:
    with socket.socket(socket.AF_INET, kind) as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


@dataclass(frozen=True)
class Gateway:
    """A running gateway. `tls`: the folder of its certificates (tests.pbx.certificates), None where it speaks plain."""

    process: subprocess.Popen[bytes]
    port: int
    audiosocket: int
    secret: str
    tls: Path | None
    log: Path
    accounts: Accounts

    def get(self, path: str) -> str:
        context = ssl.create_default_context(cafile=self.tls / "ca.pem") if self.tls else None
        scheme = "https" if self.tls else "http"
        with urllib.request.urlopen(f"{scheme}://127.0.0.1:{self.port}{path}", timeout=5, context=context) as answer:
            return str(answer.read().decode())

    def figure(self, name: str) -> float:
        """The sum of a metric over all labels that go on from `name`."""
        return sum(
            float(line.rpartition(" ")[2]) for line in self.get("/metrics").splitlines() if line.startswith(name)
        )


@contextmanager
def serving(
    folder: Path, settings: Settings, secret: str, tls: Path | None = None, *, call_back: bool = False
) -> Iterator[Gateway]:
    """A gateway that is ready. Raises RuntimeError with its last words where it does not get so."""
    port, audiosocket = free_port(socket.SOCK_STREAM), free_port(socket.SOCK_STREAM)
    environ = {
        **os.environ,
        **GENEROUS,
        "VOICEBOT_RASA_MODEL": settings.rasa_model,
        "VOICEBOT_DATABASE_URL": settings.database_url,
        "VOICEBOT_LINE_SECRET": secret,
        "VOICEBOT_AUDIOSOCKET": f"127.0.0.1:{audiosocket}",
        "VOICEBOT_VERSTAT": "prefer",
        "VOICEBOT_CALL_BACK": "on" if call_back else "off",
    }
    if tls:
        environ |= {
            "VOICEBOT_TLS_CERTIFICATE": str(tls / "gateway.pem"),
            "VOICEBOT_TLS_KEY": str(tls / "gateway.key"),
            "VOICEBOT_TLS_CLIENT_CA": str(tls / "ca.pem"),
        }
    log = folder / "gateway.log"
    with log.open("wb") as out:
        command = [sys.executable, "-m", "bot", "serve", "--port", str(port)]
        process = subprocess.Popen(command, cwd=PACKAGES, env=environ, stdout=out, stderr=out, stdin=subprocess.DEVNULL)
    gateway = Gateway(process, port, audiosocket, secret, tls, log, open_accounts(settings))
    try:
        _until_ready(gateway)
        yield gateway
    finally:
        process.terminate()
        try:
            process.wait(STOP_SECONDS)
        except subprocess.TimeoutExpired:
            process.kill()
            process.wait(STOP_SECONDS)


def _until_ready(gateway: Gateway) -> None:
    deadline = time.monotonic() + READY_SECONDS
    while time.monotonic() < deadline and gateway.process.poll() is None:
        try:
            gateway.get("/readyz")
        except OSError:
            time.sleep(0.3)
        else:
            return
    raise RuntimeError(f"voicebot serve does not get ready: {gateway.log.read_text()[-2000:]}")
