"""After a whole reset nothing readable is in Rasa's tracker, in any log at any level, or in what is printed."""

from __future__ import annotations

import logging

import pytest
from dialogue_tools import Citizen, TextCall

from bot.events import Chosen, Number, Outcome, PlayedOut, Said, Utterance
from tests.rasa_tools import RasaOfTests
from vietnamese_numbers import DIGIT_WORDS, speak


@pytest.fixture
def everything_logged(caplog: pytest.LogCaptureFixture) -> pytest.LogCaptureFixture:
    for name in (None, "rasa_sdk", "bot", "sqlalchemy"):
        caplog.set_level(logging.DEBUG, logger=name)
    return caplog


@pytest.mark.parametrize("by_voice", [True, False], ids=["spoken", "keyed"])
async def test_nothing_readable_is_left(
    by_voice: bool,
    call: TextCall,
    citizen: Citizen,
    rasa: RasaOfTests,
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

    tracker = await rasa.shared.tracker(call.call_id)
    assert "action_check_account" in tracker, "the tracker was seen"
    assert any("rasa_sdk" in record.name for record in everything_logged.records), "the logs were seen"
    printed = capfd.readouterr()
    seen = {
        "tracker": tracker,
        "log": everything_logged.text,
        "Rasa": rasa.shared.log.read_text("utf-8"),
        "stdout": printed.out,
        "stderr": printed.err,
    }
    for digits in (citizen.number, citizen.phone, citizen.phone[1:], password):
        in_words = " ".join(DIGIT_WORDS[int(digit)] for digit in digits)
        for where, text in seen.items():
            assert digits not in text, where
            assert in_words not in text, where
    assert printed.out == "", "stdout belongs to the command"
