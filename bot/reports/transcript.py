"""What was said in a call, line by line, with the digits of numbers and passwords masked. Pure."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import Literal

from bot.masking import masked
from bot.watching import Ended, Listens, Notice, Speaks, Understood, describe

Who = Literal["caller", "bot", "key", "state"]


@dataclass(frozen=True)
class TranscriptLine:
    """What somebody said or pressed from `at_s` to `end_s` (seconds of the call), or a state of the dialogue at that
    time. `latency_ms`: from the end of the caller's last word or key until the bot spoke; None if there was none."""

    at_s: float
    end_s: float
    who: Who
    text: str
    latency_ms: float | None = None


def lines_of(notices: Sequence[Notice]) -> list[TranscriptLine]:
    """The call's notices as lines. The bot's digits are masked already; the caller's are masked here."""
    lines = []
    began = None
    for notice in notices:
        if isinstance(notice, Speaks):
            end_s = notice.at + notice.seconds
            lines.append(TranscriptLine(notice.at, end_s, "bot", notice.text, notice.latency_ms))
        elif isinstance(notice, Listens) and began is None:
            began = notice.at
        elif isinstance(notice, Understood):
            if notice.text:
                by_key = set(notice.text) <= set("0123456789*# ")
                start = notice.ended_at if began is None else min(began, notice.ended_at)
                text = masked(notice.text, notice.utterance)
                lines.append(TranscriptLine(start, notice.ended_at, "key" if by_key else "caller", text))
            lines.append(TranscriptLine(notice.at, notice.at, "state", describe(notice.utterance)))
            began = None
        elif isinstance(notice, Ended):
            lines.append(TranscriptLine(notice.at, notice.at, "state", notice.outcome.value))
    return [_until_the_next(line, lines[number + 1 :]) for number, line in enumerate(lines)]


def _until_the_next(line: TranscriptLine, later: Sequence[TranscriptLine]) -> TranscriptLine:
    """The line, shortened if it was interrupted: the notice of a reply has its full length, but it ended at the latest
    when the next one began."""
    if line.who != "bot":
        return line
    next_at = next((each.at_s for each in later if each.who == "bot"), line.end_s)
    return replace(line, end_s=min(line.end_s, next_at))
