"""What is counted of a caller's failures, and what is asked next."""

from __future__ import annotations

from typing import Any

import pytest
from action_tools import Run

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
