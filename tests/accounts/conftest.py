"""A store for each test, with a clock the test sets and a hasher that wastes no time.

The same tests run on PostgreSQL: on a server that they start, or in the database that VOICEBOT_TEST_DATABASE_URL names
and that may be emptied.
"""

import os
import shutil
import tempfile
from collections.abc import Iterator
from pathlib import Path

import pytest
from account_tools import CHEAP, KEY, LIMITS, Clock, Open
from postgres import server
from sqlalchemy import create_engine, text
from sqlalchemy.engine import make_url

from bot.accounts import Accounts
from bot.accounts.database import driven
from bot.accounts.demo import DEMO
from bot.accounts.schema import metadata


@pytest.fixture
def clock() -> Clock:
    return Clock()


@pytest.fixture(scope="session")
def postgresql() -> Iterator[str]:
    """A PostgreSQL database that may be emptied."""
    if given := os.environ.get("VOICEBOT_TEST_DATABASE_URL"):
        yield given
        return
    with tempfile.TemporaryDirectory() as folder:  # pytest's own folders are closed to the server's user
        Path(folder).chmod(0o755)
        with server(Path(folder) / "postgresql") as url:
            yield url


@pytest.fixture(params=["sqlite", "postgresql"])
def url(request: pytest.FixtureRequest, tmp_path: Path) -> str:
    """An empty database."""
    if request.param == "sqlite":
        return f"sqlite:///{tmp_path}/accounts.sqlite"
    url: str = request.getfixturevalue("postgresql")
    engine = create_engine(driven(make_url(url)))
    with engine.begin() as connection:
        for table in ("alembic_version", *(table.name for table in reversed(metadata.sorted_tables))):
            connection.execute(text(f"DROP TABLE IF EXISTS {table}"))
    engine.dispose()
    return url


@pytest.fixture
def open_store(url: str, clock: Clock) -> Iterator[Open]:
    """Opens the store as one more process would."""
    opened: list[Accounts] = []

    def open_store(url: str = url, key: bytes = KEY, **limits: int) -> Accounts:
        opened.append(Accounts(url, **{**LIMITS, **limits}, clock=clock, key=key, hasher=CHEAP))
        return opened[-1]

    yield open_store
    for accounts in opened:
        accounts.close()


@pytest.fixture(scope="session")
def demo_store(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A SQLite store with the demo accounts, to be copied: quicker than making one for each test."""
    path = tmp_path_factory.mktemp("demo") / "accounts.sqlite"
    accounts = Accounts(f"sqlite:///{path}", **LIMITS, key=KEY, hasher=CHEAP)
    accounts.init()
    accounts.import_rows(DEMO)
    accounts.close()
    return path


@pytest.fixture
def accounts(open_store: Open, url: str, demo_store: Path) -> Accounts:
    """A store with the demo accounts."""
    if url.startswith("sqlite:///"):
        shutil.copy(demo_store, url.removeprefix("sqlite:///"))
        return open_store()
    accounts = open_store()
    accounts.init()
    accounts.import_rows(DEMO)
    return accounts


@pytest.fixture
def store_file(accounts: Accounts, tmp_path: Path) -> Path:
    """The file of a SQLite store with the demo accounts."""
    return tmp_path / "accounts.sqlite"
