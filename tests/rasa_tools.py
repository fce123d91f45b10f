"""One Rasa for all tests of a process: the trained dialogue, served over HTTP as everywhere. Its actions run in this
process, each conversation's with the services of the test that began it."""

from __future__ import annotations

import asyncio
import subprocess
import tempfile
import threading
import time
from collections.abc import Coroutine
from contextlib import AsyncExitStack
from pathlib import Path
from typing import Any
from urllib.request import Request, urlopen

import aiohttp
from rasa_sdk.executor import ActionExecutor

from bot.actions import executor
from bot.actions.server import app_of, serving
from bot.actions.services import Services
from bot.credentials import Credentials
from bot.dialogue import local
from bot.dialogue.environment import lend, rasa_environ
from bot.dialogue.health import PATH, StoreWatch
from bot.dialogue.served import ServedRasa
from bot.events import Reply, Utterance
from bot.places import HOME
from bot.settings import Settings

SECRET = "of-the-tests-and-their-rasa"
API_TOKEN = "of-the-tests"
OURS = Credentials(SECRET)
READY_WITHIN = 240
"""Seconds a busy machine may take to start Rasa; a quiet one takes eight."""


class SharedRasa:
    """Make it once, and close it."""

    def __init__(self, model: Path) -> None:
        self._executors: dict[str, ActionExecutor] = {}
        self._others: ActionExecutor | None = None
        self._loop = asyncio.new_event_loop()
        self._thread = threading.Thread(target=self._loop.run_forever, daemon=True)
        self._thread.start()
        self._stack = AsyncExitStack()
        app = app_of(self._executor, OURS)
        actions = self.in_thread(self._stack.enter_async_context(serving(app, local.HOST, 0)))
        self._folder = tempfile.TemporaryDirectory()
        folder = Path(self._folder.name)
        (port,) = local._free_ports(1)
        self.url, self.actions_url = f"http://{local.HOST}:{port}", f"http://{local.HOST}:{actions}/webhook"
        endpoints = local.write_endpoints(folder, self.actions_url)
        command = local.rasa_command(Settings(), model, port, endpoints)
        command += ["--enable-api", "--auth-token", API_TOKEN]
        environ = rasa_environ({"PATH": "/usr/bin:/bin", "HOME": str(folder)}, lend(folder / "packages"), SECRET)
        self.log = folder / "log"
        with self.log.open("wb") as log:
            self._process = subprocess.Popen(command, cwd=HOME, env=environ, stdout=log, stderr=log)
        self._wait(time.monotonic() + READY_WITHIN)

    def _wait(self, deadline: float) -> None:
        request = Request(self.url + PATH, headers=OURS.headers)
        while True:
            try:
                with urlopen(request, timeout=5):
                    return
            except OSError:
                if self._process.poll() is not None or time.monotonic() > deadline:
                    log = self.log.read_text("utf-8")[-2000:]
                    self.close()
                    raise AssertionError(f"Rasa was not loaded:\n{log}") from None
                time.sleep(0.05)

    def in_thread(self, work: Coroutine[Any, Any, Any]) -> Any:
        """The result of work that belongs to the actions' event loop."""
        return asyncio.run_coroutine_threadsafe(work, self._loop).result()

    def answers(self, conversation: str, actions: ActionExecutor) -> None:
        """From now on these actions are that conversation's."""
        self._executors[conversation] = actions

    def answers_others(self, actions: ActionExecutor) -> None:
        """From now on these actions are those of every conversation that no test announces."""
        self._others = actions

    def _executor(self, conversation: str) -> ActionExecutor:
        found = self._executors.get(conversation, self._others)
        assert found, "no test has announced this conversation"
        return found

    async def parse(self, text: str) -> dict[str, Any]:
        """What Rasa understands."""
        parsed: dict[str, Any] = await self._api("POST", "/model/parse", {"text": text})
        return parsed

    async def tracker(self, conversation: str) -> str:
        """All that Rasa keeps of a conversation."""
        return str(await self._api("GET", f"/conversations/{conversation}/tracker?include_events=ALL"))

    async def _api(self, method: str, path: str, body: object = None) -> Any:
        joint = "&" if "?" in path else "?"
        async with (
            aiohttp.ClientSession() as session,
            session.request(method, f"{self.url}{path}{joint}token={API_TOKEN}", json=body) as response,
        ):
            response.raise_for_status()
            return await response.json()

    def close(self) -> None:
        self._process.terminate()
        self._process.wait(30)
        self.in_thread(self._stack.aclose())
        self._loop.call_soon_threadsafe(self._loop.stop)
        self._thread.join()
        self._folder.cleanup()


class RasaOfTests:
    """`bot.dialogue.WatchedDialogue`: the shared Rasa with the account store and the seal of some settings. Usable in
    one event loop after another."""

    def __init__(self, shared: SharedRasa, settings: Settings, services: Services | None = None) -> None:
        self.shared, self.services = shared, services or Services(settings)
        self._actions = executor(self.services)
        self._lengths = settings.number_lengths
        self.up, self.store, self.operations = True, StoreWatch(), None

    async def tell(self, call_id: str, utterance: Utterance) -> Reply:
        self.shared.answers(call_id, self._actions)
        served = ServedRasa(self.shared.url, self.services.seal, self._lengths, OURS)
        try:
            return await served.tell(call_id, utterance)
        finally:
            await served.close()

    async def say(self, call_id: str, text: str) -> list[dict[str, Any]]:
        """A message that no bot sent, and Rasa's answer."""
        self.shared.answers(call_id, self._actions)
        async with (
            aiohttp.ClientSession(headers=OURS.headers) as session,
            session.post(f"{self.shared.url}{PATH}webhook", json={"sender": call_id, "message": text}) as response,
        ):
            answer: list[dict[str, Any]] = await response.json()
            return answer

    async def close(self) -> None: ...
