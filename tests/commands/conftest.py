"""What the tests of commands about the account store share."""

import os
from pathlib import Path

import pytest

from bot.accounts import store


@pytest.fixture
def own_store(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """From now on the settings name a store of the test's own, not yet made."""
    monkeypatch.setenv("VOICEBOT_CONFIG", os.devnull)
    monkeypatch.setenv("VOICEBOT_DATABASE_URL", f"sqlite:///{tmp_path}/accounts.sqlite")
    monkeypatch.setattr(store, "ACCOUNTS_KEY", tmp_path / "accounts.key")
