"""Every type that passes between rooms, in the order a call meets them.

channel ──Frame, Key, Played, HungUp──▶ hearing ──Heard──▶ turn ──Utterance──▶ dialogue ──Reply──▶ tts ──▶ channel

All data flows that way. The one thing that travels back is `Expect`, carried by a `Reply`.
Times named `at` count samples at `RATE` since the call began: the sample count is the only clock.
"""

from __future__ import annotations

import asyncio
import enum
from collections.abc import AsyncIterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, Literal, Protocol, runtime_checkable

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


@runtime_checkable
class Channel(Protocol):
    """Where a caller is: a microphone, a script, a phone line. Every channel passes tests/channels/contract.py."""

    rate: int
    """Hz of both directions: 8000 or 16000."""

    hears_while_speaking: bool
    """False where the bot would hear itself (a laptop's loudspeaker): then only keys can barge in."""

    caller: str | None
    """The calling number as the line gave it, None where it was withheld. Secret: never logged."""

    def events(self) -> AsyncIterator[ChannelEvent]:
        """What the caller does, in order, ending with HungUp; frames arrive at the pace of the line, also while
        the bot speaks. A channel that runs faster than real time advances only while it is read."""
        ...

    async def play(self, samples: Samples, mark: str) -> None:
        """Queue sound at `rate` and return at once; `Played(mark)` arrives when its last sample was heard."""
        ...

    async def stop(self) -> None:
        """Fall silent now (barge-in); marks still queued never arrive."""
        ...

    async def heard(self) -> bool | None:
        """Whether what was played to its end just now was heard, as far as the line shows; None where the channel
        cannot know. Asked after `Played`, while events go on arriving."""
        ...

    async def wait(self, work: asyncio.Future[Any], seconds: float) -> float:
        """Wait until the work is done or so many seconds have passed on the line; how many have. What the caller does
        meanwhile is kept. On a channel that runs faster than real time the bot's work takes no time, unless the work
        sleeps on the channel."""
        ...

    async def hang_up(self) -> None:
        """End the call; harmless when it has ended."""
        ...

    async def transfer(self) -> None:
        """Hand the caller to a person, and end the bot's part."""
        ...


@runtime_checkable
class ShowsWords(Protocol):
    """A channel whose caller can also read what the bot says."""

    def show(self, words: str, secret: bool, synthetic: bool | None = None) -> None:
        """The words of the sound that is played next. `secret`: for the caller's eyes, while they are spoken; to be
        kept nowhere. `synthetic`: a synthesiser speaks them; None where that is not known."""
        ...


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


class Hearing(Protocol):
    """Frames in, words and keys out, for one call. The result does not depend on how the sound was cut into frames."""

    now: int
    """Samples heard since the call began, at `RATE`."""

    def expect(self, grammar: Grammar, over_prompt: bool = False, wanted: int = 0) -> None:
        """Forget what is half heard and listen for `grammar` from here on. `over_prompt`: the bot is speaking
        meanwhile, until `prompt_ended`. `wanted`: digits that make a number whole, at least; 0: not known."""
        ...

    def prompt_ended(self) -> None:
        """The bot has fallen silent: what is heard from here on may be the answer."""
        ...

    def feed(self, samples: Samples) -> list[Heard]:
        """Hear sound at the channel's rate; what came of it, in order."""
        ...

    def key(self, key: str, seconds: float = 0.0) -> list[Heard]:
        """A key that came out of band, pressed for so long, as far as that is known (the same press also heard as tones
        is reported once, and so is one that bounced)."""
        ...


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
    """No match: something was said that no grammar holds, or a number that cannot be read one way only."""


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


class Dialogue(Protocol):
    """The dialogue manager, for many calls. `call_id` is random and says nothing about the caller."""

    async def tell(self, call_id: str, utterance: Utterance) -> Reply:
        """One turn. Raises VoicebotError where the dialogue manager cannot be reached or does not answer."""
        ...

    async def close(self) -> None: ...


@dataclass(frozen=True)
class StoreHealth:
    """Of the account store behind a dialogue."""

    trouble: str = ""
    """Why no reset could be kept now, in one line for an operator; empty where one could."""
    refusals: int = 0
    """Guesses of all callers within the last hour."""
    max_refusals: int = 0
    """So many and more are an alarm (bot/settings.py)."""


# ── to speech ─────────────────────────────────────────────────────────────────────────────────────


@dataclass(frozen=True, eq=False)
class Plays:
    """The sound of a segment at the channel's rate, queued for the caller; `Played(mark)` comes when it was heard."""

    segment: Segment
    samples: Samples
    mark: str


@dataclass(frozen=True)
class Stops:
    """The caller interrupted: what is queued is not played."""


@runtime_checkable
class KnowsItsVoice(Protocol):
    """Speech that can tell a person's recording from a synthesiser."""

    def synthetic(self, segment: Segment, rate: int) -> bool:
        """Whether a synthesiser speaks this segment at `rate` Hz."""
        ...


RoomEvent = ChannelEvent | Heard | Utterance | Reply | Plays | Stops
"""All that passes between the rooms of a call."""


class Speech(Protocol):
    """Replies to sound."""

    async def clip(self, segment: Segment, rate: int) -> Samples:
        """The sound of a segment at `rate` Hz. Raises VoicebotError where no voice can speak."""
        ...

    def words(self, segment: Segment) -> str:
        """What the clip of a segment says, secrets in the clear: for the caller alone, who hears them. Empty for a
        pause. Raises VoicebotError for a secret that cannot be revealed."""
        ...

    async def warm(self, texts: Sequence[str], rate: int) -> None:
        """Have these prompts ready."""
        ...

    async def close(self) -> None: ...
