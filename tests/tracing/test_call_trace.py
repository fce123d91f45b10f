"""One call as a trace: which spans there are, how they lie in each other, and what they say."""

from __future__ import annotations

from pathlib import Path

import pytest
from tracing_tools import in_memory, tree, written

from bot.call import Call
from bot.errors import VoicebotError
from bot.events import Expect, Outcome, Prompt, Reply
from bot.simulation.caller_script import parse_script
from bot.simulation.script import ScriptChannel
from bot.tap import RoomEvent
from bot.tracing.call_trace import CallTrace
from bot.tracing.parent import metadata
from bot.watching import Notice
from tests.call_tools import GOODBYE, MENU, NUMBER, READING, TIMING, WORDS, Beeps, KeysOnly, Scripted, Slow
from tests.fitted import FIT

STEPS = '  - press: "8"\n  - press: "0123456789"\n'


class Noted(Scripted):
    """And what each message to Rasa would carry besides."""

    def __init__(self, *replies: Reply | VoicebotError | Slow) -> None:
        super().__init__(*replies)
        self.carried: list[dict[str, dict[str, str]]] = []

    async def tell(self, call_id: str, utterance: object) -> Reply:
        self.carried.append(metadata())
        return await super().tell(call_id, utterance)  # type: ignore[arg-type]  # it is an Utterance


def replies() -> tuple[Reply, ...]:
    return Reply((Prompt("bấm tám"),), MENU), Reply((Prompt("mã số"),), NUMBER), READING, GOODBYE


async def hold(dialogue: Scripted, trace: CallTrace, tmp_path: Path, steps: str = STEPS) -> Outcome:
    script = parse_script(f'caller: "0912345678"\nsteps:\n{steps}', tmp_path / "script.yml")
    channel = dialogue.channel = ScriptChannel(script)

    def watch(notice: Notice) -> None:
        trace.watch(notice)

    def tap(at: float, event: RoomEvent) -> None:
        trace.tap(at, event)

    parts = (channel, KeysOnly(), dialogue, Beeps())
    return await Call("id", *parts, TIMING, FIT, words=WORDS, watch=watch, tap=tap).run()


async def test_a_call_is_one_trace(tmp_path: Path) -> None:
    traces, exporter = in_memory()
    assert await hold(Scripted(*replies()), traces.call("pbx-1"), tmp_path) is Outcome.RESET
    spans = exporter.get_finished_spans()
    assert len({span.context.trace_id for span in spans}) == 1
    assert tree(spans) == [
        "invoke_agent voicebot",
        "  turn 1", "    invoke_workflow dialogue", "    text_to_speech vi",
        "  turn 2", "    dtmf", "    invoke_workflow dialogue", "    text_to_speech vi",
        "  turn 3", "    dtmf", "    invoke_workflow dialogue", "    text_to_speech vi",
        "  turn 4", "    invoke_workflow dialogue", "    text_to_speech vi",
    ]  # fmt: skip


async def test_the_spans_say_what_was_done_and_not_what_was_given(tmp_path: Path) -> None:
    traces, exporter = in_memory()
    await hold(Scripted(*replies()), traces.call("pbx-1"), tmp_path)
    spans = {span.name: dict(span.attributes or {}) for span in exporter.get_finished_spans()}
    assert spans["invoke_agent voicebot"]["gen_ai.conversation.id"] == "pbx-1"
    assert spans["invoke_agent voicebot"]["voicebot.call.outcome"] == "reset"
    turn = spans["turn 3"]
    assert turn["voicebot.turn.meaning"] == "10 digits, keyed"
    assert turn["voicebot.turn.expected"] == "number"
    assert isinstance(turn["voicebot.turn.latency_ms"], int)
    assert spans["dtmf"] == {"voicebot.hearing.pieces": 0, "voicebot.hearing.keys": 10}
    assert spans["text_to_speech vi"]["gen_ai.output.type"] == "speech"
    assert "0123456789" not in written(exporter.get_finished_spans())
    assert "912345678" not in written(exporter.get_finished_spans())


async def test_each_message_to_rasa_names_its_span(tmp_path: Path) -> None:
    traces, exporter = in_memory()
    dialogue = Noted(*replies())
    await hold(dialogue, traces.call(""), tmp_path)
    spans = sorted(exporter.get_finished_spans(), key=lambda span: span.start_time)
    asked = [span.context for span in spans if span.name == "invoke_workflow dialogue"]
    told = [f"00-{context.trace_id:032x}-{context.span_id:016x}" for context in asked]
    assert [each["metadata"]["traceparent"].rpartition("-")[0] for each in dialogue.carried] == told
    assert metadata() == {}, "the call is over"


async def test_words_that_ask_to_wait_end_no_turn(tmp_path: Path) -> None:
    traces, exporter = in_memory()
    menu = Slow(3.0, Reply((Prompt("bấm tám"),), MENU))
    await hold(Scripted(menu, *replies()[1:]), traces.call(""), tmp_path)
    spans = exporter.get_finished_spans()
    assert tree(spans)[:4] == [
        "invoke_agent voicebot", "  turn 1", "    invoke_workflow dialogue", "    text_to_speech vi",
    ]  # fmt: skip
    [first] = [span for span in spans if span.name == "turn 1"]
    assert [event.name for event in first.events] == ["asked_to_wait"]


async def test_a_call_that_fails_says_so_and_leaves_no_span_open(tmp_path: Path) -> None:
    traces, exporter = in_memory()
    failing = Scripted(Reply((Prompt("bấm tám"),), MENU), VoicebotError("Rasa is gone"))
    assert await hold(failing, traces.call(""), tmp_path) is Outcome.ERROR
    [call] = [span for span in exporter.get_finished_spans() if span.parent is None]
    assert (call.status.status_code.name, call.status.description) == ("ERROR", "Rasa is gone")


async def test_a_caller_who_hangs_up_ends_all_spans(tmp_path: Path) -> None:
    traces, exporter = in_memory()
    steps = '  - press: "8"\n  - hang_up: true\n'
    assert await hold(Scripted(*replies()), traces.call(""), tmp_path, steps) is Outcome.HUNG_UP
    spans = exporter.get_finished_spans()
    assert tree(spans)[-2:] == ["  turn 3", "    invoke_workflow dialogue"]
    assert all(span.end_time for span in spans)


@pytest.mark.parametrize("interruptible", [True, False])
async def test_a_barge_in_is_an_event_of_its_turn(interruptible: bool, tmp_path: Path) -> None:
    traces, exporter = in_memory()
    menu = Expect(MENU.kind, MENU.lengths, MENU.keys, interruptible)
    steps = '  - barge_in: {after: 0.5, press: "8"}\n  - press: "8"\n'
    await hold(Scripted(Reply((Prompt("bấm tám"),), menu), GOODBYE), traces.call(""), tmp_path, steps)
    [second] = [span for span in exporter.get_finished_spans() if span.name == "turn 2"]
    assert [event.name for event in second.events] == (["barge_in"] if interruptible else [])
