"""Every scripted call in this folder, held by the whole bot: real sound, recogniser, Rasa, actions, SQLite and voice.

A call that is added here as a file is a test. What is in the account store afterwards is checked too.
"""

import dataclasses
from collections.abc import AsyncIterator
from pathlib import Path

import pytest
import pytest_asyncio

from bot.accounts import open_accounts
from bot.accounts.demo import DEMO
from bot.assembly import Voicebot, open_voicebot
from bot.channels.caller_script import MissingRecordingError, load_script
from bot.events import RATE, Outcome
from bot.settings import Settings, load
from bot.simulation import simulate_call

SCRIPTS = sorted(Path(__file__).parent.glob("*.yml"))


@pytest.fixture(scope="session")
def settings(dialogue_model: Path, accounts_url: str) -> Settings:
    return dataclasses.replace(load({}), rasa_model=str(dialogue_model), database_url=accounts_url)


@pytest_asyncio.fixture(scope="session", loop_scope="session")
async def bot(settings: Settings) -> AsyncIterator[Voicebot]:
    bot = await open_voicebot(settings, RATE, lambda text: None)
    yield bot
    await bot.close()


@pytest.mark.asyncio(loop_scope="session")
@pytest.mark.parametrize("path", SCRIPTS, ids=lambda path: path.stem)
async def test_call(path: Path, bot: Voicebot) -> None:
    try:
        script = load_script(path)
    except MissingRecordingError as error:
        pytest.skip(str(error))
    result = await simulate_call(bot, script)
    said = "\n".join(f"heard {e.heard!r}, said {e.said!r}" for e in result.record.exchanges)
    assert result.failure is None, f"{result.failure}\n{said}"
