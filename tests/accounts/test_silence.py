"""A database that falls silent: every answer within three seconds, nothing left behind, and the next call works."""

import os
import sqlite3
import subprocess
import time
from collections.abc import Iterator
from pathlib import Path

import pytest
from account_tools import Clock, Open, on_sqlite
from postgres import Line
from sqlalchemy import create_engine, text
from sqlalchemy.engine import make_url

from bot.accounts import Accounts, AccountsUnavailable
from bot.accounts.database import CONNECTIONS, PATIENCE, driven
from bot.accounts.demo import DEMO

(PHONE, NUMBER), (OTHER_PHONE, OTHER_NUMBER), *OTHERS = DEMO
on_postgresql = pytest.mark.parametrize("url", ["postgresql"], indirect=True)

AT_MOST = 3.0
"""Seconds."""


def takes_at_most(seconds: float, accounts: Accounts, call_id: str, *pair: str) -> bool:
    """Whether a password is given, and not later than this."""
    began = time.monotonic()
    try:
        return accounts.begin_reset(call_id, *pair) is not None
    except AccountsUnavailable:
        return False
    finally:
        assert time.monotonic() - began < seconds


@pytest.fixture
def line(url: str) -> Iterator[Line]:
    port = make_url(url).port
    assert port
    line = Line(port)
    yield line
    line.close()


@pytest.fixture
def far(accounts: Accounts, open_store: Open, url: str, line: Line) -> Accounts:
    """The store with the demo accounts, over a line."""
    return open_store(make_url(url).set(host="127.0.0.1", port=line.port).render_as_string(hide_password=False))


@on_postgresql
def test_connections_that_died_cost_a_moment_and_no_reset(far: Accounts, line: Line) -> None:
    for i, pair in enumerate(DEMO[:3]):
        assert takes_at_most(AT_MOST, far, f"before {i}", *pair)
    line.fall_silent()
    line.speak_again()
    assert takes_at_most(AT_MOST, far, "after", *DEMO[3])
    assert takes_at_most(1.0, far, "later", *DEMO[4])


@on_postgresql
def test_a_server_that_is_silent_is_given_up_in_time_and_used_again_when_it_speaks(far: Accounts, line: Line) -> None:
    assert takes_at_most(AT_MOST, far, "before", PHONE, NUMBER)
    line.fall_silent()
    for i in range(2):
        assert not takes_at_most(AT_MOST, far, f"silence {i}", OTHER_PHONE, OTHER_NUMBER)
    with pytest.raises(AccountsUnavailable, match="does not answer in time"):
        far.check()
    line.speak_again()
    assert takes_at_most(1.0, far, "after", OTHER_PHONE, OTHER_NUMBER)


@on_postgresql
def test_a_connection_that_dies_inside_a_transaction_holds_nobody_up(
    accounts: Accounts, far: Accounts, line: Line
) -> None:
    """It holds the lock that writers take turns by; PostgreSQL lets it go after three seconds."""
    assert far.check() == 0
    with pytest.raises(AccountsUnavailable), far._database.writing() as connection:  # noqa: PT012  # the line falls silent inside the transaction
        line.fall_silent()
        connection.exec_driver_sql("SELECT 1")
    line.speak_again()
    for i in range(4):
        if takes_at_most(AT_MOST, accounts, f"waits {i}", PHONE, NUMBER):
            return
    raise AssertionError("still locked")


@on_postgresql
def test_a_lock_is_waited_for_no_longer_than_a_caller_bears(accounts: Accounts, url: str) -> None:
    engine = create_engine(driven(make_url(url)))
    with engine.begin() as other:
        other.execute(text("SELECT id FROM keys FOR UPDATE"))
        assert not takes_at_most(AT_MOST, accounts, "waits", PHONE, NUMBER)
        with pytest.raises(AccountsUnavailable, match="locked by another program"):
            accounts.check()
    engine.dispose()
    assert takes_at_most(1.0, accounts, "after", PHONE, NUMBER)


@on_sqlite
def test_so_it_is_with_a_file(store_file: Path, accounts: Accounts) -> None:
    other = sqlite3.connect(store_file, isolation_level=None)
    other.execute("BEGIN IMMEDIATE")
    assert not takes_at_most(AT_MOST, accounts, "waits", PHONE, NUMBER)
    other.execute("ROLLBACK")
    other.close()
    assert takes_at_most(1.0, accounts, "after", PHONE, NUMBER)


def test_no_connection_is_waited_for_longer_than_that(accounts: Accounts) -> None:
    taken = [accounts._database._engine.connect() for _ in range(CONNECTIONS)]
    assert not takes_at_most(PATIENCE + 1, accounts, "waits", PHONE, NUMBER)
    assert takes_at_most(1.0, accounts, "after", PHONE, NUMBER), "what is stuck is left to itself"
    for each in taken:
        each.close()


# ── a file system that is read-only, or full, for a while ─────────────────────────────────────────


@pytest.fixture
def disk(tmp_path: Path) -> Iterator[Path]:
    """A file system of the test's own."""
    folder = tmp_path / "disk"
    folder.mkdir()
    mount = ["mount", "-t", "tmpfs", "-o", "size=2m", "tmpfs", str(folder)]
    if os.geteuid() != 0 or subprocess.run(mount, check=False, capture_output=True).returncode:
        pytest.skip("needs root, to mount a file system")
    yield folder
    subprocess.run(["umount", "--lazy", str(folder)], check=True)


@pytest.fixture
def on_disk(disk: Path, open_store: Open) -> str:
    """The URL of a store on it, which nobody has open."""
    url = f"sqlite:///{disk}/accounts.sqlite"
    made = open_store(url)
    made.init()
    made.import_rows(DEMO)
    made.close()
    return url


@on_sqlite
def test_a_connection_from_a_read_only_moment_is_not_kept(disk: Path, on_disk: str, open_store: Open) -> None:
    subprocess.run(["mount", "-o", "remount,ro", str(disk)], check=True)
    accounts = open_store(on_disk)
    for use in (accounts.check, lambda: accounts.begin_reset("read-only", PHONE, NUMBER)):
        with pytest.raises(AccountsUnavailable, match=r"cannot be|read-only"):
            use()
    subprocess.run(["mount", "-o", "remount,rw", str(disk)], check=True)
    assert accounts.begin_reset("after", PHONE, NUMBER)
    assert accounts.check() == 0


@on_sqlite
def test_a_full_disk_is_found_out_before_a_caller_does(
    disk: Path, on_disk: str, open_store: Open, clock: Clock
) -> None:
    accounts = open_store(on_disk)
    assert accounts.check() == 0
    rest = os.statvfs(disk)
    (disk / "fill").write_bytes(b"x" * rest.f_bavail * rest.f_bsize)
    with pytest.raises(AccountsUnavailable, match="the disk is full"):  # noqa: PT012  # which of the checks raises is open
        for _ in range(20):  # the log has some room of its own
            clock.advance(seconds=2)
            accounts.check()
    (disk / "fill").unlink()
    assert accounts.begin_reset("after", PHONE, NUMBER)
