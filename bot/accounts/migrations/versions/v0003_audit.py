"""The audit trail, to which rows are added and nothing else."""

import sqlalchemy as sa
from alembic import op

revision = "0003"
down_revision = "0002"

SQLITE = (
    "CREATE TRIGGER audit_unchanged BEFORE UPDATE ON audit"
    " BEGIN SELECT RAISE(ABORT, 'the audit trail is append-only'); END",
    "CREATE TRIGGER audit_kept BEFORE DELETE ON audit"
    " WHEN NOT EXISTS (SELECT 1 FROM checkpoints WHERE seq >= OLD.seq)"
    " BEGIN SELECT RAISE(ABORT, 'the audit trail is append-only'); END",
)

POSTGRESQL = (
    "CREATE OR REPLACE FUNCTION audit_append_only() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN"
    " IF TG_OP = 'DELETE' AND EXISTS (SELECT 1 FROM checkpoints WHERE seq >= OLD.seq) THEN RETURN OLD; END IF;"
    " RAISE EXCEPTION 'the audit trail is append-only'; END $$",
    "CREATE TRIGGER audit_unchanged BEFORE UPDATE OR DELETE ON audit"
    " FOR EACH ROW EXECUTE PROCEDURE audit_append_only()",
    "CREATE TRIGGER audit_kept BEFORE TRUNCATE ON audit FOR EACH STATEMENT EXECUTE PROCEDURE audit_append_only()",
)


def upgrade() -> None:
    op.create_table(
        "audit",
        sa.Column("seq", sa.BigInteger, primary_key=True, autoincrement=False),
        sa.Column("at", sa.DateTime, nullable=False),
        sa.Column("actor", sa.String(64), nullable=False),
        sa.Column("event", sa.String(32), nullable=False),
        sa.Column("call", sa.String(128)),
        sa.Column("phone", sa.String(64)),
        sa.Column("insurance_number", sa.String(64)),
        sa.Column("detail", sa.String(200), nullable=False),
        sa.Column("previous", sa.String(64), nullable=False),
        sa.Column("hash", sa.String(64), nullable=False),
    )
    for column in ("phone", "insurance_number", "call"):
        op.create_index(f"audit_of_{column}", "audit", [column, "seq"])
    op.create_table(
        "checkpoints",
        sa.Column("seq", sa.BigInteger, primary_key=True, autoincrement=False),
        sa.Column("at", sa.String(32), nullable=False),
        sa.Column("hash", sa.String(64), nullable=False),
        sa.Column("key", sa.String(64), nullable=False),
        sa.Column("signature", sa.String(128), nullable=False),
    )
    for statement in {"sqlite": SQLITE, "postgresql": POSTGRESQL}.get(op.get_bind().dialect.name, ()):
        op.execute(statement)


def downgrade() -> None:
    op.drop_table("audit")
    op.drop_table("checkpoints")
    if op.get_bind().dialect.name == "postgresql":
        op.execute("DROP FUNCTION audit_append_only()")
