"""One turn of the caller: words and keys in, the one thing that was meant out. Pure; the clock is the sample count.

    prompt ends       speech          piece         speech     piece                 decided
    ────┬───────────────┬───────────────┬──────────────┬─────────┬──────────────────────┬───▶ samples
        │◀─ no_input ──▶│               │◀── pause ───▶│         │◀──── settle ────────▶│
        nothing came: Silence           an unfinished number     10 digits, where 12 are
                                        waits longer             allowed too, wait a little

A number that can grow no further, a `#`, a menu key and a yes or no decide at once.
"""

from __future__ import annotations

from dataclasses import dataclass

from bot.events import (
    RATE,
    Chosen,
    Expect,
    Grammar,
    Heard,
    KeyHeard,
    Number,
    Partial,
    Piece,
    Said,
    Silence,
    SpeechStarted,
    TooFew,
    Unintelligible,
    Utterance,
)
from bot.numbers import Collected, Collector, find, read
from bot.settings import Settings

COUGH = int(0.35 * RATE)
"""Sound shorter than this that holds no word is no attempt to speak: a cough, a knock, a passing horn."""


@dataclass(frozen=True)
class Timing:
    """How long to wait, in samples at `RATE`."""

    no_input: int
    settle: int
    pause: int

    @classmethod
    def of(cls, settings: Settings) -> Timing:
        return cls(
            no_input=int(settings.no_input_seconds * RATE),
            settle=int(settings.settle_seconds * RATE),
            pause=int(settings.pause_seconds * RATE),
        )


class Turn:
    """Collects what the caller does until it means something.

    `ended_at` is the sample at which the caller's last word or key ended, for measuring how long the answer took.
    """

    def __init__(self, expect: Expect, timing: Timing, kept: Collector | None = None) -> None:
        self.expect = expect
        self.numbers: Collector | None = None
        if expect.kind is Grammar.NUMBER:
            self.numbers = kept or Collector(expect.lengths)
            self.numbers.resume()  # a number that was cut short goes on
        self.heard: list[str] = []
        self.ended_at = 0
        self._timing = timing
        self._words: list[str] = []
        self._confidence = 1.0
        self._junk = False
        self._speech_at: int | None = None
        self._partial = ""
        self._quiet_since: int | None = None
        self._decided: Utterance | None = None

    @property
    def began(self) -> bool:
        """The caller has pressed a key or said a word of the grammar: a prompt still playing should stop."""
        return bool(self.heard or self._partial)

    @property
    def text(self) -> str:
        """Words and keys so far, the ones being spoken included."""
        return " ".join([*self.heard, self._partial]).strip()

    @property
    def cells(self) -> str:
        """The digits as they stand, the ones being spoken included."""
        if not self.numbers:
            return ""
        return self.numbers.preview(self._partial) if self._partial else self.numbers.digits

    def prompt_ended(self, at: int) -> None:
        """From here on the caller's silence counts."""
        if self._quiet_since is None:
            self._quiet_since = at

    def hear(self, heard: Heard) -> None:
        """One event of hearing, in order."""
        if self._decided:
            return
        if isinstance(heard, SpeechStarted):
            self._speech_at = heard.at
        elif isinstance(heard, Partial):
            self._partial = heard.text
        elif isinstance(heard, KeyHeard):
            self._press(heard)
        else:
            self._piece(heard)

    def decide(self, now: int) -> Utterance | None:
        """What the caller meant, or None while that may still change."""
        if self._decided or self._speech_at is not None or self._quiet_since is None:
            return self._decided
        quiet = now - self._quiet_since
        if self.numbers and self.numbers.status is not Collected.EMPTY:
            self._decided = self._number(self.numbers, quiet)
        elif self._words:
            self._decided = self._sentence(quiet)
        elif self._junk and quiet >= self._timing.settle:
            self._decided = Unintelligible()
        elif quiet >= self._timing.no_input:
            self._decided = Silence()
        return self._decided

    def _press(self, heard: KeyHeard) -> None:
        self.heard.append(heard.key)
        self._quiet_since = self.ended_at = heard.at
        if self.numbers and (heard.key.isdigit() or self.numbers.digits):
            self.numbers.press(heard.key)
        elif heard.key in self.expect.keys:
            self._decided = Chosen(self.expect.keys[heard.key])
        elif not self.numbers:
            self._decided = Unintelligible()

    def _piece(self, piece: Piece) -> None:
        began_at, self._speech_at, self._partial = self._speech_at, None, ""
        if not piece.text:
            if began_at is None or piece.ended_at - began_at >= COUGH:
                self._junk, self._quiet_since, self.ended_at = True, piece.ended_at, piece.ended_at
            return
        self._quiet_since = self.ended_at = piece.ended_at
        self._confidence = min(self._confidence, piece.confidence)
        text = self.numbers.choose(piece.texts) if self.numbers else piece.text
        self.heard.append(text)
        if self.numbers and self.numbers.concerns(text):
            self.numbers.hear(text)
        elif self.expect.kind is Grammar.MENU and (intent := self.expect.keys.get(read(text).digits or "")):
            self._decided = Chosen(intent)
        else:
            self._words.append(text)

    def _number(self, numbers: Collector, quiet: int) -> Utterance | None:
        if numbers.status is Collected.FULL or (numbers.status is Collected.COMPLETE and numbers.ended):
            return Number(numbers.digits, numbers.spoken)
        if numbers.status is Collected.COMPLETE:
            return Number(numbers.digits, numbers.spoken) if quiet >= self._timing.settle else None
        if not numbers.ended and quiet < self._timing.pause:
            return None
        # Eleven spoken digits are more likely one too many of ten than one too few of twelve: not to be guessed.
        past_shortest = numbers.spoken and len(numbers.digits) > numbers.lengths[0]
        if numbers.status is Collected.SHORT and not past_shortest:
            return TooFew(numbers.missing)
        return Unintelligible()

    def _sentence(self, quiet: int) -> Utterance | None:
        """A wish may have a number in it, said after a pause; a yes or no is over when it is said."""
        text = " ".join(self._words)
        digits = sum(len(found.digits) for found in find(text))
        if self.expect.kind is Grammar.MENU:
            unfinished = text.endswith("mã số") or 0 < digits < min(self.expect.lengths, default=0)
            if quiet < (self._timing.pause if unfinished else self._timing.settle):
                return None
        return Said(text, self._confidence)
