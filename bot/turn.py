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

from bot.answers import alike, certain, confirms, wish_of, words_of
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
from bot.masking import NUMBER_WORDS
from bot.turn_activity import Activity
from bot.turn_keys import KEY_WAIT, AnswerKey, Keys
from bot.turn_number import corrected, gives_digits, meant_by, number_of
from bot.turn_timing import SECOND_THOUGHT, Timing
from rasa_components.negation import holds_negation
from vietnamese_numbers import DIGIT_WORDS, WHOLE, Collected, Collector, Hypotheses, find, read

PHRASE = 3
"""Words from which on what is being spoken is a phrase, and not only the beginning of one."""


class Turn:
    """Collects what the caller does until it means something.

    `fit`: what was fitted to the model that hears it. `before`: the turn before this one; what it collected of a number
    goes on here. `own_phone`: the digits of the calling number as people say them ("0912345678"), empty where it is
    unknown. `numbers` holds the digits after this turn.
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
        self.left_by = ""
        """The key that decided this turn."""
        self._fit = fit.answers
        self._own_phone = own_phone
        self._told_own_phone: bool = before is not None and before._told_own_phone
        self._places: dict[int, int] = {}  # in `heard`, of a piece by where it ended
        self._words: list[str] = []
        self._dictated = ""  # what was said with digits in place of a yes or no
        self._confidence = 1.0
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
        self._timing = timing.hesitant() if told else timing
        self._activity = Activity(self._timing.pause)

    @property
    def ended_at(self) -> int:
        """The sample at which the caller's last word or key ended, for measuring how long the answer took."""
        return self._activity.ended_at

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
        spoken = self._activity.partial.split()
        if self.expect.kind is Grammar.NUMBER and len(spoken) < PHRASE:
            spoken = [word for word in spoken if word in DIGIT_WORDS]
        return bool(self.heard or spoken)

    @property
    def text(self) -> str:
        """Words and keys so far, the ones being spoken included, for people: "…" stands for unknown speech."""
        return " ".join([*self.heard, self._activity.partial]).strip().replace(UNKNOWN, "…")

    @property
    def cells(self) -> str:
        """The digits as they stand, the ones being spoken included."""
        if not self._collecting:
            return ""
        numbers, partial = self._collecting.best, self._activity.partial
        return numbers.preview(partial) if partial else numbers.digits

    def prompt_ended(self, at: int) -> None:
        """From here on the caller's silence counts."""
        self._activity.prompt_ended(at)

    def hear(self, heard: Heard) -> None:
        """One event of hearing, in order."""
        if self._decided:
            return
        if isinstance(heard, SpeechStarted):
            self._activity.speech_started(heard.at)
        elif isinstance(heard, Partial):
            self._activity.partial = words_of(heard.text)
        elif isinstance(heard, KeyHeard):
            self._press(heard)
        elif isinstance(heard, Reheard):
            self._reheard(heard)
        else:
            self._piece(heard)

    def decide(self, now: int) -> Utterance | None:
        """What the caller meant, or None while that may still change."""
        quiet_since = self._activity.quiet_since
        if self._decided is None and quiet_since is not None:
            if not self._speaking(now):
                self._decided = self._meant(now - quiet_since, now)
            if self._decided is None and self._babbles(now):
                self._decided = self._unanswered(Unintelligible())
        return self._decided

    # ── what is heard ──

    def _press(self, heard: KeyHeard) -> None:
        nothing_yet = not self._given and not self._keys.held
        if heard.key == "#" and nothing_yet and self.numbers and self.numbers.best.status in WHOLE:
            return  # it ends a number that was known to be whole without it
        self._activity.understood(heard.at)
        self._keys.pressed(heard.at)
        self.heard.append(heard.key)
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
        began_at = self._activity.speech_ended()
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
        elif self.expect.kind is Grammar.MENU and (intent := self._spoken_key(piece.text)):
            if self._take(piece, sure=alike(piece, words_of) >= self._fit.spoken_key):
                self._decided = Chosen(intent)
        else:
            wish = wish_of(piece, self._fit)
            if self._take(piece, sure=bool(wish)):
                self._words.append(wish)

    def _spoken_key(self, text: str) -> str | None:
        """The intent of the key that was said, in the menu. A "không" before other speech denies ("không hiểu"), and is
        no key; behind other speech it is 0 ("bấm không")."""
        if text.endswith(UNKNOWN) and holds_negation(text):
            return None
        return self.expect.keys.get(read(words_of(text)).digits or "")

    def _reheard(self, again: Reheard) -> None:
        """Pieces of a number, as they are known by now. One of which no word was known, or what seemed digits, may hold
        digits after all, or a wish."""
        if not self._collecting:
            return
        wishes = {piece.ended_at: self._wish(piece) for piece in again.pieces}
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
                if not text:  # what seemed digits was speech of another kind
                    self._activity.unintelligible = True
            elif Collector.concerns(piece.text):
                self._take(piece)
                self._given = True

    def _wish(self, piece: FinalResult) -> str:
        """A wish in a piece of a number: one for a person in whatever words, another in no digit's."""
        wish = wish_of(piece, self._fit)
        return person(wish) or ("" if Collector.concerns(piece.text) else wish)

    def _without_words(self, piece: FinalResult, began_at: int | None) -> None:
        """Speech of which no word was known, or a short sound."""
        if self._collecting:
            self._collecting.hear(piece.texts, piece.probabilities, piece.ended_at)  # in case it completes the number
        if self._confirmed and self._activity.just_behind(began_at, piece.ended_at):
            self._words.append(UNKNOWN)
        self._activity.without_words(began_at, piece.ended_at, self._given or bool(self._words))

    def _answer(self, piece: FinalResult, began_at: int | None) -> None:
        """At yes or no: an answer, a correction, or a wish."""
        said = f"{self._dictated} {words_of(piece.text)}".strip()
        if self.numbers and corrected(self.numbers, said):
            self._take(piece)
            self._decided = number_of(self.numbers.best)
            return
        if self.numbers and gives_digits(said) and not NUMBER_WORDS.isdisjoint(piece.text.split()):
            self._take(piece)
            self._dictated = said
            return
        beside = self._activity.just_behind_unknown(began_at) and confirms(piece.text)
        if self._take(piece, sure=certain(piece, self._fit)):
            self._words.append(f"{UNKNOWN} {piece.text}" if beside else piece.text)

    def _take(self, piece: FinalResult, sure: bool = True) -> bool:
        """Words of the grammar were said. Unless they are `sure`, they were not understood. Returns `sure`."""
        if sure:
            self._activity.understood(piece.ended_at)
        else:
            self._activity.unsure(piece.ended_at, self._given or bool(self._words))
        self._confidence = min(self._confidence, piece.confidence)
        self._places[piece.ended_at] = len(self.heard)
        self.heard.append(piece.text)
        return sure

    # ── what was meant ──

    def _speaking(self, now: int) -> bool:
        """Somebody speaks who may be about to say something of the grammar."""
        if self._activity.speech_at is None:
            return False
        given = self._given or bool(self._words or self._keys.held)
        return not given or self._activity.may_bring_words(now, behind_yes=self._confirmed)

    @property
    def _confirmed(self) -> bool:
        """A spoken yes was heard, and nothing that denies or doubts it."""
        return self.expect.kind is Grammar.YESNO and confirms(" ".join(self._words))

    def _babbles(self, now: int) -> bool:
        """Somebody speaks on and on, and nobody answers."""
        return not self.expect.patience and not self._given and self._activity.babbles(now)

    def _meant(self, quiet: int, now: int) -> Utterance | None:
        numbers = self._collecting
        if self._keys.held:
            return self._chosen(self._keys.held) if quiet >= KEY_WAIT else None
        if self._dictated and (self._confirmed or not self._words):
            return self._unanswered(Unintelligible(digits=True)) if quiet >= self._timing.pause else None
        if self._words:
            return self._sentence(quiet)
        if numbers and self._given and numbers.best.status is not Collected.EMPTY:
            return self._number(numbers, quiet)
        if self._activity.unintelligible and quiet >= self._timing.settle and not self.expect.patience:
            return self._unanswered(Unintelligible())
        if self.expect.patience:
            over = quiet >= self.expect.patience * RATE
        else:
            over = quiet >= self._timing.no_input or self._activity.quiet_after_cough(now)
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
        keyed_last = self._keys.last_at == self._activity.ended_at
        return self._timing.after_digits(best, keyed_last, one_asked=bool(self.expect.cell))

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
            if quiet < (self._timing.pause if unfinished else self._timing.settle):
                return None
            if self.numbers and len(numbers) == 1 and digits in self.expect.lengths:
                self.numbers.hear([text[numbers[0].start : numbers[0].end]])  # the read-back may be corrected
        return Said(text, self._confidence)
