"""Call backs are counted for all gateways."""

import sqlalchemy as sa
from alembic import op

revision = "0007"
down_revision = "0006"


def upgrade() -> None:
    op.create_table(
        "call_backs",
        sa.Column("id", sa.Integer, primary_key=True),
        sa.Column("at", sa.DateTime, nullable=False),
        sa.Column("phone", sa.String(64), nullable=False),
    )
    op.create_index("call_backs_at", "call_backs", ["at"])
    op.create_index("call_backs_of_phone", "call_backs", ["phone"])


def downgrade() -> None:
    op.drop_table("call_backs")
