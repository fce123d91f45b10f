"""Every question of the operator's page about calls goes by an index, so a year of them costs no more than a day.

How long that takes with a year of calls: `make bench-operations`.
"""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest
from account_tools import Open
from sqlalchemy import event
from sqlalchemy.engine import Engine

from benchmarks.operations import fill, queries
from bot.accounts import Accounts
from bot.operations.calls import Calls

CALLS = 20_000

BY = {
    "the newest calls": {"calls_started"},
    "calls of a day half a year ago": {"calls_started"},
    "half way through all calls": {"calls_started"},
    "calls with a common outcome": {"calls_started", "calls_of_outcome"},
    "calls with a rare outcome": {"calls_of_outcome"},
    "calls of a day with a rare outcome": {"calls_started", "calls_of_outcome"},
    "calls of a phone": {"calls_of_phone"},
    "calls of a phone with an outcome": {"calls_of_phone"},
    "a call by the exchange's name": {"calls_of_exchange"},
    "one call with what was said": {"calls_pkey", "sqlite_autoindex_calls_1"},
    "a page of an export, 1,000 calls": {"calls_started"},
    "old calls are forgotten": {"calls_started"},
}
"""Which indexes will do, by the name of the question in the benchmark."""

FEW = ("a call by the exchange's name", "calls of a day with a rare outcome")
"""Sorted after they were found."""


@pytest.fixture
def filled(open_store: Open, url: str) -> Accounts:
    accounts = open_store()
    accounts.init()
    fill(accounts, "sqlite" if url.startswith("sqlite") else "postgresql", CALLS)
    return accounts


def plans_of(accounts: Accounts, ask: Callable[[], object], explain: str) -> list[str]:
    """How the database goes about each SELECT from the calls that a question makes."""
    asked: list[tuple[str, Any]] = []

    def note(_connection: object, _cursor: object, statement: str, values: Any, *_: object) -> None:
        if statement.startswith("SELECT") and "FROM calls " in statement.replace("\n", " ") + " ":
            asked.append((statement, values))

    event.listen(Engine, "before_cursor_execute", note)
    try:
        ask()
    finally:
        event.remove(Engine, "before_cursor_execute", note)
    with accounts.backing.database.reading() as connection:
        return [
            "\n".join(str(row[-1]) for row in connection.exec_driver_sql(f"{explain} {statement}", values))
            for statement, values in asked
        ]


def test_every_question_about_calls_goes_by_an_index(filled: Accounts, url: str) -> None:
    sqlite = url.startswith("sqlite")
    asked = queries(Calls(filled.backing, timedelta(days=1)), CALLS)
    asked["old calls are forgotten"] = Calls(filled.backing, timedelta(days=36_500)).tend
    for name, indexes in BY.items():
        plans = plans_of(filled, asked[name], "EXPLAIN QUERY PLAN" if sqlite else "EXPLAIN")
        assert plans, name
        for plan in plans:
            assert "Seq Scan on calls" not in plan, f"{name}\n{plan}"
            assert "SCAN calls" not in plan.replace("SCAN calls USING", ""), f"{name}\n{plan}"
            assert any(index in plan for index in indexes), f"{name}\n{plan}"
            sorts = "TEMP B-TREE" in plan or "Sort" in plan
            assert not sorts or name in FEW, f"{name}\n{plan}"


def test_no_question_of_the_benchmark_is_left_out() -> None:
    class NoCalls:
        def find(self, *_: object, **__: object) -> list[dict[str, str]]:
            return [{"id": "a" * 32}]

    figures = {name for name in queries(NoCalls(), CALLS) if name.startswith("figures")}  # type: ignore[arg-type]  # a stand-in without a store
    others = {"a record is written"}
    assert set(queries(NoCalls(), CALLS)) == {*BY, *figures, *others} - {"old calls are forgotten"}  # type: ignore[arg-type]  # the same stand-in
