"""A key pair for each call (X25519), as long as it lasts.

The public key is part of the call's id, so the actions can seal a password to it. The private key stays in the
memory of the process that holds the call, and is gone with the call."""

from __future__ import annotations

import hashlib
import re
from collections.abc import Iterator
from contextlib import contextmanager

from cryptography.hazmat.primitives.asymmetric.x25519 import X25519PrivateKey, X25519PublicKey

_PUBLIC = re.compile(r"(?:.+\.)?([0-9a-f]{64})")

_NAME = re.compile(r"[A-Za-z0-9][A-Za-z0-9._:@-]{0,63}")
_TELEPHONE = re.compile(r"(?<![0-9])(?:0+(?:84)?0*|840*)[1-9][0-9]{7,9}(?![0-9])")
"""As a line may write one: 0912345678, 84912345678, 0084912345678, 840912345678, of a house (02438123456) or of before
2018 (01691234567)."""

_SEPARATOR = re.compile(r"(?<=[0-9])[._:@-](?=[0-9])")
_UUID = re.compile(r"[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}")


def known_as(name: str) -> str:
    """The name in trackers, log and audit trail of a call that has this name at its exchange: the same, so that it can
    be looked up there; a hash where it is long, strange, or may have a telephone number in it, however that is
    divided."""
    plain = name if _UUID.fullmatch(name) else _SEPARATOR.sub("", name)
    if _NAME.fullmatch(name) and not _TELEPHONE.search(name) and not _TELEPHONE.search(plain):
        return name
    return hashlib.sha256(name.encode()).hexdigest()[:32]


class CallKeys:
    """The private keys of the calls that go on in this process."""

    def __init__(self) -> None:
        self._private: dict[str, X25519PrivateKey] = {}

    @contextmanager
    def call(self, name: str) -> Iterator[str]:
        """A new call: its id, which nobody can guess. What stands before its last dot is the exchange's `name` as
        `known_as` has it; without a name there is no dot. The key is gone when the context ends."""
        private = X25519PrivateKey.generate()
        public = private.public_key().public_bytes_raw().hex()
        call = f"{known_as(name)}.{public}" if name else public
        self._private[call] = private
        try:
            yield call
        finally:
            del self._private[call]

    def shared(self, call: str, public: bytes) -> bytes:
        """The secret between a call of this process and another's public key. Raises ValueError where there is no such
        call, or no such key."""
        private = self._private.get(call)
        if private is None:
            raise ValueError("no call of this process")
        return private.exchange(X25519PublicKey.from_public_bytes(public))


def share_with(call: str) -> tuple[bytes, bytes] | None:
    """A secret that the process of this call alone can find, and the public key that it needs for that; None where the
    id has no key in it: in `rasa shell`."""
    found = _PUBLIC.fullmatch(call)
    if not found:
        return None
    once = X25519PrivateKey.generate()
    shared = once.exchange(X25519PublicKey.from_public_bytes(bytes.fromhex(found[1])))
    return shared, once.public_key().public_bytes_raw()
