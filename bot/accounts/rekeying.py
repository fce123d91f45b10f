"""Accounts come under a new key when somebody calls for them, and when the list of all accounts is imported again.

A pseudonym cannot be turned into another one: for that, the number itself must come by. So the key file holds the new
key and below it the old one, until every account came by; whoever reads the store knows both meanwhile, and no call
waits. The same statements run whether anything is there to be renamed.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from sqlalchemy import bindparam, update
from sqlalchemy.engine import Connection

from bot.accounts.schema import accounts, calls, resets


def rekey(
    connection: Connection, phones: Iterable[Sequence[str]] = (), insurance_numbers: Iterable[Sequence[str]] = ()
) -> None:
    """Write the newest pseudonym wherever a former one stands. Of each person the pseudonyms under all keys are given,
    the newest first; where there is one key, nothing is done."""
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
