"""The store writes keyed hashes (HMAC-SHA256) instead of phone and insurance numbers.

A number of ten digits can be found from a plain hash in seconds by trying them all, so the hash needs a key that is not
in the database. Without that key a stolen store or backup reveals no number; with another key the store finds nobody.
While a key is being changed there are several: the first is used to write, and all are searched for (rekeying.py).
"""

from __future__ import annotations

import hmac
from collections.abc import Sequence


class Pseudonyms:
    """Keyed hashes of the numbers that identify a person; 64 hexadecimal characters each. `keys`: the newest first."""

    def __init__(self, *keys: bytes) -> None:
        self._keys = keys
        self.fingerprints = tuple(_of(key, "fingerprint", "") for key in keys)
        """They show with which of the keys a store was made."""

    def phone(self, e164: str) -> str:
        return self.phones(e164)[0]

    def phones(self, e164: str) -> Sequence[str]:
        """Under each key, the newest first."""
        return [_of(key, "phone", e164) for key in self._keys]

    def insurance_number(self, digits: str) -> str:
        return self.insurance_numbers(digits)[0]

    def insurance_numbers(self, digits: str) -> Sequence[str]:
        """Under each key, the newest first."""
        return [_of(key, "insurance number", digits) for key in self._keys]

    def password(self, password: str) -> str:
        """The keyed hash of a password, to be hashed again slowly. Without a key, eight digits are soon found from any
        hash."""
        return self.passwords(password)[0]

    def passwords(self, password: str) -> Sequence[str]:
        """Under each key, the newest first."""
        return [_of(key, "password", password) for key in self._keys]


def _of(key: bytes, kind: str, text: str) -> str:
    return hmac.digest(key, f"{kind}:{text}".encode(), "sha256").hex()
