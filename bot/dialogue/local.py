"""Rasa and its actions as two processes beside this one: for `voicebot call` on a laptop, and for a small hotline.

    this process ──HTTP──▶ rasa run (Python 3.10, its own environment) ──HTTP──▶ voicebot actions ──▶ account store

Both listen on loopback, for who has a secret that is made at each start.
"""

from __future__ import annotations

import asyncio
import os
import random
import secrets
import socket
import sys
import tempfile
from collections.abc import Mapping
from dataclasses import replace
from pathlib import Path

import aiohttp
import yaml

from bot.accounts.database import Database
from bot.credentials import of_rasa
from bot.dialogue.environment import lend, rasa_environ, rasa_python
from bot.dialogue.freshness import check, newest
from bot.dialogue.health import CHECK_SECONDS, PATH, TIMEOUT, HealthCheck, StoreWatch
from bot.dialogue.process import KeptProcess
from bot.dialogue.served import ServedRasa
from bot.errors import VoicebotError
from bot.events import CallStarted, Gone, Reply, Utterance
from bot.operations.client import Client
from bot.places import HOME, PACKAGES
from bot.sealing import load_seal
from bot.settings import Settings, as_environ

HOST = "127.0.0.1"

PORTS = range(20_000, 32_000)
"""Free ones of these are taken. The system gives higher ones to outgoing connections, which come and go while Rasa
loads."""

HUNG_MISSES = 15
"""Beats of the pulse without an answer after which a process hangs, and is killed. Beats are counted, not seconds: a
gateway that itself stood still, with its machine, does not take the others for dead. At least half a minute, three
times the longest turn."""

MEMORY = {"GLIBC_TUNABLES": "glibc.malloc.mmap_threshold=4194304:glibc.malloc.hugetlb=1"}
"""A password's hash takes 19 MiB for 25 ms (argon2id), and by itself glibc keeps that for every thread that ever hashed
one: after 200 resets 670 to 690 MB instead of 540. Blocks of 4 MiB and more of their own go back at once; in huge pages
that costs 2 ms a hash and not 11."""

ENDED = "Rasa ended in the middle of a call; it is being started again, and its log tells why"


class LocalRasa:
    """`bot.events.Dialogue`. Make it with `open_dialogue`, and close it.

    What a Rasa knew of its calls ends with it: they are told so at their next turn, and new calls begin with the next
    process."""

    def __init__(self, settings: Settings) -> None:
        """Raises VoicebotError where Rasa's environment or the trained model is missing, a secret is too weak, or no
        account store can be at `database_url`: otherwise the action server would say so at every call."""
        Database(settings.database_url).close()
        if not settings.rasa_secret:
            settings = replace(settings, rasa_secret=secrets.token_hex(24))
        self._settings, self._secrets = settings, of_rasa(settings)
        self._folder = tempfile.TemporaryDirectory(prefix="voicebot-rasa-")
        folder = Path(self._folder.name)
        rasa_port, actions_port = _free_ports(2)
        url, actions_url = f"http://{HOST}:{rasa_port}", f"http://{HOST}:{actions_port}"
        model = newest(settings.path(settings.rasa_model))
        self.changed = check(model, HOME)
        """Files that changed after the dialogue was trained."""
        endpoints = write_endpoints(folder, f"{actions_url}/webhook")
        self._rasa = KeptProcess(
            "Rasa",
            rasa_command(settings, model, rasa_port, endpoints),
            rasa_environ(os.environ, lend(folder / "packages"), settings.rasa_secret),
            HOME,
            lambda: answers(url + PATH, self._secrets.headers),
        )
        self._actions = KeptProcess(
            "the action server",
            actions_command(actions_port),
            {**MEMORY, **os.environ, **as_environ(settings), "PYTHONPATH": str(PACKAGES)},
            HOME,
            lambda: answers(f"{actions_url}/health", {}),
        )
        seal = load_seal(settings)
        self._served = ServedRasa(url, seal, settings.number_lengths, self._secrets)
        self._operations = Client(actions_url, self._secrets, seal)
        self._health = HealthCheck(url, self._secrets, f"{actions_url}/webhook")
        self._calls: dict[str, int] = {}  # and the number of the Rasa that knows them
        self._watching: asyncio.Future[None] | None = None

    @property
    def up(self) -> bool:
        """Both processes are there, and nothing is known to be wrong with Rasa."""
        return bool(self._rasa.number and self._actions.number) and self._health.up

    @property
    def store(self) -> StoreWatch:
        return self._health.store

    @property
    def operations(self) -> Client:
        return self._operations

    async def start(self) -> None:
        """Start both; takes seconds. Raises VoicebotError where one cannot be loaded."""
        try:
            await asyncio.gather(self._rasa.start(), self._actions.start())
        except BaseException:
            await self.close()
            raise
        await self._health.check()
        self._watching = asyncio.ensure_future(self._watch())

    async def tell(self, call_id: str, utterance: Utterance) -> Reply:
        """One turn. Raises VoicebotError where the dialogue failed, is too slow, or is gone."""
        number = self._rasa.number
        if isinstance(utterance, CallStarted):
            self._calls[call_id] = number
        # Gone needs no memory of the call: also a caller who hangs up in the goodbye, or after a process died, is gone.
        known = self._calls.get(call_id) == number or isinstance(utterance, Gone)
        if not number or not known:
            self._calls.pop(call_id, None)
            raise VoicebotError(ENDED)
        reply = await self._served.tell(call_id, utterance)
        if reply.outcome is not None:
            self._calls.pop(call_id, None)
        return reply

    async def close(self) -> None:
        if self._watching:
            self._watching.cancel()
            await asyncio.wait([self._watching])
        await asyncio.gather(self._served.close(), self._rasa.close(), self._actions.close())
        self._folder.cleanup()

    async def _watch(self) -> None:
        """Feel the pulse of both, and kill one that hangs."""
        while True:
            await asyncio.sleep(CHECK_SECONDS)
            if not (self._rasa.number and self._actions.number):
                self._health.missed = self._health.actions_missed = 0  # it is being loaded
                continue
            await self._health.check()
            if self._health.missed >= HUNG_MISSES:
                self._rasa.kill()
            if self._health.actions_missed >= HUNG_MISSES:
                self._actions.kill()


def rasa_command(settings: Settings, model: Path, port: int, endpoints: Path) -> list[str]:
    """How Rasa is served. Raises VoicebotError where its environment is missing."""
    where = ("--port", str(port), "--interface", HOST)
    files = ("--model", str(model), "--endpoints", str(endpoints), "--credentials", str(HOME / "credentials.yml"))
    return [str(rasa_python(settings)), "-m", "rasa_components.quiet", "run", *where, *files, "--quiet"]


def actions_command(port: int) -> list[str]:
    """How its actions are served."""
    return [sys.executable, "-m", "bot", "actions", "--host", HOST, "--port", str(port)]


def write_endpoints(folder: Path, actions_url: str) -> Path:
    """The project's endpoints.yml with these actions, in `folder`. The secret stays in the environment.

    Raises VoicebotError where that file is not valid YAML."""
    file = HOME / "endpoints.yml"
    try:
        endpoints = dict(yaml.safe_load(file.read_text("utf-8")) or {})
    except (OSError, yaml.YAMLError, ValueError, TypeError) as error:
        raise VoicebotError(f"{file}: not endpoints that Rasa can read ({type(error).__name__}); correct it") from None
    secret = {"Authorization": "Bearer ${VOICEBOT_RASA_SECRET}"}
    endpoints["action_endpoint"] = {"url": actions_url, "headers": secret, "enable_selective_domain": True}
    written = folder / "endpoints.yml"
    written.write_text(yaml.safe_dump(endpoints), "utf-8")
    return written


async def answers(url: str, headers: Mapping[str, str]) -> bool:
    """Whether a server answers there. Raises VoicebotError where it is one that knows nothing of calls."""
    try:
        async with aiohttp.ClientSession(timeout=TIMEOUT, headers=headers) as session, session.get(url) as response:
            if response.status == 404:
                raise VoicebotError("Rasa has no channel for calls; let credentials.yml name it as this project's does")
            return response.status == 200
    except (TimeoutError, aiohttp.ClientError, OSError):
        return False


def _free_ports(count: int) -> list[int]:
    """Ports on which nobody listens, in no order that another bot takes, too."""
    free: list[int] = []
    for port in random.sample(PORTS, len(PORTS)):
        with socket.socket() as trial:
            try:
                trial.bind((HOST, port))
            except OSError:
                continue
        free.append(port)
        if len(free) == count:
            return free
    raise VoicebotError(f"no free port between {PORTS.start} and {PORTS.stop} on {HOST}; end what listens there")
