"""Talking to Rasa: embedded in this process, or served over HTTP."""

from __future__ import annotations

from bot.events import Dialogue
from bot.settings import Settings


def open_dialogue(settings: Settings) -> Dialogue:
    """The dialogue that the settings name; blocks for the seconds that loading Rasa takes.

    Raises VoicebotError where there is no trained model, or a secret is none."""
    if settings.rasa_url:
        from bot.credentials import of_rasa
        from bot.dialogue.served import ServedRasa
        from bot.sealing import load_seal

        return ServedRasa(settings.rasa_url, load_seal(settings), settings.number_lengths, of_rasa(settings))
    from bot.dialogue.embedded import EmbeddedRasa  # takes seconds to import

    return EmbeddedRasa(settings)
