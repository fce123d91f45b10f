"""The dialogue in a process of its own: many calls share it, and its end is survived."""

import asyncio
import re
import sys
from collections.abc import AsyncIterator
from pathlib import Path

import pytest

from bot.errors import VoicebotError
from bot.events import CallStarted, Gone, Outcome, Prompt, Said
from bot.gateway import dialogue_process
from bot.gateway.dialogue_process import DialogueProcess, open_dialogue_process
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
