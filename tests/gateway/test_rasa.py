"""Where the dialogue of a gateway runs."""

import logging

import pytest

from bot.errors import VoicebotError
from bot.events import CallStarted
from bot.gateway.metrics import Metrics
from bot.gateway.serving import Rasa
from bot.settings import Settings


async def test_a_served_rasa_that_is_not_there_yet_is_told_and_keeps_the_gateway_from_nothing(
    caplog: pytest.LogCaptureFixture,
) -> None:
    metrics = Metrics()
    rasa = Rasa(metrics)
    with caplog.at_level(logging.WARNING):
        dialogue = await rasa.open(Settings(rasa_url="http://127.0.0.1:9"))
    assert "cannot be reached" in caplog.text
    assert rasa.up
    assert b"voicebot_dialogue_failures_total 0.0" in metrics.text()  # the rehearsal is no call
    with pytest.raises(VoicebotError):
        await dialogue.tell("a call", CallStarted(None))
    assert b"voicebot_dialogue_failures_total 1.0" in metrics.text()
    assert b"voicebot_dialogue_turn_seconds_count 1.0" in metrics.text()
    await dialogue.close()
