"""Owners are told of a reset."""

import sqlalchemy as sa
from alembic import op

revision = "0005"
down_revision = "0004"


def upgrade() -> None:
    op.add_column("resets", sa.Column("contact", sa.String(200)))
    op.create_table(
        "notices",
        sa.Column("id", sa.Integer, primary_key=True),
        sa.Column("at", sa.DateTime, nullable=False),
        sa.Column("call", sa.String(128), nullable=False),
        sa.Column("contact", sa.String(200), nullable=False),
        sa.Column("attempts", sa.Integer, nullable=False),
        sa.Column("next_at", sa.DateTime, nullable=False),
    )
    op.create_index("notices_due", "notices", ["next_at"])


def downgrade() -> None:
    op.drop_table("notices")
    op.drop_column("resets", "contact")
