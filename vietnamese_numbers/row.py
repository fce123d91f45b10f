"""The digits that a caller gave and did not take back, in their order."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True)
class Row:
    """Digits, and how they came.

    voiced    for each digit, whether it came by voice
    breaths   positions at which the caller went on after a silence, ascending, never 0
    """

    digits: str = ""
    voiced: tuple[bool, ...] = ()
    breaths: tuple[int, ...] = ()

    @classmethod
    def keyed(cls, digits: str) -> Row:
        return cls(digits, (False,) * len(digits))

    @classmethod
    def spoken(cls, digits: str) -> Row:
        return cls(digits, (True,) * len(digits))

    def __len__(self) -> int:
        return len(self.digits)

    def first(self, count: int) -> Row:
        """Only the first `count` digits."""
        breaths = tuple(at for at in self.breaths if at < count)
        return Row(self.digits[:count], self.voiced[:count], breaths)

    def since(self, start: int) -> Row:
        """The digits from `start` on."""
        breaths = tuple(at - start for at in self.breaths if at > start)
        return Row(self.digits[start:], self.voiced[start:], breaths)

    def pressed(self, key: str, after_breath: bool) -> Row:
        """The row with one more digit, by key."""
        breaths = (*self.breaths, len(self)) if after_breath and self else self.breaths
        return Row(self.digits + key, (*self.voiced, False), breaths)

    def heard(self, digits: str) -> Row:
        """The row after a piece of speech, with these digits; the new ones among them came by voice."""
        pairs = list(zip(digits, self.digits, strict=False))
        kept = next((at for at, (new, old) in enumerate(pairs) if new != old), len(pairs))
        if len(digits) == len(self):
            voiced = tuple(was or new != old for (new, old), was in zip(pairs, self.voiced, strict=True))
        else:
            voiced = self.voiced[:kept] + (True,) * (len(digits) - kept)
        breaths = self.first(kept).breaths
        if 0 < len(self) == kept < len(digits):
            breaths = (*breaths, kept)
        return Row(digits, voiced, breaths)


def typed(digits: str, key: str) -> str:
    """The digits after one more key: a digit, or '*' to delete the last."""
    return digits[:-1] if key == "*" else digits + key
