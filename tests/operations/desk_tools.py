"""A store with the demo accounts and two who may open the operator's page, and the action server's door to it."""

from __future__ import annotations

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path

from argon2 import PasswordHasher
from cryptography.fernet import Fernet

from bot.accounts import Accounts
from bot.accounts.demo import DEMO
from bot.actions.server import app_of, serving
from bot.credentials import Credentials
from bot.operations.client import Client
from bot.operations.desk import Desk
from bot.operations.roles import Role
from bot.operations.staff import Staff
from bot.sealing import Seal
from bot.settings import Settings

SECRETS = Credentials("of-this-bot-and-its-rasa")
SEAL_KEY, KEY = Fernet.generate_key(), Fernet.generate_key()
WORD = "correct horse battery"
PHONE, NUMBER = DEMO[0]
PRICED = Settings(dong_a_minute=1200, dong_a_minute_source="the tests' carrier")


def opened(path: Path) -> Accounts:
    cheap = PasswordHasher(time_cost=1, memory_cost=8, parallelism=1)
    return Accounts(f"sqlite:///{path}", max_failures=3, lock_seconds=3600, key=KEY, hasher=cheap)


def make(path: Path) -> Path:
    """The store, with the viewer vy and the operator an."""
    accounts = opened(path)
    accounts.init()
    accounts.import_rows(DEMO)
    staff = Staff(accounts.backing, accounts.passwords, lambda: 0.0)
    staff.add("vy", Role.VIEWER, WORD)
    staff.add("an", Role.OPERATOR, WORD)
    accounts.close()
    return path


@asynccontextmanager
async def served(accounts: Accounts, settings: Settings = PRICED) -> AsyncIterator[Client]:
    """The way to the store that a gateway has."""
    desk = Desk(settings, lambda: accounts, lambda: Seal(SEAL_KEY, 600))
    async with serving(app_of(lambda _: None, SECRETS, desk), "127.0.0.1", 0) as port:  # type: ignore[arg-type,return-value]  # no action is run here
        yield Client(f"http://127.0.0.1:{port}/webhook", SECRETS, Seal(SEAL_KEY, 600))
    desk.close()
    accounts.close()
