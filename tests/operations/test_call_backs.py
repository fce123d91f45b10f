"""Call backs are counted in the account store: for all gateways, and beyond a restart."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from bot.accounts import Accounts
from bot.operations.call_backs import CallBackCounts
from tests.operations.desk_tools import KEY, PHONE, opened, served

OTHER, THIRD = "0987654321", "0363333333"


class House:
    """A store whose clock is set, and two gateways' ways to it."""

    def __init__(self, path: Path) -> None:
        self.now = datetime(2026, 3, 1, 8, tzinfo=UTC)
        self.stores = [
            Accounts(f"sqlite:///{path}", max_failures=3, lock_seconds=3600, key=KEY, clock=lambda: self.now)
            for _ in range(2)
        ]
        self.stores[0].init()
        self.counts = [CallBackCounts(store.backing) for store in self.stores]

    def take(self, phone: str, gateway: int = 0) -> str:
        return self.counts[gateway].take(phone, 3, 5)


@pytest.fixture
def house(tmp_path: Path) -> Iterator[House]:
    house = House(tmp_path / "accounts.sqlite")
    yield house
    for store in house.stores:
        store.close()


def test_a_number_has_so_many_a_day_at_all_gateways_together(house: House) -> None:
    assert [house.take(PHONE, n % 2) for n in range(5)] == ["", "", "", "day", "day"]
    assert house.take(OTHER, 1) == ""
    house.now += timedelta(days=1, seconds=-1)
    assert house.take(PHONE, 1) == "day"
    house.now += timedelta(seconds=1)
    assert house.take(PHONE, 1) == ""


def test_it_is_one_number_however_it_is_written(house: House) -> None:
    assert [house.take(phone) for phone in (PHONE, f"+84{PHONE[1:]}", f"0084{PHONE[1:]}", PHONE)] == ["", "", "", "day"]


def test_all_numbers_have_so_many_an_hour(house: House) -> None:
    taken = [house.take(f"091234567{n}", n % 2) for n in range(7)]
    assert taken == ["", "", "", "", "", "hour", "hour"]
    house.now += timedelta(hours=1, seconds=-1)
    assert house.take(THIRD) == "hour"
    house.now += timedelta(seconds=1)
    assert house.take(THIRD) == ""


def test_what_is_refused_counts_for_nothing(house: House) -> None:
    for _ in range(20):
        house.take(PHONE)
    assert [house.take(OTHER), house.take(THIRD)] == ["", ""]


def test_they_are_forgotten_after_a_day_and_hold_no_number(house: House, tmp_path: Path) -> None:
    house.take(PHONE)
    house.stores[0].check()
    assert PHONE[1:].encode() not in (tmp_path / "accounts.sqlite").read_bytes()
    house.now += timedelta(days=1)
    house.take(OTHER)
    with house.stores[0]._database.reading() as connection:
        assert connection.exec_driver_sql("SELECT count(*) FROM call_backs").scalar() == 1


async def test_a_gateway_asks_and_a_restart_changes_nothing(tmp_path: Path) -> None:
    path = tmp_path / "accounts.sqlite"
    accounts = opened(path)
    accounts.init()
    for answer in ("", "day"):
        async with served(accounts) as client:
            assert await client.ask("call_back", phone=PHONE, a_day=1, an_hour=9) == {"refused": answer}
        accounts = opened(path)
    accounts.close()
