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
from bot.accounts.phones import NotAPhoneNumber, normalise
from bot.errors import VoicebotError
from bot.events import StoreHealth
from bot.sealing import Purpose, Seal, SealBroken, is_sealed, load_seal
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

    def number(self, tracker: Tracker) -> str:
        """The insurance number. In a call it is sealed; only what is typed in `rasa shell` comes in digits.

        Raises SealBroken where it is expired, forged or of another call."""
        token = tracker.get_slot("insurance_number") or ""
        if not _on_a_line(tracker) and not is_sealed(token):
            return str(token)
        return self.services.seal.of_call(tracker.sender_id).reveal(token, Purpose.INSURANCE_NUMBER)

    def caller(self, tracker: Tracker) -> str | None:
        """The calling number; None, which matches no account, where the line withheld it.

        Only a conversation that no line started (`rasa shell`) has the number of the settings. Raises SealBroken."""
        if sealed := tracker.get_slot("caller"):
            return self.services.seal.of_call(tracker.sender_id).reveal(sealed, Purpose.CALLER)
        return None if _on_a_line(tracker) else self.services.settings.caller or None

    def identified(self, tracker: Tracker) -> tuple[str, str] | None:
        """The calling number as E.164 (+84912345678) and the insurance number. None where the line withheld the first,
        or one of them was sealed in another call: such a caller has no account."""
        try:
            caller, number = self.caller(tracker), self.number(tracker)
            return (normalise(caller), number) if caller and number else None
        except (SealBroken, NotAPhoneNumber):
            return None


def _on_a_line(tracker: Tracker) -> bool:
    """Whether a line began this conversation, and not `rasa shell`."""
    begun = ("start_call", "caller_withheld")
    return any(e["event"] == "user" and e["parse_data"]["intent"]["name"] in begun for e in tracker.events)
