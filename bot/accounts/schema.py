"""The tables. A change here needs a revision in migrations/ and its name in REVISION; a test compares the two.

Phone and insurance numbers are pseudonyms (pseudonyms.py), passwords argon2id hashes, times UTC without a zone.
"""

from __future__ import annotations

import enum

from sqlalchemy import (
    BigInteger,
    Boolean,
    CheckConstraint,
    Column,
    DateTime,
    Float,
    ForeignKey,
    Index,
    Integer,
    MetaData,
    String,
    Table,
    Text,
    false,
)

REVISION = "0007"
"""The newest revision in migrations/versions: what this code works with."""

metadata = MetaData()

keys = Table(
    "keys",
    metadata,
    Column("id", Integer, CheckConstraint("id = 1", name="one_key"), primary_key=True, autoincrement=False),
    Column("fingerprint", String(64), nullable=False),
    Column("checked_at", DateTime),
)
"""The one key whose pseudonyms are in this store.
`checked_at`: when the store was last found writable. The check writes this time, because SQLite writes nothing where
nothing changes."""

accounts = Table(
    "accounts",
    metadata,
    Column("id", Integer, primary_key=True),
    Column("phone", String(64), nullable=False, unique=True),
    Column("insurance_number", String(64), nullable=False, unique=True),
    Column("masked", String(20), nullable=False),
    Column("password", String(128)),
    Column("must_change", Boolean, nullable=False, server_default=false()),
    Column("expires_at", DateTime),
    Column("used_at", DateTime),
)
"""`masked`: the insurance number as operators see it, its last three digits readable.
`password`: the one in force; empty until the first reset.
`must_change`, `expires_at`, `used_at` belong to a password that was handed out; `used_at` is when it was first used."""

resets = Table(
    "resets",
    metadata,
    Column("call_id", String(128), primary_key=True),
    Column("at", DateTime, nullable=False),
    Column("state", String(16), nullable=False),
    Column("phone", String(64)),
    Column("insurance_number", String(64), nullable=False),
    Column("account_id", Integer, ForeignKey("accounts.id")),
    Column("password", String(128)),
    Column("contact", String(200)),
    Index("resets_of_phone", "phone", "state", "at", "insurance_number"),
    Index("resets_of_insurance_number", "insurance_number", "state", "at", "phone"),
    Index("resets_of_state", "state", "at"),
    Index("resets_of_account", "account_id"),
)
"""The result of each call that asked for a password; the primary key allows one reset a call.
`phone` and `insurance_number` are as the call gave them. `password` is there while the reset is pending, and so is
`contact`, the sealed phone number, if owners are told of resets.
The first two indexes hold every column that a history reads, so that a long history takes hardly longer than none."""

audit = Table(
    "audit",
    metadata,
    Column("seq", BigInteger, primary_key=True, autoincrement=False),
    Column("at", DateTime, nullable=False),
    Column("actor", String(64), nullable=False),
    Column("event", String(32), nullable=False),
    Column("call", String(128)),
    Column("phone", String(64)),
    Column("insurance_number", String(64)),
    Column("detail", String(200), nullable=False),
    Column("previous", String(64), nullable=False),
    Column("hash", String(64), nullable=False),
    Index("audit_of_phone", "phone", "seq"),
    Index("audit_of_insurance_number", "insurance_number", "seq"),
    Index("audit_of_call", "call", "seq"),
)
"""The audit trail (chain.py). Rows are only added: triggers refuse to change one, and to remove one that no checkpoint
signs."""

checkpoints = Table(
    "checkpoints",
    metadata,
    Column("seq", BigInteger, primary_key=True, autoincrement=False),
    Column("at", String(32), nullable=False),
    Column("hash", String(64), nullable=False),
    Column("key", String(64), nullable=False),
    Column("signature", String(128), nullable=False),
)
"""Signatures over the audit trail up to the record `seq`. `at` is text, since it is signed."""

notices = Table(
    "notices",
    metadata,
    Column("id", Integer, primary_key=True),
    Column("at", DateTime, nullable=False),
    Column("call", String(128), nullable=False),
    Column("contact", String(200), nullable=False),
    Column("attempts", Integer, nullable=False),
    Column("next_at", DateTime, nullable=False),
    Index("notices_due", "next_at"),
)
"""Notices that owners did not get yet (outbox.py). `contact` is a sealed phone number."""

calls = Table(
    "calls",
    metadata,
    Column("id", String(32), primary_key=True),
    Column("exchange", String(64), nullable=False),
    Column("phone", String(64)),
    Column("started", DateTime, nullable=False),
    Column("seconds", Float, nullable=False),
    Column("outcome", String(16), nullable=False),
    Column("number_given", Float),
    Column("confirmed", Float),
    Column("matched", Float),
    Column("heard", Float),
    Column("retries", Integer, nullable=False),
    Column("voice_digits", Integer, nullable=False),
    Column("key_digits", Integer, nullable=False),
    Column("turns", Integer, nullable=False),
    Column("latency_p50", Integer),
    Column("latency_p95", Integer),
    Column("events", Text, nullable=False),
    Index("calls_started", "started", "id"),
    Index("calls_of_outcome", "outcome", "started", "id"),
    Index("calls_of_phone", "phone", "started", "id"),
    Index("calls_of_exchange", "exchange"),
)
"""One record for each call (bot/operations/record.py), written when the call ends. The stages hold seconds since it was
answered, latencies are milliseconds, `events` is JSON without a digit of the caller."""

LATENCY_BUCKETS = 24
"""Buckets of the latencies in an hour; bot/operations/latency.py says where each ends."""

call_hours = Table(
    "call_hours",
    metadata,
    Column("hour", Integer, primary_key=True, autoincrement=False),
    *(Column(name, Integer, nullable=False) for name in (
        "calls", "number_given", "confirmed", "matched", "heard",
        "reset", "answered", "refused", "no_input", "no_match", "hung_up", "transferred", "error",
        "by_voice", "by_keys", "by_both", "retries", "turns",
    )),
    Column("seconds", Float, nullable=False),
    Column("reset_seconds", Float, nullable=False),
    *(Column(f"latency_{bucket:02}", Integer, nullable=False) for bucket in range(LATENCY_BUCKETS)),
)  # fmt: skip
"""Sums over the calls that began in an hour; each call is added when it is recorded. `hour` counts from 1970, UTC.
Calls are counted by outcome, by the stages that they reached and by how their numbers were given. `reset_seconds`:
seconds of the calls that ended with a password. A year has 8,760 rows, however many calls there were."""

operators = Table(
    "operators",
    metadata,
    Column("name", String(32), primary_key=True),
    Column("role", String(16), nullable=False),
    Column("password", String(128), nullable=False),
    Column("created_at", DateTime, nullable=False),
)
"""Who may open the operator's page. `role`: viewer or operator."""

sessions = Table(
    "sessions",
    metadata,
    Column("token", String(64), primary_key=True),
    Column("name", String(32), nullable=False),
    Column("created_at", DateTime, nullable=False),
    Column("seen_at", DateTime, nullable=False),
    Index("sessions_of_operator", "name"),
)
"""Sessions at the operator's page. `token`: the SHA-256 of the token that the browser shows."""


call_backs = Table(
    "call_backs",
    metadata,
    Column("id", Integer, primary_key=True),
    Column("at", DateTime, nullable=False),
    Column("phone", String(64), nullable=False),
    Index("call_backs_at", "at"),
    Index("call_backs_of_phone", "phone"),
)
"""Call backs within the last day (bot/operations/call_backs.py)."""


class State(enum.StrEnum):
    """The state of a reset."""

    PENDING = "pending"
    """Being read out."""
    ACTIVE = "active"
    """Heard, and in force since."""
    DISCARDED = "discarded"
    """Not heard: the old password stayed. A guess: the caller may have wanted to know whether the pair is right."""
    REFUSED = "refused"
    """No match: a guess."""
    REPEATED = "repeated"
    """No match, and the same pair was refused before: not counted as a further guess."""
    LOCKED = "locked"
    """Not looked at: too many guesses before, or no calling number."""
    FORGIVEN = "forgiven"
    """A guess that an operator forgave with `unlock`."""
