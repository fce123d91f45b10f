"""A gateway takes no call while its dialogue or the account store behind it is known to be ill."""

from __future__ import annotations

import asyncio
import gc
import socket
import sys
from collections.abc import Sequence

import pytest

from bot import hearing
from bot.dialogue.health import StoreWatch
from bot.dialogue.local import LocalRasa
from bot.errors import VoicebotError
from bot.events import StoreHealth
from bot.gateway import serving
from bot.gateway.admission import Admission
from bot.gateway.metrics import Metrics
from bot.gateway.serving import Rasa
from bot.gateway.ticker import Ticker
from bot.settings import Settings
from tts import speech


class StillMetronome(Ticker):
    """Beats when a test does."""

    async def run(self) -> None:
        await asyncio.Event().wait()


class NoDialogue:
    def __init__(self) -> None:
        self.up, self.store, self.operations = True, StoreWatch(), None

    async def tell(self, *_: object) -> None: ...

    async def close(self) -> None: ...


class Voiceless:
    async def warm(self, texts: Sequence[str], rate: int) -> None: ...

    async def close(self) -> None: ...


@pytest.fixture
def dialogue(monkeypatch: pytest.MonkeyPatch) -> NoDialogue:
    dialogue = NoDialogue()

    async def nothing_here(_: Settings) -> NoDialogue:
        return dialogue

    monkeypatch.setattr(serving, "open_dialogue", nothing_here)
    return dialogue


async def test_while_rasa_is(dialogue: NoDialogue) -> None:
    metrics, admission = Metrics(), Admission(1)
    ticker, rasa = StillMetronome(metrics.ticked), Rasa(metrics)
    await rasa.open(Settings())
    async with serving._beating(ticker, metrics, admission, rasa):
        for dialogue.up, refusal, told in ((True, None, b"1.0"), (False, "out_of_order", b"0.0")) * 2:
            ticker.beat(0.0)
            assert admission.refusal == refusal
            assert b"voicebot_dialogue_up " + told in metrics.text()


async def test_while_the_account_store_is(dialogue: NoDialogue) -> None:
    metrics, admission = Metrics(), Admission(1)
    ticker, rasa = StillMetronome(metrics.ticked), Rasa(metrics)
    await rasa.open(Settings())
    async with serving._beating(ticker, metrics, admission, rasa):
        for health, refusal, lines in (
            (StoreHealth("", 499, 500), None, (b"store_up 1.0", b"guesses_last_hour 499.0", b"guessing_alarm 0.0")),
            (StoreHealth("", 500, 500), None, (b"store_up 1.0", b"guesses_last_hour 500.0", b"guessing_alarm 1.0")),
            (StoreHealth("read-only", 0, 500), "out_of_order", (b"store_up 0.0", b"dialogue_up 1.0")),
            (StoreHealth("", 0, 500), None, (b"store_up 1.0",)),
        ):
            dialogue.store.reported(health)
            ticker.beat(0.0)
            assert admission.refusal == refusal
            assert all(b"\nvoicebot_" + line in metrics.text() for line in lines)


@pytest.mark.parametrize("call_back", ["off", "on"])
@pytest.mark.parametrize(
    ("up", "trouble", "begins", "ends"),
    [
        (True, "", "ready: Asterisk at ws://127.0.0.1:", "; 7 calls at most"),
        (True, "there is no account store", "listening: Asterisk at ws://127.0.0.1:", "; no call is taken yet"),
        (False, "", "listening: Asterisk at ws://127.0.0.1:", "; no call is taken yet"),
    ],
)
async def test_what_is_told_when_the_doors_open_promises_no_call_that_is_not_taken(
    up: bool,
    trouble: str,
    begins: str,
    ends: str,
    call_back: str,
    dialogue: NoDialogue,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    async def at_once(*_: object) -> None: ...

    for module, name, instead in (
        (speech, "open_speech", lambda *_: Voiceless()),
        (hearing, "load_models", lambda _: None),
        (serving, "drained", at_once),
        (serving, "Ticker", StillMetronome),
        (gc, "freeze", lambda: None),  # of this whole process
        (sys, "setswitchinterval", lambda _: None),
    ):
        monkeypatch.setattr(module, name, instead)
    dialogue.up = up
    dialogue.store.reported(StoreHealth(trouble))
    with socket.create_server(("127.0.0.1", 0)) as free:
        port = free.getsockname()[1]
    told: list[str] = []
    await serving.serve(Settings(port=port, max_calls=7, call_back=call_back), told.append)
    line = told[-1]
    assert line.startswith(begins)
    assert ends in line
    assert line.endswith("who calls is called back") == (call_back == "on" and begins.startswith("ready"))


@pytest.mark.parametrize("url", ["mysql://host/db", "postgresql://host:port/db", "sqlite://"])
def test_a_store_whose_url_is_none_keeps_it_from_starting(url: str) -> None:
    with pytest.raises(VoicebotError, match=r"database_url in voicebot\.toml or VOICEBOT_DATABASE_URL"):
        LocalRasa(Settings(database_url=url))
