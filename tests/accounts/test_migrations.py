"""The schema as the revisions make it."""

import stat
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest
from account_tools import Open, on_sqlite
from alembic import command
from alembic.autogenerate import compare_metadata
from alembic.config import Config
from alembic.migration import MigrationContext
from alembic.script import ScriptDirectory
from sqlalchemy.engine import Connection
from sqlalchemy.exc import IntegrityError

import bot.accounts
from bot.accounts import Accounts, AccountsUnavailable
from bot.accounts.demo import DEMO
from bot.accounts.schema import REVISION, metadata

MIGRATIONS = Path(bot.accounts.__file__).with_name("migrations")


def test_the_revisions_make_the_tables_that_the_code_knows(accounts: Accounts) -> None:
    with accounts._database.reading() as connection:
        assert compare_metadata(MigrationContext.configure(connection), metadata) == []


def test_there_is_one_newest_revision_and_the_code_names_it() -> None:
    assert ScriptDirectory(str(MIGRATIONS)).get_heads() == [REVISION]


def test_init_makes_the_schema_and_nothing_else(open_store: Open) -> None:
    accounts = open_store()
    accounts.init()
    assert [entry.status for entry in accounts.import_rows(DEMO)] == ["added"] * len(DEMO)


def test_init_again_loses_nothing(accounts: Accounts) -> None:
    password = accounts.begin_reset("call", *DEMO[0])
    accounts.activate("call")
    accounts.init()
    assert password is not None
    assert accounts.verify(DEMO[0][0], password)


def test_init_makes_the_folder_and_a_file_for_its_owner_only(tmp_path: Path, open_store: Open) -> None:
    path = tmp_path / "new" / "folder" / "accounts.sqlite"
    open_store(f"sqlite:///{path}").init()
    assert stat.S_IMODE(path.stat().st_mode) == 0o600


@on_sqlite
def test_several_processes_may_init_at_once(open_store: Open) -> None:
    stores = [open_store() for _ in range(4)]
    with ThreadPoolExecutor(4) as pool:
        list(pool.map(Accounts.init, stores))
    assert stores[0].add(*DEMO[0])
    assert stores[1].begin_reset("call", *DEMO[0])


@on_sqlite
def test_a_new_store_has_a_write_ahead_log(accounts: Accounts) -> None:
    with accounts._database.reading() as connection:
        assert connection.exec_driver_sql("PRAGMA journal_mode").scalar() == "wal"
        assert connection.exec_driver_sql("PRAGMA foreign_keys").scalar() == 1


def test_calls_are_unique_by_a_key_of_the_database(accounts: Accounts) -> None:
    insert = "INSERT INTO resets (call_id, at, state, insurance_number) VALUES ('x', '2026-03-01', 'refused', 'y')"
    with pytest.raises(AccountsUnavailable) as caught, accounts._database.writing() as connection:  # noqa: PT012  # only the second insert raises
        connection.exec_driver_sql(insert)
        connection.exec_driver_sql(insert)
    assert isinstance(caught.value.__context__, IntegrityError)


def test_a_store_of_the_first_version_is_brought_up_to_date(open_store: Open) -> None:
    """Refusals of before stay; those that told nobody anything new are guesses no longer."""
    (phone, number), *_ = DEMO
    accounts = open_store()
    accounts.init()
    accounts.import_rows(DEMO)
    of_phone, wrong = accounts._pseudonyms.phone("+84912345678"), "w" * 64
    rows = [
        ("first", "01", f"'{of_phone}'"),
        ("again", "02", f"'{of_phone}'"),
        ("withheld", "03", "NULL"),
    ]
    with accounts._database.creating() as connection:
        downgrade(connection)
        for call_id, minute, caller in rows:
            connection.exec_driver_sql(
                "INSERT INTO resets (call_id, at, state, phone, insurance_number) "
                f"VALUES ('{call_id}', '2026-03-01 07:{minute}:00.000000', 'refused', {caller}, '{wrong}')"
            )
    old = open_store()
    with pytest.raises(AccountsUnavailable, match="run `voicebot accounts init`"):
        old.begin_reset("early", phone, number)
    old.init()
    assert old.show(phone).failures == 1
    with old._database.reading() as connection:
        found = dict(connection.exec_driver_sql("SELECT call_id, state FROM resets").all())
    assert found == {"first": "refused", "again": "repeated", "withheld": "locked"}
    assert old.begin_reset("call", phone, number)


def downgrade(connection: Connection) -> None:
    config = Config()
    config.set_main_option("script_location", str(MIGRATIONS))
    config.attributes["connection"] = connection
    command.downgrade(config, "0001")
