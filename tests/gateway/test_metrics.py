"""What the machine itself tells: late and lost sound, the clock, the recogniser's load, the dialogue's turns."""

import asyncio
import re
import uuid

import numpy as np
import pytest

from bot.events import RATE, Outcome
from bot.gateway.metrics import Metrics
from bot.gateway.overload import PARTS
from bot.places import PACKAGES
from bot.protocols import Channel
from bot.telephony import audiosocket
from bot.telephony.audiosocket import JITTER_SECONDS, UUID
from bot.telephony.inbox import WAITING_SECONDS
from bot.watching import Watch
from tests.channels import fake_audiosocket
from tests.gateway.conftest import site, until


def figures(metrics: Metrics) -> dict[str, float]:
    lines = [line for line in metrics.text().decode().splitlines() if line[0] != "#"]
    return {name: float(value) for name, _, value in (line.rpartition(" ") for line in lines)}


def test_every_figure_is_documented_and_every_documented_one_is_there() -> None:
    types = re.findall(r"^# TYPE voicebot_(\w+)", Metrics().text().decode(), re.MULTILINE)
    kept = {name for name in types if not name.endswith("_created")}
    table = (PACKAGES / "docs" / "operations.md").read_text().partition("\n## Metrics\n")[2].partition("\n## ")[0]
    rows = [line.split("|")[1] for line in table.splitlines() if line.startswith("| `")]
    told = {name for row in rows for name in re.findall(r"`(\w+)`", row) if not name.startswith("process_")}
    assert told == kept


def test_the_load_of_the_recogniser_is_the_time_its_threads_took() -> None:
    metrics = Metrics()
    for took in (0.25, 0.5):
        metrics.heard(0.03, took)
    told = figures(metrics)
    assert told["voicebot_recogniser_busy_seconds_total"] == 0.75
    assert told['voicebot_recogniser_wait_seconds_bucket{le="0.02"}'] == 0
    assert told['voicebot_recogniser_wait_seconds_bucket{le="0.05"}'] == 2


def test_the_clock_and_the_dialogue_are_timed() -> None:
    metrics = Metrics()
    metrics.ticked(0.15)
    metrics.turned(0.04)
    told = figures(metrics)
    assert told["voicebot_tick_lag_seconds_sum"] == 0.15
    assert told["voicebot_dialogue_turn_seconds_sum"] == 0.04


def test_what_is_behind_tells_which_part_it_is() -> None:
    metrics = Metrics()
    for _ in range(200):
        metrics.heard(2 * PARTS["hearing"].limit, 0.0)
    told = figures(metrics)
    assert told['voicebot_overload{part="hearing"}'] > 1
    assert told['voicebot_overload{part="clock"}'] == told['voicebot_overload{part="dialogue"}'] == 0


async def test_late_and_lost_sound_of_a_call_is_counted(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(audiosocket, "WINDOW_MESSAGES", 1000)  # so that no tick is needed while sound comes
    channels: list[Channel] = []
    over = asyncio.Event()

    async def answer(channel: Channel, watch: Watch, name: str = "") -> Outcome:
        await channel.play(np.full(RATE, 1000, np.int16), "clip")
        channels.append(channel)
        await over.wait()
        return Outcome.RESET

    async with site(answer) as here:
        _, name = await here.post("/callers", {"caller": "0912345678"})
        async with fake_audiosocket.dialled(*here.audiosocket) as asterisk:
            asterisk.send(UUID, uuid.UUID(name).bytes)
            await until(lambda: bool(channels))
            for late in (0, JITTER_SECONDS + 0.001, 0, JITTER_SECONDS + 0.001):
                here.ticker.beat(late)
            for _ in range(WAITING_SECONDS * 50 + 7):
                await asterisk.say(np.zeros(160, np.int16))
            await until(lambda: channels[0].lost == 7)  # type: ignore[attr-defined]  # it is a line's
            over.set()
            await asterisk.until_closed()
        await here.quiet()
        assert await here.metric("voicebot_frames_late_total") == 2
        assert await here.metric("voicebot_frames_lost_total") == 7
        assert await here.metric("voicebot_tick_lag_seconds_count") == 4


def test_what_operators_are_to_look_after_is_told_by_name() -> None:
    metrics = Metrics()
    assert metrics.alarms() == ["dialogue", "store"]
    for gauge in (metrics.dialogue_up, metrics.store_up, metrics.guessing):
        gauge.set(1)
    assert metrics.alarms() == ["guessing"]
