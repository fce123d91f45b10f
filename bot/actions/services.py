"""What actions need from other rooms, opened on first use and kept: importing an action touches no database."""

from __future__ import annotations

import asyncio
from abc import ABC, abstractmethod
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from functools import cached_property
from typing import Any

from rasa_sdk import Action, Tracker
from rasa_sdk.executor import CollectingDispatcher

from bot.accounts import Accounts, AccountsUnavailable, open_accounts
from bot.errors import VoicebotError
from bot.events import StoreHealth
from bot.sealing import Seal, load_seal
from bot.settings import Settings

THREADS = 8
"""At once in the store. Writers take turns there, and a password's hash keeps a core busy."""

WORK_SECONDS = 2.4
"""For a piece of work in the store, waiting for a thread included. Longer than a transaction may take
(bot.accounts.database.PATIENCE), so that a thread is stuck at a disk that hangs and nowhere else; shorter than a caller
bears silence."""

_threads = ThreadPoolExecutor(THREADS, thread_name_prefix="accounts")


class Services:
    """The account store and the seal of some settings."""

    def __init__(self, settings: Settings) -> None:
        self.settings = settings

    @cached_property
    def accounts(self) -> Accounts:
        return open_accounts(self.settings)

    @cached_property
    def seal(self) -> Seal:
        return load_seal(self.settings)

    def _check(self) -> int:
        return self.accounts.check()  # the store is opened here, in the thread

    async def health(self) -> StoreHealth:
        """Of the account store, by writing to it."""
        limit = self.settings.max_refusals
        try:
            return StoreHealth("", await in_thread(self._check), limit)
        except VoicebotError as error:
            return StoreHealth(str(error), 0, limit)


def reset_of(sender_id: str) -> str:
    """What the accounts know a conversation by: a call of the exchange, or the conversation where no exchange named it.
    A call has one reset, however often its exchange brings it (`bot.call_keys`)."""
    name, _, key = sender_id.rpartition(".")
    return name or key


async def in_thread[T](work: Callable[[], T]) -> T:
    """Databases and password hashing block: other calls go on meanwhile.

    Raises AccountsUnavailable where it fails otherwise than as foreseen, or takes too long. Work that has not begun by
    then never will; work that has goes on unseen, and a password that it gives stays pending until it is forgotten."""
    job = asyncio.get_running_loop().run_in_executor(_threads, work)
    try:
        return await asyncio.wait_for(job, WORK_SECONDS)
    except VoicebotError:
        raise
    except TimeoutError:
        raise AccountsUnavailable(
            "the account store does not answer in time: look at its disk, and at this machine's load"
        ) from None
    except Exception as error:  # nobody foresaw it, and its text may hold secrets
        raise AccountsUnavailable(f"work in the account store failed ({type(error).__name__})") from None


class ServiceAction(Action, ABC):  # type: ignore[misc]  # rasa_sdk ships no types
    """An action that uses services."""

    def __init__(self, services: Services) -> None:
        self.services = services

    @abstractmethod
    async def run(
        self, dispatcher: CollectingDispatcher, tracker: Tracker, domain: dict[str, Any]
    ) -> list[dict[str, Any]]: ...
