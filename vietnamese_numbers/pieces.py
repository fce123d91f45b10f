"""What a piece of speech is about, before it is read: by the kinds of its words."""

import re

from vietnamese_numbers.vocabulary import KINDS, Kind
from vietnamese_numbers.words import spell

CORRECTING = frozenset({Kind.WRONG, Kind.NOT, Kind.RATHER, Kind.EDIT, Kind.NTH, Kind.DROP, Kind.RESTART})

_POLITE = frozenset(
    "".join(kind.value for kind in (Kind.PAUSE, Kind.FILLER, Kind.INTRO, Kind.PERSON, Kind.WHETHER, Kind.IS))
)
_WRITTEN = re.compile("<[0-9]*>")


def kinds_of(text: str) -> list[Kind]:
    """The kinds of a text's words, without polite ones."""
    letters = _WRITTEN.sub(Kind.WRITTEN.value, spell(text))
    return [KINDS[letter] for letter in letters if letter not in _POLITE]


def concerns(text: str) -> bool:
    """Whether a piece is meant for a collector, readable or not, rather than a wish in other words."""
    kinds = kinds_of(text)
    known = len(kinds) - kinds.count(Kind.UNKNOWN)
    return known > 1 or known == len(kinds) > 0


def corrects(text: str) -> bool:
    """Whether a piece takes something back."""
    return not CORRECTING.isdisjoint(kinds_of(text))


def restarts(text: str) -> bool:
    """Whether a piece begins the number again."""
    return Kind.RESTART in kinds_of(text)
