"""Whatever a caller does, wherever in the call: some rule fits, and no call ends by mistake."""

from __future__ import annotations

import random

import pytest
from dialogue_tools import Citizen, TextCall

from bot.events import (
    Chosen,
    Expect,
    Number,
    Outcome,
    PlayedOut,
    Said,
    Silence,
    TooFew,
    TooMany,
    Uncertain,
    Unintelligible,
    Utterance,
)
from bot.sealing import Seal
from tests.rasa_tools import RasaOfTests

STEPS = 10


WORDS = "đúng", "không", "nhầm rồi", "đọc lại", "gặp tổng đài viên", "quên mật khẩu", "không một hai", "xin chào", ""


def anything(draw: random.Random, citizen: Citizen, expect: Expect) -> Utterance:
    """What a turn may report where this is expected."""
    if expect.kind == "played":
        return PlayedOut()
    possible: list[Utterance] = [Silence(), Unintelligible(), *map(Chosen, sorted(set(expect.keys.values())))]
    possible += [Said(text, draw.choice([0.3, 0.9])) for text in WORDS]
    if expect.lengths:
        numbers = [number for number in (citizen.number, "0000000000") if len(number) in expect.lengths]
        possible += [Number(number, draw.random() < 0.7) for number in numbers] * 3
        possible += [Uncertain(draw.randint(1, 10)), TooFew(draw.randint(1, 9)), TooMany(draw.randint(11, 20))]
    return draw.choice(possible)


@pytest.mark.parametrize("seed", range(60))
async def test_a_call_of_random_utterances_never_meets_a_state_without_a_rule(
    rasa: RasaOfTests, seal: Seal, citizen: Citizen, seed: int
) -> None:
    draw = random.Random(seed)
    call = TextCall(rasa, seal)
    reply = await call.start(citizen.phone)
    said: list[Utterance] = []
    for _ in range(STEPS):
        said.append(anything(draw, citizen, reply.expect))
        reply = await call.tell(said[-1])
        assert reply.outcome is not Outcome.ERROR, said
        if reply.outcome:
            break
