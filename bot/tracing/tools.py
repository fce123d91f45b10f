"""Actions as spans of the call that they belong to: `execute_tool action_…`."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from opentelemetry.trace import SpanKind, Status, StatusCode, Tracer
from opentelemetry.trace.propagation.tracecontext import TraceContextTextMapPropagator
from rasa_sdk.interfaces import ActionExecutionRejection

from bot.tracing.parent import FIELD, parent_of
from bot.tracing.traces import Runs


class TracedActions:
    """Runs actions as `runs` does. An action without a call of a gateway (in `rasa shell`) gets no span.

    clock  Unix time, in nanoseconds
    """

    def __init__(self, runs: Runs, tracer: Tracer, clock: Callable[[], int]) -> None:
        self._runs, self._tracer, self._clock = runs, tracer, clock

    async def run(self, action_call: dict[str, Any]) -> Any:
        """Raises the action's errors; their text, which may hold secrets, is in no span."""
        above = parent_of(action_call)
        if not above:
            return await self._runs.run(action_call)
        name = str(action_call.get("next_action", ""))[:80]
        attributes = {
            "gen_ai.operation.name": "execute_tool",
            "gen_ai.tool.name": name,
            "gen_ai.tool.type": "function",
        }
        context = TraceContextTextMapPropagator().extract({FIELD: above})
        span = self._tracer.start_span(
            f"execute_tool {name}", context, SpanKind.SERVER, attributes, start_time=self._clock()
        )
        try:
            return await self._runs.run(action_call)
        except ActionExecutionRejection:  # the form asks again: no failure
            span.set_attribute("voicebot.action.rejected", True)
            raise
        except BaseException as error:
            span.set_attribute("error.type", type(error).__name__)
            span.set_status(Status(StatusCode.ERROR))
            raise
        finally:
            span.end(self._clock())
