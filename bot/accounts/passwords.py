"""Passwords: how they are drawn and how they are kept."""

from __future__ import annotations

import secrets

from argon2 import PasswordHasher
from argon2.exceptions import VerificationError

from bot.accounts.pseudonyms import Pseudonyms

DIGITS = 8
"""Digits of a password: 26.6 bits, more than the 20 of OWASP ASVS 5.0, 6.5.4. Digits, because many letters sound alike
on the telephone."""

ARGON2ID = PasswordHasher(time_cost=2, memory_cost=19 * 1024, parallelism=1)
"""OWASP's first choice for argon2id (Password Storage Cheat Sheet): 19 MiB, two passes, one lane; 23 ms on two busy
cores. RFC 9106's profiles (64 MiB, four lanes) take 190 ms there, and a caller waits for it."""


def new_password() -> str:
    """A random password, each equally likely, from the system's source of randomness."""
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
        """Whether `stored` is the hash of this password under any key. Takes equally long where nothing is stored."""
        found = [self._is_of(stored or self._nobodys, each) for each in self._pseudonyms.passwords(password)]
        return any(found) and stored is not None

    def _is_of(self, stored: str, keyed: str) -> bool:
        try:
            return self._hasher.verify(stored, keyed)
        except VerificationError:
            return False
