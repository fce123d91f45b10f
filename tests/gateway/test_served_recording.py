"""Recordings and traces of `voicebot serve`, as it is: calls by keys and by voice over the exchange's protocol, then
the files, the operator's page, the collector, and the recogniser, which finds no digit in what was recorded."""

from __future__ import annotations

import asyncio
import re
from collections.abc import AsyncIterator, Iterator
from contextlib import asynccontextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
import pytest

pytest.importorskip("opentelemetry.sdk", reason="needs the extra: pip install 'voicebot[traces]'")

from aiohttp import ClientSession, CookieJar

from bot.accounts import open_accounts
from bot.accounts.demo import DEMO
from bot.events import RATE, Grammar, Samples
from bot.hearing import load_models, open_hearing
from bot.masking import NUMBER_WORDS
from bot.operations.roles import Role
from bot.operations.staff import Staff
from bot.reports.call_tape import tones
from bot.settings import Settings, load
from bot.simulation.caller_script import CallerVoice, Say
from bot.simulation.caller_voice import sound_of
from bot.simulation.line import telephone_band
from bot.transcription import hear
from bot.web.operations import CSRF
from tests.calls.test_recorded_calls import pieces, sides
from tests.channels.fake_asterisk import FakeAsterisk, hear_out
from tests.conftest import GENEROUS
from tests.gateway.test_serving import GUARD, Served, press, served
from tests.tracing.collector import Collector, collecting

PHONE, NUMBER = DEMO[0]
DIGITS = "không một hai ba bốn năm sáu bảy tám chín"
WORD = "correct horse battery"

FRAME = RATE // 50
PAUSE = 75
"""Frames of silence after which the bot has finished: longer than its pause behind digits."""

RUN = 4
"""Number words in a row that are a part of a number: passwords are read by fours. "Xã hội xin nghe" is heard as two."""


@dataclass
class Page:
    """The operator's page of a served gateway, of one who has logged in."""

    session: ClientSession
    url: str
    csrf: str

    async def ask(self, method: str, path: str, **given: Any) -> Any:
        headers = {"Origin": self.url, CSRF: self.csrf}
        async with self.session.request(method, f"{self.url}/operations{path}", headers=headers, **given) as response:
            assert response.status == 200, await response.text()
            return await (response.json() if response.content_type == "application/json" else response.read())


@asynccontextmanager
async def page_of(here: Served) -> AsyncIterator[Page]:
    async with ClientSession(cookie_jar=CookieJar(unsafe=True)) as session:
        page = Page(session, f"http://127.0.0.1:{here.port}", "")
        page.csrf = (await page.ask("POST", "/login", data={"name": "an", "password": WORD}))["csrf"]
        yield page


async def say(caller: FakeAsterisk, text: str) -> None:
    """At the pace of speech: the served bot hears in threads, and drops what comes faster than they hear."""
    sound = telephone_band(sound_of(Say(text), CallerVoice(dialect="north", speed=0.9)))
    sound = np.pad(sound, (0, -sound.size % FRAME))
    clock = asyncio.get_running_loop()
    due = clock.time()
    for frame in sound.reshape(-1, FRAME):
        await caller.tick(frame)
        due += 0.02
        await asyncio.sleep(max(0.0, due - clock.time()))


async def keyed(here: Served) -> FakeAsterisk:
    async with here.call(f"caller={PHONE}&call=keyed") as caller:
        await caller.start()
        await hear_out(caller, PAUSE)
        await press(caller, "8")
        await hear_out(caller, PAUSE)
        await press(caller, f"{NUMBER}#")
        while not caller.ended:
            await hear_out(caller, PAUSE)
        return caller


async def spoken(here: Served) -> FakeAsterisk:
    async with here.call(f"caller={PHONE}&call=spoken") as caller:
        await caller.start()
        for words in ("cấp lại mật khẩu", DIGITS, "đúng rồi"):
            await hear_out(caller, PAUSE)
            await say(caller, words)
        while not caller.ended:
            await hear_out(caller, PAUSE)
        return caller


def longest_number(sound: Samples, settings: Settings) -> int:
    """Number words in the longest number that the recogniser finds, in the stretches between silences."""
    longest = 0
    for piece in pieces(sound):
        heard = hear("a sound", piece, RATE, open_hearing(settings, RATE), Grammar.ANY, settings.number_lengths)
        found = re.findall(r"\w+", heard.text)
        runs = "".join("x" if word in NUMBER_WORDS or word.isdigit() else " " for word in found).split()
        longest = max([longest, *map(len, runs)])
    return longest


@pytest.fixture
def settings(dialogue_model: Path, tmp_path: Path) -> Settings:
    """With a store of the test's own, which the operator an may look into."""
    url = f"sqlite:///{tmp_path}/accounts.sqlite"
    settings = load({**GENEROUS, "VOICEBOT_DATABASE_URL": url, "VOICEBOT_RASA_MODEL": str(dialogue_model)})
    accounts = open_accounts(settings)
    accounts.init()
    accounts.import_rows(DEMO)
    Staff(accounts.backing, accounts.passwords, lambda: 0.0).add("an", Role.OPERATOR, WORD)
    accounts.close()
    return settings


@pytest.fixture
def collector() -> Iterator[Collector]:
    with collecting() as found:
        yield found


async def test_recorded_calls_of_a_served_bot(settings: Settings, collector: Collector, tmp_path: Path) -> None:
    folder = tmp_path / "recordings"
    environ = {
        "VOICEBOT_RECORDING_FOLDER": str(folder),
        "VOICEBOT_RASA_MODEL": settings.rasa_model,
        "VOICEBOT_TRACES_URL": collector.url,
    }
    async with served(**GENEROUS, **environ, VOICEBOT_DATABASE_URL=settings.database_url) as here:
        callers = {"keyed": await keyed(here), "spoken": await spoken(here)}
        _, metrics = await here.ask("/metrics")
        assert 'voicebot_calls_total{outcome="reset",stage="goodbye"} 2.0' in metrics, metrics
        async with page_of(here) as page, asyncio.timeout(GUARD):
            calls: list[dict[str, Any]] = []
            while len(calls) < 2:  # records are written behind the calls
                wanted = {"since": "0", "until": "4000000000"}
                calls = (await page.ask("POST", "/find", data=wanted))["calls"]
            for call in calls:
                picture = None
                while picture is None:  # and so are recordings
                    picture = (await page.ask("GET", f"/calls/{call['id']}"))["recording"]
                sound = await page.ask("POST", f"/calls/{call['id']}/sound")
                [file] = folder.glob(f"*-{call['exchange']}-{call['id']}.ogg")
                assert sound == file.read_bytes()
                assert {each["who"] for each in picture["regions"]} >= {"bot"}
                assert sum(end - begin for begin, end in picture["blanks"]) > 5.0
        await asyncio.to_thread(collector.wait, "voicebot", "invoke_agent voicebot", 2, GUARD)
        activated = "execute_tool action_activate_password"
        await asyncio.to_thread(collector.wait, "voicebot-actions", activated, 2, GUARD)

    # two calls, two traces, each from the gateway to the actions
    traces = {service: {span.trace_id for span in spans} for service, spans in collector.spans.items()}
    assert traces["voicebot"] == traces["voicebot-actions"]
    assert len(traces["voicebot"]) == 2
    told = b"".join(collector.bodies)
    assert b"keyed" in told
    assert NUMBER.encode() not in told
    assert PHONE[1:].encode() not in told

    load_models(settings)
    for name, caller in callers.items():
        [file] = folder.glob(f"*-{name}-*.ogg")
        kept, said = sides(file)
        assert tones(kept) == []
        assert longest_number(kept, settings) < RUN
        assert longest_number(said, settings) < RUN
        assert longest_number(caller.heard_sound(), settings) >= RUN, "the caller was read the password"
        assert np.abs(said).max() > 3000, "the prompts are there"
        for path in folder.glob(f"*-{name}-*"):
            told = path.read_bytes()
            assert NUMBER.encode() not in told
            assert PHONE.encode() not in told
