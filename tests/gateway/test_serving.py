"""`voicebot serve` as an operator runs it: whole calls through the whole bot, draining, and errors of one line."""

from __future__ import annotations

import asyncio
import contextlib
import os
import signal
import socket
import sys
import uuid
from asyncio.subprocess import PIPE, Process
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from aiohttp import BasicAuth, ClientSession

from bot.accounts import open_accounts
from bot.accounts.demo import DEMO
from bot.operations.calls import Calls, Wanted
from bot.places import PACKAGES
from bot.settings import Settings
from bot.telephony.audiosocket import UUID
from tests.channels import fake_audiosocket
from tests.channels.fake_asterisk import FakeAsterisk, dialled, hear_out
from tests.conftest import GENEROUS

SECRET = "a secret of sixteen characters"
GUARD = 120
"""Seconds for anything here, on a very busy machine."""

PAUSE = 15
"""Frames of silence after which a caller takes the bot to have finished."""


def free_port() -> int:
    with socket.create_server(("127.0.0.1", 0)) as taken:
        return int(taken.getsockname()[1])


async def start(*arguments: str, **environ: str) -> Process:
    command = [sys.executable, "-m", "bot", "serve", *arguments]
    return await asyncio.create_subprocess_exec(*command, cwd=PACKAGES, env={**os.environ, **environ}, stderr=PIPE)


@dataclass
class Served:
    """A gateway that is ready."""

    process: Process
    port: int
    audiosocket: int
    log: str = ""

    async def line(self, word: str) -> str:
        """The next line of its log that holds this word."""
        assert self.process.stderr is not None
        while True:
            line = (await asyncio.wait_for(self.process.stderr.readline(), GUARD)).decode()
            assert line, self.log
            self.log += line
            if word in line:
                return line

    async def ask(self, path: str, form: dict[str, str] | None = None) -> tuple[int, str]:
        url = f"http://127.0.0.1:{self.port}{path}"
        async with (
            ClientSession(auth=BasicAuth("asterisk", SECRET)) as session,
            session.request("POST" if form else "GET", url, data=form) as response,
        ):
            return response.status, await response.text()

    def call(self, query: str) -> contextlib.AbstractAsyncContextManager[FakeAsterisk]:
        return dialled(f"ws://127.0.0.1:{self.port}/asterisk?{query}", secret=SECRET)


@asynccontextmanager
async def served(**environ: str) -> AsyncIterator[Served]:
    port, audiosocket = free_port(), free_port()
    setting = {"VOICEBOT_LINE_SECRET": SECRET, "VOICEBOT_AUDIOSOCKET": f"127.0.0.1:{audiosocket}"}
    here = Served(await start("--port", str(port), **setting, **environ), port, audiosocket)
    try:
        await here.line("ready")
        yield here
    finally:
        with contextlib.suppress(ProcessLookupError):
            here.process.kill()
        await here.process.wait()


@pytest.fixture
async def here(dialogue_model: Path, accounts_url: str) -> AsyncIterator[Served]:
    ready = {"VOICEBOT_RASA_MODEL": str(dialogue_model), "VOICEBOT_DATABASE_URL": accounts_url}
    async with served(**GENEROUS, **ready) as serving:
        yield serving


async def press(caller: FakeAsterisk, keys: str) -> None:
    for key in keys:
        await caller.press(key)
        for _ in range(5):
            await caller.tick()


async def hang_after_the_last_key(here: Served, phone: str, number: str) -> str:
    """An older exchange that brings a right pair and then hangs: it reads nothing and sends nothing, and its system
    takes what the bot says. The line of the log about that call. The bot's frames are the clock."""
    _, name = await here.ask("/callers", {"caller": phone})
    async with fake_audiosocket.dialled("127.0.0.1", here.audiosocket) as line:
        line.send(UUID, uuid.UUID(name).bytes)
        for keys in ("8", f"{number}#"):
            began = len(line.heard)
            while not any(frame.any() for frame in line.heard[began:]):
                await line.tick()
            for key in keys:
                await line.press(key)
                for _ in range(5):
                    await line.tick()
            for _ in range(75 if keys == "8" else 0):  # a key that may begin a number waits a second for the next one
                await line.tick()
        return await here.line(name)


def core_limits(process: int) -> list[str]:
    """The longest core file of a process and of all that it started, as Linux writes it."""
    children = Path(f"/proc/{process}/task/{process}/children").read_text().split()
    limits = Path(f"/proc/{process}/limits").read_text()
    [own] = [line.split()[4] for line in limits.splitlines() if line.startswith("Max core file size")]
    return [own, *(limit for child in children for limit in core_limits(int(child)))]


async def call_by_keys(here: Served) -> None:
    """A whole call that the exchange names `by-keys`."""
    async with here.call("caller=0912345678&call=by-keys") as caller:
        await caller.start()
        await hear_out(caller, PAUSE)
        await press(caller, "8")
        await hear_out(caller, PAUSE)
        await press(caller, "0123456789#")
        while not caller.ended:
            await hear_out(caller, PAUSE)


def kept_of(url: str, name: str) -> list[dict[str, Any]]:
    """The records of the calls that the exchange named so, newest first, with what was said in them."""
    accounts = open_accounts(Settings(database_url=url))
    kept = Calls(accounts.backing, None)
    found = kept.find(Wanted(datetime(2020, 1, 1), datetime(2100, 1, 1), exchange=name))
    whole = [kept.one(each["id"]) or {} for each in found]
    accounts.close()
    return whole


async def test_whole_calls_and_a_drain(here: Served, accounts_url: str) -> None:
    """One process for all of it, because loading it takes longest."""
    assert len(core_limits(here.process.pid)) > 1
    assert set(core_limits(here.process.pid)) == {"0"}
    await call_by_keys(here)
    assert await here.ask("/endings/by-keys") == (200, "reset")
    await call_by_keys(here)
    assert await here.ask("/endings/by-keys") == (200, "refused"), "one reset for what the exchange names so"

    _, name = await here.ask("/callers", {"caller": "0912345678"})
    async with fake_audiosocket.dialled("127.0.0.1", here.audiosocket) as line:
        line.send(UUID, uuid.UUID(name).bytes)
        while not any(frame.any() for frame in line.heard):
            await line.sync()
        await line.press("0")
        await asyncio.wait_for(line.until_closed(), GUARD)
        assert np.concatenate(line.heard).any()
        assert await here.ask(f"/endings/{name}") == (200, "transferred")

    phone, number = DEMO[1]
    assert ": error (call" in await hang_after_the_last_key(here, phone, number)
    accounts = open_accounts(Settings(database_url=accounts_url))
    assert accounts.show(phone).state == "new", "a password that nobody heard is not in force"
    accounts.close()

    assert (await here.ask("/operations"))[0] == 404, "while nobody may open it"
    status, metrics = await here.ask("/metrics")
    assert status == 200
    assert 'voicebot_calls_total{outcome="reset",stage="goodbye"} 1.0' in metrics
    assert "voicebot_dialogue_failures_total 0.0" in metrics

    async with here.call("caller=0912345678&call=drained") as caller:
        await caller.start()
        await hear_out(caller, PAUSE)
        here.process.send_signal(signal.SIGTERM)
        assert "1 calls in progress" in await here.line("draining")
        assert (await here.ask("/readyz"))[0] == 503
        assert (await here.ask("/callers", {"caller": "0912345678"}))[0] == 503
        await press(caller, "0")
        while not caller.ended:
            await hear_out(caller, PAUSE)
    assert await asyncio.wait_for(here.process.wait(), GUARD) == 0
    for secret in ("0912345678", "0123456789", SECRET):
        assert secret not in here.log

    refused, reset = kept_of(accounts_url, "by-keys")
    assert (reset["outcome"], reset["key_digits"], reset["voice_digits"]) == ("reset", 10, 0)
    assert 0 < reset["number_given"] <= reset["confirmed"] <= reset["matched"] < reset["heard"] <= reset["seconds"]
    assert (refused["outcome"], refused["matched"]) == ("refused", None)
    assert "ask_reset" in [event.get("meaning") for event in reset["events"]]
    assert not any(secret in str(reset["events"]) for secret in ("0912345678", "0123456789", "sealed"))
    assert [each["outcome"] for each in kept_of(accounts_url, "drained")] == ["transferred"], "before the gateway ended"


class TestWhatIsWrong:
    """Told in one line, before anything is loaded where that can be."""

    async def refused(self, *arguments: str, **environ: str) -> str:
        process = await start(*arguments, **environ)
        assert process.stderr is not None
        err = (await asyncio.wait_for(process.stderr.read(), GUARD)).decode().splitlines()
        assert await process.wait() == 1
        told = [line for line in err if not line.endswith("…")]
        assert len(told) == 1, told
        return told[0]

    async def test_no_secret_where_strangers_could_call(self) -> None:
        told = await self.refused(VOICEBOT_HOST="0.0.0.0", VOICEBOT_RASA_MODEL="/nowhere")
        assert "VOICEBOT_LINE_SECRET" in told

    async def test_a_host_that_is_no_name(self) -> None:
        told = await self.refused(VOICEBOT_HOST="a" * 300, VOICEBOT_LINE_SECRET=SECRET)
        assert "setting host" in told

    async def test_a_host_that_is_no_address_is_told_before_the_secret(self) -> None:
        told = await self.refused(VOICEBOT_HOST="300.1.1.1")
        assert "'300.1.1.1' is no address" in told

    async def test_a_store_that_has_no_url(self) -> None:
        told = await self.refused("--port", str(free_port()), VOICEBOT_DATABASE_URL="foo")
        assert "setting database_url" in told

    async def test_no_trained_dialogue(self, tmp_path: Path) -> None:
        told = await self.refused("--port", str(free_port()), VOICEBOT_RASA_MODEL=str(tmp_path / "none"))
        assert "make setup" in told

    async def test_no_model_of_the_recogniser(self, dialogue_model: Path, tmp_path: Path) -> None:
        told = await self.refused(
            "--port", str(free_port()), VOICEBOT_RASA_MODEL=str(dialogue_model), VOICEBOT_MODEL=str(tmp_path / "none")
        )
        assert "none" in told

    @pytest.mark.parametrize("setting", ["VOICEBOT_PORT", "VOICEBOT_AUDIOSOCKET"])
    async def test_a_port_that_is_taken(self, setting: str) -> None:
        """The other door is not opened either: half a gateway would be worse than none."""
        with socket.create_server(("127.0.0.1", 0)) as taken:
            port = taken.getsockname()[1]
            free = {"VOICEBOT_PORT": str(free_port()), "VOICEBOT_AUDIOSOCKET": f"127.0.0.1:{free_port()}"}
            where = str(port) if setting == "VOICEBOT_PORT" else f"127.0.0.1:{port}"
            told = await self.refused(**{**free, setting: where})
        assert str(port) in told
        assert setting in told
