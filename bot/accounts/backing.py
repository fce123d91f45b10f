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

    keys   32 bytes each: first the one for writing, then former ones that are being replaced (rekeying.py)
    file   where the key belongs, for the message when it is the wrong key
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
        """The time as the store writes it: UTC, without a zone."""
        return self._clock().astimezone(UTC).replace(tzinfo=None)

    def caller(self, phone: str | None) -> Sequence[str]:
        """A calling number's pseudonyms, the newest first; empty for a number that no account can have."""
        try:
            return self.pseudonyms.phones(normalise(phone or ""))
        except NotAPhoneNumber:
            return []

    def pseudonym(self, phone: str | None) -> str | None:
        """The newest of a calling number's pseudonyms; None for a number that no account can have."""
        return next(iter(self.caller(phone)), None)

    def check(self) -> None:
        """On the first call only: is the store there, and does it have this version and key? Raises
        AccountsUnavailable."""
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
