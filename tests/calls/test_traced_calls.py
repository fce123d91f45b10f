"""Whole calls, traced from the gateway to the actions: one trace each, and no digit of theirs in it."""

from __future__ import annotations

import dataclasses
import re
from pathlib import Path

import pytest

pytest.importorskip("opentelemetry.sdk", reason="needs the extra: pip install 'voicebot[traces]'")

from opentelemetry.sdk.trace.export.in_memory_span_exporter import InMemorySpanExporter

from bot.accounts.demo import DEMO
from bot.assembly import Voicebot, open_voicebot
from bot.events import RATE, Outcome, SecretDigits
from bot.settings import Settings, load
from bot.simulation.caller_script import load_script
from bot.simulation.script import ScriptChannel
from bot.tap import Plays, RoomEvent
from tests.conftest import GENEROUS
from tests.rasa_tools import RasaOfTests, SharedRasa
from tests.tracing.tracing_tools import in_memory, tree, written

CALLS = Path(__file__).parent


class Traced:
    """The bot with traces in memory, and each secret that it says."""

    def __init__(self, bot: Voicebot, exporter: InMemorySpanExporter) -> None:
        self._bot, self.exporter = bot, exporter
        self.secrets: set[str] = set()

    async def call(self, script: str, name: str) -> Outcome:
        def tap(at: float, event: RoomEvent) -> None:
            if isinstance(event, Plays) and isinstance(event.segment, SecretDigits):
                self.secrets.add(re.sub(r"\D", "", self._bot._speech.words(event.segment)))

        channel = ScriptChannel(load_script(CALLS / f"{script}.yml"))
        return await self._bot.answer(channel, lambda notice: None, name, tap=tap)


async def traced(settings: Settings, shared_rasa: SharedRasa) -> Traced:
    traces, exporter = in_memory(settings)

    async def dialogue(settings: Settings) -> RasaOfTests:
        opened = RasaOfTests(shared_rasa, settings)
        opened._actions = traces.actions(opened._actions)  # type: ignore[assignment]  # it runs them, too
        return opened

    bot = await open_voicebot(settings, [RATE], lambda text: None, dialogue=dialogue)
    bot._traces = traces
    return Traced(bot, exporter)


@pytest.mark.parametrize("script", ["voice_north", "keys_inband"])
async def test_no_digit_of_a_call_is_in_its_trace(
    script: str, dialogue_model: Path, accounts_url: str, shared_rasa: SharedRasa
) -> None:
    settings = dataclasses.replace(load(GENEROUS), rasa_model=str(dialogue_model), database_url=accounts_url)
    bot = await traced(settings, shared_rasa)
    assert await bot.call(script, f"sip-0912345678-{script}") is Outcome.RESET  # a name that holds a telephone number
    await bot._bot.close()
    spans = bot.exporter.get_finished_spans()

    # one trace, from the call to the actions
    assert len({span.context.trace_id for span in spans}) == 1
    lines = tree(spans)
    assert lines[0] == "invoke_agent voicebot"
    assert "      execute_tool action_check_account" in lines
    assert "      execute_tool action_activate_password" in lines
    assert ("    dtmf" in lines) == (script == "keys_inband")

    # and nothing of what was said, keyed or given
    told = written(spans)
    given = {number for row in DEMO for number in row}
    assert any(len(secret) == 8 for secret in bot.secrets), "the password was read"
    secrets = bot.secrets | given | {number.lstrip("0") for number in given}
    for secret in secrets:
        assert len(secret) < 4 or secret not in told  # two digits are in many a count of milliseconds
    assert re.findall(r"\d{6,}", re.sub(r"[0-9a-f]{32}", "", told)) == [], "no other run of digits either"
    for word in ("không một", "bảy", "chín", "mật khẩu"):
        assert word not in told
