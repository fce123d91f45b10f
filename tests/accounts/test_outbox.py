"""Owners are told of a reset: never twice at once, never not at all, and never instead of the reset."""

import logging
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest
from account_tools import Clock, Open, on_sqlite

from bot.accounts import Accounts
from bot.accounts.demo import DEMO
from bot.accounts.outbox import AT_ONCE, GIVE_UP, ResetNotice

(PHONE, NUMBER), (OTHER_PHONE, OTHER_NUMBER), *_ = DEMO


@pytest.fixture
def telling(accounts: Accounts, open_store: Open) -> Accounts:
    """A store whose owners are told of resets."""
    return open_store(notify=True)


def reset(accounts: Accounts, call: str = "1764.7", phone: str = PHONE, number: str = NUMBER) -> None:
    assert accounts.begin_reset(call, phone, number)
    assert accounts.activate(call)


def events(accounts: Accounts) -> list[str]:
    return [record.event for record in accounts.audit._records()][2:]


def contacts(accounts: Accounts) -> int:
    with accounts._database.reading() as connection:
        query = "SELECT count(*) FROM resets WHERE contact IS NOT NULL"
        return int(connection.exec_driver_sql(query).scalar())


def test_a_reset_is_told_to_its_phone(telling: Accounts, clock: Clock) -> None:
    reset(telling)
    (notice,) = telling.outbox.claim()
    assert notice == ResetNotice(notice.id, "+84912345678", clock.now, "1764.7")
    assert "912345678" not in repr(notice)
    telling.outbox.delivered(notice)
    telling.outbox.delivered(notice)
    assert (telling.outbox.claim(), telling.outbox.waiting()) == ([], 0)
    assert events(telling) == ["granted", "activated", "notified"]
    assert [record.event for record in telling.audit.of_phone(PHONE)] == ["granted", "activated", "notified"]


def test_only_what_came_into_force_is_told(telling: Accounts, clock: Clock) -> None:
    telling.begin_reset("refused", PHONE, OTHER_NUMBER)
    telling.begin_reset("withheld", None, NUMBER)
    telling.begin_reset("pending", PHONE, NUMBER)
    assert contacts(telling) == 1
    telling.discard("pending")
    telling.begin_reset("late", OTHER_PHONE, OTHER_NUMBER)
    clock.advance(minutes=11)
    telling.check()
    assert (telling.outbox.claim(), telling.outbox.waiting(), contacts(telling)) == ([], 0, 0)


def test_where_nobody_is_to_be_told_no_number_is_kept(accounts: Accounts) -> None:
    accounts.begin_reset("1764.7", PHONE, NUMBER)
    assert contacts(accounts) == 0
    assert accounts.activate("1764.7")
    assert accounts.outbox.waiting() == 0


def test_the_waits_between_tries_grow_to_an_hour(telling: Accounts, clock: Clock) -> None:
    reset(telling)
    for seconds in (30, 60, 120, 240, 480, 960, 1920, 3600, 3600):
        assert len(telling.outbox.claim()) == 1
        clock.advance(seconds=seconds - 1)
        assert telling.outbox.claim() == []
        clock.advance(seconds=1)


def test_after_three_days_it_is_given_up(telling: Accounts, clock: Clock, caplog: pytest.LogCaptureFixture) -> None:
    reset(telling)
    clock.advance(seconds=GIVE_UP.total_seconds())
    assert len(telling.outbox.claim()) == 1
    clock.advance(hours=1)
    assert (telling.outbox.claim(), telling.outbox.waiting()) == ([], 0)
    assert events(telling)[-1] == "notice_lost"
    assert [record.levelno for record in caplog.records] == [logging.ERROR]


def test_of_several_senders_one_has_it(telling: Accounts, open_store: Open) -> None:
    stores = [telling, open_store(), open_store()]
    accounts = DEMO[:5]
    for i, (phone, number) in enumerate(accounts):
        reset(telling, f"call {i}", phone, number)
    with ThreadPoolExecutor(8) as pool:
        claimed = list(pool.map(lambda i: stores[i % 3].outbox.claim(), range(12)))
    assert sorted(notice.call for each in claimed for notice in each) == [f"call {i}" for i in range(5)]


def test_a_sender_that_dies_loses_nothing(telling: Accounts, open_store: Open, clock: Clock) -> None:
    reset(telling)
    assert len(telling.outbox.claim()) == 1
    clock.advance(seconds=30)
    assert len(open_store().outbox.claim()) == 1


def test_a_few_are_sent_at_once(telling: Accounts) -> None:
    for i in range(6):
        reset(telling, f"a {i}")
        reset(telling, f"b {i}", OTHER_PHONE, OTHER_NUMBER)
    found = [len(telling.outbox.claim()) for _ in range(3)]
    assert found == [AT_ONCE, 12 - AT_ONCE, 0]


def test_a_notice_and_its_reset_are_there_both_or_neither(telling: Accounts, monkeypatch: pytest.MonkeyPatch) -> None:
    password = telling.begin_reset("call", PHONE, NUMBER)

    def fail(*_: object) -> None:
        raise OSError

    with monkeypatch.context() as broken:
        broken.setattr("bot.accounts.outbox.put", fail)
        with pytest.raises(OSError):  # noqa: PT011  # the test's own
            telling.activate("call")
    assert not telling.verify(PHONE, password or "")
    assert telling.activate("call")
    assert telling.verify(PHONE, password or "")
    assert telling.outbox.waiting() == 1


@on_sqlite
def test_no_number_can_be_read_in_the_file(telling: Accounts, store_file: Path) -> None:
    reset(telling)
    telling.begin_reset("pending", OTHER_PHONE, OTHER_NUMBER)
    stored = b"".join(path.read_bytes() for path in store_file.parent.iterdir() if path.is_file())
    assert not any(phone[1:].encode() in stored for phone, _ in DEMO)
