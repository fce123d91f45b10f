"""Whose voice it is: the caller's, or one in the room behind. Pure; counted in blocks of 10 ms.

    bot      ▂▅▇▅ prompt ▅▇▅▂                          ▂▅▇▅ prompt
    sound    ▃▂▃▃▁▂▃▃▂▃▃▂▁▃▂▃▂▃▂▃▅▇▅▆▇▅▃▂▃▂▃▁▂▃▂▃▃▁▂▃▂
             └─ the room ─┘      └ the caller ┘└ the room goes on

A gap in its speech tells a television from a steady noise, so the noise floor cannot hide it; its level can. While the
bot speaks the caller listens: voices that are heard then, for most of the time and without words of the grammar, are
the room's. So are, at any time, those far below the caller's own voice, as soon as that is known from words that were
understood. From there on only what is clearly louder is the caller. Where no such voices are heard nothing changes: a
caller may speak as softly as the line lets through.

A prompt is stopped only by the caller's known voice, or in a room that is known to be quiet, or by words that stood the
recogniser's judgement: words that come and go in the middle of a piece are often the room's.
"""

from __future__ import annotations

from collections import deque

SILENT = -120.0
"""dB under full scale: the level of a block without any sound."""

SECOND, VOICED = 100, 15
"""Voices are measured by the loudest block of a second in which so many blocks lie above the noise."""

REMEMBERED, LISTENED, SHARE = 5, 2, 0.6
"""Seconds that are looked at, at most and at least, and the share of them with voices that makes a room known."""

QUIET = 3
"""Seconds of prompts in a row without any voice, after which the room is known to be quiet. Where read sentences follow
each other with their own pauses one second in ten is silent, but three in a row are rare; and a caller who talked into
one prompt and listens to the next is not taken for the room any more."""

START_DB, END_DB = 5.0, 3.0
"""Above the room's voices. What is softer than START_DB starts no piece, what is softer than END_DB does not keep one
going. The room is the median of its seconds; 95 in 100 of them lie less than 4 dB above it, 99 less than 5.5
(`background.room`, sentences of fourteen speakers); the words of a caller 10 dB louder peak 7 to 11 dB above it."""

CALLER_DB = 10.0
"""Below the caller's voice: what is softer, or nearer to the room than to him, is not heard over a prompt, and without
words it tells about the room. Nine in ten words of numbers read fluently peak less than this below the loudest."""

SLOWEST = 60
"""Blocks for a word, at most, where a stranger speaks over the prompt: a sentence of two seconds in which one word was
made out was no answer. People say three to five syllables a second."""

CALLER_DECAY = 2.0
"""dB that the caller's voice is forgotten with each piece: a piece of the room's, taken for his, must not hide it."""

FAINT = -40.0
"""dB under full scale. Who speaks so softly over the first prompt does not speak to the bot: lines are set to an active
level of −26 dB (ITU-T P.56), whose loudest blocks lie 5 dB higher, and few callers are 20 dB below that."""


class Voices:
    """The state of one call."""

    def __init__(self) -> None:
        self.over_prompt = False
        """The bot is speaking, and the caller listens."""
        self.room = SILENT
        """The level of the room's voices, as far as they are known."""
        self.caller = SILENT
        """The loudest of his words that were understood, but for those over prompts; SILENT before there are any."""
        self._seconds: deque[float] = deque(maxlen=REMEMBERED)  # the loudest of each, SILENT without voices
        self._quiet = 0  # seconds without voices, in a row
        self._blocks = self._voiced = 0  # of the second being heard
        self._loudest = SILENT
        self._least = SILENT  # what the piece being spoken, or the last one, has to be louder than
        self._interrupts = True
        self._over_prompt = False
        self._doubtful: list[float] = []  # seconds of that piece which had words: the caller's, or none

    @property
    def starts_above(self) -> float:
        """No piece begins at this level or below. A level that is nearer to the caller than to the room is his, also
        where both are so close that a soft word of his is not START_DB above the room."""
        above = self.room + START_DB
        if self.caller > SILENT:
            above = min(above, (self.room + self.caller) / 2)
        return max(self.ends_below, above)

    @property
    def ends_below(self) -> float:
        """Sound below this does not keep a piece going."""
        return self.room + END_DB

    def push(self, level: float, voiced: bool, words: bool) -> None:
        """The next block; `voiced`: it lies above the noise; `words`: it belongs to a piece that has words so far."""
        self._blocks, self._voiced, self._loudest = self._blocks + 1, self._voiced + voiced, max(self._loudest, level)
        if self._blocks == SECOND:
            loudest = self._loudest if self._voiced >= VOICED else SILENT
            if self.over_prompt or SILENT < loudest < self.caller - CALLER_DB:
                if words:
                    self._doubtful.append(loudest)
                else:
                    self._learn([loudest])
            self._begin_second()

    def prompt_ended(self) -> None:
        """The bot has fallen silent. A piece that goes on may have become the answer: noise began it, or the caller did
        a little early."""
        self.over_prompt, self._least = False, SILENT

    def begin_piece(self) -> None:
        """Somebody begins to speak."""
        if not self.over_prompt:
            self._least = SILENT
        elif self.caller > SILENT:
            self._least = max(self.caller - CALLER_DB, (self.caller + self.room) / 2)
        else:
            self._least = max(FAINT, START_DB + max(self._seconds, default=SILENT))
        self._interrupts = self.caller > SILENT or self._quiet >= QUIET
        self._over_prompt, self._doubtful = self.over_prompt, []

    def near(self, loudest: float) -> bool:
        """Whether the piece being spoken, or the last one, is the caller's, as far as its level tells."""
        return loudest >= max(self._least, self.starts_above)

    def interrupts(self, loudest: float) -> bool:
        """Whether words of the piece being spoken may stop the prompt before the piece is over."""
        return self.near(loudest) and (self._interrupts or not self.over_prompt)

    def plausible(self, words: int, blocks: int) -> bool:
        """Whether so many words may be all of the last piece, which was so long."""
        return self._interrupts or not self._over_prompt or blocks <= words * SLOWEST

    def go_on(self, loudest: float) -> None:
        """The caller has fallen silent, and voices no louder than this go on."""
        self.room = loudest

    def judge(self, loudest: float, words: bool) -> None:
        """Whether the last piece had words of the grammar after all."""
        if not words:
            self._learn(self._doubtful)
        else:
            if not self._over_prompt:
                self.caller = max(loudest, self.caller - CALLER_DECAY)
            self._quiet = 0
            self._begin_second()
        self._doubtful = []

    def _learn(self, seconds: list[float]) -> None:
        for loudest in seconds:
            self._seconds.append(loudest)
            self._quiet = self._quiet + 1 if loudest == SILENT else 0
        voiced = sorted(loudest for loudest in self._seconds if loudest > SILENT)
        if len(self._seconds) >= LISTENED and len(voiced) >= SHARE * len(self._seconds):
            self.room = voiced[len(voiced) // 2]
        elif self._quiet >= QUIET:
            self.room = SILENT

    def _begin_second(self) -> None:
        self._blocks, self._voiced, self._loudest = 0, 0, SILENT
