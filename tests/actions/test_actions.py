"""Each action on a tracker's state: what it sets, what it says."""

from __future__ import annotations

import asyncio
import threading
from typing import Any

import pytest
from action_tools import PaperAccounts, Run

from bot.actions import all_actions, services
from bot.actions.services import WORK_SECONDS, Services
from bot.events import StoreHealth
from bot.places import PACKAGES
from bot.settings import Settings


def test_the_actions_are_those_of_the_domain() -> None:
    import yaml

    domain = yaml.safe_load((PACKAGES / "domain.yml").read_text("utf-8"))
    ours = {action.name() for action in all_actions(Services(Settings()))}
    named = {next(iter(action)) if isinstance(action, dict) else action for action in domain["actions"]}
    assert ours == {*named, "action_store_health"}


# ── action_check_account ──

MATCH = {"caller": "call/caller:0912345678", "insurance_number": "call/insurance_number:0123456789"}


async def test_a_match_gives_a_sealed_password(run: Run, accounts: PaperAccounts) -> None:
    slots, said = await run("action_check_account", MATCH, intent="start_call")
    assert slots == {"password": "call/password:24681357", "reset_state": "pending"}
    assert said == []
    assert accounts.asked == [("begin", "call", "0912345678", "0123456789")]
    assert threading.get_ident() not in accounts.threads, "other calls go on meanwhile"


@pytest.mark.parametrize(
    "slots",
    [
        {**MATCH, "caller": "call/caller:0987654321"},
        {**MATCH, "insurance_number": "call/insurance_number:9999999999"},
        {**MATCH, "insurance_number": "call/password:0123456789"},
        {**MATCH, "insurance_number": None},
        {**MATCH, "caller": "damaged"},
        {**MATCH, "caller": "another/caller:0912345678"},
        {**MATCH, "caller": "/caller:0912345678"},
        {**MATCH, "insurance_number": "another/insurance_number:0123456789"},
        {**MATCH, "insurance_number": "/insurance_number:0123456789"},
        {**MATCH, "insurance_number": "0123456789"},
    ],
    ids=[
        *("another phone", "another number", "a token of another purpose", "no number", "a damaged phone"),
        *(
            "a phone of another call",
            "a phone of no call",
            "a number of another call",
            "a number of no call",
            "a number that nobody sealed",
        ),
    ],
)
async def test_anything_else_is_refused(run: Run, slots: dict[str, Any]) -> None:
    assert (await run("action_check_account", slots, intent="start_call"))[0] == {"reset_state": "refused"}


@pytest.mark.parametrize("intent", ["start_call", "caller_withheld"])
async def test_a_withheld_number_is_not_that_of_the_settings(run: Run, accounts: PaperAccounts, intent: str) -> None:
    slots, _ = await run("action_check_account", {**MATCH, "caller": None}, intent=intent)
    assert slots == {"reset_state": "refused"}
    assert accounts.asked == [("begin", "call", "None", "0123456789")]


async def test_in_a_text_conversation_the_caller_is_that_of_the_settings(run: Run) -> None:
    for number in ("0123456789", "call/insurance_number:0123456789"):
        typed = {"caller": None, "insurance_number": number}
        slots, _ = await run("action_check_account", typed, intent="greet")
        assert slots["reset_state"] == ("pending" if number == "0123456789" else "refused")


async def test_what_the_exchange_names_alike_is_one_call_to_the_accounts(run: Run, accounts: PaperAccounts) -> None:
    for call_id in ("7.1", "7.2"):
        slots = {name: token.replace("call/", f"{call_id}/") for name, token in MATCH.items()}
        await run("action_check_account", slots, intent="start_call", call_id=call_id)
        await run("action_activate_password", call_id=call_id)
        await run("action_discard_reset", call_id=call_id)
    begin = ("begin", "7", "0912345678", "0123456789")
    assert accounts.asked == [begin, ("activate", "7"), ("discard", "7")] * 2


async def test_no_database_is_no_refusal(run: Run, accounts: PaperAccounts) -> None:
    accounts.gone = True
    assert (await run("action_check_account", MATCH, intent="start_call"))[0] == {"reset_state": "unavailable"}


# ── the store does not answer ──


async def test_a_store_that_hangs_is_given_up_and_others_are_served(
    run: Run, accounts: PaperAccounts, monkeypatch: pytest.MonkeyPatch
) -> None:
    """More calls at once than there are threads; none that waited for one begins later."""
    monkeypatch.setattr(services, "WORK_SECONDS", 0.05)
    accounts.hangs = threading.Event()
    calls = services.THREADS + 3
    hung = await asyncio.gather(*(run("action_check_account", MATCH, intent="start_call") for _ in range(calls)))
    assert [slots for slots, _ in hung] == [{"reset_state": "unavailable"}] * calls
    accounts.hangs.set()
    accounts.hangs = None
    monkeypatch.undo()
    assert (await run("action_check_account", MATCH, intent="start_call"))[0]["reset_state"] == "pending"
    assert len(accounts.asked) == services.THREADS + 1


async def test_the_health_of_the_store(run: Run, accounts: PaperAccounts) -> None:
    its = Services(Settings(max_refusals=9))
    vars(its).update(accounts=accounts)
    assert await its.health() == StoreHealth("", 7, 9)
    accounts.gone = True
    assert await its.health() == StoreHealth("the account store cannot be used; look after it", 0, 9)
    accounts.asked = None  # type: ignore[assignment]  # what nobody foresaw
    assert "AttributeError" in (await its.health()).trouble


# ── action_activate_password, action_discard_reset ──


@pytest.mark.parametrize(("call_id", "state"), [("call", "done"), ("another", "unavailable")])
async def test_activation(run: Run, call_id: str, state: str) -> None:
    assert (await run("action_activate_password", call_id=call_id))[0] == {"reset_state": state}


@pytest.mark.parametrize(("entities", "seconds"), [({}, WORK_SECONDS), ({"until": "1000001.5"}, 1.5)])
async def test_activation_must_come_while_the_call_waits_for_it(
    run: Run, accounts: PaperAccounts, monkeypatch: pytest.MonkeyPatch, entities: dict[str, str], seconds: float
) -> None:
    monkeypatch.setattr("time.time", lambda: 1_000_000.0)
    await run("action_activate_password", intent="played", entities=entities)
    assert accounts.until == pytest.approx(1_000_000 + seconds)


async def test_activation_without_a_database(run: Run, accounts: PaperAccounts) -> None:
    accounts.gone = True
    assert (await run("action_activate_password"))[0] == {"reset_state": "unknown"}


@pytest.mark.parametrize(
    ("call_id", "lost", "state"), [("heard", 1, "done"), ("call", 1, "unavailable"), ("heard", 2, "unknown")]
)
async def test_after_a_failed_activation_what_is_not_in_force_is_discarded(
    run: Run, accounts: PaperAccounts, call_id: str, lost: int, state: str
) -> None:
    accounts.loses_answers = lost
    assert (await run("action_activate_password", call_id=call_id))[0] == {"reset_state": state}
    assert accounts.asked == [("activate", call_id), ("discard", call_id)]


@pytest.mark.parametrize("name", ["action_check_account", "action_activate_password", "action_discard_reset"])
async def test_what_nobody_foresaw_in_the_store_is_no_traceback_in_a_log(
    run: Run, accounts: PaperAccounts, caplog: pytest.LogCaptureFixture, name: str
) -> None:
    accounts.asked = None  # type: ignore[assignment]  # it fails with an AttributeError
    slots, _ = await run(name, {"insurance_number": "/insurance_number:0123456789"})
    assert slots in ({"reset_state": "unavailable"}, {"reset_state": "unknown"})
    assert "failed (AttributeError)" in caplog.text
    assert "Traceback" not in caplog.text


async def test_hanging_up_after_a_password_came_into_force_tells_so(run: Run) -> None:
    assert await run("action_discard_reset", call_id="heard") == ({"reset_state": "done"}, [])


@pytest.mark.parametrize(
    ("gone", "intent", "slots"),
    [
        (False, "hung_up", {}),
        (False, "unheard", {}),
        (True, "hung_up", {"reset_state": "unknown"}),
        (True, "unheard", {}),  # it was never to be put in force, and a pending one never works
    ],
)
async def test_hanging_up_discards_and_never_fails(
    run: Run, accounts: PaperAccounts, gone: bool, intent: str, slots: dict[str, str]
) -> None:
    accounts.gone = gone
    assert await run("action_discard_reset", intent=intent) == (slots, [])
    assert accounts.asked == [("discard", "call")]
