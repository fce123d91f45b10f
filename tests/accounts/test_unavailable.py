"""A store that cannot be used: one line that says what to do, nothing half done."""

import shutil
import sqlite3
from pathlib import Path

import pytest
from account_tools import CHEAP, KEY, Open, on_sqlite
from cryptography.fernet import Fernet

from bot.accounts import Accounts, AccountsUnavailable, store
from bot.accounts.demo import DEMO
from bot.errors import VoicebotError

(PHONE, NUMBER), *_ = DEMO


def refused(accounts: Accounts, words: str) -> None:
    """Every method says so, in one line without secrets."""
    for use in (
        lambda: accounts.begin_reset("call", PHONE, NUMBER),
        lambda: accounts.activate("call"),
        lambda: accounts.discard("call"),
        lambda: accounts.add("0966123123", "1212121212"),
        lambda: accounts.unlock(PHONE),
    ):
        with pytest.raises(AccountsUnavailable, match=words) as caught:
            use()
        message = str(caught.value)
        assert "\n" not in message
        assert not any(secret in message for secret in (PHONE, PHONE[1:], NUMBER, "1212121212", "INSERT", "SELECT"))
        assert caught.value.__context__ is None or caught.value.__suppress_context__


def test_a_store_that_was_never_made_is_not_made_by_a_call(tmp_path: Path, open_store: Open) -> None:
    refused(open_store(f"sqlite:///{tmp_path}/none/accounts.sqlite"), "run `voicebot accounts init`")
    assert list(tmp_path.iterdir()) == []


def test_a_database_without_tables(tmp_path: Path, open_store: Open) -> None:
    (tmp_path / "empty.sqlite").touch()
    refused(open_store(f"sqlite:///{tmp_path}/empty.sqlite"), "run `voicebot accounts init`")


@on_sqlite
def test_a_read_only_store(store_file: Path, open_store: Open) -> None:
    read_only = open_store(f"sqlite:///file:{store_file}?mode=ro&uri=true")
    assert read_only.show(PHONE).state == "new"
    for write in (
        lambda: read_only.begin_reset("call", PHONE, NUMBER),
        lambda: read_only.add("0966123123", "1212121212"),
    ):
        with pytest.raises(AccountsUnavailable, match="is read-only: make the file"):
            write()


@on_sqlite
def test_a_locked_store_and_that_nothing_was_half_done(store_file: Path, open_store: Open, accounts: Accounts) -> None:
    other = sqlite3.connect(store_file, isolation_level=None)
    other.execute("BEGIN IMMEDIATE")
    refused(open_store(f"sqlite:///{store_file}?timeout=0.01"), "locked by another program")
    other.execute("ROLLBACK")
    other.close()
    password = accounts.begin_reset("call", PHONE, NUMBER)
    assert password is not None
    assert accounts.activate("call")
    assert accounts.verify(PHONE, password)


@on_sqlite
def test_an_activation_that_breaks_off_leaves_the_old_password(store_file: Path, accounts: Accounts) -> None:
    old = accounts.begin_reset("first", PHONE, NUMBER)
    accounts.activate("first")
    new = accounts.begin_reset("second", PHONE, NUMBER)
    assert old
    assert new
    with sqlite3.connect(store_file) as other:
        other.execute("CREATE TRIGGER broken BEFORE UPDATE ON resets BEGIN SELECT RAISE(ABORT, 'broken'); END")
    with pytest.raises(AccountsUnavailable):
        accounts.activate("second")
    assert accounts.verify(PHONE, old)
    with sqlite3.connect(store_file) as other:
        other.execute("DROP TRIGGER broken")
    assert accounts.activate("second")
    assert accounts.verify(PHONE, new)


def test_a_file_that_is_no_database(tmp_path: Path, open_store: Open) -> None:
    (tmp_path / "text.sqlite").write_text("đây không phải cơ sở dữ liệu\n" * 100)
    broken = open_store(f"sqlite:///{tmp_path}/text.sqlite")
    refused(broken, "no SQLite database")
    with pytest.raises(AccountsUnavailable, match="no SQLite database"):
        broken.init()


@pytest.mark.parametrize(("free", "words"), [(4096, "the disk is full: make room"), (2**30, "look at its disk")])
@on_sqlite
def test_a_full_disk_is_told_as_such_whatever_sqlite_calls_it(
    free: int, words: str, accounts: Accounts, open_store: Open, monkeypatch: pytest.MonkeyPatch
) -> None:
    """On a full tmpfs its shared memory cannot grow, and SQLite tells of an I/O error only."""

    def failing(*_: object) -> None:
        raise sqlite3.OperationalError("disk I/O error")

    used = shutil.disk_usage("/")._replace(free=free)
    monkeypatch.setattr(shutil, "disk_usage", lambda _: used)
    monkeypatch.setattr("bot.accounts.database._prepare_sqlite", failing)
    refused(open_store(), words)


def test_a_folder_in_place_of_the_file(tmp_path: Path, open_store: Open) -> None:
    refused(open_store(f"sqlite:///{tmp_path}"), "cannot be opened")


def test_a_store_that_cannot_be_made(tmp_path: Path, open_store: Open) -> None:
    (tmp_path / "file").touch()
    with pytest.raises(AccountsUnavailable, match="cannot make the account store"):
        open_store(f"sqlite:///{tmp_path}/file/accounts.sqlite").init()


def test_a_database_server_that_does_not_answer(open_store: Open) -> None:
    unreachable = open_store("postgresql://clerk:geheim@127.0.0.1:1/accounts")
    advice = r"start it, or correct database_url in voicebot\.toml or VOICEBOT_DATABASE_URL"
    refused(unreachable, f"postgresql://127.0.0.1/accounts cannot be used .*{advice}")
    with pytest.raises(AccountsUnavailable) as caught:
        unreachable.init()
    assert "geheim" not in str(caught.value)


@pytest.mark.parametrize(
    "url", ["", "accounts.sqlite", "nosuch://host/db", "sqlite+nosuch:///x", "sqlite://", "sqlite:///:memory:"]
)
def test_a_url_that_is_none(url: str) -> None:
    with pytest.raises(VoicebotError, match="VOICEBOT_DATABASE_URL"):
        Accounts(url, max_failures=3, lock_seconds=60, key=KEY, hasher=CHEAP)


# ── versions and keys ─────────────────────────────────────────────────────────────────────────────


def test_a_store_made_with_another_key_is_not_searched_in_vain(accounts: Accounts, open_store: Open, url: str) -> None:
    stranger = open_store(key=Fernet.generate_key())
    refused(stranger, "made with another key")
    with pytest.raises(AccountsUnavailable, match="made with another key"):
        stranger.init()
    assert accounts.begin_reset("call", PHONE, NUMBER)


@pytest.mark.parametrize("key", [b"short", b"!" * 44])
def test_a_key_that_is_none(key: bytes, open_store: Open) -> None:
    with pytest.raises(VoicebotError, match="key of the account store"):
        open_store(key=key)


def test_without_a_key_given_its_file_is_used(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(store, "ACCOUNTS_KEY", tmp_path / "accounts.key")
    url = f"sqlite:///{tmp_path}/accounts.sqlite"
    made, again = (Accounts(url, max_failures=3, lock_seconds=60, hasher=CHEAP) for _ in range(2))
    made.init()
    assert made.add(*DEMO[0])
    assert again.begin_reset("call", *DEMO[0])
    made.close()
    again.close()


@on_sqlite
def test_a_store_of_another_version(store_file: Path, open_store: Open) -> None:
    with sqlite3.connect(store_file) as other:
        other.execute("UPDATE alembic_version SET version_num = 'future'")
    newer = open_store()
    refused(newer, "another version")
    with pytest.raises(AccountsUnavailable, match="newer version of this program"):
        newer.init()
