"""Calls with the trained Rasa and the real actions: many at once, and where something fails."""

from __future__ import annotations

import asyncio
import dataclasses
import time
from pathlib import Path

import pytest
from dialogue_tools import Citizen, TextCall, words

from bot.accounts import Accounts
from bot.events import Chosen, Gone, Grammar, Number, Outcome, PlayedOut, Utterance
from bot.sealing import Purpose, Seal
from bot.settings import Settings
from tests.rasa_tools import RasaOfTests, SharedRasa


async def test_calls_at_the_same_time_do_not_mix(rasa: RasaOfTests, seal: Seal, accounts: Accounts) -> None:
    people = [Citizen(f"03511{n:05}", f"02{n:08}") for n in range(6)]
    for person in people:
        accounts.add(person.phone, person.number)
    calls = [TextCall(rasa, seal) for _ in people]

    async def hold(call: TextCall, person: Citizen) -> None:
        await call.start(person.phone, Chosen("ask_reset"), Number(person.number, True), Chosen("affirm"), PlayedOut())

    await asyncio.gather(*map(hold, calls, people))
    for call, person in zip(calls, people, strict=True):
        assert call.replies[-1].outcome is Outcome.RESET
        assert call.revealed("number") == [person.number]
        assert accounts.verify(person.phone, call.revealed("password")[0])


@pytest.mark.parametrize("steps", [[Number("0123456789", False)], [Number("0123456789", True), Chosen("affirm")]])
async def test_a_database_that_is_gone_is_said_in_one_prompt_and_never_as_a_refusal(
    shared_rasa: SharedRasa, settings: Settings, seal: Seal, tmp_path: Path, steps: list[Utterance]
) -> None:
    dialogue = RasaOfTests(
        shared_rasa, dataclasses.replace(settings, database_url=f"sqlite:///{tmp_path}/none/accounts.sqlite")
    )
    reply = await TextCall(dialogue, seal).start("0912345678", Chosen("ask_reset"), *steps)
    assert reply.outcome is Outcome.ERROR
    assert "sự cố" in words(reply)
    assert "không khớp" not in words(reply)
    assert len(reply.segments) == 1


async def test_a_store_that_fails_before_the_password_is_in_force_does_not_repeat_it(
    rasa: RasaOfTests, call: TextCall, citizen: Citizen, accounts: Accounts
) -> None:
    await call.start(citizen.phone, Chosen("ask_reset"), Number(citizen.number, False))
    accounts.discard(call.call_id)  # as if the ten minutes of a pending reset were over
    reply = await call.tell(PlayedOut())
    assert reply.outcome is Outcome.ERROR
    assert "không có hiệu lực" in words(reply)
    assert len(call.revealed("password")) == 1


async def test_a_password_is_not_put_in_force_when_nobody_waits_for_that_any_more(
    call: TextCall, citizen: Citizen, accounts: Accounts
) -> None:
    await call.start(citizen.phone, Chosen("ask_reset"), Number(citizen.number, False))
    reply = await call.tell(PlayedOut(until=time.time() - 0.1))
    assert reply.outcome is Outcome.ERROR
    assert not accounts.verify(citizen.phone, call.revealed("password")[0])


@pytest.mark.parametrize("heard", [True, False])
async def test_a_call_that_ends_is_told_whether_its_password_is_in_force(
    call: TextCall, citizen: Citizen, accounts: Accounts, heard: bool
) -> None:
    await call.start(citizen.phone, Chosen("ask_reset"), Number(citizen.number, False))
    if heard:
        accounts.activate(call.call_id)  # and the answer to that was lost
    reply = await call.tell(Gone())
    assert reply.outcome is (Outcome.RESET if heard else Outcome.HUNG_UP)
    assert accounts.verify(citizen.phone, call.revealed("password")[0]) is heard


async def test_other_lengths_of_the_number_are_a_setting(
    shared_rasa: SharedRasa, settings: Settings, seal: Seal
) -> None:
    dialogue = RasaOfTests(shared_rasa, dataclasses.replace(settings, number_lengths=(10,)))
    reply = await TextCall(dialogue, seal).start(None, Chosen("ask_reset"))
    assert reply.expect.kind is Grammar.NUMBER
    assert reply.expect.lengths == (10,)


async def test_what_was_sealed_in_one_call_is_refused_in_another(
    rasa: RasaOfTests, seal: Seal, accounts: Accounts, citizen: Citizen
) -> None:
    """Whoever reads a tracker store and reaches Rasa's port has a call's tokens, and can say them again."""
    here = TextCall(rasa, seal)
    await here.start(citizen.phone, Chosen("ask_reset"), Number(citizen.number, spoken=False), PlayedOut())
    [password] = set(here.revealed("password"))
    told = seal.of_call(here.call_id)
    caller = told.seal(citizen.phone, Purpose.CALLER)
    number = told.seal(citizen.number, Purpose.INSURANCE_NUMBER)
    outcomes = {}
    for sender in ("insider", here.call_id):
        said = [
            f'/start_call{{"caller": "{caller}"}}',
            "/ask_reset",
            f'/give_number{{"insurance_number": "{number}", "number_source": "keys"}}',
        ]
        messages = [await rasa.say(sender, text) for text in said]
        outcomes[sender] = [each["custom"].get("outcome") for each in messages[-1] or [] if "custom" in each]
        await rasa.say(sender, "/played")
    assert outcomes["insider"] == ["refused"]
    assert "reset" not in outcomes[here.call_id]
    assert accounts.verify(citizen.phone, password)
