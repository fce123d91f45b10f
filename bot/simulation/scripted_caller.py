"""What a scripted caller does, 20 ms at a time, from what the bot does: pure, with the sample count as its clock.

bot     ▁▂▅▇▅▂▁ prompt ▁▂▅▇▁                  ▁▂▅ answer ▂▁
caller                      ├ reaction ┤ step ┤                ├ reaction ┤ step
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field

from bot.events import FRAME_MS, RATE, Samples
from bot.simulation.caller_script import BargeIn, HangUp, Play, Press, Say, Step, Wait

FRAME = RATE * FRAME_MS // 1000
"""Samples of a frame."""

REACTION = int(0.3 * RATE)
"""Samples of silence after which the caller takes the bot to have finished (people leave about 0.2 s between turns)."""

SECOND_THOUGHT = RATE
"""If the bot falls silent within so many samples after the caller's last sound, that sound interrupted it."""

KEY_FRAMES = 5
"""A key is held for 100 ms, and the next follows after 100 ms: an unhurried thumb."""

PATIENCE = 60 * RATE
"""Samples of silence on both sides after which the caller gives up."""


@dataclass
class Ear:
    """What the caller notices of the bot. All times count samples since the call began."""

    now: int = 0
    speaking: bool = False
    answered: bool = False
    """The bot has said something new since the caller last did something."""
    speech_at: int = 0
    """Where the speech that answered began."""
    bot_sounded_at: int = 0
    caller_sounded_at: int = 0

    @property
    def listening(self) -> bool:
        """The bot has answered, and has finished."""
        return self.answered and not self.speaking and self.now - self.bot_sounded_at >= REACTION

    @property
    def silence(self) -> int:
        """Samples since either side was heard."""
        return self.now - max(self.bot_sounded_at, self.caller_sounded_at)

    @property
    def fed_up(self) -> bool:
        return self.silence >= PATIENCE

    def bot_queued(self, ahead: int) -> None:
        """The bot is going to speak, once `ahead` samples already queued have been heard."""
        if not self.answered or (not ahead and self.now - self.bot_sounded_at >= REACTION):
            self.speech_at = self.now + ahead
        self.answered = True
        self.speaking = True

    def bot_stopped(self) -> None:
        """The bot stopped: the caller interrupted it (then its answer is still to come), or it stopped by itself."""
        if self.now - self.caller_sounded_at < SECOND_THOUGHT:
            self.answered = False
        self.speaking = False

    def caller_acts(self) -> None:
        self.answered = False
        self.caller_sounded_at = self.now

    def advance(self, bot_pending: int, caller_sounds: bool) -> None:
        """20 ms have passed, after which the bot has `bot_pending` samples left to say."""
        self.now += FRAME
        if self.speaking:
            self.bot_sounded_at = self.now
        self.speaking = bot_pending > 0
        if caller_sounds:
            self.caller_sounded_at = self.now


@dataclass(frozen=True, eq=False)
class Moment:
    """20 ms of the caller: sound of shape (FRAME,) or none; a key that is pressed; or a hang-up."""

    sound: Samples | None = None
    key: str = field(default="", repr=False)
    acting: bool = False
    """In the middle of speaking or pressing."""
    hangs_up: bool = False


QUIET = Moment()


class ScriptedCaller:
    """Follows `steps`. `sounds`: the sound of each Say and Play; `tones`: the tones of keys that are sent inside the
    sound, empty if keys are sent as messages. The length of every sound is a whole number of frames."""

    def __init__(
        self, steps: tuple[Step, ...], sounds: Mapping[Say | Play, Samples], tones: Mapping[str, Samples], ear: Ear
    ) -> None:
        self._steps = steps
        self._sounds = sounds
        self._tones = tones
        self._ear = ear
        self._done = 0
        self._missed: str | None = None

    def unperformed(self) -> str | None:
        """What the caller could not do as the script says, as a sentence; None if everything could be done."""
        return self._missed

    def left_over(self) -> str | None:
        """The first step that the call did not reach, as a sentence; None if all were done. A remaining wait, or a
        hang-up at the caller's turn, does not count."""
        idle = [isinstance(step, Wait) or step == HangUp() for step in self._steps]
        left = [n for n in range(self._done + 1, len(idle) + 1) if not idle[n - 1]]
        return f"the call ended before step {left[0]}" if left else None

    def moments(self) -> Iterator[Moment]:
        """The call as the caller acts it; endless where the script leaves hanging up to the bot."""
        after_wait = False
        for number, step in enumerate(self._steps, 1):
            yield from self._until_time_for(step, number, after_wait)
            self._done = number
            yield from self._perform(step)
            after_wait = isinstance(step, Wait)
        while True:
            yield QUIET

    def _until_time_for(self, step: Step, number: int, after_wait: bool) -> Iterator[Moment]:
        if isinstance(step, (BargeIn, HangUp)) and step.after is not None:
            yield from self._until_into_speech(step.after, number)
        elif after_wait:
            # The same turn goes on. If the bot spoke meanwhile, the caller hears it to the end, unless the step hangs
            # up.
            while self._ear.answered and not self._ear.listening and not isinstance(step, HangUp):
                yield QUIET
        elif number == 1 or not isinstance(step, Wait):
            while not self._ear.listening:
                yield QUIET

    def _until_into_speech(self, after: float, number: int) -> Iterator[Moment]:
        ear = self._ear
        since = ear.now
        while not (ear.answered and ear.speaking and ear.now - ear.speech_at >= int(after * RATE)):
            if ear.listening and ear.bot_sounded_at > since:
                self._missed = self._missed or f"step {number}: the bot spoke for less than {after:g} s"
                return
            yield QUIET

    def _perform(self, step: Step) -> Iterator[Moment]:
        if isinstance(step, Wait):
            yield from [QUIET] * round(step.seconds * RATE / FRAME)
            return
        self._ear.caller_acts()
        if isinstance(step, HangUp):
            yield Moment(hangs_up=True)
            return
        action = step.action if isinstance(step, BargeIn) else step
        if isinstance(action, Press):
            for key in action.keys:
                yield from self._press(key)
        else:
            yield from _sounding(self._sounds[action])

    def _press(self, key: str) -> Iterator[Moment]:
        if key in self._tones:
            yield from _sounding(self._tones[key])
        else:
            yield Moment(acting=True, key=key)
            yield from [Moment(acting=True)] * (KEY_FRAMES - 1)
        yield from [Moment(acting=True)] * KEY_FRAMES


def _sounding(sound: Samples) -> Iterator[Moment]:
    for start in range(0, sound.size, FRAME):
        yield Moment(sound[start : start + FRAME], acting=True)
