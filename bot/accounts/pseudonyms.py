"""What the store writes instead of phone and insurance numbers: keyed hashes (HMAC-SHA256).

A number of ten digits is found from a plain hash in seconds by trying them all, so the hash needs a key that is not in
the database. Without that key a stolen store or backup tells nobody's number; with another key the store finds nobody.
While a key is being changed there are several: the first is written, and all are looked for (rekeying.py).
"""

from __future__ import annotations

import hmac
from collections.abc import Sequence


class Pseudonyms:
    """Keyed hashes of what identifies a person; 64 hexadecimal characters each. `keys`: the newest first."""

    def __init__(self, *keys: bytes) -> None:
        self._keys = keys
        self.fingerprints = tuple(_of(key, "fingerprint", "") for key in keys)
        """Tell with which of the keys a store was made."""

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
        """To be hashed again, slowly: without the key eight digits are soon found from any hash."""
        return self.passwords(password)[0]

    def passwords(self, password: str) -> Sequence[str]:
        """Under each key, the newest first."""
        return [_of(key, "password", password) for key in self._keys]


def _of(key: bytes, kind: str, text: str) -> str:
    return hmac.digest(key, f"{kind}:{text}".encode(), "sha256").hex()
