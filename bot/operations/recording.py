"""Watches one call, and makes its record. Pure: all times come from the call's notices.

An event of a record:

    {"at", "who": "bot", "text", "seconds", "latency_ms", "wait_ms", "expect"}
    {"at", "ended_at", "who": "caller", "text", "by": voice | keys | "", "meaning", "why", "confidence"}

Texts are masked (bot/masking.py). `why` names the rule that decided the turn; `confidence` is there for words.
"""

from __future__ import annotations

import re
from collections.abc import Callable
from typing import Any

from bot.events import (
    Chosen,
    Number,
    Outcome,
    OwnPhone,
    Said,
    Silence,
    TooFew,
    TooMany,
    Uncertain,
    Unintelligible,
    Utterance,
)
from bot.masking import NUMBER_WORDS, masked
from bot.operations.record import MOST_EVENTS, CallRecord
from bot.watching import UNDERSTOOD, Ended, Notice, Speaks, Understood, describe, stage_of

GAVE_DIGITS = (Number, OwnPhone, TooFew, TooMany, Uncertain)

WHY: dict[type, str] = {
    Chosen: "offered",
    Said: "words",
    Number: "whole",
    OwnPhone: "own_phone",
    TooFew: "too_few",
    TooMany: "too_many",
    Uncertain: "uncertain",
    Silence: "silence",
    Unintelligible: "unintelligible",
}
"""The rule that decided a turn: a key or digit that the prompt had offered; words, which the dialogue understood;
a number of a valid length; …"""

_WORD = re.compile(r"[^\W\d_]+|[0-9]")


class Recording:
    """Watches one call. `done` gets its record once, when it has ended.

    id_       the record's id
    exchange  the exchange's name of the call, fit to be kept
    started   Unix time, in seconds
    """

    def __init__(self, id_: str, exchange: str, started: float, done: Callable[[CallRecord], None]) -> None:
        self.id, self.exchange, self.started = id_, exchange, started
        self.stage = "answered"
        """The last stage that the call has reached."""
        self.expect = "greeting"
        """What is expected of the caller: menu, number, yesno, any, password, goodbye."""
        self._done: Callable[[CallRecord], None] | None = done
        self._reached: dict[str, float] = {}
        self._events: list[dict[str, Any]] = []
        self._latencies: list[int] = []
        self.retries = 0
        """Turns after which the caller was asked again, so far."""
        self._voice = self._keys = 0
        self._decided = self._at = 0.0

    def watch(self, notice: Notice) -> None:
        """`bot.watching.Watch`."""
        self._at = max(self._at, notice.at)
        if isinstance(notice, Speaks):
            self._speaks(notice)
        elif isinstance(notice, Understood):
            self._understood(notice)
        elif isinstance(notice, Ended):
            self._end(notice.outcome)

    def _speaks(self, notice: Speaks) -> None:
        self.expect = stage_of(notice.expect)
        if notice.password:
            if "matched" in self._reached:
                self._reach("heard", notice.at)  # the second reading begins only when the first was heard
            else:
                self._reach("confirmed", self._decided)
                self._reach("matched", notice.at)
        if notice.latency_ms is not None:
            self._latencies.append(round(notice.latency_ms))
        self._note(
            at=round(notice.at, 2),
            who="bot",
            text=notice.text,
            seconds=round(notice.seconds, 2),
            latency_ms=None if notice.latency_ms is None else round(notice.latency_ms),
            wait_ms=None if notice.wait_ms is None else round(notice.wait_ms),
            expect=self.expect,
        )

    def _understood(self, notice: Understood) -> None:
        utterance = notice.utterance
        self._decided = notice.at
        self.retries += not isinstance(utterance, UNDERSTOOD)
        words, keys = _digits_in(notice.text)
        if isinstance(utterance, GAVE_DIGITS):
            self._voice, self._keys = self._voice + words, self._keys + keys
        if isinstance(utterance, Number):
            self._reach("number_given", notice.at)
        self._note(
            at=round(notice.at, 2),
            ended_at=round(notice.ended_at, 2),
            who="caller",
            text=masked(notice.text, TooFew(0) if self._may_hold_digits(notice.text, utterance) else utterance),
            by=_means(notice.text, keys),
            meaning=describe(utterance),
            why=WHY.get(type(utterance), ""),
            confidence=round(utterance.confidence, 3) if isinstance(utterance, Said) else None,
        )

    def _may_hold_digits(self, text: str, utterance: Utterance) -> bool:
        """Whether number words may be digits of the caller's number although the turn gave no number: one or two words
        where a number was asked for, and words after a no ("không, số ba")."""
        if isinstance(utterance, Chosen):
            return False
        words = {word.lower() for word in _WORD.findall(text)}
        return self.expect == "number" or (self.expect == "yesno" and bool(words & NUMBER_WORDS - {"không"}))

    def _end(self, outcome: Outcome) -> None:
        if self._done is None:
            return
        if outcome is Outcome.REFUSED and "number_given" in self._reached:
            self._reach("confirmed", self._decided)
        if outcome is Outcome.RESET:
            self._reach("heard", self._at)
        done, self._done = self._done, None
        done(
            CallRecord(
                id=self.id,
                exchange=self.exchange,
                started=round(self.started, 3),
                seconds=round(self._at, 2),
                outcome=outcome.value,
                **{stage: round(at, 2) for stage, at in self._reached.items()},
                retries=self.retries,
                voice_digits=self._voice,
                key_digits=self._keys,
                latencies=tuple(self._latencies),
                events=tuple(self._events),
            )
        )

    def _reach(self, stage: str, at: float) -> None:
        if stage not in self._reached:
            self._reached[stage], self.stage = at, stage

    def _note(self, **event: object) -> None:
        if len(self._events) < MOST_EVENTS:
            self._events.append(event)


def _digits_in(text: str) -> tuple[int, int]:
    """Number words and keyed digits in what was heard."""
    words = _WORD.findall(text)
    return sum(word.lower() in NUMBER_WORDS for word in words), sum(word.isdigit() for word in words)


def _means(text: str, keys: int) -> str:
    """Whether a turn was spoken or keyed; a turn of both counts as keyed."""
    if not text.strip():
        return ""
    return "keys" if keys or set(text) <= set("*# ") else "voice"
