"""What the tests of the account store share."""

from collections.abc import Callable
from datetime import UTC, datetime, timedelta

import pytest
from argon2 import PasswordHasher
from cryptography.fernet import Fernet

from bot.accounts import Accounts

on_sqlite = pytest.mark.parametrize("url", ["sqlite"], indirect=True)
"""What is only true, or only to be staged, with a file."""

KEY = Fernet.generate_key()
CHEAP = PasswordHasher(time_cost=1, memory_cost=8, parallelism=1)

LIMITS = {"max_failures": 3, "lock_seconds": 3600, "max_resets": 6, "max_refusals": 200}
"""How often may be guessed in the tests' stores."""


class Clock:
    def __init__(self) -> None:
        self.now = datetime(2026, 3, 1, 8, 0, tzinfo=UTC)

    def __call__(self) -> datetime:
        return self.now

    def advance(self, **by: float) -> None:
        self.now += timedelta(**by)


Open = Callable[..., Accounts]


def tamper(accounts: Accounts, *statements: str) -> None:
    """As who owns the database can do it: the triggers are dropped."""
    with accounts._database.writing() as connection:
        if accounts.name.startswith("sqlite"):
            for trigger in ("audit_unchanged", "audit_kept"):
                connection.exec_driver_sql(f"DROP TRIGGER IF EXISTS {trigger}")
        else:
            connection.exec_driver_sql("ALTER TABLE audit DISABLE TRIGGER USER")
        for statement in statements:
            connection.exec_driver_sql(statement)
