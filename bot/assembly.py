"""Opens every part once and answers calls with them."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable, Iterator, Sequence
from contextlib import AsyncExitStack, contextmanager
from pathlib import Path

import yaml

from bot.call import Call, RunHearing, at_once
from bot.call_keys import CallKeys, known_as
from bot.errors import VoicebotError
from bot.events import Outcome
from bot.patience import Words
from bot.places import HOME
from bot.protocols import Channel, Dialogue, Speech
from bot.settings import Settings
from bot.tap import RoomEvent, Tap, untapped
from bot.tracing.traces import Traces, harmless, open_traces
from bot.turn_timing import Timing
from bot.watching import Notice, Watch
from rasa_components.custom_fields import faults, intent_names

DOMAIN = HOME / "domain.yml"
WORDS = {
    "wait": "utter_please_wait",
    "apology": "utter_out_of_order",
    "void": "utter_password_void",
    "stands": "utter_password_stands",
    "unknown": "utter_password_unknown",
    "recorded": "utter_recording_consent",
}
"""The responses of domain.yml that are spoken where the dialogue itself is slow or fails (bot.patience.Words)."""


PARTS = ("recogniser", "voice", "dialogue")
"""What is loaded side by side before the first call."""


class Voicebot:
    """The whole bot, ready to answer. Make it with `open_voicebot`, and close it."""

    def __init__(
        self,
        settings: Settings,
        dialogue: Dialogue,
        speech: Speech,
        calls: CallKeys,
        words: Words,
        run_hearing: RunHearing = at_once,
        traces: Traces | None = None,
    ) -> None:
        self._settings, self._dialogue, self._speech, self._words = settings, dialogue, speech, words
        self._calls, self._run_hearing, self._traces = calls, run_hearing, traces
        self._timing = Timing.of(settings)

    async def answer(
        self, channel: Channel, watch: Watch, name: str = "", *, tap: Tap = untapped, recorded: bool = False
    ) -> Outcome:
        """Hold one call to its end; several may run at once. `name`: the exchange's, where there is one: the calls that
        it names alike have one reset between them.
        `tap` gets every event between the rooms; `recorded`: the caller is told that the call is recorded."""
        from bot.hearing import open_hearing

        with self._calls.call(name) as call_id, self._traced(name, watch, tap) as (watch, tap):
            hearing = open_hearing(self._settings, channel.rate)
            call = Call(
                call_id,
                channel,
                hearing,
                self._dialogue,
                self._speech,
                self._timing,
                hearing.calibration,
                words=self._words,
                watch=watch,
                run_hearing=self._run_hearing,
                tap=tap,
                recorded=recorded,
            )
            return await call.run()

    async def close(self) -> None:
        await self._speech.close()
        await self._dialogue.close()
        if self._traces:
            await asyncio.to_thread(self._traces.close)

    @contextmanager
    def _traced(self, name: str, watch: Watch, tap: Tap) -> Iterator[tuple[Watch, Tap]]:
        """Watch and tap of a call, and its trace behind them."""
        if self._traces is None:
            yield watch, tap
            return
        trace = self._traces.call(known_as(name) if name else "")
        traced_watch, traced_tap = harmless(trace.watch), harmless(trace.tap)

        def watched(notice: Notice) -> None:
            watch(notice)
            traced_watch(notice)

        def tapped(at: float, event: RoomEvent) -> None:
            tap(at, event)
            traced_tap(at, event)

        try:
            yield watched, tapped
        finally:
            harmless(trace.close)()


async def opened_dialogue(settings: Settings) -> Dialogue:
    """The dialogue of the settings. Raises VoicebotError where there is none."""
    from bot.dialogue import open_dialogue

    return await open_dialogue(settings)


async def open_voicebot(
    settings: Settings,
    rates: Sequence[int],
    progress: Callable[[str], None],
    *,
    run_hearing: RunHearing = at_once,
    dialogue: Callable[[Settings], Awaitable[Dialogue]] = opened_dialogue,
    loaded: Callable[[str], None] = lambda part: None,
) -> Voicebot:
    """Load the recogniser, the dialogue and the voice side by side, with the prompts of domain.yml ready at `rates`.

    `progress` is told in a few words what is being waited for, `run_hearing` does the work of hearing, and `dialogue`
    opens the dialogue. `loaded` is told each of `PARTS` when it is ready. Raises VoicebotError where a part is
    missing."""
    from bot.hearing import load_models
    from bot.sealing import load_seal
    from tts.speech import open_speech

    words, prompts = read_prompts(DOMAIN)
    progress("loading the recogniser, the voice and the dialogue")

    # Work is begun within its task: a coroutine that was made outside, and not begun, would be complained of at Ctrl-C.
    async def part[T](name: str, work: Callable[[], Awaitable[T]]) -> T:
        done = await work()
        loaded(name)
        return done

    async def open_dialogue() -> Dialogue:
        opened = await dialogue(settings)
        parts.push_async_callback(opened.close)
        return opened

    async def warm() -> None:
        await asyncio.gather(*(speech.warm(prompts, rate) for rate in rates))

    traces = open_traces(settings, "voicebot")
    seal = load_seal(settings)
    async with AsyncExitStack() as parts:  # closed again where not all of them can be opened
        speech = open_speech(settings, seal)
        parts.push_async_callback(speech.close)
        opened, _, _ = await asyncio.gather(
            part("dialogue", open_dialogue),
            part("recogniser", lambda: asyncio.to_thread(load_models, settings)),
            part("voice", warm),
        )
        parts.pop_all()
    return Voicebot(settings, opened, speech, seal.calls, words, run_hearing, traces)


def read_prompts(domain: Path) -> tuple[Words, list[str]]:
    """Of a Rasa domain file: what the call says of its own accord, and the texts of all responses that have no variable
    in them.

    Raises VoicebotError where the file cannot be read, lacks one of `WORDS`, or has a wrong `custom`."""
    try:
        whole = yaml.safe_load(domain.read_text("utf-8"))
        responses = whole["responses"]
        fault = next(faults(responses, intent_names(whole.get("intents") or ())), "")
        texts = [
            variation["text"] for variations in responses.values() for variation in variations if "text" in variation
        ]
        words = Words(**{name: str(responses[response][0]["text"]) for name, response in WORDS.items()})
        prompts = [text for text in texts if "{" not in text]
    except (OSError, yaml.YAMLError, KeyError, TypeError, AttributeError) as error:
        reason = f"{type(error).__name__}: {error}".splitlines()[0]
        needed = ", ".join(WORDS.values())
        raise VoicebotError(f"{domain}: no Rasa domain with {needed} ({reason}); correct it") from None
    if fault:
        raise VoicebotError(f"{domain}: {fault}; correct it")
    return words, prompts
