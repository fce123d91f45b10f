"""The keys of a turn: which are held until it is known whether they are an answer or a number, and the gaps between
them. Pure; the clock is the sample count."""

from __future__ import annotations

from typing import NamedTuple

from bot.events import RATE, Expect, Grammar

KEY_WAIT = RATE
"""Samples. A key that means something by itself but may begin a number decides when no other key follows for so long.
The same gap between keys parts two groups of digits."""

APART = 1.5
"""Factor. A first key stands for itself if the gap after it is more than this times the longest later gap."""


class AnswerKey(NamedTuple):
    """The held keys are an answer."""

    key: str


class NumberKeys(NamedTuple):
    """The held keys are the beginning of a number.

    keys     in their order
    answer   the first of them, if it may have been an answer that came before the number; else ""
    """

    keys: str
    answer: str = ""


class Keys:
    """The keys that were pressed in one turn.

    One key is held, however often it is pressed: it may be an answer. A different key shows that it began a number.
    """

    def __init__(self, expect: Expect) -> None:
        self.last_at: int | None = None  # the sample of the last key
        self._expect = expect
        self._held = ""  # one key, perhaps several times
        self._gaps: list[int] = []  # samples between keys

    @property
    def held(self) -> str:
        """The key that is held; "" if none is."""
        return self._held[:1]

    @property
    def after_pause(self) -> bool:
        """Whether the last key begins a group of its own."""
        return bool(self._gaps) and self._gaps[-1] >= KEY_WAIT

    @property
    def first_stands_apart(self) -> bool:
        """Whether the longest gap came after the first key: it was an answer, and the others are a number."""
        return len(self._gaps) > 1 and self._gaps[0] > APART * max(self._gaps[1:])

    def pressed(self, at: int) -> None:
        """A key was pressed, held or not."""
        if self.last_at is not None:
            self._gaps.append(at - self.last_at)
        self.last_at = at

    def must_hold(self, key: str) -> bool:
        """Whether this key is held, too: one is held already, or this may begin a number. At the read-back every digit
        may: the caller keys what is right. In the menu the key of a wish decides at once; but most numbers begin with
        0, and it hands the call to a person."""
        expect = self._expect
        begins = key.isdigit() and (expect.kind is Grammar.YESNO or key == "0" or key not in expect.keys)
        return bool(self._held) or begins

    def hold(self, key: str) -> AnswerKey | NumberKeys | None:
        """What the held keys are, with this one; None while that is open. `*` drops them, `#` makes them an answer."""
        if key == "*":
            self._held = ""
        elif key == "#":
            return AnswerKey(self.held)
        elif key in self._held or not self._held:
            self._held += key
        else:
            before, self._held = self._held, ""
            answer = before if before in self._expect.keys and before != "0" else ""
            return NumberKeys(before + key, answer)
        return None
