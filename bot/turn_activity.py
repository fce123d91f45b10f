"""Who is active in a turn: whether somebody speaks, what of it was understood, and since when the caller is quiet.
Pure; the clock is the sample count."""

from __future__ import annotations

from bot.events import RATE

COUGH = int(0.35 * RATE)
"""Samples. Shorter sound that holds no word is no attempt to speak: a cough, a knock, a passing horn. Nor is anything
without a word that is over before the prompt is: people wait for their turn, rooms do not. It may have been an answer
all the same: the caller is asked again when GAP has passed in silence. So he is where it stopped the prompt, because
words were made out in it that stood no judgement."""

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


class Activity:
    """When the caller was active in one turn. All times are samples.

    ended_at        where the caller's last word or key ended
    quiet_since     from here on the caller's silence counts; None before the prompt has ended
    speech_at       where the speech began that goes on now; None in silence
    partial         the words that are being spoken
    unintelligible  speech that was not understood came last
    """

    def __init__(self, pause: int) -> None:
        """`pause`: silence after which an unfinished number is taken as it stands."""
        self.ended_at = 0
        self.quiet_since: int | None = None
        self.speech_at: int | None = None
        self.partial = ""
        self.unintelligible = False
        self._pause = pause
        self._prompt_ended: int | None = None
        self._cut_prompt = False  # words stopped the prompt
        self._wordless_since: int | None = None  # where the first speech began after the last word or key
        self._unknown_at: int | None = None  # where the last speech ended of which no word was known
        self._cough_at: int | None = None  # where a short sound without a word ended

    # ── what happens ──

    def prompt_ended(self, at: int) -> None:
        if self.quiet_since is None:
            self.quiet_since = at
        if self._prompt_ended is None:
            self._prompt_ended, self._cut_prompt = at, bool(self.partial)

    def speech_started(self, at: int) -> None:
        self.speech_at = at
        if self._wordless_since is None:
            self._wordless_since = at

    def speech_ended(self) -> int | None:
        """Where this speech began, if that is known."""
        began_at, self.speech_at, self.partial = self.speech_at, None, ""
        return began_at

    def understood(self, ended_at: int) -> None:
        """A word of the grammar was said, or a key was pressed."""
        self.quiet_since = self.ended_at = ended_at
        self.unintelligible, self._unknown_at, self._wordless_since = False, None, None

    def unsure(self, ended_at: int, given: bool) -> None:
        """Words of the grammar were heard that are not certain enough. `given`: the caller has given something before
        that counts."""
        before = self.quiet_since or 0
        self.understood(ended_at)
        self._not_understood(ended_at, before, given)

    def without_words(self, began_at: int | None, ended_at: int, given: bool) -> None:
        """Speech of which no word was known, or a short sound. `given` as in `unsure`."""
        speech = began_at is None or ended_at - began_at >= COUGH
        if speech:
            self._unknown_at = ended_at
        if self.quiet_since is None:
            return
        before = ended_at <= (self._prompt_ended or 0)  # it was over before the prompt was
        if before and not self._cut_prompt:
            return
        if speech and not before:
            self._not_understood(ended_at, self.quiet_since, given)
        else:
            self._cough_at = ended_at

    def _not_understood(self, ended_at: int, quiet_since: int, given: bool) -> None:
        """A prompt may have been interrupted by what was no answer: whoever heard it has time to answer. Who has given
        something already is waited for a little, but a room full of voices must not keep the bot silent."""
        self.unintelligible = True
        quiet_since = max(quiet_since, ended_at)
        if given:
            quiet_since = min(quiet_since, max(self.quiet_since or 0, self.ended_at + GAP - self._pause))
        else:
            self.ended_at = ended_at
        self.quiet_since = quiet_since

    # ── what can be asked ──

    def may_bring_words(self, now: int, behind_yes: bool) -> bool:
        """Whether the speech that goes on has words of the grammar, or is young enough that they may come."""
        late = 2 * LATE_WORDS if behind_yes else LATE_WORDS
        return bool(self.partial) or (self.speech_at is not None and now - self.speech_at < late)

    def babbles(self, now: int) -> bool:
        """Whether speech has gone on without a word of the grammar for longer than anybody's answer."""
        if self._wordless_since is None or self._prompt_ended is None:
            return False
        spoken = self.speech_at is not None and not self.partial
        return spoken and now - max(self._wordless_since, self._prompt_ended) >= WORDLESS

    def quiet_after_cough(self, now: int) -> bool:
        """Whether it is time to ask again, since a short sound may have been an answer."""
        return self._cough_at is not None and now - self._cough_at >= GAP

    def just_behind(self, began_at: int | None, ended_at: int) -> bool:
        """Whether this is speech, and follows the caller's last word closely."""
        return began_at is not None and ended_at - began_at >= COUGH and began_at - self.ended_at < BESIDE

    def just_behind_unknown(self, began_at: int | None) -> bool:
        """Whether speech that began here follows unknown speech closely."""
        return self._unknown_at is not None and began_at is not None and began_at - self._unknown_at < BESIDE
