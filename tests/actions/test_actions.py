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
    assert (await run("action_activate_password"))[0] == {"reset_state": "unavailable"}


@pytest.mark.parametrize(
    ("call_id", "lost", "state"), [("heard", 1, "done"), ("call", 1, "unavailable"), ("heard", 2, "unavailable")]
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
    assert slots in ({"reset_state": "unavailable"}, {})
    assert "failed (AttributeError)" in caplog.text
    assert "Traceback" not in caplog.text


async def test_hanging_up_after_a_password_came_into_force_tells_so(run: Run) -> None:
    assert await run("action_discard_reset", call_id="heard") == ({"reset_state": "done"}, [])


@pytest.mark.parametrize("gone", [False, True])
async def test_hanging_up_discards_and_never_fails(run: Run, accounts: PaperAccounts, gone: bool) -> None:
    accounts.gone = gone
    assert await run("action_discard_reset") == ({}, [])
    assert accounts.asked == [("discard", "call")]
<<<<<<< HEAD
=======


# ── action_count_retry ──


@pytest.mark.parametrize(
    ("before", "after", "given_up"),
    [(None, 1, False), (1.0, 2, False), (2.0, 3, True)],
    ids=["first", "second", "third"],
)
@pytest.mark.parametrize(
    ("intent", "reason"),
    [("no_input", "no_input"), ("no_match", "no_match"), ("nlu_fallback", "no_match"), ("affirm", "no_match")],
)
async def test_failures_are_counted(
    run: Run, intent: str, reason: str, before: float | None, after: int, given_up: bool
) -> None:
    slots, said = await run("action_count_retry", {"failures": before}, intent)
    assert slots == {"failures": after, "failure": f"{reason} {after}", "given_up": given_up}
    assert said == []


async def test_too_few_digits_are_said_in_words(run: Run) -> None:
    slots, _ = await run("action_count_retry", {}, "too_few", {"missing": "2"})
    assert slots["failure"] == "too_few 1"
    assert slots["missing"] == "hai"


async def test_digits_to_go_on_after_stay_sealed(run: Run) -> None:
    slots, _ = await run("action_count_retry", {}, "too_few", {"missing": "4", "after": "sealed"})
    assert (slots["missing"], slots["after"]) == ("bốn", "sealed")
    slots, _ = await run("action_count_retry", slots, "too_few", {"missing": "2"})
    assert (slots["missing"], slots["after"]) == ("hai", None)


async def test_after_too_many_digits_none_are_missing(run: Run) -> None:
    slots, _ = await run("action_count_retry", {"missing": "hai", "failures": 1.0}, "too_many", {"count": "11"})
    assert (slots["failure"], slots["count"], slots["missing"]) == ("too_many 2", "mười một", None)


async def test_what_is_missing_stays_so_through_silence(run: Run) -> None:
    slots, _ = await run("action_count_retry", {"missing": "hai"}, "no_input")
    assert "missing" not in slots


async def test_a_rejected_read_back_drops_the_number_and_has_its_own_count(run: Run) -> None:
    state = {"requested_slot": "number_confirmed", "failures": 2.0, "rejections": 1.0, "insurance_number": "x"}
    slots, _ = await run("action_count_retry", state, "deny")
    assert slots == {
        "rejections": 2,
        "failure": "rejected 2",
        "given_up": False,
        "insurance_number": None,
        "after": None,
        "failures": 0,
    }


async def test_a_no_to_another_question_rejects_nothing(run: Run) -> None:
    slots, _ = await run("action_count_retry", {"requested_slot": "insurance_number"}, "deny")
    assert slots["failure"] == "no_match 1"
    assert "insurance_number" not in slots


async def test_more_digits_are_progress(run: Run) -> None:
    slots, _ = await run(
        "action_count_retry", {"failures": 2.0, "failure": "no_input 2"}, "more_digits", {"missing": "6"}
    )
    assert (slots["failures"], slots["failure"], slots["missing"], slots["given_up"]) == (0, None, "sáu", False)


@pytest.mark.parametrize(("source", "reason"), [("keys", "too_many_keys"), ("voice", "too_many")])
async def test_too_many_keys_have_their_own_words(run: Run, source: str, reason: str) -> None:
    slots, _ = await run("action_count_retry", {}, "too_many", {"count": "11", "number_source": source})
    assert (slots["failure"], slots["count"]) == (f"{reason} 1", "mười một")


async def test_an_uncertain_digit_is_no_failure(run: Run) -> None:
    entities = {"cell": "5", "after": "sealed"}
    slots, _ = await run("action_count_retry", {"failures": 2.0}, "uncertain_digit", entities)
    assert "failures" not in slots
    assert (slots["cell"], slots["after"], slots["given_up"]) == ("5", "sealed", False)


@pytest.mark.parametrize("intent", ["more_digits", "too_few", "too_many", "uncertain_digit", "own_phone"])
async def test_a_number_keyed_at_the_read_back_takes_the_place_of_the_one_that_was_read(run: Run, intent: str) -> None:
    entities = {"missing": "2", "count": "11", "cell": "5"}
    state = {"requested_slot": "number_confirmed", "insurance_number": "x"}
    slots, _ = await run("action_count_retry", state, intent, entities)
    assert slots["insurance_number"] is None


async def test_the_bot_waits_twice_in_a_call(run: Run) -> None:
    slots, _ = await run("action_count_retry", {"failures": 2.0}, "ask_wait")
    assert slots == {"waits": 1, "failure": "wait", "given_up": False}
    slots, _ = await run("action_count_retry", {"waits": 1.0}, "ask_wait")
    assert slots == {"waits": 2, "failure": "wait", "given_up": False}
    slots, _ = await run("action_count_retry", {"waits": 2.0}, "ask_wait")
    assert slots == {"failures": 1, "failure": "no_match 1", "given_up": False}


async def test_who_has_no_number_is_helped_twice_and_then_handed_over(run: Run) -> None:
    asked = {"requested_slot": "insurance_number"}
    for count in (1, 2, 3):
        before = {**asked, "failures": 2.0, "without_number": count - 1.0}
        slots, _ = await run("action_count_retry", before, "no_number")
        assert slots == {"without_number": count, "failure": f"no_number {count}", "given_up": count == 3}


# ── asking ──


async def test_the_read_back_comes_once(run: Run) -> None:
    ask = "utter_ask_number_confirmed"
    assert (await run("action_ask_number_confirmed"))[1] == ["utter_read_back", ask]
    assert await run("action_ask_number_confirmed", {"failure": "no_input 1"}) == ({}, [ask])


@pytest.mark.parametrize(
    ("before", "ask"),
    [(None, "utter_ask_number_confirmed"), (1.0, "utter_ask_number_confirmed"), (2.0, "utter_confirm_by_key")],
)
async def test_the_third_read_back_of_a_call_names_the_keys(run: Run, before: float | None, ask: str) -> None:
    slots, said = await run("action_ask_number_confirmed", {"read_backs": before})
    assert said == ["utter_read_back", ask]
    assert slots == {"read_backs": (before or 0) + 1}


@pytest.mark.parametrize(
    ("slots", "response"),
    [
        ({}, "utter_ask_insurance_number"),
        ({"missing": "hai"}, "utter_ask_missing"),
        ({"missing": "bốn", "after": "sealed"}, "utter_ask_missing_after"),
        ({"missing": "hai", "asked_missing": "hai"}, "utter_ask_missing_again"),
        ({"missing": "hai", "asked_missing": "ba"}, "utter_ask_missing"),
        ({"missing": "hai", "asked_missing": "ba", "failures": 1.0}, "utter_ask_missing_again"),
        ({"missing": "bốn", "after": "sealed", "asked_missing": "bốn"}, "utter_ask_missing_after_again"),
        ({"missing": "bốn", "after": "sealed", "failures": 2.0}, "utter_ask_missing_after_again"),
        ({"missing": "hai", "cell": "1"}, "utter_ask_digit"),
        ({"missing": "hai", "cell": "5", "after": "sealed"}, "utter_ask_digit_after"),
        ({"missing": "hai", "failure": "wait"}, "utter_wait_for_number"),
    ],
)
async def test_only_what_is_wanting_of_a_number_is_asked_for(run: Run, slots: dict[str, Any], response: str) -> None:
    asked = {"asked_missing": slots.get("missing")}
    assert await run("action_ask_insurance_number", slots) == (asked, [response])


async def test_repeating_asks_the_whole_question(run: Run) -> None:
    assert (await run("action_clear_failure", {"failure": "no_input 2"}))[0] == {"failure": None}
>>>>>>> wt-callers
