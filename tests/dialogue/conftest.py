"""A trained Rasa with the real actions and a real database, and calls to hold with it."""

from __future__ import annotations

import itertools
from collections.abc import Iterator
from pathlib import Path

import pytest
from cryptography.fernet import Fernet
from dialogue_tools import Citizen, TextCall

from bot.accounts import Accounts, open_accounts
from bot.sealing import Seal, load_seal
from bot.settings import Settings
from tests.rasa_tools import RasaOfTests, SharedRasa


@pytest.fixture(scope="session")
def settings(dialogue_model: Path, tmp_path_factory: pytest.TempPathFactory) -> Settings:
    folder = tmp_path_factory.mktemp("dialogue")
    return Settings(
        database_url=f"sqlite:///{folder}/accounts.sqlite",
        rasa_model=str(dialogue_model),
        seal_key=Fernet.generate_key().decode(),
    )


@pytest.fixture(scope="session")
def seal(settings: Settings) -> Seal:
    return load_seal(settings)


@pytest.fixture(scope="session")
def accounts(settings: Settings) -> Iterator[Accounts]:
    accounts = open_accounts(settings)
    accounts.init()
    yield accounts
    accounts.close()


@pytest.fixture(scope="session")
def rasa(shared_rasa: SharedRasa, settings: Settings, accounts: Accounts) -> RasaOfTests:
    return RasaOfTests(shared_rasa, settings)


_people = itertools.count(1)


@pytest.fixture
def citizen(accounts: Accounts) -> Citizen:
    """A new one for each test, so that no test sees another's password or lock."""
    n = next(_people)
    person = Citizen(f"09123{n:05}", f"01{n:08}")
    accounts.add(person.phone, person.number)
    return person


@pytest.fixture
def call(rasa: RasaOfTests, seal: Seal) -> TextCall:
    return TextCall(rasa, seal)
