"""Schema changes, by Alembic: the revisions lie in migrations/versions."""

from __future__ import annotations

from pathlib import Path

from alembic import command
from alembic.config import Config
from alembic.migration import MigrationContext
from alembic.util import CommandError
from sqlalchemy.engine import Connection

from bot.accounts.database import AccountsUnavailable


def upgrade(connection: Connection) -> str | None:
    """Bring the schema to the newest revision, inside the connection's transaction. Returns the revision before, or
    None.

    Raises AccountsUnavailable if the store has a version that this program does not know.
    """
    before: str | None = MigrationContext.configure(connection).get_current_revision()
    config = Config()
    config.set_main_option("script_location", str(Path(__file__).with_name("migrations")).replace("%", "%%"))
    config.attributes["connection"] = connection
    try:
        command.upgrade(config, "head")
    except CommandError:
        raise AccountsUnavailable(
            "the account store was made by a newer version of this program: bring the program up to date"
        ) from None
    return before
