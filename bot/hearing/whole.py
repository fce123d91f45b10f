"""A number is heard again as a whole: its sound from the first piece to the last, with the pauses that were.

    speech        ▁▁▆█▆▁▁▁▁▆█▆▇▁▁▁▁▆█▁▁▁▁▁▁▁▁▁
    first pass      piece   piece   piece            words at once
    second pass     ╰───────── all of it ─╯          when the digits that are wanted may all be there, or nothing
                    ╰──1──╯╰───2───╯╰─3─╯            follows for a while; then each piece gets its own part

What comes before and behind a piece helps the second pass to hear it, and a number is encoded once. Pure but for the
network; the clock is the count of blocks of 10 ms.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import NamedTuple, Protocol

import numpy as np

from bot.events import FinalResult, Heard, Reheard, Samples
from bot.hearing.encoder import Encoder, Scores
from bot.hearing.recogniser import Recognised
from bot.hearing.second_pass import NUMERALS

LONGEST_PAUSE = 60
"""Blocks of a pause between two pieces that are kept, 0.6 s: more would cost time and tell nothing."""

LONGEST = 2000
"""Blocks. Where more than 20 s were kept, the next piece begins anew."""

REST = 20
"""Blocks. What was encoded in a silence is enough where no more than 0.2 s came since: nothing but that silence."""

ALONE = 70
"""Blocks of silence, 0.7 s, after which pieces that are no whole number yet are heard again, too."""

UNHEARD = 300
"""Blocks. In a piece of up to three seconds of which the first pass makes nothing, the second looks for digits: single
words in noise are lost so. What lasts longer is somebody else's talk or noise, and would take its time."""

COUNTS = 0.1
"""The probability from which on an alternative counts where it is asked how many digits there may be. It decides when
the second pass begins, not what is heard: what is counted too low waits for ALONE, what is too high is encoded once
more."""

FRAME = 2
"""Blocks in a frame of the encoder."""


class Second(Protocol):
    """What becomes of a piece when the second pass has heard it."""

    @property
    def encoder(self) -> Encoder: ...

    def alone(self, first: Recognised, sound: Samples, wanted: int) -> Recognised:
        """A piece with other words than a number's. `wanted`: digits that make the number whole with it, at least."""
        ...

    def again(self, first: Recognised, scores: Scores, sound: Samples, wanted: int) -> Recognised:
        """A piece of a number, by what the second pass says of its frames. `wanted`: as in `alone`."""
        ...


class _Begun(NamedTuple):
    """Where a piece begins for the first pass, and where its speech does: blocks of the sound that was kept."""

    begin: int
    onset: int


class _Part(NamedTuple):
    """A piece: the first pass heard it from `begun.begin` to `end`, and there was speech until `ended`."""

    begun: _Begun
    ended: int
    end: int
    first: Recognised
    ended_at: int


class Whole:
    """The pieces of a number since `expect`. `wanted`: digits that make it whole, at least; 0 where that is unknown."""

    def __init__(self, second: Second, wanted: int) -> None:
        self._second, self._wanted = second, wanted
        self._blocks: list[Samples] = []
        self._left_out = 0  # blocks of the pause that were not kept
        self._parts: list[_Part] = []
        self._begun: _Begun | None = None  # the piece being spoken
        self._ahead: tuple[int, Scores] | None = None  # how many blocks were encoded in a silence, and what came of it
        self._due = False  # the last pieces wait for being heard again

    def push(self, block: Samples) -> None:
        """The next block, whoever speaks."""
        if self._begun or (self._parts and len(self._blocks) < self._parts[-1].ended + LONGEST_PAUSE):
            self._blocks.append(block)
        else:
            self._left_out += 1

    def begin(self, lead: Sequence[Samples], onset: int) -> None:
        """A piece has begun with these blocks, the one that was pushed last included; speech with block `onset`."""
        if not self._parts or len(self._blocks) > LONGEST:
            self.forget()
            self._blocks = list(lead)
        else:
            self._blocks += lead[max(0, len(lead) - self._left_out) :] if self._left_out else []
        begin = max(0, len(self._blocks) - len(lead))
        self._begun = _Begun(begin, begin + onset)
        self._left_out, self._due, self._ahead = 0, False, None

    def pause(self, words: str) -> None:
        """The piece being spoken may be over: what takes long can be done now, if the number may be, too."""
        if self._told() + len(words.split()) >= self._wanted:
            self._ahead = len(self._blocks), self._encoded()

    def finish(self, first: Recognised, quiet: int, ended_at: int) -> list[tuple[int, Recognised]]:
        """The piece is over since `quiet` blocks. What is made of it, behind what is now made of those before it: where
        each ended, and its alternatives. Raises ValueError where none has begun."""
        if not self._begun:
            raise ValueError("no piece has begun; call begin() first")
        size = len(self._blocks)
        part, self._begun = _Part(self._begun, size - quiet, size, first, ended_at), None
        if not _numeral(first):
            found = self._second.alone(first, self._sound(part), self._left_to(part))
            self.forget()
            return [(ended_at, found)]
        if not first.texts and part.end - part.begun.begin > UNHEARD:
            self.forget()
            return [(ended_at, first)]
        self._parts.append(part)
        if self._told() >= self._wanted:
            return self._again()
        self._due = True
        return [(ended_at, first)]

    def late(self) -> list[tuple[int, Recognised]]:
        """What pieces that waited for more digits are, now that nobody has spoken for a while; mostly none."""
        silent = len(self._blocks) + self._left_out - self._parts[-1].ended if self._parts else 0
        return self._again() if self._due and silent >= ALONE else []

    def drop(self) -> None:
        """The piece being spoken was none of the caller's."""
        self._begun = None

    def forget(self) -> None:
        """What comes is another number, or goes on behind a key."""
        self._blocks, self._parts, self._begun = [], [], None
        self._left_out, self._due, self._ahead = 0, False, None

    def _again(self) -> list[tuple[int, Recognised]]:
        self._due = False
        size, scores = self._ahead or (-REST - 1, None)
        if scores is None or len(self._blocks) - size > REST:
            scores = self._encoded()
        cuts = [
            (before.ended + after.begun.onset) // 2 // FRAME
            for before, after in zip(self._parts, self._parts[1:], strict=False)
        ]
        found = []
        for part, begin, end in zip(self._parts, [0, *cuts], [*cuts, len(scores)], strict=True):
            again = self._second.again(part.first, scores[begin:end], self._sound(part), self._left_to(part))
            found.append((part.ended_at, again))
        return found

    def _encoded(self) -> Scores:
        return self._second.encoder.scores(np.concatenate(self._blocks))

    def _sound(self, part: _Part) -> Samples:
        return np.concatenate(self._blocks[part.begun.begin : part.end])

    def _left_to(self, part: _Part) -> int:
        """The digits of a whole number that the other pieces leave to this one, at least."""
        others = (len(other.first.texts[0].split()) for other in self._parts if other is not part and other.first.texts)
        return max(0, self._wanted - sum(others))

    def _told(self) -> int:
        """The digits that the pieces hold, at most."""
        return sum(_most(part.first) for part in self._parts)


def _most(first: Recognised) -> int:
    """How many digits a piece may hold. One of which the first pass made nothing may hold one."""
    if not first.texts:
        return 1
    probabilities = (1.0, *first.probabilities[1:])
    return max(len(text.split()) for text, share in zip(first.texts, probabilities, strict=True) if share >= COUNTS)


def _numeral(first: Recognised) -> bool:
    """Whether a piece may belong to a number: it holds digits, or nobody knows what."""
    return not first.texts or set(first.texts[0].split()) <= _WORDS


_WORDS = frozenset((*NUMERALS, "nhăm", "chục"))


def revised(heard: Iterable[Heard]) -> list[Heard]:
    """The events, each piece as it was heard last."""
    found: list[Heard] = []
    for event in heard:
        if isinstance(event, Reheard):
            better = {piece.ended_at: piece for piece in event.pieces}
            found = [better.get(e.ended_at, e) if isinstance(e, FinalResult) else e for e in found]
        else:
            found.append(event)
    return found
