"""Every type that passes between rooms, in the order a call meets them.

channel ──Frame, Key, Played, HungUp──▶ hearing ──Heard──▶ turn ──Utterance──▶ dialogue ──Reply──▶ tts ──▶ channel

All data flows that way. The one thing that travels back is `Expect`, carried by a `Reply`.
Times named `at` count samples at `RATE` since the call began: the sample count is the only clock.
"""

from __future__ import annotations

import enum
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Literal

import numpy as np
import numpy.typing as npt

RATE = 8000
"""Hz. The rate inside the house: what a telephone line carries, and what the recogniser hears."""

FRAME_MS = 20
"""Milliseconds in a frame as channels deliver it: the packet time of telephony (RFC 3551)."""

Samples = npt.NDArray[np.int16]
"""One channel of sound, shape (samples,), signed 16 bit."""

KEYS = "0123456789*#"

UNKNOWN = "<unk>"
"""Stands in a recogniser's text for speech that is no word of the grammar."""

# ── from the channel ──────────────────────────────────────────────────────────────────────────────


@dataclass(frozen=True, eq=False)
class Frame:
    """Sound from the caller at the channel's rate; any number of samples, 20 ms by habit."""

    samples: Samples


@dataclass(frozen=True)
class Key:
    """A key of the telephone's keypad, one of `KEYS`; out of band from the channel or heard as DTMF. It was pressed for
    so many `seconds`, 0 where that is not known."""

    key: str = field(repr=False)
    seconds: float = 0.0


@dataclass(frozen=True)
class Played:
    """Everything up to this mark was played, to the last sample. Whether a line that has died meanwhile was played to,
    `Channel.heard` tells."""

    mark: str


@dataclass(frozen=True)
class HungUp:
    """The caller is gone. Always the last event of a channel."""


ChannelEvent = Frame | Key | Played | HungUp


# ── from hearing ──────────────────────────────────────────────────────────────────────────────────


@dataclass(frozen=True)
class SpeechStarted:
    """Somebody began to speak."""

    at: int


@dataclass(frozen=True)
class Partial:
    """The words of the piece being spoken, as far as known; each replaces the one before."""

    text: str
    at: int


@dataclass(frozen=True)
class FinalResult:
    """Speech between two short pauses, decided. Empty `text`: speech that holds nothing of the grammar.

    `texts` are the recogniser's alternatives, best first (`text` is the first; where it is empty the others are what
    may have been said after all); `confidence` lies in 0…1; `ended_at` is where the sound ended, `at` where that was
    decided; `probabilities` are the probabilities of the texts, in their order, as far as the recogniser tells them."""

    texts: tuple[str, ...]
    confidence: float
    ended_at: int
    at: int
    probabilities: tuple[float, ...] = ()

    @property
    def text(self) -> str:
        return self.texts[0] if self.texts else ""


@dataclass(frozen=True)
class KeyHeard:
    """A key, whether it came out of band or as tones in the sound."""

    key: str = field(repr=False)
    at: int = 0


@dataclass(frozen=True)
class Reheard:
    """The last pieces of a number, heard once more together: each takes the place of the `FinalResult` that ended
    where it does."""

    pieces: tuple[FinalResult, ...]


Heard = SpeechStarted | Partial | FinalResult | Reheard | KeyHeard


# ── from the turn: what the caller meant ──────────────────────────────────────────────────────────


@dataclass(frozen=True)
class CallStarted:
    caller: str | None = field(repr=False)


@dataclass(frozen=True)
class Chosen:
    """One of the intents that `Expect.keys` offered, by key or by its spoken digit."""

    intent: str


@dataclass(frozen=True)
class Said:
    """Words that are no number expected here, perhaps with `UNKNOWN` beside them; `confidence` in 0…1."""

    text: str = field(repr=False)
    confidence: float = 1.0


@dataclass(frozen=True)
class Number:
    """A whole number of an expected length. `spoken`: at least one digit came by voice, or was guessed from keys that
    have two readings; such a number is read back."""

    digits: str = field(repr=False)
    spoken: bool


@dataclass(frozen=True)
class OwnPhone:
    """The number that was given is the telephone number that the call comes from."""


@dataclass(frozen=True)
class Uncertain:
    """A whole number was given, but its digit in this cell, counted from 1, may have been another. `after`: the digits
    directly before it, by which it can be named; empty where it is the first or the second."""

    cell: int
    after: str = field(default="", repr=False)


@dataclass(frozen=True)
class TooFew:
    """The caller stopped too early; `missing` more digits make the next allowed length. `after`: the last digits that
    stand, where something that could not be read came after them. `progress`: more digits stand than before this
    turn."""

    missing: int
    after: str = field(default="", repr=False)
    progress: bool = False


@dataclass(frozen=True)
class TooMany:
    """More digits than a number has, or a count between its lengths. `keyed`: all of them by keys."""

    count: int
    keyed: bool = False


@dataclass(frozen=True)
class Silence:
    """No input: nothing was said or pressed in time."""


@dataclass(frozen=True)
class Unintelligible:
    """No match: something was said that no grammar holds, or a number that cannot be read one way only. `digits`: it
    was said in place of a yes or no, and had digits in it, so the caller must hear the number again."""

    digits: bool = False


@dataclass(frozen=True)
class PlayedOut:
    """The reply was played to its end (sent where `Expect.kind` is PLAYED)."""

    until: float | None = field(default=None, compare=False)
    """Unix time, in seconds, after which nobody waits for the answer: the caller has been told that the password is
    void, so it must not come into force any more. None: no limit."""


@dataclass(frozen=True)
class Unheard:
    """The reply was played to its end, but the line was dead: the caller did not hear it (sent in place of
    PlayedOut)."""


@dataclass(frozen=True)
class Gone:
    """The caller hung up."""


Utterance = (
    CallStarted
    | Chosen
    | Said
    | Number
    | OwnPhone
    | Uncertain
    | TooFew
    | TooMany
    | Silence
    | Unintelligible
    | PlayedOut
    | Unheard
    | Gone
)


# ── from the dialogue ─────────────────────────────────────────────────────────────────────────────


class Grammar(enum.StrEnum):
    """The recogniser's graphs."""

    NUMBER = "number"
    YESNO = "yesno"
    MENU = "menu"
    ANY = "any"


class Outcome(enum.StrEnum):
    """How a call ended."""

    RESET = "reset"
    ANSWERED = "answered"  # of a service that gives no password
    REFUSED = "refused"
    NO_INPUT = "no_input"
    NO_MATCH = "no_match"
    HUNG_UP = "hung_up"
    TRANSFERRED = "transferred"
    ERROR = "error"


@dataclass(frozen=True)
class Expect:
    """What the caller is expected to do next, and whether the reply may be interrupted.

    kind           a grammar; "played": the bot waits until its own reply was heard; "nothing": the call ends
    lengths        digits of a number that may come, ascending; empty where none can (NUMBER and MENU have them)
    keys           keys that choose an intent, e.g. {"8": "ask_reset"}
    interruptible  barge-in allowed
    cell           the one digit that is asked for, counted from 1; the others stand
    patience       seconds of silence that are no failure yet; None: as many as the settings say
    """

    kind: Grammar | Literal["played", "nothing"]
    lengths: tuple[int, ...] = ()
    keys: Mapping[str, str] = field(default_factory=dict)
    interruptible: bool = True
    cell: int | None = None
    patience: float | None = None


@dataclass(frozen=True)
class Prompt:
    """Words to speak, no secret in them."""

    text: str


@dataclass(frozen=True)
class SecretDigits:
    """A sealed number or password, revealed only where it is spoken, digit by digit. `call`: the id of the call in
    which it is spoken, which must be the one it was sealed in; the call itself writes it there."""

    token: str
    holds: Literal["number", "password"] = "number"
    call: str = ""


@dataclass(frozen=True)
class Pause:
    """Silence between words, for the ear."""

    seconds: float


Segment = Prompt | SecretDigits | Pause


@dataclass(frozen=True)
class Reply:
    """What the bot says, what it expects then, and, when this is the end of the call, how it ended."""

    segments: tuple[Segment, ...]
    expect: Expect
    outcome: Outcome | None = None


@dataclass(frozen=True)
class StoreHealth:
    """Of the account store behind a dialogue."""

    trouble: str = ""
    """Why no reset could be kept now, in one line for an operator; empty where one could."""
    refusals: int = 0
    """Guesses of all callers within the last hour."""
    max_refusals: int = 0
    """So many and more are an alarm (bot/settings.py)."""
