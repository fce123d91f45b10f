"""What actions need from other rooms, opened on first use and kept: importing an action touches no database."""

from __future__ import annotations

import asyncio
from abc import ABC, abstractmethod
from collections.abc import Callable
from functools import cache, cached_property
from typing import Any, TypeVar

from rasa_sdk import Action, Tracker
from rasa_sdk.executor import CollectingDispatcher

from bot.accounts import Accounts, open_accounts
from bot.sealing import Seal, load_seal
from bot.settings import Settings, load

T = TypeVar("T")


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


@cache
def shared() -> Services:
    """Those of the environment's settings, for an action server."""
    return Services(load())


def reset_of(sender_id: str) -> str:
    """What the accounts know a conversation by: a call of the exchange, or the conversation where no exchange named it.
    A call has one reset, however often its exchange brings it (`bot.assembly.call_id`)."""
    return sender_id.partition(".")[0]


async def in_thread(work: Callable[[], T]) -> T:
    """Databases and password hashing block: other calls go on meanwhile."""
    return await asyncio.get_running_loop().run_in_executor(None, work)


class ServiceAction(Action, ABC):  # type: ignore[misc]  # rasa_sdk ships no types
    """An action that uses services; `rasa run actions` makes it without arguments."""

    def __init__(self, services: Services | None = None) -> None:
        self._given = services

    @property
    def services(self) -> Services:
        return self._given or shared()

    @abstractmethod
    async def run(
        self, dispatcher: CollectingDispatcher, tracker: Tracker, domain: dict[str, Any]
    ) -> list[dict[str, Any]]: ...
