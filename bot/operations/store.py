"""The tables of the operator's page and of call backs, beside those of the accounts."""

from __future__ import annotations

import time
from collections.abc import Callable
from datetime import timedelta

from bot.accounts import Accounts
from bot.operations.call_backs import CallBackCounts
from bot.operations.calls import Calls
from bot.operations.staff import Staff


class Store:
    """`days`: how long a call is kept; 0: for ever. `seconds`: a clock that never goes back."""

    def __init__(self, accounts: Accounts, days: int, seconds: Callable[[], float] = time.monotonic) -> None:
        self.accounts = accounts
        self.calls = Calls(accounts.backing, timedelta(days=days) if days else None)
        self.call_backs = CallBackCounts(accounts.backing)
        self.staff = Staff(accounts.backing, accounts.passwords, seconds)
