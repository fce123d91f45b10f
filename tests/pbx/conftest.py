"""The telephone line for real: sipp ─▶ Asterisk ─▶ gateway ─▶ the whole bot, on ports of this machine.

Needs raw sockets (sipp plays the caller's packets through them: root), espeak-ng, and Asterisk and sipp, which
prepare.sh fetches once. Everything that is started here is ended here, and nothing is waited for without a limit.
"""

from __future__ import annotations

import asyncio
import secrets
import socket
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest
import soxr
import yaml

from bot.assembly import DOMAIN
from bot.events import RATE, Prompt, Samples
from bot.sealing import load_seal
from bot.settings import Settings, load
from tests.conftest import GENEROUS
from tests.pbx import certificates
from tests.pbx.exchange import Exchange, Sites
from tests.pbx.gateway import Gateway, free_port, serving
from tts.speech import open_speech

PREPARE_SECONDS = 420


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


@pytest.fixture(scope="session")
def settings(dialogue_model: Path, accounts_url: str) -> Settings:
    return load({**GENEROUS, "VOICEBOT_RASA_MODEL": str(dialogue_model), "VOICEBOT_DATABASE_URL": accounts_url})


@pytest.fixture(scope="session")
def gateway(tools: Path, settings: Settings, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Gateway]:
    """A gateway that wants a secret, on both kinds of lines."""
    with serving(tmp_path_factory.mktemp("gateway"), settings, secrets.token_hex(24)) as gateway:
        yield gateway


@pytest.fixture(scope="session")
def tls_gateway(tools: Path, settings: Settings, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Gateway]:
    """A gateway that wants a certificate of its own authority, and no secret, and calls everybody back."""
    folder = tmp_path_factory.mktemp("tls-gateway")
    certificates.make(folder)
    with serving(folder, settings, "", tls=folder, call_back=True) as gateway:
        yield gateway


@pytest.fixture(scope="session")
def exchange(tools: Path, gateway: Gateway, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Exchange]:
    with exchanging(tools, tmp_path_factory.mktemp("exchange"), gateway, gateway.secret) as exchange:
        yield exchange


@contextmanager
def exchanging(
    tools: Path, folder: Path, gateway: Gateway, secret: str, *, certified: bool = False, carrier: int = 9
) -> Iterator[Exchange]:
    """An exchange that brings its calls to this gateway, with this secret, and with a certificate where `certified`.
    `carrier`: the port where it calls back."""
    sites = Sites(free_port(), free_port(), gateway.port, gateway.audiosocket, secret, gateway.tls, certified, carrier)
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
        return self.played(response, RATE)

    def played(self, response: str, rate: int) -> Samples:
        """The same as a telephone hears it over media of `rate` Hz. Every rate has a clip of its own, because espeak-ng
        never says a sentence twice in the very same way."""
        clip = asyncio.run(self._spoken(self._responses[response][0]["text"], rate))
        return clip if rate == RATE else soxr.resample(clip, rate, RATE)

    def seconds(self, *responses: str) -> float:
        return sum(len(self[response]) for response in responses) / RATE

    async def _spoken(self, text: str, rate: int) -> Samples:
        speech = open_speech(self._settings, load_seal(self._settings))
        try:
            return await speech.clip(Prompt(text), rate)
        finally:
            await speech.close()


@pytest.fixture(scope="session")
def prompts(settings: Settings) -> Prompts:
    return Prompts(settings)
