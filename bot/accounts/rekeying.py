"""Moves accounts to a new key when their owners call, and when the list of all accounts is imported again.

A pseudonym cannot be converted: a new one is made from the number itself, when that is given. So the key file holds the
new key and below it the old one, until every account was moved. Meanwhile the store is searched with both, and no call
waits. The same statements run whether or not there is anything to rename.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from sqlalchemy import bindparam, update
from sqlalchemy.engine import Connection

from bot.accounts.schema import accounts, calls, resets


def rekey(
    connection: Connection, phones: Iterable[Sequence[str]] = (), insurance_numbers: Iterable[Sequence[str]] = ()
) -> None:
    """Write the newest pseudonym in place of a former one. The arguments are a person's pseudonyms under all keys, the
    newest first; where there is one key, nothing is done."""
    for column, tables, people in (
        ("phone", (accounts, resets, calls), phones),
        ("insurance_number", (accounts, resets), insurance_numbers),
    ):
        renames = [{"old": old, "new": new} for new, *former in people for old in former]
        if renames:
            for table in tables:
                connection.execute(
                    update(table).where(table.c[column] == bindparam("old")).values({column: bindparam("new")}), renames
                )
