"""Metrics for Prometheus. None of them can tell one caller from another."""

from __future__ import annotations

import re
import time

from prometheus_client import CollectorRegistry, Counter, Gauge, Histogram, generate_latest
from prometheus_client.process_collector import ProcessCollector

from bot.errors import VoicebotError
from bot.events import Reply, Utterance
from bot.gateway.overload import Overload
from bot.protocols import Dialogue
from bot.watching import UNDERSTOOD, Ended, Notice, Speaks, Understood, Watch, stage_of

ANSWER_BUCKETS = (0.1, 0.2, 0.3, 0.4, 0.5, 0.6, 0.8, 1.0, 1.5, 2.0, 3.0, 5.0)
TURN_BUCKETS = (0.005, 0.01, 0.02, 0.03, 0.05, 0.1, 0.2, 0.5, 1.0, 2.0, 5.0, 10.0)
CALL_BUCKETS = (10, 20, 30, 40, 50, 60, 75, 90, 120, 180, 300, 600)
LAG_BUCKETS = (0.001, 0.002, 0.005, 0.01, 0.02, 0.05, 0.1, 0.2, 0.5, 1.0)


class Metrics:
    """One gateway's figures; names begin with `voicebot_`, times are seconds."""

    def __init__(self) -> None:
        self._registry = registry = CollectorRegistry()
        ProcessCollector(registry=registry)
        self.in_progress = Gauge("voicebot_calls_in_progress", "Calls being held.", registry=registry)
        self.limit = Gauge("voicebot_calls_limit", "Calls that may be held at once.", registry=registry)
        self.calls = Counter(
            "voicebot_calls", "Calls that ended, by outcome and by what was expected of the caller then.",
            ["outcome", "stage"], registry=registry)  # fmt: skip
        self.refused = Counter(
            "voicebot_calls_refused",
            "Calls not taken: full, overloaded, out_of_order, draining, unauthorised, garbage.",
            ["reason"],
            registry=registry,
        )
        self.call_backs = Counter(
            "voicebot_call_backs",
            "Call backs: answered, unanswered, and not made: withheld, no_mobile, under_way, day, hour.",
            ["result"],
            registry=registry,
        )
        self.retries = Counter(
            "voicebot_retries", "Turns after which the caller was asked again.", ["reason"], registry=registry
        )
        self.answer = Histogram(
            "voicebot_answer_seconds",
            "From the end of the caller's last word or key to the first sample of the answer.",
            buckets=ANSWER_BUCKETS,
            registry=registry,
        )
        self.duration = Histogram(
            "voicebot_call_seconds", "Length of calls.", ["outcome"], buckets=CALL_BUCKETS, registry=registry
        )
        self.late = Counter("voicebot_frames_late", "Sound that reached the line late.", registry=registry)
        self.lost = Counter(
            "voicebot_frames_lost", "Frames of callers dropped because the machine was busy.", registry=registry
        )
        self.lag = Histogram(
            "voicebot_tick_lag_seconds", "How late the 20 ms clock of the event loop came.",
            buckets=LAG_BUCKETS, registry=registry)  # fmt: skip
        self.overload = Overload()
        self._overload = Gauge(
            "voicebot_overload", "How far behind a part of this machine is; from 1 on no call is taken.",
            ["part"], registry=registry)  # fmt: skip
        self.hearing_wait = Histogram(
            "voicebot_recogniser_wait_seconds",
            "How long sound waited for a thread to hear it.",
            buckets=LAG_BUCKETS,
            registry=registry,
        )
        self.hearing_busy = Counter(
            "voicebot_recogniser_busy_seconds", "Time that threads spent hearing.", registry=registry
        )
        self.dialogue_up = Gauge(
            "voicebot_dialogue_up", "1 while the dialogue answers; at 0 no call is taken.", registry=registry
        )
        self.store_up = Gauge(
            "voicebot_store_up", "1 while the account store can be written; at 0 no call is taken.", registry=registry
        )
        self.guesses = Gauge(
            "voicebot_guesses_last_hour", "Refused pairs and passwords not heard, of all callers.", registry=registry
        )
        self.guessing = Gauge("voicebot_guessing_alarm", "1 while these are as many as are allowed.", registry=registry)
        self.turn = Histogram(
            "voicebot_dialogue_turn_seconds", "Rasa's turns, its actions included.",
            buckets=TURN_BUCKETS, registry=registry)  # fmt: skip
        self.turn_failures = Counter("voicebot_dialogue_failures", "Turns that Rasa failed.", registry=registry)

    def text(self) -> bytes:
        """All figures in Prometheus' text format."""
        for part, load in self.overload.loads().items():
            self._overload.labels(part).set(load)
        return generate_latest(self._registry)

    def alarms(self) -> list[str]:
        """What operators must look after, by the metrics: dialogue, store, guessing."""
        wrong = {"dialogue": ("dialogue_up", 0), "store": ("store_up", 0), "guessing": ("guessing_alarm", 1)}
        value = self._registry.get_sample_value
        return [name for name, (metric, alarm) in wrong.items() if value(f"voicebot_{metric}") == alarm]

    def ticked(self, late: float) -> None:
        """The clock ticked this many seconds late."""
        self.lag.observe(late)
        self.overload.note("clock", late)
        self.overload.tick()

    def heard(self, waited: float, took: float) -> None:
        """Hearing finished a batch of work."""
        self.hearing_wait.observe(waited)
        self.hearing_busy.inc(took)
        self.overload.note("hearing", waited)

    def turned(self, took: float) -> None:
        """The dialogue finished a turn, or failed."""
        self.turn.observe(took)
        self.overload.note("dialogue", took)

    def watch(self) -> Watch:
        """A watch for one call."""
        stage = "greeting"

        def watch(notice: Notice) -> None:
            nonlocal stage
            if isinstance(notice, Speaks):
                stage = stage_of(notice.expect)
                if notice.latency_ms is not None:
                    self.answer.observe(notice.latency_ms / 1000)
            elif isinstance(notice, Understood):
                if not isinstance(notice.utterance, UNDERSTOOD):
                    self.retries.labels(
                        re.sub("(?<=[a-z])(?=[A-Z])", "_", type(notice.utterance).__name__).lower()
                    ).inc()
            elif isinstance(notice, Ended):
                self.calls.labels(notice.outcome.value, stage).inc()
                self.duration.labels(notice.outcome.value).observe(notice.at)

        return watch

    def around(self, dialogue: Dialogue) -> Dialogue:
        """The same dialogue with its turns timed."""
        return _Timed(dialogue, self)


class _Timed:
    def __init__(self, dialogue: Dialogue, metrics: Metrics) -> None:
        self._dialogue, self._metrics = dialogue, metrics

    async def tell(self, call_id: str, utterance: Utterance) -> Reply:
        began = time.perf_counter()
        try:
            return await self._dialogue.tell(call_id, utterance)
        except VoicebotError:
            self._metrics.turn_failures.inc()
            raise
        finally:
            self._metrics.turned(time.perf_counter() - began)

    async def close(self) -> None:
        await self._dialogue.close()
