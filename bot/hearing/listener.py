"""One call's hearing: front → DTMF → endpoints → recogniser.

    frames ─▶ blocks of 10 ms ─▶ keys out of tones ─▶ speech start and end ─▶ words
                                        └── a tone is silence for what follows: a key never becomes a word

While nobody speaks the recogniser gets nothing; when speech is confirmed it gets the sound from LEAD before its onset
on, so that no first consonant is lost. A `SpeechStarted` is followed by exactly one `FinalResult`, unless `expect` came
between. A key ends the piece being spoken, so keys and words arrive in the order in which the caller gave them.
"""

from __future__ import annotations

from collections import deque
from dataclasses import dataclass

import numpy as np

from bot.events import RATE, FinalResult, Grammar, Heard, KeyHeard, Partial, Reheard, Samples, SpeechStarted
from bot.hearing.calibration import NEUTRAL, Calibration
from bot.hearing.dtmf import Dtmf
from bot.hearing.endpoint import End, Endpointer, Start, levels
from bot.hearing.front import BLOCK, Front
from bot.hearing.recogniser import Opener, Recognised, Recogniser
from bot.hearing.voices import SILENT
from bot.hearing.whole import Second, Whole

LEAD, PREROLL = 23, 60
"""Blocks before the onset that the recogniser hears, too, 230 ms; and blocks before the confirmed start at most: a
murmur may have been there for long."""

POLL = 5
"""Blocks that the recogniser gets at once, before a look at the words so far: one by one they cost a third more."""

QUIET = 15
"""Quiet blocks behind words, as long as the stops of syllables, after which the second pass begins to hear a piece that
may be over: 0.13 s before that is certain. A whole number takes some 0.17 s."""

SAME_PRESS = RATE // 5
"""A key out of band and the same key as tones, no further apart than 200 ms, are one press."""

BOUNCE = 0.06
"""Seconds. The same key out of band again so soon is its contact, not the caller: two presses of a dialler that is as
fast as ITU-T Q.24 allows, 40 ms of tone and 40 ms of pause, are 80 ms apart. Counted in the sound that has arrived, for
the resampler of a 16 kHz line hands its sound on in steps of 0.1 s."""

NOTHING = Recognised((), ())
"""What the room says."""

_SILENCE: Samples = np.zeros(BLOCK, np.int16)


@dataclass
class _Press:
    """A key heard one way, waiting for its copy. `at`: when it was heard, or, as tones, when it last sounded."""

    key: str = ""
    at: int = 0

    def copied_by(self, key: str, now: int) -> bool:
        """Whether `key` at `now` is this very press; it has one copy at most."""
        same = bool(key) and key == self.key and now - self.at <= SAME_PRESS
        if same:
            self.key = ""
        return same


class CallHearing:
    """`bot.events.Hearing` on any channel rate. `opener` makes recognisers; one exists only while somebody speaks.
    `second`: hears numbers again as a whole. `calibration`: of the model behind both."""

    def __init__(
        self, rate: int, opener: Opener, second: Second | None = None, calibration: Calibration = NEUTRAL
    ) -> None:
        self.now = 0
        self.calibration = calibration
        self._opener, self._second = opener, second
        self._whole: Whole | None = None
        self._grammar = Grammar.ANY
        self._front, self._dtmf, self._endpointer = Front(rate), Dtmf(), Endpointer()
        self._recogniser: Recogniser | None = None
        self._words = ""
        self._unheard: list[Samples] = []  # what the recogniser has not got yet
        self._as_tones, self._out_of_band = _Press(), _Press()
        self._rate, self._arrived = rate, 0  # samples, at the channel's rate
        self._down = ("", 0)  # the last key out of band, and what had arrived when it went down
        self._preroll: deque[Samples] = deque(maxlen=PREROLL)
        self._forget()

    def expect(self, grammar: Grammar, over_prompt: bool = False, wanted: int = 0) -> None:
        """Forget what is half heard and listen for `grammar` from here on. `over_prompt`: the bot is speaking
        meanwhile, until `prompt_ended`. `wanted`: digits that make a number whole, at least; 0: not known."""
        self._grammar = grammar
        self._whole = Whole(self._second, wanted) if self._second and grammar is Grammar.NUMBER else None
        self._endpointer.voices.over_prompt = over_prompt
        self._endpointer.forget()
        self._forget()

    def prompt_ended(self) -> None:
        """The bot has fallen silent: what is heard from here on may be the answer."""
        self._endpointer.voices.prompt_ended()

    def feed(self, samples: Samples) -> list[Heard]:
        """Hear sound at the channel's rate; what came of it, in order."""
        self._arrived += len(samples)
        blocks = self._front.feed(samples)
        heard: list[Heard] = []
        for block, level, tone in zip(blocks, levels(blocks), self._dtmf.feed(blocks), strict=True):
            self.now += BLOCK
            if tone.sounds:
                self._hear(_SILENCE, SILENT, heard)
                self._as_tones.at = self.now
            else:
                self._hear(block, level, heard)
            if tone.key and not self._out_of_band.copied_by(tone.key, self.now):
                self._as_tones.key = tone.key
                self._press(tone.key, heard)
        return heard

    def key(self, key: str, seconds: float = 0.0) -> list[Heard]:
        """A key that came out of band (the same press also heard as tones is reported once, and so is one that
        bounced). Pressed for longer than since the last one was over, it came late: keys that a slow network delivers
        at once are no bounce."""
        heard: list[Heard] = []
        (last, at), self._down = self._down, (key, self._arrived)
        since = (self._arrived - at) / self._rate
        if key == last and seconds <= since <= BOUNCE:
            return heard
        if not self._as_tones.copied_by(key, self.now):
            self._out_of_band = _Press(key, self.now)
            self._press(key, heard)
        return heard

    def _press(self, key: str, heard: list[Heard]) -> None:
        if self._recogniser:
            self._finish(self._recogniser, self._endpointer.cut(), heard)
        if self._whole:
            self._whole.forget()
        heard.append(KeyHeard(key, self.now))

    def _hear(self, block: Samples, level: float, heard: list[Heard]) -> None:
        self._preroll.append(block)
        if self._whole:
            self._whole.push(block)
        edge = self._endpointer.push(level, self._words)
        if isinstance(edge, Start):
            heard.append(SpeechStarted(edge.onset * BLOCK))
            self._recogniser = self._opener(self._grammar)
            self._unheard = [*self._preroll][edge.onset - LEAD - self._endpointer.now :]
            if self._whole:
                self._whole.begin(self._unheard, len(self._unheard) - (self._endpointer.now - edge.onset))
        elif self._recogniser:
            self._unheard.append(block)
            if edge:
                self._finish(self._recogniser, edge, heard)
                return
            if self._endpointer.now % POLL == 0 and (words := self._hand_over(self._recogniser)) != self._words:
                self._words = words
                if self._endpointer.interrupts:
                    heard.append(Partial(words, self.now))
            if self._endpointer.quiet == QUIET and self._words and self._endpointer.near:
                self._pause(self._recogniser)
        elif self._whole and (again := self._whole.late()):
            heard.append(self._reheard(again))

    def _pause(self, recogniser: Recogniser) -> None:
        if self._whole:
            self._whole.pause(self._words)
        else:
            recogniser.pause()

    def _hand_over(self, recogniser: Recogniser) -> str:
        """Give the recogniser what it has not heard; the words so far."""
        sound, self._unheard = np.concatenate(self._unheard), []
        return recogniser.accept(sound)

    def _finish(self, recogniser: Recogniser, end: End, heard: list[Heard]) -> None:
        if self._unheard:
            self._hand_over(recogniser)
        words = recogniser.finish() if self._endpointer.near else NOTHING
        if words.texts and not self._endpointer.plausible(len(words.texts[0].split())):
            words = NOTHING
        again: list[tuple[int, Recognised]] = []
        if self._whole and self._endpointer.near:
            again = self._whole.finish(words, self._endpointer.now - end.ended, end.ended * BLOCK)
            words = again[-1][1]
        elif self._whole:
            self._whole.drop()
        self._endpointer.judge(bool(words.texts and words.texts[0]))
        heard.append(self._piece(end.ended * BLOCK, words))
        if len(again) > 1:
            heard.append(self._reheard(again))
        behind = [*self._preroll][PREROLL - min(self._endpointer.now - end.ended, PREROLL) :]
        self._forget()
        self._preroll.extend(behind)  # the pause, which the next piece may begin with

    def _reheard(self, again: list[tuple[int, Recognised]]) -> Reheard:
        return Reheard(tuple(self._piece(ended_at, words) for ended_at, words in again))

    def _piece(self, ended_at: int, words: Recognised) -> FinalResult:
        return FinalResult(words.texts, words.confidence, ended_at, self.now, words.probabilities)

    def _forget(self) -> None:
        self._recogniser, self._words, self._unheard = None, "", []
        self._preroll.extend([_SILENCE] * PREROLL)
