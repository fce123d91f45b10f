"""Where speech starts and ends, counted in blocks of 10 ms. Pure: levels and words in, edges out.

    level         ▁▁▁▁▁▃▆█▇▅▂▁▁▃▆█▆▃▁▁▁▁▁▁▁▁▁▁▁▁▁▁▁
                       │   │      │  │             │
                       │   Start  │  ended_at      End
    onset ─────────────┘   │      │  └── PAUSE ────┘
         CONFIRM: 70 ms ───┘      └ a stop inside a word or between words is shorter than PAUSE

The noise floor is the quietest tenth of a second of the last seconds. Speech starts well above it and ends when it
comes back near it, or has fallen far below the piece's own peak. Where noise rises during speech and never falls
again, the words decide: unchanged for STALL while the level lies clearly under the peak, the piece is over and the
noise is the new floor. Where voices go on that are far softer than the caller was, they are the room's. Sound that
yields no words for WORDLESS is taken for noise, too. Where voices are known in the room behind the caller (`voices`),
a piece starts above them, too, and ends where only they go on.
"""

from __future__ import annotations

import math
from collections import deque
from dataclasses import dataclass

import numpy as np

from bot.events import Samples
from bot.hearing.voices import CALLER_DB, SILENT, Voices

# ── times, in blocks of 10 ms ──

SMOOTH = 3
"""A level is the median of so many blocks, so that a click is none."""

CONFIRM = 7
"""Loud blocks, nearly in a row, that make a start: longer than a click, shorter than any syllable."""

PAUSE = 28
"""Quiet blocks that end a piece. The stops of Vietnamese syllables last up to 150 ms."""

REACH = 37
"""Blocks before a start is confirmed in which the speech may have begun, with pauses shorter than PAUSE: of a first
"không" little stands out of noise, no part of it for CONFIRM, and "không đúng" was heard as "đúng"."""

LEARN = 20
"""No start is reported before so many blocks were heard: the floor must be known first."""

STALL, DIP = 60, 28
"""The piece ends when its words have stood for STALL and all of the last DIP blocks were under the peak by DIP_DB …"""

LONG_STALL = 120
"""… or when its words have stood for so long at any level."""

FADED = 120
"""The piece ends, too, when everything lay CALLER_DB under its loudest block for so long, and the loud part had words:
the caller is silent, and in the voices that go on words come and go. His own pauses are shorter, or quiet."""

WORDLESS = 200
"""Sound without a word of the grammar for so long is measured as noise."""

LONGEST = 1500
"""A piece is never longer than 15 s."""

CELL, MEMORY = 10, 25
"""The floor is the quietest of the last MEMORY cells of CELL blocks: 2.5 s."""

# ── levels, in dB under full scale ──

START_DB, END_DB = 8.0, 5.0
"""Above the floor."""

FALL_DB, DIP_DB = 22.0, 6.0
"""Below the peak: quiet at any rate, and quiet for a stalled piece."""

VOICE_DB, VOICE_DECAY = 23.0, 0.01
"""How far below the caller's own voice a sound may be and still be taken for it: breath and a hand on the telephone lie
lower, and would be heard as digits. The voice is the loudest of the last piece that had words; it is forgotten by so
much a block, because a telephone moves and a caller may whisper."""

PEAK_DECAY = 0.06
"""dB a block that the peak is forgotten, so that a knock does not hide the speech after it."""

FLOOR_LOWEST, FLOOR_FIRST = -60.0, -34.0
"""What is quieter counts as silence; and before anything is known, no room is taken to be louder."""

RISE, RISE_IN_SPEECH = 0.3, 0.02
"""dB a block by which the floor follows a noise that grows."""


@dataclass(frozen=True)
class Start:
    """Speech, since block `onset`."""

    onset: int


@dataclass(frozen=True)
class End:
    """The piece is over; its sound ended before block `ended`."""

    ended: int


Edge = Start | End


def levels(blocks: Samples) -> list[float]:
    """dB under full scale of each block, shape (blocks, samples), without its DC part."""
    sound = blocks.astype(np.int64)  # exact; np.var would do the same in three times the time
    squares, sums, count = np.einsum("ij,ij->i", sound, sound), np.add.reduce(sound, axis=1), blocks.shape[1]
    powers = [
        (count * square - total**2) / count**2 for square, total in zip(squares.tolist(), sums.tolist(), strict=True)
    ]
    return [10 * math.log10(power / 32768**2) if power > 0 else SILENT for power in powers]


class Endpointer:
    """The state of one call. `now` counts blocks."""

    def __init__(self) -> None:
        self.now = 0
        self.speaking = False
        self.floor = FLOOR_FIRST
        self.voices = Voices()
        self._voice = self._voice_before = SILENT
        self._recent: deque[float] = deque(maxlen=SMOOTH)
        self._levels: deque[float] = deque(maxlen=DIP)
        self._cells: deque[float] = deque(maxlen=MEMORY)
        self._cell: list[float] = []
        self._nothing = 0  # blocks of nothing at all, in a row
        self._floor_before = self.floor  # when the piece began
        self._risen = 0.0  # dB by which the floor rose in the last piece, until the room is heard again
        self._run = self._onset = self._run_since = self._sure_since = 0
        self._loud_at = -PAUSE  # the last loud block between pieces
        self._ended = 0  # of the last piece
        self._room_until = 0  # the last block between pieces that was no louder than the room's voices
        # In a piece: the last block that was nearly its loudest, the words known then, and the loudest block since.
        self._last_near, self._near_words, self._faint = 0, "", SILENT
        self._begin(0, SILENT)

    def push(self, level: float, words: str = "") -> Edge | None:
        """The next block's level, and the words known so far of the piece being spoken."""
        self.now += 1
        self._recent.append(level)
        smooth = sorted(self._recent)[len(self._recent) // 2]
        self._levels.append(smooth)
        self._follow_noise(level)
        self.voices.push(smooth, smooth > self.floor + START_DB, self.speaking and bool(self._words))
        return self._within(smooth, words) if self.speaking else self._between(smooth)

    @property
    def quiet(self) -> int:
        """For how many blocks the piece being spoken has been quiet."""
        return self.now - 1 - self._last_loud

    @property
    def near(self) -> bool:
        """The piece being spoken, or the last one, is the caller's, as far as its level tells."""
        return self.voices.near(self._loudest)

    @property
    def interrupts(self) -> bool:
        """Its words so far may stop the prompt."""
        return self.voices.interrupts(self._loudest)

    def plausible(self, words: int) -> bool:
        """Whether the last piece was short enough to hold these words and nothing else."""
        return self.voices.plausible(words, self._ended - self._sure_since)

    def judge(self, words: bool) -> None:
        """Whether the last piece had words of the grammar after all."""
        if not words:
            self._voice = self._voice_before
        self.voices.judge(self._loudest, words)

    def cut(self) -> End:
        """End the piece here, for a reason that is not in its sound."""
        return self._end(min(self._last_loud + 1, self.now))

    def forget(self) -> None:
        """Drop the piece being spoken; what is known of the line stays."""
        if self.speaking:
            self._risen = max(0.0, self.floor - self._floor_before)
        self.speaking, self._run, self._loud_at = False, 0, -PAUSE

    # ── noise ──

    def _follow_noise(self, level: float) -> None:
        """A block of nothing at all (a muted or silence-suppressed line) tells nothing about the room; a call that
        begins with nothing else has no noise. Where nothing follows a piece, the floor rose by speech in it."""
        if level == SILENT:
            self._nothing += 1
            if self.now == LEARN and not self._cells:
                self.floor = FLOOR_LOWEST
            if self._nothing >= CELL and self._risen and not self.speaking:
                self.floor -= self._risen
                self._risen = 0.0
                self._cells.clear()
                self._cell = []
            return
        self._nothing = 0
        self._cell.append(10 ** (level / 10))
        if len(self._cell) == CELL:
            self._cells.append(10 * math.log10(sum(self._cell) / CELL))
            self._cell = []
            if not self.speaking:
                self._risen = 0.0
        if not self._cells:
            return
        quietest = max(FLOOR_LOWEST, min(self._cells))
        words_prove_speech = self.speaking and (self._words or self.now - self._began < WORDLESS)
        if quietest < self.floor:
            self.floor = quietest
        elif self.now > LEARN:
            self.floor = min(quietest, self.floor + (RISE_IN_SPEECH if words_prove_speech else RISE))

    def _take_for_noise(self) -> None:
        """What is heard now is the room."""
        self.floor = self._floor_before = max(FLOOR_LOWEST, min(self._levels))
        self._cells.clear()
        self._cells.append(self.floor)

    # ── between pieces ──

    def _between(self, smooth: float) -> Start | None:
        self._voice -= VOICE_DECAY
        if smooth <= self.voices.ends_below:
            self._room_until = self.now
        if smooth > self.floor + START_DB:
            if self.now - self._loud_at >= PAUSE:
                self._onset = self.now - 1
            if self._run == 0:
                self._run_since = self.now - 1
            self._loud_at = self.now
            self._run += 1
        else:
            self._run = max(0, min(self._run, CONFIRM) - 2)
        if self._run < CONFIRM or self.now < LEARN or smooth < max(self._voice - VOICE_DB, self.voices.starts_above):
            return None
        self._begin(max(self._onset, self.now - REACH, self._room_until), smooth)
        self._sure_since = max(self._run_since, self._room_until)
        self.speaking = True
        self.voices.begin_piece()
        return Start(self._began)

    def _begin(self, onset: int, level: float) -> None:
        self._began, self._floor_before = onset, self.floor
        self._peak = self._loudest = level
        self._last_loud = self._last_dip = self._last_near = self.now - 1
        self._words = self._near_words = ""
        self._words_at, self._faint = self.now, SILENT

    # ── within a piece ──

    def _within(self, smooth: float, words: str) -> End | None:
        self._peak, self._loudest = max(smooth, self._peak - PEAK_DECAY), max(smooth, self._loudest)
        if smooth > max(self.floor + END_DB, self._peak - FALL_DB, self.voices.ends_below):
            self._last_loud = self.now - 1
        if smooth > self._peak - DIP_DB:
            self._last_dip = self.now - 1
        if smooth > self._loudest - CALLER_DB:
            self._last_near, self._near_words, self._faint = self.now - 1, self._words, SILENT
        else:
            self._faint = max(smooth, self._faint)
        if words != self._words:
            self._words, self._words_at = words, self.now
        if self.quiet >= PAUSE:
            return self._end(self._last_loud + 1)
        stood = self.now - self._words_at if self._words else 0
        if stood >= LONG_STALL or (stood >= STALL and self.now - 1 - self._last_dip >= DIP):
            self._take_for_noise()
            return self._end(min(self._last_dip + 1, self.now))
        if self._near_words and self.now - 1 - self._last_near >= FADED:
            self.voices.go_on(self._faint)
            return self._end(self._last_near + 1)
        if self.now - self._began >= LONGEST:
            self._take_for_noise()
            return self._end(self.now)
        return None

    def _end(self, ended: int) -> End:
        self._voice_before, self._ended = self._voice, ended
        if self._words:
            self._voice = self._loudest
        self.forget()
        return End(ended)
