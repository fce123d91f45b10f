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
    TooMany,
    Uncertain,
    Unintelligible,
    Utterance,
)
from bot.numbers import WHOLE, Collected, Collector, Hypotheses, find, read
from bot.settings import Settings

COUGH = int(0.35 * RATE)
"""Sound shorter than this that holds no word is no attempt to speak: a cough, a knock, a passing horn. Nor is anything
without a word that is over before the prompt is: people wait for their turn, rooms do not."""

TOLD = 3
"""Digits that remind a caller where to go on."""

CERTAIN_YES, CERTAIN_NO = 0.85, 0.6
"""A yes or no that is less likely than this is asked for again, which takes some four seconds. A no that was none costs
eighteen, and a yes that was none the call: somebody else's number is refused."""

NEGATIVE = frozenset(("không", "chưa", "sai", "nhầm"))
"""Words that make a no of an answer."""

DENIALS = frozenset(("dạ", "à", "không", "phải", "đúng", "chưa", "sai", "rồi", "nhầm"))
"""Words before what is right: "sai rồi, số thứ năm là chín"."""


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

    `kept` is what earlier turns collected of a number, `numbers` the same after this one. `ended_at` is the sample at
    which the caller's last word or key ended, for measuring how long the answer took.
    """

    def __init__(self, expect: Expect, timing: Timing, kept: Hypotheses | None = None) -> None:
        self.expect = expect
        self.numbers = kept or (Hypotheses(expect.lengths) if expect.lengths else None)
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
        if self.numbers and expect.cell:
            self.numbers.ask(expect.cell)
        elif self.numbers:
            self.numbers.resume()  # a number that was cut short goes on
        self._collecting = self.numbers if expect.kind is Grammar.NUMBER else None
        self._stood = self.numbers.best.digits if self.numbers else ""
        self._given = False  # something of the number came in this turn

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
        if not self._collecting:
            return ""
        numbers = self._collecting.best
        return numbers.preview(self._partial) if self._partial else numbers.digits

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
        if self._collecting and self._given and self._collecting.best.status is not Collected.EMPTY:
            self._decided = self._number(self._collecting, quiet)
        elif self._words:
            self._decided = self._sentence(quiet)
        elif self._junk and quiet >= self._timing.settle:
            self._decided = self._unanswered(Unintelligible())
        elif quiet >= self._timing.no_input:
            self._decided = self._unanswered(Silence())
        return self._decided

    def _press(self, heard: KeyHeard) -> None:
        if heard.key == "#" and not self._given and self.numbers and self.numbers.best.status in WHOLE:
            return  # it ends a number that was known to be whole without it
        self.heard.append(heard.key)
        self._quiet_since = self.ended_at = heard.at
        numbers = self._collecting
        if numbers and (heard.key.isdigit() or (numbers.best.digits and (self._given or not self.expect.cell))):
            numbers.press(heard.key)
            self._given = True
        elif heard.key in self.expect.keys:
            self._decided = Chosen(self.expect.keys[heard.key])
        elif not numbers:
            self._decided = Unintelligible()

    def _piece(self, piece: Piece) -> None:
        began_at, self._speech_at, self._partial = self._speech_at, None, ""
        if not piece.text:
            if self._collecting:
                self._collecting.hear(piece.texts, piece.shares)  # in case it proves to be what a number wants
            if self._quiet_since is not None and (began_at is None or piece.ended_at - began_at >= COUGH):
                self._not_understood(piece, self._quiet_since)
            return
        before, self._quiet_since = self._quiet_since, piece.ended_at
        self.ended_at = piece.ended_at
        self._confidence = min(self._confidence, piece.confidence)
        numbers = self._collecting
        text = piece.text
        self.heard.append(text)
        if numbers and Collector.concerns(text):
            numbers.hear(piece.texts, piece.shares)
            self._given = True
        elif self.expect.kind is Grammar.MENU and (intent := self.expect.keys.get(read(text).digits or "")):
            self._decided = Chosen(intent)
        elif self.expect.kind is Grammar.YESNO and self.numbers and _put_right(self.numbers, text):
            self._decided = _number(self.numbers.best)
        elif self.expect.kind is Grammar.YESNO and not _certain(piece):
            self._not_understood(piece, before or 0)
        else:
            self._words.append(text)

    def _not_understood(self, piece: Piece, quiet_since: int) -> None:
        """A prompt may have been interrupted by what was none: whoever heard it has time to answer."""
        self._junk, self.ended_at = True, piece.ended_at
        self._quiet_since = max(quiet_since, piece.ended_at)

    def _number(self, numbers: Hypotheses, quiet: int) -> Utterance | None:
        best = numbers.best
        wait = self._timing.pause
        if best.status in WHOLE and not best.repeats:
            # Where one digit was asked for, a key may be that digit or the first of the whole number.
            full = best.status is Collected.FULL and not self.expect.cell
            wait = 0 if full else self._timing.settle
        if not best.ended and quiet < wait:
            return None
        numbers.settle()
        best = numbers.best
        if best.status in WHOLE:
            return Uncertain(cell) if (cell := numbers.uncertain) else _number(best)
        if best.status is Collected.UNCLEAR:
            return self._unclear(best)
        if best.status is Collected.TOO_LONG:
            return TooMany(len(best.digits))
        return TooFew(best.missing)

    def _unclear(self, numbers: Collector) -> Utterance:
        """Of a number with a piece that could not be read, what is certain stands."""
        if numbers.reached in WHOLE and (numbers.digits != self._stood or self.expect.cell):
            return Number(numbers.digits, spoken=True)  # to be read back, whatever came after it
        if numbers.reached is Collected.TOO_LONG:
            return TooMany(len(numbers.digits))
        if numbers.reached is Collected.SHORT:
            return TooFew(numbers.missing, after=numbers.digits[-TOLD:])
        return self._unanswered(Unintelligible())

    def _unanswered(self, utterance: Utterance) -> Utterance:
        """What an answer that is none comes to, where digits stand."""
        numbers = self._collecting
        if numbers and self.expect.cell:
            return _number(numbers.best)  # the read-back will show what is wrong
        if numbers and self._given and self._stood and not numbers.best.digits:
            return TooFew(numbers.best.missing)  # the caller deleted what stood
        return utterance

    def _sentence(self, quiet: int) -> Utterance | None:
        """A wish may have a number in it, said after a pause; a yes or no is over when it is said."""
        text = " ".join(self._words)
        numbers = find(text) if self.expect.lengths else []
        digits = sum(len(found.digits) for found in numbers)
        if self.expect.kind is Grammar.MENU:
            unfinished = text.endswith("mã số") or 0 < digits < min(self.expect.lengths, default=0)
            if quiet < (self._timing.pause if unfinished else self._timing.settle):
                return None
            if self.numbers and len(numbers) == 1 and digits in self.expect.lengths:
                self.numbers.hear([text[numbers[0].start : numbers[0].end]])  # the read-back may be corrected
        return Said(text, self._confidence)


def _number(cells: Collector) -> Number:
    return Number(cells.digits, cells.spoken)


def _certain(piece: Piece) -> bool:
    """Whether a yes is a yes, or a no a no, in whatever words: they are told apart by `NEGATIVE`."""
    shares = piece.shares or (piece.confidence,)
    denies = [not NEGATIVE.isdisjoint(text.split()) for text in piece.texts]
    alike = sum(share for share, each in zip(shares, denies, strict=False) if each is denies[0])
    return alike >= (CERTAIN_NO if denies[0] else CERTAIN_YES)


def _put_right(numbers: Hypotheses, text: str) -> bool:
    """A correction of the number that was read back, or another whole number, perhaps after a no."""
    words = text.split()
    if DENIALS.issuperset(words):
        return False  # "nhầm, không": its "không" is a no, too
    for start, word in enumerate(words):
        if numbers.put_right(" ".join(words[start:])):
            return True
        if word not in DENIALS:
            break
    return False
