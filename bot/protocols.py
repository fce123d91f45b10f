"""What each room of a call promises: channel, hearing, dialogue, speech. `bot/call.py` joins them; the types that pass
between them are in `bot/events.py`."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Sequence
from typing import Any, Protocol, runtime_checkable

from bot.events import ChannelEvent, Grammar, Heard, Reply, Samples, Segment, Utterance


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


class Dialogue(Protocol):
    """The dialogue manager, for many calls. `call_id` is random and says nothing about the caller."""

    async def tell(self, call_id: str, utterance: Utterance) -> Reply:
        """One turn. Raises VoicebotError where the dialogue manager cannot be reached or does not answer."""
        ...

    async def close(self) -> None: ...


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


@runtime_checkable
class KnowsItsVoice(Protocol):
    """Speech that can tell a person's recording from a synthesiser."""

    def synthetic(self, segment: Segment, rate: int) -> bool:
        """Whether a synthesiser speaks this segment at `rate` Hz."""
        ...
