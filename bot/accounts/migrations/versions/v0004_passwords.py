"""Passwords that were handed out expire, and must be changed. Those in force stay as they are."""

import sqlalchemy as sa
from alembic import op

revision = "0004"
down_revision = "0003"


def upgrade() -> None:
    op.add_column("accounts", sa.Column("must_change", sa.Boolean, nullable=False, server_default=sa.false()))
    op.add_column("accounts", sa.Column("expires_at", sa.DateTime))
    op.add_column("accounts", sa.Column("used_at", sa.DateTime))


def downgrade() -> None:
    for column in ("used_at", "expires_at", "must_change"):
        op.drop_column("accounts", column)
