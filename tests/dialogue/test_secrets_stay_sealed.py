"""After a whole reset nothing readable is in Rasa's tracker, in any log at any level, or in what is printed."""

from __future__ import annotations

import logging
from typing import TYPE_CHECKING

import pytest
from dialogue_tools import Citizen, TextCall

from bot.events import Chosen, Number, Outcome, PlayedOut, Said, Utterance
from vietnamese_numbers import DIGIT_WORDS, speak

if TYPE_CHECKING:
    from bot.dialogue.embedded import EmbeddedRasa


class Kept(dict[str, str]):
    """A tracker store that remembers what was dropped from it."""

    def __init__(self) -> None:
        super().__init__()
        self.dump = ""

    def __setitem__(self, call_id: str, tracker: str) -> None:
        self.dump += tracker
        super().__setitem__(call_id, tracker)


@pytest.fixture
def trackers(rasa: EmbeddedRasa, monkeypatch: pytest.MonkeyPatch) -> Kept:
    kept = Kept()
    monkeypatch.setattr(rasa._trackers, "store", kept)
    return kept


@pytest.fixture
def everything_logged(caplog: pytest.LogCaptureFixture) -> pytest.LogCaptureFixture:
    for name in (None, "rasa", "rasa_sdk", "bot", "sqlalchemy"):
        caplog.set_level(logging.DEBUG, logger=name)
    return caplog


@pytest.mark.parametrize("by_voice", [True, False], ids=["spoken", "keyed"])
async def test_nothing_readable_is_left(
    by_voice: bool,
    call: TextCall,
    citizen: Citizen,
    trackers: Kept,
    everything_logged: pytest.LogCaptureFixture,
    capfd: pytest.CaptureFixture[str],
) -> None:
    wish = Said(f"cấp lại mật khẩu mã số {speak(citizen.number).replace(',', '')}")
    steps: list[Utterance] = (
        [wish, Said("đúng rồi")] if by_voice else [Chosen("ask_reset"), Number(citizen.number, False)]
    )
    reply = await call.start(citizen.phone, *steps, PlayedOut())
    assert reply.outcome is Outcome.RESET
    (password, _) = call.revealed("password")

    assert "action_check_account" in trackers.dump, "the tracker was seen"
    assert any("rasa" in record.name for record in everything_logged.records), "the logs were seen"
    printed = capfd.readouterr()
    seen = {"tracker": trackers.dump, "log": everything_logged.text, "stdout": printed.out, "stderr": printed.err}
    for digits in (citizen.number, citizen.phone, citizen.phone[1:], password):
        in_words = " ".join(DIGIT_WORDS[int(digit)] for digit in digits)
        for where, text in seen.items():
            assert digits not in text, where
            assert in_words not in text, where
    assert printed.out == "", "stdout belongs to the command"


async def test_nothing_of_a_call_is_kept_after_its_end(call: TextCall, citizen: Citizen, trackers: Kept) -> None:
    await call.start(citizen.phone, Chosen("ask_reset"))
    assert call.call_id in trackers
    await call.tell(Number(citizen.number, False), PlayedOut())
    assert trackers == {}
