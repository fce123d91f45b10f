"""The sound of a call for a recording, without the digits of numbers and passwords. Pure.

    expects    menu          number           yes or no (digits read back)     password …
    caller     ▔▔▔▔▔▔▔▔▔▔▔▔▔                  |read back|▔▔▔▔▔▔▔▔▔▔▔▔
    bot        ▔▔▔▔▔▔▔▔▔▔▔▔▔ ▔▔▔▔▔▔▔▔▔▔▔▔▔▔▔▔ ▔▔▔        ▔▔▔▔▔▔▔▔▔▔▔▔▔ ▔▔▔▔▔        ▔▔▔▔

The caller's sound is kept only where hearing listened for something other than a number and found no digit. From the
first reading of a password on nothing of the caller is kept, because people say it aloud while they write. Speech in
which hearing found no words is blanked, too: they may have been digits. Tones of keys are blanked wherever they sound.
Of the bot's sound, sealed digits are blanked.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from bot.audio.resampling import Resampler
from bot.events import (
    RATE,
    UNKNOWN,
    FinalResult,
    Frame,
    Grammar,
    HungUp,
    Played,
    Reply,
    Samples,
    SecretDigits,
    SpeechStarted,
    Utterance,
)
from bot.hearing.dtmf import Dtmf
from bot.hearing.front import BLOCK
from bot.masking import NUMBER_WORDS
from bot.tap import Plays, RoomEvent, Stops

LEAD = RATE // 2
"""Samples before the onset of speech that are blanked with it: endpointing finds an onset up to 0.23 s late."""

TONE_EDGE = 4 * BLOCK
"""Samples around a key's tone that are blanked with it: a tone is recognised only after three blocks."""

KEPT = (Grammar.MENU, Grammar.YESNO, Grammar.ANY)

NO = "không"
"""A number word that is also an answer."""

Span = tuple[int, int]
"""The first sample, and the first one after the end."""


@dataclass(frozen=True, eq=False)
class Tape:
    """Both sides at `RATE`, equally long, of shape (samples,); `blanks`: where the caller was blanked, in samples."""

    caller: Samples
    bot: Samples
    blanks: tuple[Span, ...]

    @property
    def blank_seconds(self) -> list[tuple[float, float]]:
        return [(begin / RATE, end / RATE) for begin, end in self.blanks]


class CallTape:
    """Tap of one call (`bot.tap.Tap`). `rate`: Hz of its channel. Holds the call in memory, 2 MB a minute at 8 kHz."""

    def __init__(self, rate: int) -> None:
        self._rate = rate
        self._frames: list[Samples] = []
        self._bot: list[tuple[int, Samples]] = []  # where each clip begins, samples at `RATE`
        self._queued: list[tuple[int, Plays]] = []
        self._bot_end = 0
        self._kept: list[Span] = []
        self._speech: list[Span] = []  # speech in kept spans that must be blanked
        self._keeps_from: int | None = None
        self._keeps_after = ""  # the mark after which the caller is kept
        self._speech_from: int | None = None
        self._password = False

    def tap(self, at: float, event: RoomEvent) -> None:
        """The next event of the call."""
        now = round(at * RATE)
        if isinstance(event, Frame):
            self._frames.append(event.samples)
        elif isinstance(event, Plays):
            self._on_plays(now, event)
        elif isinstance(event, Played):
            self._on_played(now, event.mark)
        elif isinstance(event, (Stops, HungUp)):
            self._on_stops(now)
        elif isinstance(event, Reply):
            self._on_reply(now, event)
        elif isinstance(event, SpeechStarted):
            self._speech_from = event.at
        elif isinstance(event, FinalResult):
            self._on_final(event)
        elif isinstance(event, Utterance):
            self._close(now)

    def finish(self) -> Tape:
        """The sound of the call so far, with blanks."""
        heard = sum(frame.size for frame in self._frames)
        self._close(heard * RATE // self._rate)
        self._on_stops(heard * RATE // self._rate)
        caller = self._at_rate(np.concatenate([np.zeros(0, np.int16), *self._frames]))
        length = max([caller.size, *(begin + clip.size for begin, clip in self._bot)])
        caller, bot = np.pad(caller, (0, length - caller.size)), np.zeros(length, np.int16)
        for begin, clip in self._bot:
            bot[begin : begin + clip.size] = clip
        keep = np.zeros(length, bool)
        for begin, end in self._kept:
            keep[begin:end] = True
        for begin, end in (*self._speech, *tones(caller)):
            keep[max(begin, 0) : end] = False
        return Tape(np.where(keep, caller, np.int16(0)), bot, _spans(~keep))

    # ── the caller ──

    def _on_reply(self, now: int, reply: Reply) -> None:
        self._close(now)
        self._keeps_after = ""
        secrets = [segment for segment in reply.segments if isinstance(segment, SecretDigits)]
        self._password = self._password or any(segment.holds == "password" for segment in secrets)
        if reply.expect.kind not in KEPT or self._password:
            return
        if secrets or not reply.expect.interruptible:
            self._keeps_after = "all"
        else:
            self._keeps_from = now

    def _close(self, now: int) -> None:
        """From here on the caller's sound is not kept."""
        if self._keeps_from is not None:
            self._kept.append((self._keeps_from, now))
            if self._speech_from is not None:
                self._speech.append((self._speech_from - LEAD, now))
        self._keeps_from = self._speech_from = None
        self._keeps_after = ""

    def _on_final(self, piece: FinalResult) -> None:
        begin = piece.ended_at if self._speech_from is None else self._speech_from
        if not _harmless(piece):
            self._speech.append((begin - LEAD, piece.at))
        self._speech_from = None

    # ── the bot ──

    def _on_plays(self, now: int, event: Plays) -> None:
        self._queued.append((now, event))

    def _on_played(self, now: int, mark: str) -> None:
        while self._queued:
            queued_at, event = self._queued.pop(0)
            last = event.mark == mark
            clip = self._at_rate(event.samples)
            self._place(event, clip, now - clip.size if last else queued_at)
            if last:
                break
        if self._keeps_after and not self._queued:
            self._keeps_from, self._keeps_after = now, ""

    def _on_stops(self, now: int) -> None:
        """What was being played ends here, and what is queued is never heard."""
        if self._queued:
            queued_at, event = self._queued[0]
            begin = max(self._bot_end, queued_at)
            self._place(event, self._at_rate(event.samples)[: max(0, now - begin)], begin)
        self._queued.clear()
        if self._keeps_after:  # a read-back was interrupted by speech that began before this
            self._keeps_from, self._keeps_after = now, ""

    def _place(self, event: Plays, clip: Samples, begin: int) -> None:
        begin = max(begin, self._bot_end)
        self._bot_end = begin + clip.size
        if not isinstance(event.segment, SecretDigits):
            self._bot.append((begin, clip))

    def _at_rate(self, samples: Samples) -> Samples:
        stream = Resampler(self._rate, RATE)
        return np.concatenate([stream.feed(samples), stream.flush()]) if self._rate != RATE else samples


def _harmless(piece: FinalResult) -> bool:
    """Words were heard, and none of them was a digit."""
    if not piece.text:
        return False
    for text in piece.texts:
        words = text.split()
        numbers = [word for word in words if word in NUMBER_WORDS]
        if UNKNOWN in words or (numbers and numbers != [NO]):
            return False
    return True


def tones(sound: Samples) -> list[Span]:
    """Where tones of keys are in `sound`, which is at `RATE`."""
    blocks = sound[: sound.size // BLOCK * BLOCK].reshape(-1, BLOCK)
    found = [number * BLOCK for number, tone in enumerate(Dtmf().feed(blocks)) if tone.sounds]
    return [(at - TONE_EDGE, at + BLOCK + TONE_EDGE) for at in found]


def _spans(mask: np.typing.NDArray[np.bool_]) -> tuple[Span, ...]:
    edges = np.flatnonzero(np.diff(np.concatenate([[False], mask, [False]]).astype(np.int8)))
    return tuple(zip(edges[::2].tolist(), edges[1::2].tolist(), strict=True))
