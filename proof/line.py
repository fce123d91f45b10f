"""The line of the campaign: a scripted caller who may hang up at any sample; it also measures silence."""

from __future__ import annotations

from bot.events import RATE
from bot.simulation.caller_script import CallerScript, CallerVoice, Expected, Press, Step
from bot.simulation.script import ScriptChannel
from bot.simulation.scripted_caller import FRAME


def caller(phone: str, number: str) -> CallerScript:
    """A caller who presses 8 and the number, and listens to the end."""
    steps: tuple[Step, ...] = (Press("8"), Press(f"{number}#"))
    return CallerScript("proof", phone, CallerVoice(), steps, Expected())


class ProofLine(ScriptChannel):
    """`hang_up_at`: the sample of the call at which the caller hangs up; None: the caller stays to the end."""

    def __init__(self, script: CallerScript, hang_up_at: int | None = None) -> None:
        super().__init__(script)
        self._hang_up_at = hang_up_at
        self.silence = 0
        """The longest time, in samples, in which neither side was heard while the caller was there."""

    async def _step(self) -> None:
        left = None if self._hang_up_at is None or self._ended else self._hang_up_at - self._ear.now
        if left is not None and left < FRAME:
            sound, _ = self._playout.take(max(0, left))
            self._bot_sound.append(sound)
            self._kept.clear()
            self._ended = True
        await super()._step()
        if not self._ended:
            self.silence = max(self.silence, self._ear.silence)

    @property
    def seconds(self) -> float:
        return len(self.recording[0]) / RATE
