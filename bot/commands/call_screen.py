"""What `voicebot call` shows of a call: rows of text from the call's notices and events. Pure; its clock is the call's.

    Your turn · Taking the insurance number
    Waiting for 7 more digits, taken as they are in 3 s
    You      ██████████░░░░░░░░░░  −31 dB
    Hearing  không một hai  97%
    Digits   [0] [1] [2] [·] [·] [·] [·] [·] [·] [·]
    Keys     0–9 digits · * delete · # end · q hang up

The words are those of the web phone (bot/web/static/i18n.js).
"""

from __future__ import annotations

import math

from rich.text import Text

from bot.audio.level import FLOOR_DB
from bot.events import RATE, Expect, FinalResult, Grammar, KeyHeard, Partial, Played, Reheard, SpeechStarted
from bot.tap import Plays, RoomEvent, Stops
from bot.watching import Ended, Listens, Notice, Speaks, Understood
from bot.web.messages import length_of

TURNS = {
    "bot": "The hotline is speaking",
    "caller": "Your turn",
    "thinking": "The hotline is working",
    "over": "The call is over",
}
STATES = {
    "menu": "Choosing a service",
    "number": "Taking the insurance number",
    "yesno": "Confirming: right or wrong",
    "any": "Listening",
    "played": "Reading the new password",
}
WAITING = {"thinking": "Waiting for the hotline's answer", "bot": "Waiting until all was said"}
ANSWERS = {Grammar.MENU: "your choice", Grammar.YESNO: "yes or no", Grammar.ANY: "your answer"}
MEANINGS = {"affirm": "right", "deny": "wrong"}
"""Of intents whose name does not say it to a caller; the others are `ask_` and the meaning."""

LABEL = 9
"""Columns of a row's label."""

METER = 20
"""Columns of the level meter, for `FLOOR_DB` to 0 dBFS."""

DOT = "·"


class CallScreen:
    """The state of one call, as its caller needs to see it. `watch` and `tap` are those of `bot.call.Call`.

    no_input_seconds    silence after a prompt until the caller is asked again
    hears_over_prompt   the caller may interrupt by voice
    keyboard            the keyboard is the keypad of this call
    """

    _wait: float | None
    """Seconds of silence after which a number is taken as it stands; None where none is being given."""

    def __init__(self, no_input_seconds: float, *, hears_over_prompt: bool = False, keyboard: bool = True) -> None:
        self._no_input, self._hears, self._keyboard = no_input_seconds, hears_over_prompt, keyboard
        self.turn = "thinking"
        """A key of `TURNS`."""
        self._at = 0.0  # seconds of the call
        self._expect = Expect("nothing")
        self._mark = ""  # of the sound that is played last
        self._forget()

    def watch(self, notice: Notice) -> None:
        """A notice of the call."""
        self._at = notice.at
        if isinstance(notice, Speaks):
            self.turn, self._expect = "bot", notice.expect
            self._forget()
        elif isinstance(notice, Listens):
            self._text, self._cells, self._wait = notice.text, notice.cells, notice.wait_seconds
        elif isinstance(notice, Understood):
            self.turn = "thinking"
            self._forget()
        elif isinstance(notice, Ended):
            self.turn = "over"
            self._forget()

    def tap(self, at: float, event: RoomEvent) -> bool:
        """An event between the rooms of the call; True where it is to be seen at once."""
        self._at = at
        if isinstance(event, Plays):
            self._mark = event.mark
            return False
        if isinstance(event, Stops) or event == Played(self._mark):
            self.turn = "caller" if isinstance(self._expect.kind, Grammar) else "thinking"
            self._quiet_from = at
            return True
        if isinstance(event, SpeechStarted | Partial):
            self._speaking = True
        elif isinstance(event, FinalResult):
            self._speaking = False
            self._heard(event)
        elif isinstance(event, Reheard):
            for piece in event.pieces:
                self._heard(piece)
        elif isinstance(event, KeyHeard):
            self._quiet_from = event.at / RATE
        return False

    @property
    def confidence(self) -> float | None:
        """Of the words of this turn, 0…1: that of the least certain piece; None where no word was said."""
        return min(self._confidences.values(), default=None)

    def rows(self, width: int, level: float | None = None) -> list[Text]:
        """The rows for a terminal of `width` columns; `level` of the microphone in dBFS, None where it is not listened
        to."""
        kind = self._expect.kind
        state = STATES.get(kind.value if isinstance(kind, Grammar) else kind, "")
        head = Text(TURNS[self.turn], style="bold green" if self.turn == "caller" else "bold cyan")
        if state and self.turn != "over":
            head.append(f" · {state}", style="default")
        if self.turn == "over":
            return [head]
        rows = [head, Text(self._waiting(), style="dim"), _row("You", _meter(level))]
        if isinstance(kind, Grammar) and self.turn in ("bot", "caller"):
            rows.append(_row("Hearing", self._hearing(width - LABEL)))
            if dots := self._dots(width - LABEL):
                rows.append(_row("Digits", Text(dots, style="bold yellow")))
        rows.append(_row("Keys", Text(" · ".join(f"{key} {meaning}" for key, meaning in self._keys()))))
        return rows

    def _forget(self) -> None:
        """A turn begins."""
        self._text = self._cells = ""
        self._confidences: dict[int, float] = {}  # of the pieces, by where they ended
        self._wait = None
        self._speaking = False
        self._quiet_from = self._at

    def _heard(self, piece: FinalResult) -> None:
        if piece.text:
            self._confidences[piece.ended_at] = piece.confidence
            self._quiet_from = max(self._quiet_from, piece.ended_at / RATE)

    # ── rows ──

    def _waiting(self) -> str:
        kind = self._expect.kind
        if self.turn == "bot" and isinstance(kind, Grammar):
            if not self._expect.interruptible:
                return "Waiting until all was said; it cannot be interrupted"
            by = "a key or your voice" if self._hears else "a key"
            return f"Waiting until all was said; {by} interrupts"
        if self.turn != "caller" or not isinstance(kind, Grammar):
            return WAITING.get(self.turn, "")
        what = self._digits_wanted() if kind is Grammar.NUMBER else ANSWERS[kind]
        if self._speaking:
            return f"Waiting for {what}; hearing you"
        if self._wait is not None:
            return f"Waiting for {what}, {self._left(self._wait)} s more"
        if self._text:
            return "Waiting for more words"
        return f"Waiting for {what}, {self._left(self._expect.patience or self._no_input)} s more"

    def _left(self, seconds: float) -> int:
        return max(0, math.ceil(round(seconds - (self._at - self._quiet_from), 3)))

    def _digits_wanted(self) -> str:
        expect = self._expect
        if expect.cell:
            return f"digit {expect.cell} alone"
        if not self._cells:
            return f"{' or '.join(map(str, expect.lengths))} digits"
        missing = length_of(expect, self._cells) - len(self._cells)
        return f"{missing} more digit{'s' if missing != 1 else ''}" if missing > 0 else "the end of the number"

    def _hearing(self, width: int) -> Text:
        """The words, the last of them where not all fit, and how sure they are."""
        if not self._text:
            return Text("…", style="dim")
        sure = "" if self.confidence is None else f"  {self.confidence:.0%}"
        room = max(1, width - len(sure))
        text = self._text if len(self._text) <= room else f"…{self._text[len(self._text) - room + 1 :]}"
        return Text(text, style="green").append(sure, style="dim")

    def _dots(self, width: int) -> str:
        """One for each digit: all of the number, or only that which is asked for."""
        cells, cell = self._cells, self._expect.cell
        length = length_of(self._expect, cells)
        if cell:
            cells, length = (cells[cell - 1 : cell] if self._text else ""), 1
        digits = cells.ljust(length, DOT) if length else ""
        wide = " ".join(f"[{digit}]" for digit in digits)
        return wide if len(wide) <= width else digits

    def _keys(self) -> list[tuple[str, str]]:
        """The keys that work now, and what each does."""
        if not self._keyboard:
            return [("Ctrl-C", "end")]
        keys: list[tuple[str, str]] = []
        expect = self._expect
        now = self.turn == "caller" or (self.turn == "bot" and expect.interruptible)
        if now and isinstance(expect.kind, Grammar):
            meanings = {key: MEANINGS.get(intent, _meaning(intent)) for key, intent in expect.keys.items()}
            if expect.kind is Grammar.NUMBER:
                keys.append(("0–9", "digits"))
                meanings |= {"*": "delete", "#": "end"} if self._cells and (self._text or not expect.cell) else {}
            keys.extend(meanings.items())
        return [*keys, ("q", "hang up")]


def _meaning(intent: str) -> str:
    return intent.removeprefix("ask_").replace("_", " ")


def _row(label: str, content: Text) -> Text:
    return Text(label.ljust(LABEL), style="dim").append_text(content) if content.plain else content


def _meter(level: float | None) -> Text:
    if level is None:
        return Text("not listened to now", style="dim")
    filled = round((1 - level / FLOOR_DB) * METER)
    return Text("█" * filled, style="green").append("░" * (METER - filled), style="dim").append(f"  {level:.0f} dB")
