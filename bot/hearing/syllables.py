"""What the second pass hears, as syllables. Pure, given what the encoder says."""

from __future__ import annotations

from collections.abc import Iterable

from bot.events import UNKNOWN
from bot.hearing import ctc
from bot.hearing.encoder import Encoder, Scores


def syllables(scores: Scores, encoder: Encoder) -> str:
    """What the second pass hears, syllable by syllable."""
    spelled = {column: word for word, column in encoder.words.items()}
    return " ".join(spelled.get(column, UNKNOWN) for _, column in syllables_at(scores, encoder))


def well_heard(text: str, scores: Scores, encoder: Encoder) -> float | None:
    """How well the second pass hears these words somewhere in the piece: a logarithm for each syllable that it knows, 0
    where they are what it hears; None where it knows fewer than two of them."""
    known = [word for word in text.split() if word in encoder.words]
    return spotted(known, scores, encoder)[0] / len(known) if len(known) > 1 else None


def spotted(words: Iterable[str], scores: Scores, encoder: Encoder) -> tuple[float, int]:
    """What it costs to hear these words somewhere, and the frame in which they begin there (`ctc.spotted`)."""
    return ctc.spotted(scores, encoder.blank, [encoder.words[word] for word in words])


def syllables_at(scores: Scores, encoder: Encoder) -> list[tuple[int, int]]:
    """The likeliest syllables, in order: the frame in which each begins, and its column."""
    return ctc.best_path(scores, encoder.blank)
