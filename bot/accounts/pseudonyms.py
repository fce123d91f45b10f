"""What the store writes instead of phone and insurance numbers: keyed hashes (HMAC-SHA256).

A number of ten digits is found from a plain hash in seconds by trying them all, so the hash needs a key that is not in
the database. Without that key a stolen store or backup tells nobody's number; with another key the store finds nobody.
"""

from __future__ import annotations

import hmac


class Pseudonyms:
    """Keyed hashes of what identifies a person; 64 hexadecimal characters each."""

    def __init__(self, key: bytes) -> None:
        self._key = key
        self.fingerprint = self._of("fingerprint", "")
        """Tells whether a store was made with this key."""

    def phone(self, e164: str) -> str:
        return self._of("phone", e164)

    def insurance_number(self, digits: str) -> str:
        return self._of("insurance number", digits)

    def password(self, password: str) -> str:
        """To be hashed again, slowly: without the key eight digits are soon found from any hash."""
        return self._of("password", password)

    def _of(self, kind: str, text: str) -> str:
        return hmac.digest(self._key, f"{kind}:{text}".encode(), "sha256").hex()
