"""The gateway of the load bench: `voicebot serve` as a process of its own, with invented accounts."""

from __future__ import annotations

import asyncio
import dataclasses
import os
import secrets
import socket
import subprocess
import sys
import tempfile
import urllib.error
import urllib.request
from collections import Counter
from collections.abc import AsyncIterator, Callable, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass
from pathlib import Path

from bot.accounts import open_accounts
from bot.errors import VoicebotError
from bot.places import PACKAGES
from bot.settings import load

READY_SECONDS, STOP_SECONDS = 180.0, 30.0


@dataclass(frozen=True)
class Gateway:
    pid: int
    port: int
    secret: str

    @property
    def metrics(self) -> str:
        return f"http://127.0.0.1:{self.port}/metrics"


@asynccontextmanager
async def running(
    accounts: Sequence[tuple[str, str]], limit: int, tell: Callable[[str], None]
) -> AsyncIterator[Gateway]:
    """A gateway that takes `limit` calls and knows these accounts. Raises VoicebotError if it does not start."""
    with tempfile.TemporaryDirectory() as folder:
        url = f"sqlite:///{folder}/accounts.sqlite"
        store = open_accounts(dataclasses.replace(load(), database_url=url))
        store.init()
        store.import_rows(accounts)
        store.close()
        secret, port = secrets.token_hex(24), _free_port()
        environ = {
            **os.environ,
            "VOICEBOT_DATABASE_URL": url,
            "VOICEBOT_LINE_SECRET": secret,
            "VOICEBOT_MAX_CALLS": str(limit),
            "VOICEBOT_NUMBER_LENGTHS": "10",
            "VOICEBOT_MAX_RESETS": "10000",
            "VOICEBOT_MAX_REFUSALS": "1000000",
        }
        log = Path(folder) / "gateway.log"
        process = _start(port, environ, log)
        try:
            tell("starting the gateway")
            gateway = Gateway(process.pid, port, secret)
            if not await _ready(gateway, process):
                raise VoicebotError(f"the gateway does not start: {_last_words(log)}")
            yield gateway
            if process.poll() is not None:
                raise VoicebotError(f"the gateway ended: {_last_words(log)}")
        finally:
            process.terminate()
            try:
                await asyncio.to_thread(process.wait, STOP_SECONDS)
            except subprocess.TimeoutExpired:
                process.kill()
                process.wait()
            for complaint, times in _complaints(log).most_common(5):
                tell(f"the gateway's log, {times} times: {complaint}")


def _start(port: int, environ: dict[str, str], log: Path) -> subprocess.Popen[bytes]:
    command = [sys.executable, "-m", "bot", "serve", "--port", str(port)]
    with log.open("wb") as out:
        return subprocess.Popen(command, cwd=PACKAGES, env=environ, stdout=out, stderr=out, stdin=subprocess.DEVNULL)


def _last_words(log: Path) -> str:
    return log.read_text()[-2000:]


def _complaints(log: Path) -> Counter[str]:
    """The gateway's warnings, without the time at the beginning of each line."""
    return Counter(
        line.split(" ", 2)[2] for line in log.read_text().splitlines() if " WARNING " in line or " ERROR " in line
    )


async def _ready(gateway: Gateway, process: subprocess.Popen[bytes]) -> bool:
    for _ in range(round(READY_SECONDS / 0.5)):
        await asyncio.sleep(0.5)
        if process.poll() is not None:
            break
        try:
            await asyncio.to_thread(urllib.request.urlopen, f"http://127.0.0.1:{gateway.port}/readyz", timeout=5)
        except (urllib.error.URLError, OSError):
            continue
        return True
    return False


def _free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])
