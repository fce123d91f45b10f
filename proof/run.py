"""The present call, which every part finds in its context (`contextvars`)."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from dataclasses import dataclass, field

from proof.line import ProofLine
from proof.plan import Trial


@dataclass
class Clock:
    """Unix time as store and seal see it, in seconds."""

    offset: float = 0.0


@dataclass
class Run:
    """One call. `plan`: None if nothing fails."""

    plan: Trial | None
    line: ProofLine
    clips: int = 0
    """Segments that the voice was asked for."""
    trackers: list[str] = field(default_factory=list)
    """What Rasa kept of the call after each turn."""

    def meets(self, kind: str, turn: str) -> bool:
        """Whether this fault is planned for this turn."""
        return self.plan is not None and (self.plan.kind, self.plan.turn) == (kind, turn)


_current: ContextVar[Run | None] = ContextVar("run", default=None)


@contextmanager
def current(run: Run) -> Iterator[None]:
    """This task, and the tasks that it starts, hold this call."""
    token = _current.set(run)
    try:
        yield
    finally:
        _current.reset(token)


def this_run() -> Run | None:
    return _current.get()
