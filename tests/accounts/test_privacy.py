"""What the store never tells: who is in it, and why somebody was refused."""

import logging
from collections import Counter
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import pytest
from account_tools import Open, on_sqlite
from argon2 import PasswordHasher
from sqlalchemy import event
from sqlalchemy.engine import Engine

from bot.accounts import Accounts
from bot.accounts.demo import DEMO

(PHONE, NUMBER), (OTHER_PHONE, OTHER_NUMBER), *_ = DEMO


def a_day_of_calls(accounts: Accounts) -> set[str]:
    """Calls of all kinds; everything in them that is secret."""
    heard = accounts.begin_reset("heard", PHONE, NUMBER)
    accounts.activate("heard")
    pending = accounts.begin_reset("pending", PHONE, NUMBER)
    dropped = accounts.begin_reset("dropped", OTHER_PHONE, OTHER_NUMBER)
    accounts.discard("dropped")
    for i in range(4):
        accounts.begin_reset(f"refused {i}", "0966123123", "4242424242")
    accounts.begin_reset("withheld", None, "3131313131")
    accounts.show(PHONE)
    accounts.verify(PHONE, "55667788")
    assert heard
    assert pending
    assert dropped
    numbers = {number for row in DEMO for number in row} | {"0966123123", "4242424242", "3131313131", "55667788"}
    return {heard, pending, dropped} | numbers | {number[1:] for number in numbers}


@on_sqlite
def test_no_number_and_no_password_is_readable_in_the_files(store_file: Path, accounts: Accounts) -> None:
    secrets = a_day_of_calls(accounts)
    stored = b"".join(path.read_bytes() for path in store_file.parent.iterdir() if path.is_file())
    assert b"$argon2id$" in stored
    assert [secret for secret in secrets if secret.encode() in stored] == []


def test_nor_in_the_logs_at_their_most_talkative(
    accounts: Accounts, open_store: Open, caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level(logging.DEBUG)
    logging.getLogger("sqlalchemy.engine").setLevel(logging.DEBUG)
    try:
        secrets = a_day_of_calls(open_store())
    finally:
        logging.getLogger("sqlalchemy.engine").setLevel(logging.NOTSET)
    assert "INSERT INTO resets" in caplog.text
    assert [secret for secret in secrets if secret in caplog.text] == []


def test_nor_when_an_object_is_printed(accounts: Accounts) -> None:
    secrets = a_day_of_calls(accounts)
    printed = repr(accounts) + repr(accounts.show(PHONE)) + repr(accounts.import_rows([("1", NUMBER), (PHONE, "2")]))
    assert [secret for secret in secrets if secret in printed] == []


def test_a_finished_reset_keeps_no_password(accounts: Accounts) -> None:
    for call_id, finish in (("heard", accounts.activate), ("dropped", accounts.discard)):
        accounts.begin_reset(call_id, PHONE, NUMBER)
        finish(call_id)
    with accounts._database.reading() as connection:
        assert connection.exec_driver_sql("SELECT count(*) FROM resets WHERE password IS NOT NULL").scalar() == 0


class CountingHasher(PasswordHasher):
    def __init__(self) -> None:
        super().__init__(time_cost=1, memory_cost=8, parallelism=1)
        self.hashed = 0

    def hash(self, *args: Any, **kwargs: Any) -> str:
        self.hashed += 1
        return super().hash(*args, **kwargs)


@contextmanager
def statements() -> Iterator[Counter[str]]:
    """The SQL that runs meanwhile, without its values."""
    seen: Counter[str] = Counter()

    def note(_connection: object, _cursor: object, statement: str, *_: object) -> None:
        seen[statement] += 1

    event.listen(Engine, "before_cursor_execute", note)
    try:
        yield seen
    finally:
        event.remove(Engine, "before_cursor_execute", note)


def test_every_answer_takes_the_same_work(
    accounts: Accounts, open_store: Open, monkeypatch: pytest.MonkeyPatch
) -> None:
    flooded = open_store(max_refusals=1)  # all callers together have guessed as much as they may
    hasher = CountingHasher()
    for store in (accounts, flooded):
        store.begin_reset(f"warm {id(store)}", PHONE, NUMBER)
        monkeypatch.setattr(store.passwords, "_hasher", hasher)
    for i in range(4):
        accounts.begin_reset(f"waits {i}", DEMO[2][0], f"111111111{i}")
    accounts.begin_reset("first", "0966123123", "2323232323")
    for i in range(6):
        accounts.begin_reset(f"served {i}", *DEMO[3])
        accounts.activate(f"served {i}")
    work = {}
    for name, store, call_id, phone, number in (
        ("match", accounts, "1", PHONE, NUMBER),
        ("number of someone else", accounts, "2", PHONE, OTHER_NUMBER),
        ("unknown phone", accounts, "3", "0966123123", NUMBER),
        ("unknown number", accounts, "4", PHONE, "1212121212"),
        ("the same pair again", accounts, "5", "0966123123", "2323232323"),
        ("withheld phone", accounts, "6", None, NUMBER),
        ("phone that waits", accounts, "7", *DEMO[2]),
        ("too many passwords", accounts, "8", *DEMO[3]),
        ("too many guesses of all callers", flooded, "9", *DEMO[4]),
    ):
        before = hasher.hashed
        with statements() as seen:
            granted = store.begin_reset(call_id, phone, number)
        assert (granted is not None) == (name == "match"), name
        work[name] = (hasher.hashed - before, seen)
    assert all(done == work["match"] for done in work.values()), work
    assert work["match"][0] == 1


def test_every_second_attempt_of_a_call_that_is_refused_takes_the_same_work(accounts: Accounts) -> None:
    assert accounts.begin_reset("granted", PHONE, NUMBER)
    assert accounts.begin_reset("heard", *DEMO[2])
    assert accounts.activate("heard")
    assert accounts.begin_reset("refused", "0966123123", NUMBER) is None
    work = {}
    for call_id, phone, number in (
        ("granted", PHONE, OTHER_NUMBER),
        ("granted", OTHER_PHONE, NUMBER),
        ("granted", PHONE, "1212121212"),
        ("granted", None, NUMBER),
        ("heard", *DEMO[2]),
        ("refused", PHONE, NUMBER),
        ("refused", "0966123123", NUMBER),
    ):
        with statements() as seen:
            assert accounts.begin_reset(call_id, phone, number) is None
        work[call_id, phone, number] = seen
    assert all(seen == work["heard", *DEMO[2]] for seen in work.values()), work
