"""Says in the log that somebody guesses: once when it begins, and once when it ends."""

from __future__ import annotations

import logging

from bot.accounts.reset import Answer
from bot.accounts.throttle import CAP, Throttle

log = logging.getLogger(__name__)


class Alarm:
    """Watches the guesses that a throttle counts."""

    def __init__(self, throttle: Throttle) -> None:
        self._throttle = throttle
        self._on = False

    def note(self, answer: Answer) -> None:
        """An attempt was answered."""
        if answer.capped:
            log.error("guessing: a phone or an insurance number had %d guesses; only an operator can unlock it", CAP)
        exhausted = self._throttle.exhausted(answer.refusals)
        if exhausted and not self._on:
            log.error(
                "guessing: %d refusals within an hour are as many as VOICEBOT_MAX_REFUSALS allows;"
                " until they are fewer, only phones that were served before are",
                answer.refusals,
            )
        elif self._on and not exhausted:
            log.warning("guessing: the refusals of the last hour are fewer than VOICEBOT_MAX_REFUSALS again")
        self._on = exhausted
