"""The audit trail's chain: each record holds the hash of the one before, and signed checkpoints hold the chain. Pure.

    record      hash = SHA-256 of the record's other fields, the hash of the record before (`previous`) among them
    checkpoint  Ed25519 signature over a record's number and hash: without the key nobody can change a record up to it

The hashed and signed text is JSON with sorted keys, no spaces and only ASCII, so that other programs can check it.
Whoever can write to the database can change the end of a chain after its last checkpoint, or cut it off there, and
write a consistent end. So checkpoints are frequent, and copies of them belong where that person cannot write.
"""

from __future__ import annotations

import enum
import hashlib
import json
from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import asdict, dataclass, replace
from datetime import datetime

from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey, Ed25519PublicKey
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.kdf.hkdf import HKDF

GENESIS = "0" * 64
"""Stands for the hash before the first record's."""


class What(enum.StrEnum):
    """What happened."""

    GRANTED = "granted"
    """A call was given a password, which is pending."""
    REFUSED = "refused"
    REPEATED = "repeated"
    LOCKED = "locked"
    """The attempt was not looked at; `detail` says which limit was reached."""
    ACTIVATED = "activated"
    """A pending password was heard, and is in force."""
    DISCARDED = "discarded"
    """A pending password was dropped; the old one stays."""

    USED = "used"
    """A password that was handed out let somebody in."""
    CHANGED = "changed"
    """Somebody chose a password of their own."""
    NOTIFIED = "notified"
    """The owner was told of a reset."""
    NOTICE_LOST = "notice_lost"
    """The owner could not be told, and no further try is made."""

    INIT = "init"
    IMPORT = "import"
    UNLOCK = "unlock"
    REMOVE = "remove"
    CHANGE_PHONE = "change_phone"
    LIST = "list"
    EXPORT = "export"
    AUDIT_SHOW = "audit_show"
    AUDIT_EXPORT = "audit_export"

    LOGIN = "login"
    """At the operator's page."""
    LOGIN_REFUSED = "login_refused"
    LOGOUT = "logout"
    CALLS_SEARCH = "calls_search"
    """The calls of a phone number were looked for."""
    CALL_SHOW = "call_show"
    CALL_LISTEN = "call_listen"
    """A recording was played."""
    CALLS_EXPORT = "calls_export"
    OPERATOR_ADD = "operator_add"
    OPERATOR_REMOVE = "operator_remove"

    PRUNED = "pruned"
    """Older records were removed; `detail` is the number of the last one."""


@dataclass(frozen=True)
class Event:
    """An event to record. Phone and insurance number are pseudonyms."""

    at: datetime
    what: What
    actor: str = "call"
    """call, bot, or the login name of an operator."""
    call: str | None = None
    """The exchange's name of the call."""
    phone: str | None = None
    insurance_number: str | None = None
    detail: str = ""


@dataclass(frozen=True)
class Record:
    """A link of the chain, as it is stored and exported."""

    seq: int
    """From 1 on, without a gap."""
    at: str
    """UTC, ISO 8601, microseconds."""
    actor: str
    event: str
    call: str | None
    phone: str | None
    insurance_number: str | None
    detail: str
    previous: str
    hash: str = ""

    def digest(self) -> str:
        """What `hash` must be."""
        fields = {name: value for name, value in vars(self).items() if name != "hash"}
        return hashlib.sha256(_canonical(fields)).hexdigest()


@dataclass(frozen=True)
class Checkpoint:
    """A signature over the chain up to a record."""

    seq: int
    at: str
    hash: str
    """The hash of the record `seq`."""
    key: str
    """The public key, hexadecimal."""
    signature: str
    """Ed25519 over `seq`, `at` and `hash`, hexadecimal."""

    def line(self) -> str:
        """As it is kept elsewhere: a JSON object, read by `read_checkpoint`."""
        return _canonical(asdict(self)).decode()

    def is_genuine(self, key: str) -> bool:
        """Whether the holder of this (public) key signed it."""
        try:
            public = Ed25519PublicKey.from_public_bytes(bytes.fromhex(key))
            public.verify(bytes.fromhex(self.signature), _signed(self.seq, self.at, self.hash))
        except (InvalidSignature, ValueError):
            return False
        return True


@dataclass(frozen=True)
class Verdict:
    """The result of verifying a chain."""

    ok: bool
    records: int
    """Records that were verified."""
    first: int | None
    last: int | None
    checkpoints: int
    """Checkpoints with a valid signature and a matching record."""
    broken: int | None = None
    """The first record that is not as it was written, or that is missing."""
    reason: str = ""


class Signer:
    """Signs checkpoints. Its key is derived from the account store's key (HKDF, RFC 5869), so there is no further
    secret to keep."""

    def __init__(self, key: bytes) -> None:
        seed = HKDF(SHA256(), length=32, salt=None, info=b"voicebot audit checkpoints").derive(key)
        self._private = Ed25519PrivateKey.from_private_bytes(seed)
        self.public = self._private.public_key().public_bytes_raw().hex()

    def checkpoint(self, seq: int, hash_: str, at: datetime) -> Checkpoint:
        text = written(at)
        return Checkpoint(seq, text, hash_, self.public, self._private.sign(_signed(seq, text, hash_)).hex())


def written(at: datetime) -> str:
    """A time of the store (UTC, no zone), as records write it."""
    return at.isoformat(timespec="microseconds") + "Z"


def link(event: Event, seq: int, previous: str) -> Record:
    """The record of an event, after a record with the hash `previous`."""
    fields = (event.actor, event.what.value, event.call, event.phone, event.insurance_number, event.detail)
    bare = Record(seq, written(event.at), *fields, previous)
    return replace(bare, hash=bare.digest())


def verify(records: Iterable[Record], checkpoints: Iterable[Checkpoint], *keys: str) -> Verdict:
    """Verify a chain, up to the first record that was changed.

    records      all records of the store, in order
    checkpoints  those of the store and any that were kept elsewhere
    keys         the public keys that signed them; several after the store's key was changed
    """
    signed: dict[int, list[Checkpoint]] = defaultdict(list)
    for checkpoint in checkpoints:
        signed[checkpoint.seq].append(checkpoint)
    first: Record | None = None
    last: Record | None = None
    pruned = good = seen = 0

    def verdict(broken: int | None = None, reason: str = "") -> Verdict:
        ends = (first.seq if first else None, last.seq if last else None)
        return Verdict(not reason, seen, *ends, good, broken, reason)

    for record in records:
        first = first or record
        if last is None and record.seq > 1:
            if problem := _cut(record, signed[record.seq - 1], keys):
                return verdict(record.seq - 1, problem)
        elif record.seq != (last.seq if last else 0) + 1:
            return verdict((last.seq if last else 0) + 1, "the record is missing")
        elif record.previous != (last.hash if last else GENESIS):
            return verdict(record.seq, "it does not follow the record before it")
        if record.digest() != record.hash:
            return verdict(record.seq, "it was changed")
        for checkpoint in signed.get(record.seq, ()):
            if problem := _contradiction(checkpoint, record.hash, keys):
                return verdict(record.seq, problem)
            good += 1
        if record.event == What.PRUNED.value and record.detail.isdigit():
            pruned = max(pruned, int(record.detail))
        last, seen = record, seen + 1
    end = last.seq if last else 0
    if any(seq > end for seq in signed):
        return verdict(end + 1, f"the records up to {max(signed)}, which has a checkpoint, are missing")
    if first is not None and first.seq > 1 and pruned != first.seq - 1:
        return verdict(first.seq - 1, "the records up to it were removed, and no record says so")
    return verdict()


def read_checkpoint(line: str) -> Checkpoint:
    """Read a checkpoint that `Checkpoint.line` wrote; other text may stand before it in the line. Raises ValueError for
    anything else."""
    try:
        fields = json.loads(line[line.index("{") :])
        checkpoint = Checkpoint(**fields)
    except (TypeError, RecursionError):
        raise ValueError("no checkpoint") from None
    typed = all(isinstance(value, int if name == "seq" else str) for name, value in fields.items())
    if not typed or checkpoint.seq < 1:
        raise ValueError("no checkpoint")
    return checkpoint


def _cut(first: Record, checkpoints: list[Checkpoint], keys: Sequence[str]) -> str:
    """What is wrong with a chain that begins at this record; empty if a checkpoint signs the records before it."""
    if not checkpoints:
        return "the records up to it are missing, and no checkpoint vouches for them"
    return next(filter(None, (_contradiction(each, first.previous, keys) for each in checkpoints)), "")


def _contradiction(checkpoint: Checkpoint, hash_: str, keys: Sequence[str]) -> str:
    if not any(checkpoint.is_genuine(key) for key in keys):
        return "its checkpoint has a signature that is not of this store's key"
    return "" if checkpoint.hash == hash_ else "its checkpoint was signed over another record"


def _signed(seq: int, at: str, hash_: str) -> bytes:
    return b"voicebot audit checkpoint " + _canonical({"seq": seq, "at": at, "hash": hash_})


def _canonical(fields: dict[str, object]) -> bytes:
    return json.dumps(fields, sort_keys=True, separators=(",", ":")).encode()
