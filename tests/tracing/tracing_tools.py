"""Spans of calls in memory, by a clock that the test moves."""

from __future__ import annotations

import json
from typing import Any

import pytest

pytest.importorskip("opentelemetry.sdk", reason="needs the extra: pip install 'voicebot[traces]'")

from opentelemetry.sdk.resources import Resource
from opentelemetry.sdk.trace import ReadableSpan, TracerProvider
from opentelemetry.sdk.trace.export import SimpleSpanProcessor
from opentelemetry.sdk.trace.export.in_memory_span_exporter import InMemorySpanExporter

from bot.settings import Settings
from bot.tracing.traces import Traces


class Ticks:
    """Nanoseconds; a millisecond later each time it is looked at."""

    def __init__(self) -> None:
        self.now = 0

    def __call__(self) -> int:
        self.now += 1_000_000
        return self.now


def in_memory(settings: Settings | None = None) -> tuple[Traces, InMemorySpanExporter]:
    exporter = InMemorySpanExporter()
    provider = TracerProvider(resource=Resource({"service.name": "voicebot"}), shutdown_on_exit=False)
    provider.add_span_processor(SimpleSpanProcessor(exporter))
    return Traces(provider, settings or Settings(), Ticks()), exporter


def tree(spans: tuple[ReadableSpan, ...]) -> list[str]:
    """The names of all spans, in the order in which they began, each as deep as it lies."""
    by_id = {span.context.span_id: span for span in spans}

    def depth(span: ReadableSpan) -> int:
        return 1 + depth(by_id[span.parent.span_id]) if span.parent else 0

    in_order = sorted(spans, key=lambda span: (span.start_time, depth(span)))
    return ["  " * depth(span) + span.name for span in in_order]


def written(spans: tuple[ReadableSpan, ...]) -> str:
    """All that a collector is told, but for times and ids, which are digits by nature."""
    told: list[Any] = []
    for span in spans:
        events = [[event.name, dict(event.attributes or {})] for event in span.events]
        status = [span.status.status_code.name, span.status.description]
        told.append([span.name, dict(span.attributes or {}), events, status, dict(span.resource.attributes)])
    return json.dumps(told, ensure_ascii=False)
