"""Barge-in over the wire, counted in frames of 20 ms that the caller still hears of what was interrupted."""

from __future__ import annotations

import uuid
from collections.abc import Awaitable, Callable, Sequence
from contextlib import AsyncExitStack

import numpy as np
import pytest

from bot.audio.g711 import decode, encode
from bot.call import Call
from bot.events import (
    RATE,
    CallStarted,
    Chosen,
    Expect,
    Grammar,
    Outcome,
    PlayedOut,
    Prompt,
    Reply,
    Samples,
    SecretDigits,
    Segment,
    Silence,
)
from bot.hearing import CallHearing, open_hearing
from bot.protocols import Channel, Hearing
from bot.settings import Settings
from bot.simulation.caller_script import CallerVoice, Say
from bot.simulation.caller_voice import sound_of
from bot.simulation.line import telephone_band
from bot.telephony.audiosocket import UUID
from bot.watching import Watch
from tests.call_tools import MENU, NUMBER, TIMING, WORDS, Scripted
from tests.channels import fake_audiosocket
from tests.channels.fake_asterisk import FakeAsterisk
from tests.channels.fake_audiosocket import FakeAudioSocket
from tests.fitted import FIT
from tests.gateway.conftest import SECRET, Site, site, until
from tests.hearing.hearing_tools import Tally, voice

NOTHING = Expect("nothing", interruptible=False)
PROMPT, ANSWER = 1000, 2000  # the sounds of what is interrupted, and of what follows it
MOST = 3
"""Frames that may be heard after a key has arrived: 60 ms."""

FIRST_WORD_SECONDS = 0.6
"""From its onset until a word is known and the prompt stops: the recogniser looks ahead, and a word takes its time."""

Caller = FakeAsterisk | FakeAudioSocket


class Levels:
    """Every segment lasts two seconds at a level of its own."""

    async def clip(self, segment: Segment, rate: int) -> Samples:
        level = ANSWER if segment == Prompt("tạm biệt") else PROMPT
        return np.full(2 * rate, level, np.int16)

    def words(self, segment: Segment) -> str:
        return segment.text if isinstance(segment, Prompt) else ""

    async def warm(self, texts: Sequence[str], rate: int) -> None: ...

    async def close(self) -> None: ...


QUIET_ROOM = 170
"""Frames of a prompt after which a room without voices is known to be quiet (`bot.hearing.voices.QUIET`): until then a
stranger's words stop the prompt when their piece is over."""


def tallying(rate: int) -> Hearing:
    """Hears one "a" for each 0.2 s of voice."""
    return CallHearing(rate, Tally)


def bundled(rate: int) -> Hearing:
    """Hears with the bundled recogniser."""
    return open_hearing(Settings(), rate)


def answering(
    dialogue: Scripted, opened: Callable[[int], Hearing] = tallying
) -> Callable[[Channel, Watch, str], Awaitable[Outcome]]:
    """A bot that says what the script has it say."""

    async def answer(channel: Channel, watch: Watch, name: str = "") -> Outcome:
        hearing = opened(channel.rate)
        return await Call("id", channel, hearing, dialogue, Levels(), TIMING, FIT, words=WORDS, watch=watch).run()

    return answer


def levels(caller: Caller) -> list[int]:
    """What the caller heard in each frame."""
    return [int(frame.max()) for frame in caller.heard_sound().reshape(-1, 160)]


async def call_in(here: Site, way: str, lines: AsyncExitStack) -> Caller:
    if way == "websocket":
        return await lines.enter_async_context(here.call())
    _, name = await here.post("/callers", {"caller": "0912345678"}, SECRET)
    asterisk = await lines.enter_async_context(fake_audiosocket.dialled(*here.audiosocket))
    asterisk.send(UUID, uuid.UUID(name).bytes)
    await until(lambda: bool(here.gateway.admission.in_progress))
    asterisk.beat = lambda: here.ticker.beat(0)
    return asterisk


@pytest.fixture(params=["websocket", "audiosocket"])
def way(request: pytest.FixtureRequest) -> str:
    return str(request.param)


async def prompted(caller: Caller, frames: int) -> None:
    """Listen until so many frames of the prompt were heard."""
    while not caller.heard or levels(caller).count(PROMPT) < frames:
        await caller.tick()


async def hear_out(caller: Caller) -> list[int]:
    """Listen until the bot hangs up."""
    while not caller.ended:
        await caller.tick()
    return levels(caller)


async def test_a_key_stops_the_prompt_within_60_ms(way: str) -> None:
    dialogue = Scripted(
        Reply((Prompt("xin chào"), Prompt("bấm phím tám")), MENU), Reply((Prompt("tạm biệt"),), NOTHING, Outcome.RESET)
    )
    async with site(answering(dialogue)) as here, AsyncExitStack() as lines:
        caller = await call_in(here, way, lines)
        await prompted(caller, 25)
        before = len(caller.heard)
        await caller.press("8")
        heard = await hear_out(caller)
        assert heard[before:].count(PROMPT) <= MOST
        assert heard.count(ANSWER) == 100
        assert dialogue.reported[:2] == [CallStarted("0912345678"), Chosen("ask_reset")]


async def test_speech_stops_the_prompt_after_the_first_word_and_not_before(way: str) -> None:
    dialogue = Scripted(Reply((Prompt("xin chào"),) * 4, MENU), Reply((Prompt("tạm biệt"),), NOTHING, Outcome.RESET))
    async with site(answering(dialogue)) as here, AsyncExitStack() as lines:
        caller = await call_in(here, way, lines)
        await prompted(caller, QUIET_ROOM)
        knock, words = voice(0.1), voice(0.8)
        for sound in (knock, np.zeros(RATE // 2, np.int16)):
            await say(caller, sound)
        assert levels(caller)[-1] == PROMPT  # a knock is no word
        before = len(caller.heard)
        await say(caller, words)
        spoken_over = levels(caller)[before:].count(PROMPT)
        assert 0.2 * 50 <= spoken_over <= 0.2 * 50 + 0.2 * 50  # the word, and the time until it is known
        assert (await hear_out(caller)).count(ANSWER) == 100


@pytest.mark.parametrize(
    ("expect", "words"),
    [(MENU, "tám"), (NUMBER, "chín bảy năm ba một không hai bốn sáu tám")],
    ids=["command", "digit"],
)
async def test_the_first_word_that_the_recogniser_knows_stops_the_prompt(way: str, expect: Expect, words: str) -> None:
    sound = decode(encode(telephone_band(sound_of(Say(words), CallerVoice())), "a"), "a")
    onset = int(np.flatnonzero(np.abs(sound.astype(int)) > 300)[0])
    goodbye = Reply((Prompt("tạm biệt"),), NOTHING, Outcome.RESET)
    dialogue = Scripted(Reply((Prompt("xin chào"),) * 4, expect), goodbye)
    async with site(answering(dialogue, bundled)) as here, AsyncExitStack() as lines:
        caller = await call_in(here, way, lines)
        await prompted(caller, QUIET_ROOM)
        before = len(caller.heard)
        await say(caller, sound)
        spoken_over = (levels(caller)[before:].count(PROMPT) * 160 - onset) / RATE
        assert 0 < spoken_over < FIRST_WORD_SECONDS


async def say(caller: Caller, sound: Samples) -> None:
    for frame in sound[: sound.size // 160 * 160].reshape(-1, 160):
        await caller.tick(frame)


@pytest.mark.parametrize("what", ["password", "refusal"])
async def test_the_password_and_the_refusal_are_heard_to_their_end(way: str, what: str) -> None:
    goodbye = Reply((Prompt("tạm biệt"),), NOTHING, Outcome.RESET)
    replies = {
        "password": [Reply((SecretDigits("token", "password"),), Expect("played", interruptible=False)), goodbye],
        "refusal": [Reply((Prompt("không khớp"),), NOTHING, Outcome.REFUSED)],
    }[what]
    dialogue = Scripted(*replies)
    async with site(answering(dialogue)) as here, AsyncExitStack() as lines:
        caller = await call_in(here, way, lines)
        await prompted(caller, 10)
        await caller.press("8")
        await say(caller, voice(0.8))
        assert (await hear_out(caller)).count(PROMPT) == 100
        assert dialogue.reported == [CallStarted("0912345678"), PlayedOut()][: len(replies)]


async def test_keys_into_what_must_be_heard_are_dropped(way: str) -> None:
    must_hear = Expect(Grammar.MENU, lengths=(10,), keys={"8": "ask_reset"}, interruptible=False)
    dialogue = Scripted(
        Reply((Prompt("xin chào"),), must_hear), Reply((Prompt("tạm biệt"),), NOTHING, Outcome.NO_INPUT)
    )
    async with site(answering(dialogue)) as here, AsyncExitStack() as lines:
        caller = await call_in(here, way, lines)
        await prompted(caller, 25)
        await caller.press("8")
        heard = await hear_out(caller)
        assert heard.count(PROMPT) == 100
        assert dialogue.reported[1] == Silence()
