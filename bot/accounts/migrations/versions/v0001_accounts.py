"""The first tables."""

import sqlalchemy as sa
from alembic import op

revision = "0001"
down_revision = None


def upgrade() -> None:
    op.create_table(
        "keys",
        sa.Column(
            "id", sa.Integer, sa.CheckConstraint("id = 1", name="one_key"), primary_key=True, autoincrement=False
        ),
        sa.Column("fingerprint", sa.String(64), nullable=False),
    )
    op.create_table(
        "accounts",
        sa.Column("id", sa.Integer, primary_key=True),
        sa.Column("phone", sa.String(64), nullable=False, unique=True),
        sa.Column("insurance_number", sa.String(64), nullable=False, unique=True),
        sa.Column("masked", sa.String(20), nullable=False),
        sa.Column("password", sa.String(128)),
    )
    op.create_table(
        "resets",
        sa.Column("call_id", sa.String(128), primary_key=True),
        sa.Column("at", sa.DateTime, nullable=False),
        sa.Column("state", sa.String(16), nullable=False),
        sa.Column("phone", sa.String(64)),
        sa.Column("insurance_number", sa.String(64), nullable=False),
        sa.Column("account_id", sa.Integer, sa.ForeignKey("accounts.id")),
        sa.Column("password", sa.String(128)),
    )
    op.create_index("resets_of_phone", "resets", ["phone", "at"])
    op.create_index("resets_of_insurance_number", "resets", ["insurance_number", "at"])


def downgrade() -> None:
    op.drop_table("resets")
    op.drop_table("accounts")
    op.drop_table("keys")
