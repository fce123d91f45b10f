"""A gateway takes no call while its dialogue or the account store behind it is known to be ill."""

from __future__ import annotations

import asyncio

import pytest

from bot.dialogue.health import StoreWatch
from bot.events import StoreHealth
from bot.gateway import serving
from bot.gateway.admission import Admission
from bot.gateway.metrics import Metrics
from bot.gateway.serving import Rasa
from bot.gateway.ticker import Ticker
from bot.settings import Settings


class StillMetronome(Ticker):
    """Beats when a test does."""

    async def run(self) -> None:
        await asyncio.Event().wait()


class NoDialogue:
    def __init__(self) -> None:
        self.up, self.store, self.operations = True, StoreWatch(), None

    async def tell(self, *_: object) -> None: ...

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
