"""Rasa as a process beside the bot: many calls share it, and its end is survived."""

from __future__ import annotations

import asyncio
import dataclasses
import os
import signal
import sys
from collections.abc import AsyncIterator, Callable
from pathlib import Path

import pytest

from bot.accounts import Accounts, open_accounts
from bot.accounts.demo import DEMO
from bot.dialogue import local, open_dialogue
from bot.dialogue import process as processes
from bot.dialogue.environment import rasa_environ
from bot.dialogue.health import MISSES
from bot.dialogue.local import HUNG_MISSES, LocalRasa
from bot.errors import VoicebotError
from bot.events import CallStarted, Gone, Outcome, Prompt, Said
from bot.operations.record import CallRecord, as_json
from bot.places import PACKAGES
from bot.settings import Settings

FAKE = f'#!/bin/sh\nshift 2\nexec env PYTHONPATH="{PACKAGES}" "{sys.executable}" -m tests.dialogue.fake_rasa "$@"\n'

ACTIONS = """
import sys
from aiohttp import web

async def health(_):
    return web.json_response({})

async def webhook(_):
    return web.json_response({"events": [{"value": {"trouble": "", "refusals": 7, "max_refusals": 9}}]})

app = web.Application()
app.router.add_get("/health", health)
app.router.add_post("/webhook", webhook)
web.run_app(app, host="127.0.0.1", port=int(sys.argv[1]), print=None)
"""


async def until(condition: Callable[[], bool]) -> None:
    """Let the event loop run until it has come so far."""
    async with asyncio.timeout(60):
        while not condition():  # noqa: ASYNC110  # the code under test has no event for it
            await asyncio.sleep(0)


def environment(folder: Path, program: str) -> Path:
    """An environment of Rasa's whose Python is this program."""
    (folder / "bin").mkdir(parents=True)
    for name in ("python", "rasa"):
        (folder / "bin" / name).write_text(program)
        (folder / "bin" / name).chmod(0o700)
    return folder


@pytest.fixture
def fake(settings: Settings, accounts: Accounts, tmp_path: Path) -> Settings:
    return dataclasses.replace(settings, rasa_environment=str(environment(tmp_path / "rasa", FAKE)))


class Beats:
    """Passes the time between two beats of the pulse when a test says so."""

    def __init__(self, monkeypatch: pytest.MonkeyPatch) -> None:
        self._sleep = asyncio.sleep
        self._pause: asyncio.Future[None] | None = None
        monkeypatch.setattr(asyncio, "sleep", self.sleep)

    async def sleep(self, seconds: float) -> None:
        if seconds != local.CHECK_SECONDS:
            await self._sleep(seconds)
            return
        self._pause = asyncio.get_running_loop().create_future()
        await self._pause

    async def go_by(self, count: int) -> None:
        for _ in range(count):
            await until(lambda: self._pause is not None and not self._pause.done())
            assert self._pause is not None
            self._pause.set_result(None)
            await self._sleep(0)
        await until(lambda: self._pause is not None and not self._pause.done())


@pytest.fixture
def beats(monkeypatch: pytest.MonkeyPatch) -> Beats:
    return Beats(monkeypatch)


@pytest.fixture
async def rasa(beats: Beats, fake: Settings, monkeypatch: pytest.MonkeyPatch) -> AsyncIterator[LocalRasa]:
    """With actions that know nothing of accounts: they are there sooner."""
    monkeypatch.setattr(local, "actions_command", lambda port: [sys.executable, "-c", ACTIONS, str(port)])
    dialogue = await open_dialogue(fake)
    assert isinstance(dialogue, LocalRasa)
    yield dialogue
    await dialogue.close()


async def say(dialogue: LocalRasa, call_id: str, words: str) -> str:
    reply = await dialogue.tell(call_id, Said(words))
    [prompt] = reply.segments
    assert isinstance(prompt, Prompt)
    return prompt.text


def process_id(dialogue: LocalRasa) -> int:
    assert dialogue._rasa._process is not None
    return dialogue._rasa._process.pid


async def test_each_call_gets_its_own_answers(rasa: LocalRasa) -> None:
    calls = [str(n) for n in range(50)]
    await asyncio.gather(*(rasa.tell(call, CallStarted(None)) for call in calls))
    words = [f"gọi {call}" for call in "abcdefgh"]
    assert await asyncio.gather(*(say(rasa, "1", each) for each in words)) == words


async def test_when_rasa_dies_its_calls_end_and_new_ones_begin(
    rasa: LocalRasa, caplog: pytest.LogCaptureFixture
) -> None:
    for call in ("dies", "waits", "leaves"):
        await rasa.tell(call, CallStarted(None))
    with pytest.raises(VoicebotError, match="cannot be reached"):
        await say(rasa, "dies", "die")
    await until(lambda: rasa._rasa.number == 2)
    with pytest.raises(VoicebotError, match="ended"):  # the next process knows nothing of it
        await say(rasa, "waits", "một")
    assert (await rasa.tell("leaves", Gone())).outcome is Outcome.HUNG_UP
    await rasa.tell("new", CallStarted(None))
    assert await say(rasa, "new", "hai") == "hai"
    assert "Rasa ended with status 3; starting it again" in caplog.text
    assert not set(rasa._calls) - {"new", "dies"}


async def test_while_it_is_gone_no_call_begins(rasa: LocalRasa, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(rasa._rasa, "number", 0)
    assert not rasa.up
    with pytest.raises(VoicebotError, match="ended"):
        await rasa.tell("a", CallStarted(None))


async def test_while_the_action_server_is_gone_none_begins_either(
    rasa: LocalRasa, monkeypatch: pytest.MonkeyPatch
) -> None:
    await rasa.tell("a", CallStarted(None))
    monkeypatch.setattr(rasa._actions, "number", 0)
    assert not rasa.up
    assert await say(rasa, "a", "một") == "một", "a call that goes on may need none"


async def test_one_that_cannot_be_loaded_again_is_tried_until_it_can(
    rasa: LocalRasa, fake: Settings, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    """What keeps it from loading, such as want of memory, may pass; nobody restarts a gateway that is only unready."""
    monkeypatch.setattr(processes, "AGAIN_SECONDS", 0.0)
    python = Path(fake.rasa_environment) / "bin" / "python"
    python.write_text("#!/bin/sh\nexit 1\n")
    os.kill(process_id(rasa), signal.SIGKILL)
    await until(lambda: "no call can be taken" in caplog.text)
    python.write_text(FAKE)
    await until(lambda: rasa.up)
    await rasa.tell("b", CallStarted(None))
    assert await say(rasa, "b", "hai") == "hai"


async def test_one_that_hangs_is_killed_and_the_next_is_watched_too(
    beats: Beats, rasa: LocalRasa, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    monkeypatch.setattr("bot.dialogue.health.TIMEOUT", local.aiohttp.ClientTimeout(total=0.05))
    for number in (1, 2):
        assert rasa._rasa.number == number
        os.kill(process_id(rasa), signal.SIGSTOP)
        await beats.go_by(MISSES - 1)
        assert rasa.up
        await beats.go_by(1)
        assert not rasa.up
        await beats.go_by(HUNG_MISSES - MISSES)
        await until(lambda number=number: rasa._rasa.number == number + 1)  # type: ignore[misc]  # mypy cannot infer a lambda with a default
        await beats.go_by(1)
        assert rasa.up
    assert caplog.text.count("Rasa ended with status -9") == 2


async def test_an_action_server_that_ends_is_started_again_and_the_calls_go_on(
    beats: Beats, rasa: LocalRasa, caplog: pytest.LogCaptureFixture
) -> None:
    await rasa.tell("a", CallStarted(None))
    await beats.go_by(1)
    assert rasa.store.up
    actions = rasa._actions._process
    assert actions is not None
    os.kill(actions.pid, signal.SIGKILL)
    await until(lambda: rasa._actions.number == 2)
    assert "the action server ended with status -9; starting it again" in caplog.text
    assert await say(rasa, "a", "một") == "một"


async def test_the_account_store_behind_it_is_known(beats: Beats, fake: Settings, tmp_path: Path) -> None:
    without = dataclasses.replace(fake, database_url=f"sqlite:///{tmp_path}/accounts.sqlite")
    dialogue = await open_dialogue(without)
    try:
        assert "run `voicebot accounts init`" in dialogue.store.health.trouble
        store = open_accounts(without)
        store.init()
        store.close()
        await beats.go_by(1)
        assert dialogue.store.up
        assert dialogue.store.health.max_refusals == without.max_refusals
        assert dialogue.operations
        record = CallRecord(id="a" * 32, exchange="", started=1_772_352_000.0, seconds=3.0, outcome="hung_up")
        assert await dialogue.operations.ask("keep", record=as_json(record), phone="0912345678") == {"new": True}
    finally:
        await dialogue.close()


async def test_owners_of_resets_are_told(beats: Beats, fake: Settings, tmp_path: Path) -> None:
    told, script = tmp_path / "told", tmp_path / "sms.py"
    script.write_text(f"import pathlib, sys\npathlib.Path({str(told)!r}).write_text(sys.stdin.read())\n")
    settings = dataclasses.replace(
        fake,
        database_url=f"sqlite:///{tmp_path}/accounts.sqlite",
        notice_command=f"{sys.executable} {script}",
    )
    accounts = open_accounts(settings)
    accounts.init()
    accounts.import_rows(DEMO)
    accounts.begin_reset("1764.7", *DEMO[0])
    accounts.activate("1764.7")
    dialogue = await open_dialogue(settings)
    await until(lambda: accounts.outbox.waiting() == 0)
    await dialogue.close()
    assert '"phone": "+84912345678"' in told.read_text()
    accounts.close()


class TestWhatKeepsItFromLoading:
    async def test_no_environment(self, settings: Settings, tmp_path: Path) -> None:
        with pytest.raises(VoicebotError, match="make setup"):
            await open_dialogue(dataclasses.replace(settings, rasa_environment=str(tmp_path)))

    @pytest.mark.parametrize("missing", ["none", "empty", "broken.tar.gz"])
    async def test_no_model(self, fake: Settings, tmp_path: Path, missing: str) -> None:
        (tmp_path / "empty").mkdir()
        (tmp_path / "broken.tar.gz").write_bytes(b"no archive")
        with pytest.raises(VoicebotError, match="make setup") as error:
            await open_dialogue(dataclasses.replace(fake, rasa_model=str(tmp_path / missing)))
        assert "\n" not in str(error.value)

    async def test_it_ends(self, settings: Settings, tmp_path: Path) -> None:
        broken = environment(tmp_path / "rasa", "#!/bin/sh\nexit 1\n")
        with pytest.raises(VoicebotError, match="Rasa ended while it was loading"):
            await open_dialogue(dataclasses.replace(settings, rasa_environment=str(broken)))

    async def test_it_hangs(self, settings: Settings, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
        monkeypatch.setattr(processes, "LOAD_SECONDS", 0.1)
        hangs = environment(tmp_path / "rasa", "#!/bin/sh\nexec sleep 60\n")
        with pytest.raises(VoicebotError, match="was not loaded within"):
            await open_dialogue(dataclasses.replace(settings, rasa_environment=str(hangs)))


async def test_both_end_with_the_dialogue(beats: Beats, fake: Settings) -> None:
    dialogue = await open_dialogue(fake)
    assert isinstance(dialogue, LocalRasa)
    running = [dialogue._rasa._process, dialogue._actions._process]
    await dialogue.close()
    assert [process and process.returncode is not None for process in running] == [True, True]
    assert not dialogue.up
    assert not Path(dialogue._folder.name).exists()  # noqa: ASYNC240  # nothing else runs


@pytest.mark.parametrize("own", [None, "glibc.malloc.check=0"])
def test_the_memory_of_hashes_goes_back_unless_the_environment_says_otherwise(
    fake: Settings, monkeypatch: pytest.MonkeyPatch, own: str | None
) -> None:
    if own is None:
        monkeypatch.delenv("GLIBC_TUNABLES", raising=False)
    else:
        monkeypatch.setenv("GLIBC_TUNABLES", own)
    assert LocalRasa(fake)._actions._environ["GLIBC_TUNABLES"] == (own or local.MEMORY["GLIBC_TUNABLES"])


def test_rasa_is_told_no_secret_but_the_one_between_it_and_the_bot(fake: Settings) -> None:
    environ = {"VOICEBOT_SEAL_KEY": "a", "VOICEBOT_LINE_SECRET": "b", "PATH": "/bin"}
    told = rasa_environ(environ, Path("lent"), "ours")
    assert {name for name in told if name.startswith("VOICEBOT_")} == {"VOICEBOT_RASA_SECRET"}
    assert fake.seal_key not in str(LocalRasa(fake)._rasa._environ)


def test_the_project_s_own_endpoints_hold_but_for_the_actions(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (tmp_path / "endpoints.yml").write_text("tracker_store:\n  type: SQL\naction_endpoint:\n  url: http://elsewhere\n")
    monkeypatch.setattr(local, "HOME", tmp_path)
    (tmp_path / "out").mkdir()
    written = local.write_endpoints(tmp_path / "out", "http://127.0.0.1:1/webhook").read_text()
    assert "type: SQL" in written
    assert "elsewhere" not in written
    assert "Bearer ${VOICEBOT_RASA_SECRET}" in written
    (tmp_path / "endpoints.yml").write_text("- no\n- mapping\n")
    with pytest.raises(VoicebotError, match="correct it"):
        local.write_endpoints(tmp_path / "out", "")
