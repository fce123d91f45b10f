"""What waits for the disk: all that brings a password into force. What a call only asks does not: if the machine loses
power it is as if the call had not asked, and the old password stays."""

import logging
import shutil
import sqlite3
from pathlib import Path

import pytest
from account_tools import Clock, on_sqlite
from sqlalchemy import event, select
from sqlalchemy.engine import Connection

from bot.accounts import Accounts
from bot.accounts.database import LOG_BYTES
from bot.accounts.demo import DEMO
from bot.accounts.schema import keys

(PHONE, NUMBER), *_ = DEMO


@pytest.fixture
def waited(accounts: Accounts) -> list[bool]:
    """Of each transaction: whether its commit waits for the disk."""
    waits: list[bool] = []

    def commit(connection: Connection) -> None:
        sqlite = connection.dialect.name == "sqlite"
        how = connection.exec_driver_sql("PRAGMA synchronous" if sqlite else "SHOW synchronous_commit").scalar()
        waits.append(how == (2 if sqlite else "on"))

    accounts.count()  # looks once which store it is
    event.listen(accounts._database._engine, "commit", commit)
    return waits


def test_who_asks_does_not_wait_and_who_heard_a_password_does(accounts: Accounts, waited: list[bool]) -> None:
    assert accounts.begin_reset("call", PHONE, NUMBER)
    assert waited == [False]
    assert accounts.activate("call")
    assert waited == [False, True]


def test_nor_does_a_refusal(accounts: Accounts, waited: list[bool]) -> None:
    assert accounts.begin_reset("call", PHONE, "1212121212") is None
    assert waited == [False]


def test_all_else_that_writes_waits(accounts: Accounts, waited: list[bool]) -> None:
    accounts.begin_reset("call", PHONE, NUMBER)
    waited.clear()
    accounts.discard("call")
    accounts.check()
    accounts.unlock(PHONE)
    accounts.add("0966123123", "4242424242")
    accounts.remove(PHONE)
    assert waited == [True] * 5


@on_sqlite
def test_the_log_is_copied_into_the_file_by_the_check_and_not_by_a_call(
    accounts: Accounts, store_file: Path, tmp_path: Path
) -> None:
    def asked_in_the_file() -> int:
        alone = tmp_path / "alone.sqlite"
        shutil.copy(store_file, alone)  # without the log beside it
        with sqlite3.connect(alone) as connection:
            return int(connection.execute("SELECT count(*) FROM resets").fetchone()[0])

    accounts.begin_reset("call", PHONE, NUMBER)
    accounts.check()
    assert asked_in_the_file() == 0, "a log that is small stays"
    accounts.import_rows([(f"09{n:08}", f"{n:010}") for n in range(70_000_000, 70_004_000)])
    assert asked_in_the_file() == 0
    assert LOG_BYTES < (tmp_path / "accounts.sqlite-wal").stat().st_size < 4 * LOG_BYTES
    accounts.check()
    assert asked_in_the_file() == 1


def test_a_checkpoint_that_is_handed_out_is_on_the_disk_with_all_before_it(
    accounts: Accounts, clock: Clock, waited: list[bool]
) -> None:
    """A trail that lost its end with its machine would contradict one that was kept elsewhere. So the transaction
    writes also where the end is signed already: nothing written is nothing waited for."""
    accounts.audit.checkpoint()
    clock.advance(seconds=1)
    waited.clear()
    accounts.audit.checkpoint()
    assert waited == [True]
    with accounts._database.reading() as connection:
        checked = connection.execute(select(keys.c.checked_at)).scalar()
    assert checked == clock.now.replace(tzinfo=None)


def test_an_hourly_checkpoint_is_told_when_it_is_on_the_disk(
    accounts: Accounts, clock: Clock, caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level(logging.INFO)
    accounts.count()
    clock.advance(days=1000)

    def dies(connection: Connection) -> None:
        raise KeyboardInterrupt

    event.listen(accounts._database._engine, "commit", dies)
    with pytest.raises(KeyboardInterrupt):
        accounts.check()
    assert "audit checkpoint" not in caplog.text
    event.remove(accounts._database._engine, "commit", dies)
    accounts.check()
    assert "audit checkpoint" in caplog.text
