"""Sends spans to a collector over OTLP/HTTP, in batches, from a thread of its own.

No call waits for the collector. While it cannot be reached, 2,048 spans wait in memory (some 150 turns) and older ones
are dropped; the log has one line when it is gone and one when it is back.
"""

from __future__ import annotations

import importlib.util
import logging
import threading
import time
from collections.abc import Callable, Sequence
from pathlib import PurePath
from typing import TYPE_CHECKING, Any, Protocol

from bot.errors import VoicebotError
from bot.settings import Settings

if TYPE_CHECKING:
    from opentelemetry.sdk.trace import ReadableSpan, TracerProvider
    from opentelemetry.sdk.trace.export import SpanExporter

    from bot.tracing.call_trace import CallTrace
    from bot.tracing.tools import TracedActions

NEEDED = ("opentelemetry.sdk.trace", "opentelemetry.exporter.otlp.proto.http.trace_exporter")

EXPORT_SECONDS = 5.0
"""Longest time for a batch, repetitions included."""

CLOSE_SECONDS = 2.0
"""Longest time for spans that still wait when the bot ends."""

Clock = Callable[[], int]


class Runs(Protocol):
    """The part of `rasa_sdk.executor.ActionExecutor` that is needed here."""

    async def run(self, action_call: dict[str, Any]) -> Any: ...


log = logging.getLogger(__name__)


class Traces:
    """Makes spans. `clock`: Unix time, in nanoseconds."""

    def __init__(self, provider: TracerProvider, settings: Settings, clock: Clock = time.time_ns) -> None:
        self._provider, self._clock = provider, clock
        self._model, self._voice = PurePath(settings.model).name, settings.voice
        self._tracer = provider.get_tracer("voicebot")

    def call(self, exchange: str) -> CallTrace:
        """A call begins. `exchange`: the exchange's name of it, as `bot.call_keys.known_as` returns it; empty: none."""
        from bot.tracing.call_trace import CallTrace

        return CallTrace(self._tracer, exchange, self._model, self._voice, self._clock)

    def actions(self, runs: Runs) -> TracedActions:
        """The same runner of actions, with a span for each."""
        from bot.tracing.tools import TracedActions

        return TracedActions(runs, self._tracer, self._clock)

    def close(self) -> None:
        """Send the waiting spans; takes CLOSE_SECONDS at most."""
        last = threading.Thread(target=self._provider.shutdown, name="last traces", daemon=True)
        last.start()
        last.join(CLOSE_SECONDS)


def open_traces(settings: Settings, service: str) -> Traces | None:
    """The traces of these settings; None if `traces_url` is empty. `service`: the name of this process at the
    collector. Headers for the collector come from OTEL_EXPORTER_OTLP_HEADERS.

    Raises VoicebotError if OpenTelemetry is not installed."""
    if not settings.traces_url:
        return None
    try:
        missing = [name for name in NEEDED if importlib.util.find_spec(name) is None]
    except ModuleNotFoundError:
        missing = list(NEEDED)
    if missing:
        raise VoicebotError("setting traces_url: OpenTelemetry is not there; run `pip install 'voicebot[traces]'`")
    from opentelemetry.exporter.otlp.proto.http.trace_exporter import OTLPSpanExporter

    logging.getLogger("opentelemetry").setLevel(logging.CRITICAL)  # it repeats for every batch what is logged once here
    exporter = OTLPSpanExporter(settings.traces_url, timeout=EXPORT_SECONDS)
    return Traces(provider_of(exporter, service), settings)


def harmless[**P](work: Callable[P, None]) -> Callable[P, None]:
    """The same function, but it never raises: no call fails because of its trace. The log gets only the kind of error,
    because its text may quote the call."""

    def done(*arguments: P.args, **named: P.kwargs) -> None:
        try:
            work(*arguments, **named)
        except Exception as error:
            log.error("a call could not be traced (%s)", type(error).__name__)

    return done


def provider_of(exporter: SpanExporter, service: str) -> TracerProvider:
    """Gives spans to the exporter from a thread of its own."""
    from opentelemetry.sdk.resources import Resource
    from opentelemetry.sdk.trace import TracerProvider
    from opentelemetry.sdk.trace.export import BatchSpanProcessor

    provider = TracerProvider(resource=Resource.create({"service.name": service}), shutdown_on_exit=False)
    provider.add_span_processor(BatchSpanProcessor(told_once(exporter)))
    return provider


def told_once(exporter: SpanExporter) -> SpanExporter:
    """The same exporter, with a line in the log when its collector is gone, and when it is back."""
    from opentelemetry.sdk.trace.export import SpanExporter, SpanExportResult

    class ToldOnce(SpanExporter):
        away = False

        def export(self, spans: Sequence[ReadableSpan]) -> SpanExportResult:
            result = exporter.export(spans)
            lost = result is not SpanExportResult.SUCCESS
            if lost and not self.away:
                log.warning("the collector of VOICEBOT_TRACES_URL takes no spans: they are dropped until it does")
            elif self.away and not lost:
                log.warning("the collector of VOICEBOT_TRACES_URL takes spans again")
            self.away = lost
            return result

        def shutdown(self) -> None:
            exporter.shutdown()

    return ToldOnce()
