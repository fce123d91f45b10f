"""Passwords: how they are drawn and how they are kept."""

from __future__ import annotations

import secrets

from argon2 import PasswordHasher
from argon2.exceptions import VerificationError

from bot.accounts.pseudonyms import Pseudonyms

DIGITS = 8
"""Of a password: 26.6 bits, over the 20 of OWASP ASVS 5.0, 6.5.4. Digits, since letters rhyme on the telephone."""

ARGON2ID = PasswordHasher(time_cost=2, memory_cost=19 * 1024, parallelism=1)
"""OWASP's first choice for argon2id (Password Storage Cheat Sheet): 19 MiB, two passes, one lane. RFC 9106's profiles
take 64 MiB and four lanes, 190 ms on two busy cores where this takes 23: a caller waits for it."""


def new_password() -> str:
    """Drawn evenly from all passwords by the system's source of randomness."""
    return f"{secrets.randbelow(10**DIGITS):0{DIGITS}d}"


class Passwords:
    """Passwords as the store keeps them: argon2id over a keyed hash."""

    def __init__(self, pseudonyms: Pseudonyms, hasher: PasswordHasher) -> None:
        self._pseudonyms = pseudonyms
        self._hasher = hasher
        self._nobodys = self.hash(new_password())

    def hash(self, password: str) -> str:
        return self._hasher.hash(self._pseudonyms.password(password))

    def verify(self, stored: str | None, password: str) -> bool:
        """Whether `stored` is of this password, under whichever key; it takes as long where nothing is stored."""
        found = [self._is_of(stored or self._nobodys, each) for each in self._pseudonyms.passwords(password)]
        return any(found) and stored is not None

    def _is_of(self, stored: str, keyed: str) -> bool:
        try:
            return self._hasher.verify(stored, keyed)
        except VerificationError:
            return False
