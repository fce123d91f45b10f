"""Guesses are pairs: adds indexes by state, and marks refusals of the same pair as repeated. Also adds a column that is
written to find out whether the store can be written."""

import sqlalchemy as sa
from alembic import op

revision = "0002"
down_revision = "0001"


def upgrade() -> None:
    op.add_column("keys", sa.Column("checked_at", sa.DateTime))
    for column, other in (("phone", "insurance_number"), ("insurance_number", "phone")):
        op.drop_index(f"resets_of_{column}", "resets")
        op.create_index(f"resets_of_{column}", "resets", [column, "state", "at", other])
    op.create_index("resets_of_state", "resets", ["state", "at"])
    op.create_index("resets_of_account", "resets", ["account_id"])
    op.execute("UPDATE resets SET state = 'locked' WHERE state = 'refused' AND phone IS NULL")
    op.execute(
        "UPDATE resets SET state = 'repeated' WHERE state = 'refused' AND EXISTS ("
        "SELECT 1 FROM resets AS earlier WHERE earlier.phone = resets.phone"
        " AND earlier.insurance_number = resets.insurance_number"
        " AND earlier.state = 'refused' AND earlier.at < resets.at)"
    )


def downgrade() -> None:
    op.execute("UPDATE resets SET state = 'refused' WHERE state = 'repeated'")
    op.drop_index("resets_of_account", "resets")
    op.drop_index("resets_of_state", "resets")
    for column in ("phone", "insurance_number"):
        op.drop_index(f"resets_of_{column}", "resets")
        op.create_index(f"resets_of_{column}", "resets", [column, "at"])
    op.drop_column("keys", "checked_at")
