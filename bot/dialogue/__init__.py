"""Talking to Rasa, over HTTP: to one that is served somewhere, or to one that is started beside this process."""

from __future__ import annotations

import logging
from typing import Protocol

from bot.dialogue.health import StoreWatch
from bot.operations.client import Client
from bot.protocols import Dialogue
from bot.settings import Settings

log = logging.getLogger(__name__)


class WatchedDialogue(Dialogue, Protocol):
    """A dialogue that is known to be well or not."""

    @property
    def up(self) -> bool:
        """Nothing is known to be wrong with it."""
        ...

    @property
    def store(self) -> StoreWatch:
        """What is known of the account store behind it."""
        ...

    @property
    def operations(self) -> Client | None:
        """The way to the account store for the operator's page; None where it is not known."""
        ...


async def open_dialogue(settings: Settings) -> WatchedDialogue:
    """The dialogue that the settings name; takes the seconds in which Rasa loads where it is started here.

    Raises VoicebotError where there is no Rasa, no trained model, or a secret is too weak."""
    if settings.rasa_url:
        from bot.dialogue.remote import RemoteRasa

        return RemoteRasa(settings)
    from bot.dialogue.freshness import AGAIN, some_of
    from bot.dialogue.local import LocalRasa

    rasa = LocalRasa(settings)
    if rasa.changed:
        log.warning("voicebot: %s changed after the dialogue was trained; %s", some_of(rasa.changed), AGAIN)
    await rasa.start()
    return rasa
