"""What is told to whoever watches a call: the terminal, a page, a report, metrics. Secrets are masked or left out."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

from bot.events import (
    CallStarted,
    Chosen,
    Expect,
    Gone,
    Grammar,
    Number,
    Outcome,
    OwnPhone,
    PlayedOut,
    Said,
    Silence,
    TooFew,
    TooMany,
    Uncertain,
    Unheard,
    Unintelligible,
    Utterance,
)

MASK = "••••••••"
"""Stands for sealed digits wherever what the bot says is shown or written down."""


@dataclass(frozen=True)
class Speaks:
    """The bot begins to speak, and then expects something. `latency_ms`: from the end of the caller's last word or key
    to the first sample of the answer, None where there was none; `wait_ms` of them were spent making sure that the
    caller had finished."""

    at: float
    text: str
    seconds: float
    latency_ms: float | None
    wait_ms: float | None
    password: bool
    expect: Expect


@dataclass(frozen=True)
class Listens:
    """What is being heard: the words or keys so far, and the digits in their cells. `wait_seconds`: of silence after
    which a number is taken as it stands; None where none is being given."""

    at: float
    expect: Expect
    text: str
    cells: str
    wait_seconds: float | None = None


@dataclass(frozen=True)
class Understood:
    """The caller's turn is over and meant this. `text`: the words and keys it was made of, the last of which ended at
    `ended_at`."""

    at: float
    ended_at: float
    text: str
    utterance: Utterance


@dataclass(frozen=True)
class Ended:
    """The call is over. `failure` is what went wrong where the outcome is ERROR."""

    at: float
    outcome: Outcome
    failure: str | None = None


Notice = Speaks | Listens | Understood | Ended
Watch = Callable[[Notice], None]
"""Sees each notice at once; must be quick. Times named `at` are seconds since the call began, by sample count."""


UNDERSTOOD = (CallStarted, Chosen, Said, Number, PlayedOut, Unheard, Gone)
"""The utterances after which a call goes on. After any other the caller is asked again; its name in the metrics is that
of its type."""


def stage_of(expect: Expect) -> str:
    """Where in a call this is expected: menu, number, yesno, any, password, goodbye."""
    if isinstance(expect.kind, Grammar):
        return expect.kind.value
    return {"played": "password", "nothing": "goodbye"}[expect.kind]


def describe(utterance: Utterance) -> str:
    """What a turn meant, in a few words without its secrets."""
    if isinstance(utterance, Number):
        return f"{len(utterance.digits)} digits, {'spoken' if utterance.spoken else 'keyed'}"
    if isinstance(utterance, TooFew):
        return f"{utterance.missing} digits missing"
    if isinstance(utterance, TooMany):
        return f"{utterance.count} digits"
    if isinstance(utterance, Uncertain):
        return f"digit {utterance.cell} uncertain"
    if isinstance(utterance, Chosen):
        return utterance.intent
    return _MEANINGS[type(utterance)]


_MEANINGS: dict[type, str] = {
    CallStarted: "call",
    OwnPhone: "own telephone number",
    Said: "words",
    Silence: "no input",
    Unintelligible: "no match",
    PlayedOut: "played",
    Unheard: "not heard",
    Gone: "hung up",
}
