"""What the account store, its audit trail and its notices have in common: the database, the key, the time."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from datetime import UTC, datetime
from pathlib import Path

from sqlalchemy import select, text

from bot.accounts.chain import Signer
from bot.accounts.database import AccountsUnavailable, Database
from bot.accounts.phones import NotAPhoneNumber, normalise
from bot.accounts.pseudonyms import Pseudonyms
from bot.accounts.schema import REVISION, keys
from bot.accounts.trail import Trail


class Backing:
    """A database, and the key of what is in it.

    keys   32 bytes each: the one that is written with, and those that are on their way out (rekeying.py)
    file   where the key belongs, for what is said where it is another one
    clock  the time now
    """

    def __init__(self, database: Database, keys: Sequence[bytes], file: Path, clock: Callable[[], datetime]) -> None:
        self.database = database
        self.pseudonyms = Pseudonyms(*keys)
        self.signers = [Signer(key) for key in keys]
        self.trail = Trail(self.signers[0])
        self._file, self._clock = file, clock
        self._checked = False

    def now(self) -> datetime:
        """As the store writes times: UTC, without a zone."""
        return self._clock().astimezone(UTC).replace(tzinfo=None)

    def caller(self, phone: str | None) -> Sequence[str]:
        """A calling number's pseudonyms, the newest first; none for what no account can have."""
        try:
            return self.pseudonyms.phones(normalise(phone or ""))
        except NotAPhoneNumber:
            return []

    def pseudonym(self, phone: str | None) -> str | None:
        """The newest of a calling number's pseudonyms; None for what no account can have."""
        return next(iter(self.caller(phone)), None)

    def check(self) -> None:
        """Once: is the store there, is it of this version and of this key? Raises AccountsUnavailable."""
        if self._checked:
            return
        name = self.database.name
        with self.database.reading() as connection:
            revision = connection.execute(text("SELECT version_num FROM alembic_version")).scalar()
            if revision != REVISION:
                raise AccountsUnavailable(
                    f"the account store {name} is of another version: run `voicebot accounts init`"
                )
            fingerprint = connection.execute(select(keys.c.fingerprint)).scalar()
        if fingerprint not in self.pseudonyms.fingerprints:
            raise AccountsUnavailable(
                f"the account store {name} was made with another key than {self._file}: "
                "put that key back, or import the accounts into a new store"
            )
        self._checked = True
