"""What was said in a call, line by line."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

Who = Literal["caller", "bot", "key", "state"]


@dataclass(frozen=True)
class TranscriptLine:
    """What somebody said or pressed from `at_s` to `end_s` (seconds of the call), or how the dialogue stood then."""

    at_s: float
    end_s: float
    who: Who
    text: str
