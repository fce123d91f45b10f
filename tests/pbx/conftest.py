"""The telephone line for real: sipp ─▶ Asterisk ─▶ gateway ─▶ the whole bot, on ports of this machine.

Needs raw sockets (sipp plays the caller's packets through them: root), espeak-ng, and Asterisk and sipp, which
prepare.sh fetches once. Everything that is started here is ended here, and nothing is waited for without a limit.
"""

from __future__ import annotations

import asyncio
import os
import secrets
import socket
import subprocess
import sys
import time
import urllib.request
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

import pytest
import yaml

from bot.accounts import Accounts, open_accounts
from bot.assembly import DOMAIN
from bot.events import RATE, Prompt, Samples
from bot.sealing import load_seal
from bot.settings import ROOT, Settings, load
from tests.pbx.exchange import Exchange, Sites
from tts.speech import open_speech

PREPARE_SECONDS, READY_SECONDS, STOP_SECONDS = 420, 150, 20


@pytest.fixture(scope="session")
def tools() -> Path:
    """The folder with Asterisk and sipp."""
    if sys.platform != "linux":
        pytest.skip("needs Linux: Asterisk and sipp are Debian's")
    try:
        socket.socket(socket.AF_INET, socket.SOCK_RAW, socket.IPPROTO_UDP).close()
    except PermissionError:
        pytest.skip("needs root: sipp sends the caller's packets through a raw socket")
    prepare = Path(__file__).parent / "prepare.sh"
    try:
        run = subprocess.run([prepare], capture_output=True, timeout=PREPARE_SECONDS, check=False)
    except subprocess.TimeoutExpired:
        pytest.skip(f"needs Asterisk and sipp, and fetching them took more than {PREPARE_SECONDS // 60} minutes")
    if run.returncode:
        pytest.skip(f"needs Asterisk and sipp: {run.stderr.decode().strip().splitlines()[-1]}")
    return Path(run.stdout.decode().strip())


def free_port(kind: socket.SocketKind = socket.SOCK_DGRAM) -> int:
    with socket.socket(socket.AF_INET, kind) as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


@dataclass
class Gateway:
    """`voicebot serve`, and what it left behind."""

    process: subprocess.Popen[bytes]
    port: int
    audiosocket: int
    secret: str
    log: Path
    accounts: Accounts

    def get(self, path: str) -> str:
        with urllib.request.urlopen(f"http://127.0.0.1:{self.port}{path}", timeout=5) as answer:
            return str(answer.read().decode())

    def figure(self, name: str) -> float:
        """The sum of a metric over all labels that go on from `name`."""
        return sum(
            float(line.rpartition(" ")[2]) for line in self.get("/metrics").splitlines() if line.startswith(name)
        )


@pytest.fixture(scope="session")
def settings(dialogue_model: Path, accounts_url: str) -> Settings:
    return load({"VOICEBOT_RASA_MODEL": str(dialogue_model), "VOICEBOT_DATABASE_URL": accounts_url})


@pytest.fixture(scope="session")
def gateway(tools: Path, settings: Settings, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Gateway]:
    folder = tmp_path_factory.mktemp("gateway")
    secret, audiosocket = secrets.token_hex(24), free_port(socket.SOCK_STREAM)
    port = free_port(socket.SOCK_STREAM)
    environ = {
        **os.environ,
        "VOICEBOT_RASA_MODEL": settings.rasa_model,
        "VOICEBOT_DATABASE_URL": settings.database_url,
        "VOICEBOT_LINE_SECRET": secret,
        "VOICEBOT_AUDIOSOCKET": f"127.0.0.1:{audiosocket}",
    }
    log = folder / "gateway.log"
    with log.open("wb") as out:
        command = [sys.executable, "-m", "bot", "serve", "--port", str(port)]
        process = subprocess.Popen(command, cwd=ROOT, env=environ, stdout=out, stderr=out, stdin=subprocess.DEVNULL)
    gateway = Gateway(process, port, audiosocket, secret, log, open_accounts(settings))
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
    pytest.fail(f"voicebot serve does not get ready: {gateway.log.read_text()[-2000:]}")


@pytest.fixture(scope="session")
def exchange(tools: Path, gateway: Gateway, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Exchange]:
    yield from _running(tools, tmp_path_factory.mktemp("exchange"), gateway, gateway.secret)


@pytest.fixture
def impostor(tools: Path, gateway: Gateway, tmp_path: Path) -> Iterator[Exchange]:
    """An exchange that does not know the secret."""
    yield from _running(tools, tmp_path, gateway, secrets.token_hex(24))


def _running(tools: Path, folder: Path, gateway: Gateway, secret: str) -> Iterator[Exchange]:
    sites = Sites(free_port(), free_port(), gateway.port, gateway.audiosocket, secret)
    exchange = Exchange(tools, folder, sites)
    try:
        exchange.start()
        yield exchange
    finally:
        exchange.stop()


class Prompts:
    """What the bot says, as sound."""

    def __init__(self, settings: Settings) -> None:
        self._settings = settings
        self._responses = yaml.safe_load(DOMAIN.read_text("utf-8"))["responses"]

    def __getitem__(self, response: str) -> Samples:
        """The first variation of a response of domain.yml, at `RATE`."""
        return asyncio.run(self._spoken([self._responses[response][0]["text"]]))

    def seconds(self, *responses: str) -> float:
        return sum(len(self[response]) for response in responses) / RATE

    async def _spoken(self, texts: Sequence[str]) -> Samples:
        speech = open_speech(self._settings, load_seal(self._settings))
        try:
            return await speech.clip(Prompt(texts[0]), RATE)
        finally:
            await speech.close()


@pytest.fixture(scope="session")
def prompts(settings: Settings) -> Prompts:
    return Prompts(settings)
