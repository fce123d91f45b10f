"""Runs a scripted caller against the whole bot, compares the call with its script, and keeps it for a report."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, field
from pathlib import Path

from bot.assembly import Voicebot
from bot.events import Outcome, Samples
from bot.reports.event_log import Event, EventLog
from bot.reports.transcript import TranscriptLine, lines_of
from bot.simulation.caller_script import CallerScript, Expected
from bot.simulation.report import write_report
from bot.simulation.script import ScriptChannel
from bot.tap import RoomEvent, Tap
from bot.watching import Ended, Notice, Speaks, Understood, Watch


@dataclass(frozen=True)
class Exchange:
    """What the bot heard, what it answered, and the milliseconds from the end of the first to the start of the second
    (None for the greeting)."""

    heard: str
    said: str
    ms: float | None


@dataclass
class CallRecord:
    """Watches a call and keeps its notices."""

    notices: list[Notice] = field(default_factory=list)

    def watch(self, notice: Notice) -> None:
        self.notices.append(notice)

    @property
    def spoken(self) -> list[Speaks]:
        return [notice for notice in self.notices if isinstance(notice, Speaks)]

    @property
    def exchanges(self) -> list[Exchange]:
        exchanges, heard = [], ""
        for notice in self.notices:
            if isinstance(notice, Understood):
                heard = notice.text
            elif isinstance(notice, Speaks):
                ms = None if notice.latency_ms is None else round(notice.latency_ms, 1)
                exchanges.append(Exchange(heard, notice.text, ms))
                heard = ""
        return exchanges

    @property
    def end(self) -> Ended:
        """The notice of the call's end. Raises StopIteration before that."""
        return next(notice for notice in self.notices if isinstance(notice, Ended))

    def lines(self) -> list[TranscriptLine]:
        """The call as lines for a report, digits masked."""
        return lines_of(self.notices)


@dataclass(frozen=True)
class Simulated:
    """A simulated call. `failure` says in one line what was not as expected; None if all was. `left_over`: the first
    step that was not done before the call ended; that is a failure unless the call ended as expected."""

    script: CallerScript
    record: CallRecord
    failure: str | None
    left_over: str | None
    caller: Samples
    bot: Samples
    events: list[Event]

    @property
    def passed(self) -> bool:
        return self.failure is None

    @property
    def outcome(self) -> Outcome:
        return self.record.end.outcome

    @property
    def seconds(self) -> float:
        """How long the call lasted on the caller's clock."""
        return self.record.end.at

    def write_report(self, folder: Path) -> list[Path]:
        """The files of `bot.simulation.report.FILES`; returns their paths."""
        sounds = (self.caller, self.bot)
        return write_report(
            folder, self.script.name, self.record.lines(), *sounds, self.outcome.value, events=self.events
        )


async def simulate_call(
    bot: Voicebot,
    script: CallerScript,
    watchers: Sequence[Watch] = (),
    *,
    taps: Sequence[Tap] = (),
    real_time: bool = False,
    tell: Callable[[Event], None] = lambda event: None,
) -> Simulated:
    """Hold the scripted call, as fast as the machine can, or in real time. `tell` gets each event at once."""
    channel = ScriptChannel(script, real_time=real_time)
    record, log = CallRecord(), EventLog(tell)

    def watch(notice: Notice) -> None:
        for watcher in (record.watch, log.watch, *watchers):
            watcher(notice)

    def tap(at: float, event: RoomEvent) -> None:
        for each in (log.tap, *taps):
            each(at, event)

    await bot.answer(channel, watch, tap=tap)
    caller, spoken = channel.recording
    left_over = channel.left_over()
    failure = failure_of(script.expect, record) or channel.unperformed()
    if failure is None and script.expect.outcome is None:
        failure = left_over
    return Simulated(script, record, failure, left_over, caller, spoken, log.events)


def failure_of(expected: Expected, record: CallRecord) -> str | None:
    """What was not as expected, in one line; None if all was."""
    end = record.end
    if end.failure is not None and expected.outcome is not Outcome.ERROR:
        return end.failure
    if expected.outcome and end.outcome is not expected.outcome:
        return f"outcome {end.outcome.value}, expected {expected.outcome.value}"
    said = [speaks.text for speaks in record.spoken]
    if missing := _first_not_in_order(expected.said, said):
        return f"the bot did not say {missing!r} where expected; it said {said}"
    if unwanted := next((text for text in expected.not_said if any(text in each for each in said)), None):
        return f"the bot said {unwanted!r}"
    heard = [exchange.heard for exchange in record.exchanges]
    if missing := _first_not_in_order(expected.heard, heard):
        return f"the bot did not hear {missing!r} where expected; it heard {heard}"
    readings = sum(speaks.password for speaks in record.spoken)
    if expected.password_readings is not None and readings != expected.password_readings:
        return f"{readings} readings of the password, expected {expected.password_readings}"
    return None


def _first_not_in_order(wanted: Iterable[str], texts: Sequence[str]) -> str | None:
    """The first of `wanted` that is not found; each is searched from the text on in which the one before it was
    found."""
    start = 0
    for each in wanted:
        matches = (i for i in range(start, len(texts)) if each.lower() in texts[i].lower())
        if (found := next(matches, None)) is None:
            return each
        start = found
    return None
