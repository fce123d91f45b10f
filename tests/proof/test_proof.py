"""The fault campaign in short, and that it would see what it looks for."""

from __future__ import annotations

import json
from collections import Counter
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest

from bot.assembly import DOMAIN, read_prompts
from bot.events import RATE
from bot.places import PACKAGES
from proof import canary
from proof.campaign import Campaign, as_json
from proof.house import House, citizen, opened
from proof.plan import KINDS, OPERATIONS, STANDS_STILL, TURNS, Trial, trial
from proof.sound import DIGIT_MS, FIRST_LEVEL, PROMPT_LEVEL, STEP, heard_whole
from proof.table import last_of, table, together
from proof.wire import readings
from tests.rasa_tools import SharedRasa

EACH = 3
"""Calls of each kind."""


async def hold(folder: Path, rasa: SharedRasa, numbers: range, before: object = None) -> dict[str, object]:
    async with opened(folder, rasa) as house:
        if callable(before):
            before(house)
        campaign = Campaign(house, 1, read_prompts(DOMAIN)[0], folder / "run.log")
        (folder / "run.log").touch()
        await campaign.hold(numbers, lambda _: None)
        campaign.look_through(folder)
        return as_json(campaign.tally)


async def test_no_fault_leaves_an_account_in_doubt(tmp_path: Path, shared_rasa: SharedRasa) -> None:
    results = await hold(tmp_path, shared_rasa, range(EACH * len(KINDS)))
    assert results["examples"] == []
    assert results["violations"] == {}
    assert results["longest_silence_seconds"] <= 2.5  # type: ignore[operator]  # it is a number
    assert results["outcomes"].keys() == set(KINDS)  # type: ignore[attr-defined]  # it is a dictionary


@pytest.mark.parametrize("says", ["unknown", "void"])
async def test_a_disk_that_stands_still_in_the_commit_is_told_as_what_it_is(
    tmp_path: Path, shared_rasa: SharedRasa, says: str
) -> None:
    """The password comes into force after the store has given up the activation, and the question whether it was done,
    too. Any other words would be seen."""
    words = read_prompts(DOMAIN)[0]
    plan = Trial(0, STANDS_STILL, "played", "activate", clip=1, seconds=0.0, share=0.0)
    async with opened(tmp_path, shared_rasa) as house:
        (tmp_path / "run.log").touch()
        campaign = Campaign(house, 1, replace(words, unknown=getattr(words, says)), tmp_path / "run.log")
        await campaign.attempt(plan)
    assert campaign.tally.outcomes == {STANDS_STILL: {"error": 1}}
    seen = {} if says == "unknown" else {"heard, and left in doubt": 1}
    assert campaign.tally.violations == seen


async def test_a_password_in_force_that_nobody_heard_would_be_seen(
    tmp_path: Path, shared_rasa: SharedRasa, monkeypatch: pytest.MonkeyPatch
) -> None:
    """As a dialogue would bring about that takes every hang-up for a reading that was heard."""

    def careless(house: House) -> None:
        discard = type(house.accounts).discard

        def activate(accounts: object, call_id: str) -> bool:
            house.accounts.activate(call_id)
            return discard(house.accounts, call_id)

        monkeypatch.setattr(type(house.accounts), "discard", activate)

    n = KINDS.index("hung up in a reading")
    results = await hold(tmp_path, shared_rasa, range(n, n + 1), careless)
    assert results["violations"] == {"unheard password in force": 1}


def test_a_trial_is_derived_from_seed_and_number() -> None:
    plans = [trial(7, n) for n in range(400)]
    assert plans == [trial(7, n) for n in range(400)]
    assert plans != [trial(8, n) for n in range(400)]


def test_every_fault_meets_every_step() -> None:
    plans = [trial(1, n) for n in range(12 * len(KINDS))]
    assert Counter(plan.kind for plan in plans) == dict.fromkeys(KINDS, 12)
    for kind in KINDS:
        assert {plan.turn for plan in plans if plan.kind == kind} == set(TURNS)
        assert {plan.operation for plan in plans if plan.kind == kind} == set(OPERATIONS)


def test_what_was_heard_is_known_to_the_sample() -> None:
    digit = DIGIT_MS * RATE // 1000
    prompt, quiet = np.full(800, PROMPT_LEVEL, np.int16), np.zeros(100, np.int16)
    row = [part for d in (1, 2, 2, 4, 5, 6, 7, 0) for part in (np.full(digit, FIRST_LEVEL + STEP * d, np.int16), quiet)]
    reading = np.concatenate([prompt, *row[:-1]])
    assert heard_whole(np.concatenate([reading, prompt, reading]), RATE) == ["12245670"] * 2
    assert heard_whole(np.concatenate([reading, reading[:-1]]), RATE) == ["12245670"]
    assert heard_whole(reading[:-1], RATE) == []


def test_readings_over_the_wire_are_told_apart_by_their_distance() -> None:
    clips = [bytes([digit + 1]) * 1600 for digit in range(10)]
    row = b"".join(clips[int(digit)] + bytes(4480) for digit in "12245670")
    assert readings(row + bytes(16000) + row, clips) == ["12245670", "12245670"]
    assert readings(row + bytes(16000) + row[:-4481], clips) == ["12245670", "1224567"]


def test_the_table_in_the_docs_is_that_of_the_committed_results() -> None:
    results = json.loads((PACKAGES / "proof" / "results.json").read_text("utf-8"))
    docs = (PACKAGES / "docs" / "proof.md").read_text("utf-8")
    assert table(results) in docs
    assert f"{results['calls']:,} calls" in docs


def test_the_summary_in_the_docs_is_that_of_the_committed_results() -> None:
    results, sockets = (
        json.loads((PACKAGES / "proof" / f"{run}.json").read_text("utf-8")) for run in ("results", "sockets")
    )
    docs = (PACKAGES / "docs" / "security.md").read_text("utf-8")
    assert f"In {results['calls']:,} calls through the whole bot, and in {sockets['calls']:,} over real sockets" in docs
    assert not any([*results["violations"].values(), *sockets["violations"].values()])
    assert max(results["longest_silence_seconds"], sockets["longest_silence_seconds"]) <= 2.5


def test_a_secret_is_found_however_it_is_written(tmp_path: Path) -> None:
    for text in (
        "x 0912000001 y",
        "+84912000001",
        "0 9 1 2 0 0 0 0 0 1",
        "không chín một hai không không không không không một",
    ):
        assert canary.found_in(text, ["0912000001"]) == 1
    assert canary.found_in("0912000002", ["0912000001"]) == 0
    (tmp_path / "binary").write_bytes(b"\x00\xff84912000001\x00")
    (tmp_path / "digest").write_bytes(b"ab0912000001cd")
    assert canary.found_in_files(tmp_path, {"0912000001"}) == ["binary"]


def test_no_two_citizens_have_a_number_in_common() -> None:
    people = [citizen(n) for n in range(50_000)]
    assert len({person.phone for person in people}) == len({person.number for person in people}) == len(people)


def test_results_of_a_run_in_two_parts_are_those_of_one() -> None:
    part = {
        **{"seed": 1, "first": 0, "last": 9, "calls": 20, "faulted": 10, "undisturbed": 10, "seconds": 4.0},
        **{"log_bytes": 5, "calls_per_second": 5.0, "violations": {"stuck": 1}, "examples": ["stuck: n=3"]},
        **{"outcomes": {"none": {"reset": 10}}, "longest_silence_seconds": 2.0, "commit": "a"},
    }
    later = {**part, "first": 10, "last": 19, "outcomes": {"none": {"reset": 9, "error": 1}}, "commit": "b"}
    both = together(part, later)
    assert (both["calls"], both["violations"]) == (40, {"stuck": 2})
    assert [(run["first"], run["last"], run["commit"]) for run in both["runs"]] == [(0, 9, "a"), (10, 19, "b")]
    assert (last_of(both, 1), last_of(both, 2)) == (19, -1)
    assert together(both, {**part, "seed": 2})["calls"] == 60
    further = together(both, {**part, "first": 20, "last": 29, "commit": "b"})
    assert [(run["first"], run["last"], run["commit"]) for run in further["runs"]] == [(0, 9, "a"), (10, 29, "b")]
    assert both["outcomes"] == {"none": {"reset": 19, "error": 1}}
    assert "| none | 19 | 1 |" in table(both)
    assert "| stuck | 2 |" in table(both)
