"""Who may have a new password: the account store, its throttle, and the reset in two phases."""

from bot.accounts.database import AccountsUnavailable
from bot.accounts.register import Account, Entry
from bot.accounts.store import Accounts, open_accounts

__all__ = ["Account", "Accounts", "AccountsUnavailable", "Entry", "open_accounts"]
