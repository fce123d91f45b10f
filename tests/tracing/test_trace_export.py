"""Where spans go: what is done where there is no collector, and what the settings must hold."""

from __future__ import annotations

import importlib.util
import threading
from collections.abc import Sequence

import pytest

pytest.importorskip("opentelemetry.sdk", reason="needs the extra: pip install 'voicebot[traces]'")

from collector import collecting
from opentelemetry.sdk.trace import ReadableSpan
from opentelemetry.sdk.trace.export import SpanExporter, SpanExportResult
from tracing_tools import in_memory

import bot.tracing.traces
from bot.errors import VoicebotError
from bot.events import CallStarted
from bot.settings import Settings, load
from bot.tracing.parent import parent_of
from bot.tracing.traces import Traces, harmless, open_traces, provider_of, told_once

GUARD = 60
"""Seconds for spans to arrive, on a very busy machine."""


def test_they_are_off_by_default() -> None:
    assert open_traces(Settings(), "voicebot") is None


def test_an_address_that_is_none_is_told() -> None:
    with pytest.raises(VoicebotError, match="traces_url"):
        load({"VOICEBOT_TRACES_URL": "localhost:4318"})


def test_where_the_extra_is_missing_it_is_named(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(importlib.util, "find_spec", lambda name: None)
    with pytest.raises(VoicebotError, match=r"pip install 'voicebot\[traces\]'"):
        open_traces(Settings(traces_url="http://127.0.0.1:4318/v1/traces"), "voicebot")


def a_call(traces: Traces) -> None:
    trace = traces.call("pbx-1")
    trace.tap(0.0, CallStarted("0912345678"))
    trace.close()


def test_a_collector_gets_them_when_the_bot_ends_at_the_latest() -> None:
    with collecting() as collector:
        traces = open_traces(Settings(traces_url=collector.url), "voicebot")
        assert traces
        a_call(traces)
        traces.close()
        collector.wait("voicebot", "invoke_agent voicebot", 1, GUARD)
    told = b"".join(collector.bodies)
    assert b"pbx-1" in told
    assert b"912345678" not in told


class Stuck(SpanExporter):
    """A collector that answers nothing until the test lets it."""

    def __init__(self) -> None:
        self.asked, self.free = threading.Event(), threading.Event()

    def export(self, spans: Sequence[ReadableSpan]) -> SpanExportResult:
        self.asked.set()
        self.free.wait()
        return SpanExportResult.SUCCESS


def test_a_collector_that_answers_nothing_holds_up_no_call_and_no_end(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(bot.tracing.traces, "CLOSE_SECONDS", 0.01)
    exporter = Stuck()
    traces = Traces(provider_of(exporter, "voicebot"), Settings())
    for _ in range(3000):  # more spans than wait in memory
        a_call(traces)
    exporter.asked.wait()
    a_call(traces)
    traces.close()
    exporter.free.set()


def test_it_is_told_once_when_a_collector_goes_and_when_it_is_back(caplog: pytest.LogCaptureFixture) -> None:
    yes, no = SpanExportResult.SUCCESS, SpanExportResult.FAILURE
    results = iter([yes, no, no, no, yes, yes])

    class Moody(SpanExporter):
        def export(self, spans: Sequence[ReadableSpan]) -> SpanExportResult:
            return next(results)

    exporter = told_once(Moody())
    assert [exporter.export([]) for _ in range(6)] == [yes, no, no, no, yes, yes]
    assert [record.message.partition(" VOICEBOT_TRACES_URL ")[2] for record in caplog.records] == [
        "takes no spans: they are dropped until it does",
        "takes spans again",
    ]


def test_no_call_fails_because_of_its_trace(caplog: pytest.LogCaptureFixture) -> None:
    def fails(text: str) -> None:
        raise RuntimeError(text)

    harmless(fails)("0912345678")
    assert [record.message for record in caplog.records] == ["a call could not be traced (RuntimeError)"]


class Failing:
    async def run(self, action_call: object) -> None:
        raise ValueError("0912345678")


async def test_an_action_is_a_span_of_its_call() -> None:
    traces, exporter = in_memory()
    asked = {"next_action": "action_check_account", "tracker": {"events": [
        {"event": "user", "metadata": {"traceparent": f"00-{'a' * 32}-{'b' * 16}-01"}}, {"event": "action"},
    ]}}  # fmt: skip
    with pytest.raises(ValueError, match="0912345678"):
        await traces.actions(Failing()).run(asked)
    [span] = exporter.get_finished_spans()
    assert span.name == "execute_tool action_check_account"
    assert span.context.trace_id == int("a" * 32, 16)
    assert span.parent
    assert span.parent.span_id == int("b" * 16, 16)
    assert dict(span.attributes or {})["error.type"] == "ValueError"
    assert "912345678" not in span.to_json()


@pytest.mark.parametrize(
    "tracker",
    [
        {},
        {"events": []},
        {"events": None},
        {"events": [{"event": "user"}]},
        {"events": [{"event": "user", "metadata": None}]},
    ],
)
async def test_what_no_gateway_asked_for_is_no_span(tracker: dict[str, object]) -> None:
    assert parent_of({"tracker": tracker}) == ""
    traces, exporter = in_memory()
    with pytest.raises(ValueError, match="0912345678"):
        await traces.actions(Failing()).run({"tracker": tracker})
    assert exporter.get_finished_spans() == ()
