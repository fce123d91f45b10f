"""One call as spans, made from what passes between its rooms (bot.call.Tap) and from its notices (bot.call.Watch).

    invoke_agent voicebot                  the whole call
    ├─ turn 1                              from the caller's first sound or key to the answer's last clip
    │  ├─ speech_to_text vi-digits         from there to the utterance; `dtmf` if only keys were pressed
    │  ├─ invoke_workflow dialogue         Rasa, with its actions
    │  │  └─ execute_tool action_…         in the action server (bot/tracing/tools.py)
    │  └─ text_to_speech vi                until the last clip is queued
    └─ turn 2 …

Names come from OpenTelemetry's GenAI conventions 0.1.0, and from their proposal for voice agents (pull request 390 of
semantic-conventions-genai). No attribute holds what was said, keyed or given: no words, no digits, no telephone
numbers.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping

from opentelemetry.context import Context
from opentelemetry.trace import Span, SpanKind, Status, StatusCode, Tracer, set_span_in_context
from opentelemetry.trace.propagation.tracecontext import TraceContextTextMapPropagator
from opentelemetry.util.types import AttributeValue

from bot.events import FinalResult, Grammar, KeyHeard, Outcome, Partial, Reheard, Reply, SpeechStarted, Utterance
from bot.tap import Plays, RoomEvent, Stops
from bot.tracing.parent import FIELD, parent
from bot.watching import Ended, Notice, Speaks, Understood, describe

AGENT = "voicebot"

LANGUAGE = "vi"

Attributes = Mapping[str, AttributeValue]


class CallTrace:
    """The trace of one call, made in the task that holds it. Must be closed.

    exchange  the exchange's name of the call, as `bot.call_keys.known_as` returns it; empty: it gave none
    clock     Unix time, in nanoseconds
    """

    def __init__(self, tracer: Tracer, exchange: str, model: str, voice: str, clock: Callable[[], int]) -> None:
        self._tracer, self._clock, self._model, self._voice = tracer, clock, model, voice
        attributes: dict[str, AttributeValue] = {"gen_ai.operation.name": "invoke_agent", "gen_ai.agent.name": AGENT}
        if exchange:
            attributes["gen_ai.conversation.id"] = exchange
        self._call = tracer.start_span(
            f"invoke_agent {AGENT}", Context(), SpanKind.SERVER, attributes, start_time=clock()
        )
        self._turns = 0
        self._expect = "greeting"
        self._reply: Reply | None = None  # the reply that is being spoken
        self._turn: Span | None = None
        self._part: Span | None = None  # the part of the turn that the bot works on now
        self._spoken = self._keyed = self._clips = 0  # in this turn
        self._played_at = 0

    def tap(self, at: float, event: RoomEvent) -> None:
        """`bot.call.Tap`."""
        if isinstance(event, (SpeechStarted, Partial, FinalResult, KeyHeard)):
            self._hear(event)
        elif isinstance(event, Utterance):
            self._tell(event)
        elif isinstance(event, Reply):
            self._answer(event)
        elif isinstance(event, Plays):
            self._clips, self._played_at = self._clips + 1, self._clock()
        elif isinstance(event, Reheard):
            self._note("reheard", {"voicebot.hearing.pieces": len(event.pieces)})
        elif isinstance(event, Stops):
            self._note("barge_in")

    def watch(self, notice: Notice) -> None:
        """`bot.call.Watch`."""
        if isinstance(notice, Understood) and self._turn:
            self._turn.set_attribute("voicebot.turn.wait_ms", round((notice.at - notice.ended_at) * 1000))
        elif isinstance(notice, Speaks):
            self._speak(notice)
        elif isinstance(notice, Ended):
            self._call.set_attribute("voicebot.call.seconds", round(notice.at, 2))
            self._call.set_attribute("voicebot.call.outcome", notice.outcome.value)
            if notice.outcome is Outcome.ERROR:
                self._call.set_status(Status(StatusCode.ERROR, notice.failure))
            self.close()

    def close(self) -> None:
        """End all open spans; may be called again."""
        now = self._clock()
        for span in (self._part, self._turn, self._call):
            if span and span.is_recording():
                span.end(now)
        self._part = self._turn = None
        parent.set("")

    # ── a turn ──

    def _hear(self, event: SpeechStarted | Partial | FinalResult | KeyHeard) -> None:
        if self._part is None:
            self._part = self._begin("speech_to_text", SpanKind.INTERNAL, {})
        self._spoken += isinstance(event, FinalResult)
        self._keyed += isinstance(event, KeyHeard)

    def _tell(self, utterance: Utterance) -> None:
        turn = self._open_turn()
        turn.set_attribute("voicebot.turn.meaning", describe(utterance))
        self._end_hearing()
        attributes = {
            "gen_ai.operation.name": "invoke_workflow",
            "gen_ai.agent.name": "dialogue",
            "gen_ai.provider.name": "rasa",
        }
        self._part = self._begin("invoke_workflow dialogue", SpanKind.CLIENT, attributes)
        carrier: dict[str, str] = {}
        TraceContextTextMapPropagator().inject(carrier, set_span_in_context(self._part))
        parent.set(carrier[FIELD])

    def _end_hearing(self) -> None:
        part, self._part = self._part, None
        if part is None:
            return
        if self._keyed and not self._spoken:
            part.update_name("dtmf")
        else:
            part.update_name(f"speech_to_text {self._model}")
            part.set_attribute("gen_ai.operation.name", "speech_to_text")
            part.set_attribute("gen_ai.request.model", self._model)
            part.set_attribute("gen_ai.speech.input.language", LANGUAGE)
        part.set_attribute("voicebot.hearing.pieces", self._spoken)
        part.set_attribute("voicebot.hearing.keys", self._keyed)
        part.end(self._clock())

    def _answer(self, reply: Reply) -> None:
        self._reply = reply
        if self._part:
            self._part.set_attribute("voicebot.reply.expect", _expected(reply))
            self._part.end(self._clock())
        attributes = {
            "gen_ai.operation.name": "text_to_speech",
            "gen_ai.output.type": "speech",
            "gen_ai.speech.voice": self._voice,
        }
        self._part = self._begin(f"text_to_speech {self._voice}", SpanKind.INTERNAL, attributes)
        self._clips, self._played_at = 0, self._clock()

    def _speak(self, notice: Speaks) -> None:
        """The reply is queued, or words that ask the caller to wait for it."""
        if self._reply is None or notice.expect is not self._reply.expect:
            self._note("asked_to_wait")
            return
        if self._part:
            self._part.set_attribute("voicebot.speech.clips", self._clips)
            self._part.set_attribute("voicebot.speech.seconds", round(notice.seconds, 2))
            self._part.end(self._played_at)
        if self._turn:
            if notice.latency_ms is not None:
                self._turn.set_attribute("voicebot.turn.latency_ms", round(notice.latency_ms))
            self._turn.end(self._played_at)
        self._expect = _expected(self._reply)
        self._reply = self._turn = self._part = None
        self._spoken = self._keyed = 0

    def _open_turn(self) -> Span:
        if self._turn is None:
            self._turns += 1
            attributes: Attributes = {"voicebot.turn.number": self._turns, "voicebot.turn.expected": self._expect}
            self._turn = self._start(f"turn {self._turns}", self._call, SpanKind.INTERNAL, attributes)
        return self._turn

    def _begin(self, name: str, kind: SpanKind, attributes: Attributes) -> Span:
        return self._start(name, self._open_turn(), kind, attributes)

    def _start(self, name: str, above: Span, kind: SpanKind, attributes: Attributes) -> Span:
        context = set_span_in_context(above, Context())
        return self._tracer.start_span(name, context, kind, attributes, start_time=self._clock())

    def _note(self, name: str, attributes: Attributes | None = None) -> None:
        (self._turn or self._call).add_event(name, attributes, self._clock())


def _expected(reply: Reply) -> str:
    kind = reply.expect.kind
    return kind.value if isinstance(kind, Grammar) else kind
