"""Records of calls in the store, on SQLite and PostgreSQL."""

from __future__ import annotations

import dataclasses
from datetime import datetime, timedelta

import pytest
from account_tools import Clock
from sqlalchemy import select

from bot.accounts import Accounts
from bot.accounts.schema import call_hours, calls
from bot.operations.calls import Calls, Wanted
from bot.operations.record import CallRecord

PHONE, OTHER = "0912345678", "0987654321"
BEGAN = 1_772_352_000.0  # 2026-03-01, 8:00 UTC: as the clock of the tests
EVER = Wanted(datetime(2020, 1, 1), datetime(2030, 1, 1))
RESET = CallRecord(
    id=f"{1:032x}", exchange="1764.1", started=BEGAN, seconds=62.5, outcome="reset",
    number_given=20.0, confirmed=25.5, matched=26.0, heard=40.0, retries=1, voice_digits=10,
    latencies=(300, 500, 700), events=({"at": 0.0, "who": "bot", "text": "xin chào"},),
)  # fmt: skip


def record(number: int, outcome: str = "hung_up", after: float = 0.0, **fields: object) -> CallRecord:
    given = {"exchange": "", "seconds": 10.0, **fields}
    return CallRecord(id=f"{number:032x}", started=BEGAN + after, outcome=outcome, **given)  # type: ignore[arg-type]  # each value has its field's type


@pytest.fixture
def kept(accounts: Accounts) -> Calls:
    return Calls(accounts.backing, timedelta(days=30))


def test_a_record_is_found_again_with_what_was_said_and_without_the_phone(kept: Calls) -> None:
    assert kept.keep(RESET, PHONE)
    (listed,) = kept.find(EVER)
    assert listed["outcome"] == "reset"
    assert (listed["started"], listed["seconds"], listed["heard"]) == (BEGAN, 62.5, 40.0)
    assert (listed["turns"], listed["latency_p50"], listed["latency_p95"]) == (3, 500, 700)
    assert "events" not in listed
    found = kept.one(RESET.id)
    assert found
    assert found["events"] == [{"at": 0.0, "who": "bot", "text": "xin chào"}]
    assert "phone" not in found
    assert kept.one("f" * 32) is None


def test_the_phone_is_kept_as_its_pseudonym_alone(kept: Calls, accounts: Accounts) -> None:
    kept.keep(RESET, PHONE)
    with accounts.backing.database.reading() as connection:
        row = connection.execute(select(calls)).one()
    assert row.phone == accounts.audit.pseudonym(PHONE)
    assert not any(PHONE.removeprefix("0") in str(value) for value in row)


def test_a_record_that_comes_twice_is_written_and_counted_once(kept: Calls, accounts: Accounts) -> None:
    assert kept.keep(RESET, PHONE)
    assert not kept.keep(RESET, PHONE)
    assert len(kept.find(EVER)) == 1
    with accounts.backing.database.reading() as connection:
        assert connection.execute(select(call_hours.c.calls)).scalars().all() == [1]


def test_calls_are_found_by_time_outcome_phone_and_the_exchanges_name_newest_first(kept: Calls) -> None:
    kept.keep(RESET, PHONE)
    kept.keep(record(2, "refused", 60), PHONE)
    kept.keep(record(3, "refused", 120), OTHER)
    kept.keep(record(4, "error", 180), None)

    def ids(**wanted: object) -> list[int]:
        return [int(call["id"], 16) for call in kept.find(dataclasses.replace(EVER, **wanted))]  # type: ignore[arg-type]  # each value has its field's type

    assert ids() == [4, 3, 2, 1]
    assert ids(outcome="refused") == [3, 2]
    assert ids(phone=kept.pseudonym("+84912345678")) == [2, 1]
    assert ids(phone=kept.pseudonym(PHONE), outcome="refused") == [2]
    assert ids(exchange="1764.1") == [1]
    assert ids(since=datetime(2026, 3, 1, 8, 1), until=datetime(2026, 3, 1, 8, 3)) == [3, 2]


def test_pages_follow_each_other_also_where_calls_began_at_the_same_moment(kept: Calls) -> None:
    for number in range(1, 8):
        kept.keep(record(number, after=number // 4), None)
    seen: list[int] = []
    after = None
    while page := kept.find(EVER, after, limit=2):
        seen += [int(call["id"], 16) for call in page]
        last = page[-1]
        after = (datetime(2026, 3, 1, 8) + timedelta(seconds=last["started"] - BEGAN), last["id"])
    assert seen == [7, 6, 5, 4, 3, 2, 1]


def test_old_calls_are_forgotten_and_the_figures_of_their_hours_stay(kept: Calls, clock: Clock) -> None:
    kept.keep(RESET, PHONE)
    assert kept.tend() == 0
    clock.advance(days=31)
    assert kept.tend() == 1
    assert kept.find(EVER) == []
    hour = int(BEGAN // 3600)
    assert kept.overview(hour, hour + 1, "hour")["total"]["calls"] == 1


def test_where_calls_are_kept_for_ever_none_is_forgotten(accounts: Accounts, clock: Clock) -> None:
    kept = Calls(accounts.backing, None)
    kept.keep(RESET, PHONE)
    clock.advance(days=10_000)
    assert kept.tend() == 0
    assert len(kept.find(EVER)) == 1


def test_figures_of_some_hours(kept: Calls) -> None:
    kept.keep(RESET, PHONE)
    kept.keep(record(2, "refused", 60, seconds=37.5, number_given=9.0, confirmed=9.0, key_digits=10), PHONE)
    kept.keep(record(3, "reset", 3600, seconds=100.0, voice_digits=4, key_digits=6, heard=50.0), PHONE)
    kept.keep(record(4, "error", 24 * 3600), PHONE)
    hour = int(BEGAN // 3600)
    found = kept.overview(hour, hour + 24, "hour")
    total = found["total"]
    assert [total[name] for name in ("calls", "reset", "refused", "error")] == [3, 2, 1, 0]
    assert [total[name] for name in ("number_given", "confirmed", "matched", "heard")] == [2, 2, 1, 2]
    assert [total[name] for name in ("by_voice", "by_keys", "by_both", "retries", "turns")] == [1, 1, 1, 1, 3]
    assert (total["seconds_a_password"], total["all_seconds_a_password"]) == (81.2, 100.0)
    assert total["latency_p50"] == pytest.approx(500, rel=0.125)
    assert [(each["at"], each["calls"]) for each in found["series"]] == [(BEGAN, 2), (BEGAN + 3600, 1)]
    assert not any(name.startswith("latency_0") for name in total)


def test_days_and_hours_of_the_day_are_vietnams(kept: Calls) -> None:
    kept.keep(record(1, after=8 * 3600), None)  # 16:00 UTC: 23:00 in Vietnam
    kept.keep(record(2, after=9 * 3600), None)  # 17:00 UTC: the next day there
    hour = int(BEGAN // 3600)
    found = kept.overview(hour, hour + 48, "day")
    midnight = BEGAN + 9 * 3600
    assert [(each["at"], each["calls"]) for each in found["series"]] == [(midnight - 24 * 3600, 1), (midnight, 1)]
    assert [number for number, each in enumerate(found["hours"]) if each["calls"]] == [0, 23]


def test_where_there_were_no_calls_there_are_no_figures(kept: Calls) -> None:
    found = kept.overview(0, 10, "day")
    assert found["total"]["calls"] == 0
    assert found["total"]["seconds_a_password"] is None
    assert found["series"] == []
    assert len(found["hours"]) == 24
