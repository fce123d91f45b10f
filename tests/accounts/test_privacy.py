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
        seen[statement.replace(" IS NULL", " = ?")] += 1

    event.listen(Engine, "before_cursor_execute", note)
    try:
        yield seen
    finally:
        event.remove(Engine, "before_cursor_execute", note)


def test_every_answer_takes_the_same_work(accounts: Accounts, monkeypatch: pytest.MonkeyPatch) -> None:
    hasher = CountingHasher()
    monkeypatch.setattr(accounts._passwords, "_hasher", hasher)
    accounts.begin_reset("warm", PHONE, NUMBER)
    for i in range(4):
        accounts.begin_reset(f"locks {i}", DEMO[2][0], "1111111111")
    work = {}
    for name, call_id, phone, number in (
        ("match", "1", PHONE, NUMBER),
        ("number of someone else", "2", PHONE, OTHER_NUMBER),
        ("unknown phone", "3", "0966123123", NUMBER),
        ("unknown number", "4", PHONE, "1212121212"),
        ("locked", "5", *DEMO[2]),
        ("second attempt", "1", PHONE, NUMBER),
    ):
        before = hasher.hashed
        with statements() as seen:
            granted = accounts.begin_reset(call_id, phone, number)
        assert (granted is not None) == (name == "match")
        work[name] = (hasher.hashed - before, seen)
    assert all(done == work["match"] for done in work.values()), work
    assert work["match"][0] == 1
