"""The whole bot for scripted calls: real sound, recogniser, Rasa, actions, SQLite and voice."""

import csv
import dataclasses
from collections.abc import AsyncIterator
from pathlib import Path

import pytest
import pytest_asyncio

from bot.accounts import open_accounts
from bot.assembly import Voicebot, open_voicebot
from bot.events import RATE
from bot.settings import Settings, load
from tests.conftest import GENEROUS
from tests.rasa_tools import RasaOfTests, SharedRasa


@pytest.fixture(scope="session")
def settings(dialogue_model: Path, accounts_url: str) -> Settings:
    settings = dataclasses.replace(load(GENEROUS), rasa_model=str(dialogue_model), database_url=accounts_url)
    accounts = open_accounts(settings)
    with (Path(__file__).parent / "accounts.csv").open(encoding="utf-8") as rows:
        accounts.import_rows([(row["phone"], row["insurance_number"]) for row in csv.DictReader(rows)])
    accounts.close()
    return settings


@pytest_asyncio.fixture(scope="session", loop_scope="session")
async def bot(settings: Settings, shared_rasa: SharedRasa) -> AsyncIterator[Voicebot]:
    async def dialogue(settings: Settings) -> RasaOfTests:
        return RasaOfTests(shared_rasa, settings)

    bot = await open_voicebot(settings, [RATE], lambda text: None, dialogue=dialogue)
    yield bot
    await bot.close()
