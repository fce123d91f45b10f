"""Calls are recorded, and operators look at them."""

import sqlalchemy as sa
from alembic import op

revision = "0006"
down_revision = "0005"

COUNTS = (
    "calls", "number_given", "confirmed", "matched", "heard",
    "reset", "answered", "refused", "no_input", "no_match", "hung_up", "transferred", "error",
    "by_voice", "by_keys", "by_both", "retries", "turns",
)  # fmt: skip


def upgrade() -> None:
    op.create_table(
        "calls",
        sa.Column("id", sa.String(32), primary_key=True),
        sa.Column("exchange", sa.String(64), nullable=False),
        sa.Column("phone", sa.String(64)),
        sa.Column("started", sa.DateTime, nullable=False),
        sa.Column("seconds", sa.Float, nullable=False),
        sa.Column("outcome", sa.String(16), nullable=False),
        *(sa.Column(stage, sa.Float) for stage in ("number_given", "confirmed", "matched", "heard")),
        *(sa.Column(count, sa.Integer, nullable=False) for count in ("retries", "voice_digits", "key_digits", "turns")),
        *(sa.Column(share, sa.Integer) for share in ("latency_p50", "latency_p95")),
        sa.Column("events", sa.Text, nullable=False),
    )
    op.create_index("calls_started", "calls", ["started", "id"])
    op.create_index("calls_of_outcome", "calls", ["outcome", "started", "id"])
    op.create_index("calls_of_phone", "calls", ["phone", "started", "id"])
    op.create_index("calls_of_exchange", "calls", ["exchange"])
    op.create_table(
        "call_hours",
        sa.Column("hour", sa.Integer, primary_key=True, autoincrement=False),
        *(sa.Column(count, sa.Integer, nullable=False) for count in COUNTS),
        *(sa.Column(seconds, sa.Float, nullable=False) for seconds in ("seconds", "reset_seconds")),
        *(sa.Column(f"latency_{bucket:02}", sa.Integer, nullable=False) for bucket in range(24)),
    )
    op.create_table(
        "operators",
        sa.Column("name", sa.String(32), primary_key=True),
        sa.Column("role", sa.String(16), nullable=False),
        sa.Column("password", sa.String(128), nullable=False),
        sa.Column("created_at", sa.DateTime, nullable=False),
    )
    op.create_table(
        "sessions",
        sa.Column("token", sa.String(64), primary_key=True),
        sa.Column("name", sa.String(32), nullable=False),
        sa.Column("created_at", sa.DateTime, nullable=False),
        sa.Column("seen_at", sa.DateTime, nullable=False),
    )
    op.create_index("sessions_of_operator", "sessions", ["name"])


def downgrade() -> None:
    for table in ("sessions", "operators", "call_hours", "calls"):
        op.drop_table(table)
