"""One turn of the caller: words and keys in, the one thing that was meant out. Pure; the clock is the sample count.

    prompt ends       speech          piece         speech     piece                 decided
    ────┬───────────────┬───────────────┬──────────────┬─────────┬──────────────────────┬───▶ samples
        │◀─ no_input ──▶│               │◀── pause ───▶│         │◀──── settle ────────▶│
        nothing came: Silence           an unfinished number     10 digits, where 12 are
                                        waits longer             allowed too, wait a little

A spoken number that can grow no further, a `#`, and a yes or no decide at once. A key that may begin a number waits a
second for the next key. Speech without a word of the grammar never keeps the bot silent for long.
"""

from __future__ import annotations

from dataclasses import dataclass

from bot.answers import alike, certain, wish_of, words_of
from bot.events import (
    RATE,
    UNKNOWN,
    Chosen,
    Expect,
    FinalResult,
    Grammar,
    Heard,
    KeyHeard,
    Number,
    OwnPhone,
    Partial,
    Reheard,
    Said,
    Silence,
    SpeechStarted,
    TooFew,
    Unintelligible,
    Utterance,
)
from bot.hearing.calibration import Calibration
from bot.hearing.wishes import person
from bot.settings import Settings
from bot.turn_keys import KEY_WAIT, AnswerKey, Keys
from bot.turn_number import corrected, meant_by, number_of
from rasa_components.negation import holds_negation
from vietnamese_numbers import DIGIT_WORDS, WHOLE, Collected, Collector, Hypotheses, find, read

COUGH = int(0.35 * RATE)
"""Samples. Shorter sound that holds no word is no attempt to speak: a cough, a knock, a passing horn. Nor is anything
without a word that is over before the prompt is: people wait for their turn, rooms do not. It may have been an answer
all the same: the caller is asked again when GAP has passed in silence."""

HESITANT = 1.8
"""Factor on `Timing.pause` for a caller who has been told that digits are missing: he reads them slowly, from a
booklet, and is not to be told so after every pair. 2.5 s become 4.5 s."""

LATE_WORDS = RATE
"""Samples. Speech that after so long has no word of the grammar does not delay a decision on what was given before;
behind a yes, which it may take back, after twice as long."""

GAP = 4 * RATE
"""Samples after the caller's last word or key for which speech that was not understood still delays a decision, and
after a short sound in which no word was heard."""

WORDLESS = 44 * RATE // 10
"""Samples of speech without any word of the grammar after which the bot speaks: it may be a television. With what it
takes to be sure, the bot is mute for less than five seconds."""

BESIDE = RATE
"""Samples between unknown speech and a yes that still belong together."""

PHRASE = 3
"""Words from which on what is being spoken is a phrase, and not only the beginning of one."""

SECOND_THOUGHT = RATE
"""Samples after a spoken yes in which the caller may take it back: "vâng, à nhầm sai rồi"."""


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

    `fit`: what was fitted to the model that hears it. `before`: the turn before this one; what it collected of a number
    goes on here. `own_phone`: the digits of the
    calling number as people say them ("0912345678"), empty where it is unknown. `numbers` holds the digits after this
    turn. `ended_at` is the sample at which the caller's last word or key ended, for measuring how long the answer took.
    """

    def __init__(
        self,
        expect: Expect,
        timing: Timing,
        fit: Calibration,
        before: Turn | None = None,
        own_phone: str = "",
    ) -> None:
        self.expect = expect
        self.numbers: Hypotheses | None = before.numbers if before else None
        if self.numbers is None and expect.lengths:
            self.numbers = Hypotheses(expect.lengths, fit.numbers)
        self.heard: list[str] = []
        self.ended_at = 0
        self.left_by = ""
        """The key that decided this turn."""
        self._timing, self._fit = timing, fit.answers
        self._own_phone = own_phone
        self._told_own_phone: bool = before is not None and before._told_own_phone
        self._places: dict[int, int] = {}  # in `heard`, of a piece by where it ended
        self._words: list[str] = []
        self._confidence = 1.0
        self._junk = False  # speech that was not understood came last
        self._unknown_at: int | None = None  # where the last speech ended of which no word was known
        self._cough_at: int | None = None  # where a short sound without a word ended
        self._speech_at: int | None = None
        self._partial = ""
        self._quiet_since: int | None = None
        self._prompt_ended: int | None = None
        self._wordless_since: int | None = None
        self._keys = Keys(expect)
        self._decided: Utterance | None = None
        if self.numbers and expect.cell:
            self.numbers.ask(expect.cell)
        elif self.numbers:
            self.numbers.resume(before.left_by if before else "")  # a number that was cut short goes on
        self._collecting = self.numbers if expect.kind is Grammar.NUMBER else None
        self._stood = self.numbers.best.digits if self.numbers else ""
        self._given = False  # something of the number came in this turn
        told = self.numbers is not None and self.numbers.best.status is Collected.SHORT
        self._pause = int(timing.pause * HESITANT) if told else timing.pause

    @property
    def wanted(self) -> int:
        """Digits that make the number whole, at least; 0 where none is collected."""
        if not self._collecting:
            return 0
        return 1 if self.expect.cell else self._collecting.best.missing

    @property
    def number_wait(self) -> int | None:
        """Samples of silence after which the number that is being given is taken as it stands; None where none is."""
        numbers = self._collecting
        if not numbers or not self._given or self._words or numbers.best.status is Collected.EMPTY:
            return None
        return self._wait_for(numbers.best)

    @property
    def began(self) -> bool:
        """The caller has pressed a key or said a word of the grammar: a prompt still playing should stop. The first
        word of a phrase does not stop the question for a number: in noise it is often made out where nobody spoke."""
        spoken = self._partial.split()
        if self.expect.kind is Grammar.NUMBER and len(spoken) < PHRASE:
            spoken = [word for word in spoken if word in DIGIT_WORDS]
        return bool(self.heard or spoken)

    @property
    def text(self) -> str:
        """Words and keys so far, the ones being spoken included, for people: "…" stands for unknown speech."""
        return " ".join([*self.heard, self._partial]).strip().replace(UNKNOWN, "…")

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
        if self._prompt_ended is None:
            self._prompt_ended = at

    def hear(self, heard: Heard) -> None:
        """One event of hearing, in order."""
        if self._decided:
            return
        if isinstance(heard, SpeechStarted):
            self._speech_at = heard.at
            if self._wordless_since is None:
                self._wordless_since = heard.at
        elif isinstance(heard, Partial):
            self._partial = words_of(heard.text)
        elif isinstance(heard, KeyHeard):
            self._press(heard)
        elif isinstance(heard, Reheard):
            self._reheard(heard)
        else:
            self._piece(heard)

    def decide(self, now: int) -> Utterance | None:
        """What the caller meant, or None while that may still change."""
        if self._decided is None and self._quiet_since is not None:
            if not self._speaking(now):
                self._decided = self._meant(now - self._quiet_since, now)
            if self._decided is None and self._babbles(now):
                self._decided = self._unanswered(Unintelligible())
        return self._decided

    # ── what is heard ──

    def _press(self, heard: KeyHeard) -> None:
        nothing_yet = not self._given and not self._keys.held
        if heard.key == "#" and nothing_yet and self.numbers and self.numbers.best.status in WHOLE:
            return  # it ends a number that was known to be whole without it
        self._junk, self._unknown_at, self._wordless_since = False, None, None
        self._keys.pressed(heard.at)
        self.heard.append(heard.key)
        self._quiet_since = self.ended_at = heard.at
        numbers = self._collecting
        if numbers and (heard.key.isdigit() or (numbers.best.digits and (self._given or not self.expect.cell))):
            if self._keys.after_pause:
                numbers.breath()
            numbers.press(heard.key)
            self._given = True
        elif self.numbers and self._keys.must_hold(heard.key):
            self._hold(heard.key, self.numbers)
        elif heard.key in self.expect.keys or not numbers:
            self._decided = self._chosen(heard.key)

    def _hold(self, key: str, numbers: Hypotheses) -> None:
        held = self._keys.hold(key)
        if isinstance(held, AnswerKey):
            self._decided = self._chosen(held.key)
        elif held:
            self._collecting, self._given = numbers, True
            if held.answer:
                numbers.answered(held.answer)
            for each in held.keys:
                numbers.press(each)

    def _chosen(self, key: str) -> Chosen | Unintelligible:
        self.left_by = key
        return Chosen(self.expect.keys[key]) if key in self.expect.keys else Unintelligible()

    def _piece(self, piece: FinalResult) -> None:
        began_at, self._speech_at, self._partial = self._speech_at, None, ""
        text = words_of(piece.text)
        if not text:
            self._without_words(piece, began_at)
            return
        numbers = self._collecting
        if numbers and Collector.concerns(text):
            self._take(piece)
            numbers.hear(piece.texts, piece.probabilities, piece.ended_at)
            self._given = True
        elif self.expect.kind is Grammar.YESNO:
            self._answer(piece, began_at)
        elif self.expect.kind is Grammar.MENU and (intent := self.expect.keys.get(read(text).digits or "")):
            if self._taken_where(alike(piece, words_of) >= self._fit.spoken_key, piece):
                self._decided = Chosen(intent)
        else:
            wish = wish_of(piece, self._fit)
            if self._taken_where(bool(wish), piece):
                self._words.append(wish)

    def _reheard(self, again: Reheard) -> None:
        """Pieces of a number, as they are known by now. One of which no word was known, or what seemed digits, may hold
        digits after all, or a wish for a person."""
        if not self._collecting:
            return
        wishes = {piece.ended_at: person(wish_of(piece, self._fit)) for piece in again.pieces}
        self._collecting.hear_again(
            [(p.ended_at, () if wishes[p.ended_at] else p.texts, p.probabilities) for p in again.pieces]
        )
        for piece in again.pieces:
            if wishes[piece.ended_at]:
                self._take(piece)
                self._words.append(wishes[piece.ended_at])
                continue
            if piece.ended_at in self._places:
                self.heard[self._places[piece.ended_at]] = text = words_of(piece.text)
                self._junk = self._junk or not text  # what seemed digits was speech of another kind
            elif Collector.concerns(piece.text):
                self._take(piece)
                self._given = True

    def _without_words(self, piece: FinalResult, began_at: int | None) -> None:
        """Speech of which no word was known, or a short sound."""
        if self._collecting:
            self._collecting.hear(piece.texts, piece.probabilities, piece.ended_at)  # in case it completes the number
        speech = began_at is None or piece.ended_at - began_at >= COUGH
        if speech and self._confirmed and began_at is not None and began_at - self.ended_at < BESIDE:
            self._words.append(UNKNOWN)
        if speech:
            self._unknown_at = piece.ended_at
        if self._quiet_since is None or piece.ended_at <= (self._prompt_ended or 0):
            return  # it was over before the prompt was
        if speech:
            self._not_understood(piece, self._quiet_since)
        else:
            self._cough_at = piece.ended_at

    def _answer(self, piece: FinalResult, began_at: int | None) -> None:
        """At yes or no: an answer, a correction, or a wish."""
        before = self._quiet_since or 0
        if self.numbers and corrected(self.numbers, piece.text):
            self._take(piece)
            self._decided = number_of(self.numbers.best)
            return
        unknown_at = self._unknown_at
        self._take(piece)
        if not certain(piece, self._fit):
            self._not_understood(piece, before)
            return
        beside = unknown_at is not None and began_at is not None and began_at - unknown_at < BESIDE
        self._words.append(f"{UNKNOWN} {piece.text}" if beside and not holds_negation(piece.text) else piece.text)

    def _taken_where(self, sure: bool, piece: FinalResult) -> bool:
        """Takes the piece where it is sure enough; else it was not understood."""
        before = self._quiet_since or 0
        self._take(piece)
        if not sure:
            self._not_understood(piece, before)
        return sure

    def _take(self, piece: FinalResult) -> None:
        """A word of the grammar was said."""
        self._quiet_since = self.ended_at = piece.ended_at
        self._confidence = min(self._confidence, piece.confidence)
        self._junk, self._unknown_at, self._wordless_since = False, None, None
        self._places[piece.ended_at] = len(self.heard)
        self.heard.append(piece.text)

    def _not_understood(self, piece: FinalResult, quiet_since: int) -> None:
        """A prompt may have been interrupted by what was no answer: whoever heard it has time to answer. Who has given
        something already is waited for a little, but a room full of voices must not keep the bot silent."""
        self._junk = True
        quiet_since = max(quiet_since, piece.ended_at)
        if self._given or self._words:
            quiet_since = min(quiet_since, max(self._quiet_since or 0, self.ended_at + GAP - self._pause))
        else:
            self.ended_at = piece.ended_at
        self._quiet_since = quiet_since

    # ── what was meant ──

    def _speaking(self, now: int) -> bool:
        """Somebody speaks who may be about to say something of the grammar."""
        if self._speech_at is None:
            return False
        given = self._given or bool(self._words or self._keys.held)
        late = 2 * LATE_WORDS if self._confirmed else LATE_WORDS
        return bool(self._partial) or not given or now - self._speech_at < late

    @property
    def _confirmed(self) -> bool:
        """A spoken yes was heard, and nothing that denies or doubts it."""
        return self.expect.kind is Grammar.YESNO and bool(self._words) and not holds_negation(" ".join(self._words))

    def _babbles(self, now: int) -> bool:
        """Speech has gone on without a word of the grammar for longer than anybody's answer."""
        if self._wordless_since is None or self._prompt_ended is None or self.expect.patience or self._given:
            return False
        spoken = self._speech_at is not None and not self._partial
        return spoken and now - max(self._wordless_since, self._prompt_ended) >= WORDLESS

    def _meant(self, quiet: int, now: int) -> Utterance | None:
        numbers = self._collecting
        if self._keys.held:
            return self._chosen(self._keys.held) if quiet >= KEY_WAIT else None
        if self._words:
            return self._sentence(quiet)
        if numbers and self._given and numbers.best.status is not Collected.EMPTY:
            return self._number(numbers, quiet)
        if self._junk and quiet >= self._timing.settle and not self.expect.patience:
            return self._unanswered(Unintelligible())
        if self.expect.patience:
            over = quiet >= self.expect.patience * RATE
        else:
            over = quiet >= self._timing.no_input or (self._cough_at is not None and now - self._cough_at >= GAP)
        return self._unanswered(Silence()) if over else None

    def _number(self, numbers: Hypotheses, quiet: int) -> Utterance | None:
        best = numbers.best
        if not best.ended and quiet < self._wait_for(best):
            return None
        numbers.settle()
        best = numbers.best
        if best.status in WHOLE and not numbers.uncertain:
            return self._whole(best)
        return meant_by(numbers, self._stood, self.expect.cell) or self._unanswered(Unintelligible())

    def _wait_for(self, best: Collector) -> int:
        """Samples of silence that this number is given to go on."""
        if best.status not in WHOLE or best.repeats:
            return self._pause
        # Where one digit was asked for, a key may be that digit or the first of the whole number; and after the twelfth
        # digit one more key shows that there are too many, or that all are keyed again.
        keyed_last = self._keys.last_at == self.ended_at
        full = best.status is Collected.FULL and best.spoken and not keyed_last and not self.expect.cell
        return 0 if full else self._timing.settle

    def _whole(self, best: Collector) -> Utterance:
        """Whoever insists on his own telephone number gives it once more, and is taken at his word."""
        if best.digits == self._own_phone and not self._told_own_phone:
            self._told_own_phone = True
            return OwnPhone()
        return Number(best.digits, best.spoken or (best.doubtful and not self._keys.first_stands_apart))

    def _unanswered(self, utterance: Utterance) -> Utterance:
        """What the lack of an answer comes to, where digits stand."""
        numbers = self._collecting
        if numbers and self.expect.cell:
            return number_of(numbers.best)  # the read-back will show what is wrong
        if numbers and self._given and self._stood and not numbers.best.digits:
            return TooFew(numbers.best.missing)  # the caller deleted what stood
        return utterance

    def _sentence(self, quiet: int) -> Utterance | None:
        """A wish may have a number in it, said after a pause; a no is over when it is said, a yes a little later."""
        text = " ".join(self._words)
        if self._confirmed and quiet < SECOND_THOUGHT:
            return None
        numbers = find(text) if self.expect.lengths else []
        digits = sum(len(found.digits) for found in numbers)
        if self.expect.kind is Grammar.MENU:
            unfinished = text.endswith("mã số") or 0 < digits < min(self.expect.lengths, default=0)
            if quiet < (self._pause if unfinished else self._timing.settle):
                return None
            if self.numbers and len(numbers) == 1 and digits in self.expect.lengths:
                self.numbers.hear([text[numbers[0].start : numbers[0].end]])  # the read-back may be corrected
        return Said(text, self._confidence)
