"""The dialogue in a process of its own: many calls share it, and its end is survived."""

import asyncio
import os
import re
import signal
import sys
from collections.abc import AsyncIterator
from pathlib import Path

import pytest

from bot.accounts import open_accounts
from bot.accounts.demo import DEMO
from bot.errors import VoicebotError
from bot.events import CallStarted, Gone, Outcome, Prompt, Said, StoreHealth
from bot.gateway import dialogue_process
from bot.gateway.dialogue_process import (
    DEAF_PULSES,
    HUNG_PULSES,
    PULSE_SECONDS,
    DialogueProcess,
    open_dialogue_process,
)
from bot.settings import Settings
from tests.gateway.conftest import until

PARROT = (sys.executable, "-m", "tests.gateway.parrot")


@pytest.fixture
async def parrot() -> AsyncIterator[DialogueProcess]:
    dialogue = await open_dialogue_process(Settings(), PARROT)
    yield dialogue
    await dialogue.close()


async def say(dialogue: DialogueProcess, call_id: str, words: str) -> str:
    reply = await dialogue.tell(call_id, Said(words))
    [prompt] = reply.segments
    assert isinstance(prompt, Prompt)
    return prompt.text


async def test_each_call_gets_its_own_answers(parrot: DialogueProcess) -> None:
    calls = [str(n) for n in range(50)]
    await asyncio.gather(*(parrot.tell(call, CallStarted(None)) for call in calls))
    assert await asyncio.gather(*(say(parrot, call, f"mot {call}") for call in calls)) == [f"mot {n}" for n in calls]


async def test_a_turn_that_fails_is_told_to_its_call_alone(parrot: DialogueProcess) -> None:
    for call in "ab":
        await parrot.tell(call, CallStarted(None))
    with pytest.raises(VoicebotError, match="too hard"):
        await say(parrot, "a", "fail")
    assert await say(parrot, "b", "một") == "một"


async def test_what_an_unforeseen_error_says_stays_inside(parrot: DialogueProcess) -> None:
    await parrot.tell("a", CallStarted(None))
    with pytest.raises(VoicebotError, match="ZeroDivisionError") as error:
        await say(parrot, "a", "crash")
    assert "0123456789" not in str(error.value)


async def test_what_the_process_complains_of_is_a_line_of_the_gateways_log(
    capfd: pytest.CaptureFixture[str],
) -> None:
    parrot = await open_dialogue_process(Settings(), PARROT)
    await parrot.tell("a", CallStarted(None))
    await say(parrot, "a", "complain")
    await parrot.close()
    assert re.search(r"^\d{4}-\d\d-\d\d [\d:,]+ ERROR a parrot is tired$", capfd.readouterr().err, re.MULTILINE)


async def test_when_the_process_dies_its_calls_end_and_new_ones_begin(parrot: DialogueProcess) -> None:
    await parrot.tell("dies", CallStarted(None))
    await parrot.tell("waits", CallStarted(None))
    with pytest.raises(VoicebotError, match="ended"):
        await say(parrot, "dies", "die")
    with pytest.raises(VoicebotError, match="ended"):  # the next process knows nothing of it
        await say(parrot, "waits", "một")
    await until(lambda: parrot.up)
    await parrot.tell("new", CallStarted(None))
    assert await say(parrot, "new", "hai") == "hai"
    with pytest.raises(VoicebotError, match="ended"):
        await say(parrot, "waits", "một")


async def test_the_process_tells_how_its_account_store_is(
    parrot: DialogueProcess, caplog: pytest.LogCaptureFixture
) -> None:
    await parrot.tell("a", CallStarted(None))
    await until(lambda: parrot.store.health == StoreHealth("", 7, 9))
    await say(parrot, "a", "store read-only")
    await until(lambda: not parrot.store.up)
    assert parrot.up, "the process itself is well"
    await say(parrot, "a", "store")
    await until(lambda: parrot.store.up)
    gone, back = (record for record in caplog.records if "store" in record.message or "read-only" in record.message)
    assert (gone.levelname, gone.message) == ("ERROR", "read-only; no call is taken until it can be used")
    assert back.levelname == "WARNING"


async def test_the_process_tells_owners_of_resets(tmp_path: Path) -> None:
    told = tmp_path / "told"
    script = tmp_path / "sms.py"
    script.write_text(f"import pathlib, sys\npathlib.Path({str(told)!r}).write_text(sys.stdin.read())\n")
    settings = Settings(
        database_url=f"sqlite:///{tmp_path}/accounts.sqlite", notice_command=f"{sys.executable} {script}"
    )
    accounts = open_accounts(settings)
    accounts.init()
    accounts.import_rows(DEMO)
    accounts.begin_reset("1764.7", *DEMO[0])
    accounts.activate("1764.7")
    parrot = await open_dialogue_process(settings, PARROT)
    await until(lambda: accounts.outbox.waiting() == 0)
    await parrot.close()
    assert '"phone": "+84912345678"' in told.read_text()
    accounts.close()


FAILS_ONCE = """
import sys
from pathlib import Path
from bot.gateway.dialogue_worker import main
from tests.gateway.parrot import open_parrot
starts = Path(sys.argv.pop())
starts.write_text(starts.read_text() + "x")
if starts.read_text() == "xx":
    sys.exit(1)
main(open_parrot)
"""


async def test_a_process_that_cannot_be_loaded_again_is_tried_until_it_can(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    """What keeps it from loading, such as want of memory, may pass; nobody restarts a gateway that is only unready."""
    monkeypatch.setattr(dialogue_process, "AGAIN_SECONDS", 0.0)
    starts = tmp_path / "starts"
    starts.write_text("")
    dialogue = await open_dialogue_process(Settings(), (sys.executable, "-c", FAILS_ONCE, str(starts)))
    await dialogue.tell("a", CallStarted(None))
    with pytest.raises(VoicebotError, match="ended"):
        await say(dialogue, "a", "die")
    await until(lambda: dialogue.up)
    assert starts.read_text() == "xxx"
    assert "no call can be taken" in caplog.text
    await dialogue.tell("b", CallStarted(None))
    assert await say(dialogue, "b", "hai") == "hai"
    await dialogue.close()


async def test_a_turn_that_takes_too_long_is_given_up(parrot: DialogueProcess, monkeypatch: pytest.MonkeyPatch) -> None:
    await parrot.tell("a", CallStarted(None))
    monkeypatch.setattr(dialogue_process, "TURN_SECONDS", 0.01)
    with pytest.raises(VoicebotError, match="in time"):
        await say(parrot, "a", "hang")


class Pulses:
    """Passes the time between two pulses when a test says so."""

    def __init__(self, monkeypatch: pytest.MonkeyPatch) -> None:
        self._sleep = asyncio.sleep
        self._pause: asyncio.Future[None] | None = None
        monkeypatch.setattr(asyncio, "sleep", self.sleep)

    async def sleep(self, seconds: float) -> None:
        if seconds != PULSE_SECONDS:
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


@pytest.fixture
def pulses(monkeypatch: pytest.MonkeyPatch) -> Pulses:
    return Pulses(monkeypatch)


@pytest.fixture
async def talking(pulses: Pulses, parrot: DialogueProcess) -> DialogueProcess:
    """A parrot in a call "a", which has answered its first pulse."""
    await parrot.tell("a", CallStarted(None))
    await say(parrot, "a", "một")
    return parrot


def process_id(dialogue: DialogueProcess) -> int:
    assert dialogue._process is not None
    return dialogue._process.pid


def halt(dialogue: DialogueProcess) -> int:
    """Let its process do nothing and not end, as one that hangs; gives its id."""
    pid = process_id(dialogue)
    os.kill(pid, signal.SIGSTOP)
    os.waitid(os.P_PID, pid, os.WSTOPPED | os.WNOWAIT)
    return pid


async def test_a_process_that_hangs_is_killed_and_its_calls_end_and_new_ones_begin(
    pulses: Pulses, talking: DialogueProcess, caplog: pytest.LogCaptureFixture
) -> None:
    for call, following in (("a", "b"), ("b", "c")):  # also the next process is watched
        hung = halt(talking)
        waiting = asyncio.ensure_future(say(talking, call, "hai"))
        await pulses.go_by(HUNG_PULSES + 1)
        with pytest.raises(VoicebotError, match="ended"):
            await waiting
        await until(lambda: talking.up)
        assert process_id(talking) != hung
        await talking.tell(following, CallStarted(None))
        assert await say(talking, following, "ba") == "ba"
    assert caplog.text.count("has answered nothing for 30 s") == caplog.text.count("ended with status -9") == 2


async def test_while_it_answers_nothing_no_call_is_taken(pulses: Pulses, talking: DialogueProcess) -> None:
    pid = halt(talking)
    await pulses.go_by(DEAF_PULSES - 1)
    assert talking.up
    await pulses.go_by(1)
    assert not talking.up
    os.kill(pid, signal.SIGCONT)
    assert await say(talking, "a", "hai") == "hai"
    assert talking.up


async def test_a_process_so_slow_that_every_turn_is_given_up_is_kept(
    pulses: Pulses, talking: DialogueProcess, monkeypatch: pytest.MonkeyPatch
) -> None:
    """To load it again would cost an overloaded machine more than its turns do, and every call in progress."""
    pid = process_id(talking)
    calls = [str(n) for n in range(20)]
    await asyncio.gather(*(talking.tell(call, CallStarted(None)) for call in calls))
    patience = dialogue_process.TURN_SECONDS
    for _ in range(3):
        halt(talking)
        monkeypatch.setattr(dialogue_process, "TURN_SECONDS", 0.0)
        turns = await asyncio.gather(*(say(talking, call, "một") for call in calls), return_exceptions=True)
        assert {str(turn) for turn in turns} == {dialogue_process.SLOW}
        await pulses.go_by(HUNG_PULSES)
        monkeypatch.setattr(dialogue_process, "TURN_SECONDS", patience)
        os.kill(pid, signal.SIGCONT)
        assert await say(talking, "a", "hai") == "hai"  # and the late answers have come before
    assert process_id(talking) == pid


TOO_BUSY_FOR_PULSES = """
from bot.gateway import dialogue_worker
from tests.gateway.parrot import open_parrot
answer, told = dialogue_worker._answer, []
def busy(answers, message):
    if message is not None or not told:  # that it is loaded it tells
        told.append(message)
        answer(answers, message)
dialogue_worker._answer = busy
dialogue_worker.main(open_parrot)
"""


async def test_answers_that_come_too_late_are_signs_of_life(pulses: Pulses, monkeypatch: pytest.MonkeyPatch) -> None:
    dialogue = await open_dialogue_process(Settings(), (sys.executable, "-c", TOO_BUSY_FOR_PULSES))
    await dialogue.tell("a", CallStarted(None))
    pid = process_id(dialogue)
    monkeypatch.setattr(dialogue_process, "TURN_SECONDS", 0.0)
    for _ in range(2 * HUNG_PULSES):
        await pulses.go_by(1)
        with pytest.raises(VoicebotError, match="in time"):
            await say(dialogue, "a", "một")
        await until(lambda: dialogue._silent == 0)
    assert process_id(dialogue) == pid
    await dialogue.close()


async def test_turns_that_hang_do_not_end_the_calls_of_those_that_are_answered(
    pulses: Pulses, talking: DialogueProcess, monkeypatch: pytest.MonkeyPatch
) -> None:
    pid = process_id(talking)
    await talking.tell("b", CallStarted(None))
    patience = dialogue_process.TURN_SECONDS
    for _ in range(2 * HUNG_PULSES):
        monkeypatch.setattr(dialogue_process, "TURN_SECONDS", 0.0)
        with pytest.raises(VoicebotError, match="in time"):
            await say(talking, "b", "hang")
        monkeypatch.setattr(dialogue_process, "TURN_SECONDS", patience)
        await pulses.go_by(1)
        assert await say(talking, "a", "hai") == "hai"
    assert process_id(talking) == pid


async def test_a_process_of_which_no_call_asks_anything_answers_its_pulses(
    pulses: Pulses, talking: DialogueProcess
) -> None:
    pid = process_id(talking)
    for _ in range(2 * HUNG_PULSES):
        await pulses.go_by(1)
        await until(lambda: talking._silent == 0)
    assert process_id(talking) == pid


async def test_the_end_of_a_call_is_the_end_of_what_is_known_of_it(parrot: DialogueProcess) -> None:
    await parrot.tell("a", CallStarted(None))
    assert (await parrot.tell("a", Gone())).outcome is Outcome.HUNG_UP
    with pytest.raises(VoicebotError):
        await say(parrot, "a", "một")
    assert (await parrot.tell("a", Gone())).outcome is Outcome.HUNG_UP  # hanging up in the goodbye is no failure


async def test_what_keeps_it_from_loading_is_told_in_its_own_words() -> None:
    with pytest.raises(VoicebotError, match=r"^there is no trained parrot$"):
        await open_dialogue_process(Settings(), (*PARROT, "there is no trained parrot"))


async def test_a_process_that_ends_while_loading_is_told() -> None:
    with pytest.raises(VoicebotError, match="while it was loading"):
        await open_dialogue_process(Settings(), (sys.executable, "-c", "raise SystemExit(1)"))


async def test_a_process_that_hangs_while_loading_is_given_up(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(dialogue_process, "LOAD_SECONDS", 0.0)
    with pytest.raises(VoicebotError, match="was not loaded within"):
        await open_dialogue_process(Settings(), (sys.executable, "-c", "import signal; signal.pause()"))


async def test_it_ends_with_its_parent() -> None:
    dialogue = await open_dialogue_process(Settings(), PARROT)
    process = dialogue._process
    await dialogue.close()
    assert process is not None
    assert process.returncode == 0
    await until(lambda: not dialogue.up)


@pytest.mark.parametrize("own", [None, "glibc.malloc.check=0"])
async def test_the_memory_of_hashes_goes_back_unless_the_environment_says_otherwise(
    monkeypatch: pytest.MonkeyPatch, own: str | None
) -> None:
    if own is None:
        monkeypatch.delenv("GLIBC_TUNABLES", raising=False)
    else:
        monkeypatch.setenv("GLIBC_TUNABLES", own)
    telling = "import os, sys; from bot.gateway.dialogue_worker import pack; " + (
        "sys.stdout.buffer.write(pack(os.environ['GLIBC_TUNABLES']))"
    )
    with pytest.raises(VoicebotError) as told:
        await open_dialogue_process(Settings(), (sys.executable, "-c", telling))
    assert str(told.value) == (own or dialogue_process.MEMORY["GLIBC_TUNABLES"])
