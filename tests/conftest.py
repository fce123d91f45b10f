"""Fixtures for all rooms."""

from pathlib import Path

import pytest

from bot.settings import ROOT

SHARED = ROOT.parent / "shared"


@pytest.fixture(scope="session")
def shared() -> Path:
    """The folder of real recordings beside the checkout; they are not redistributed with the project."""
    if not (SHARED / "speech" / "utterances.tsv").exists():
        pytest.skip(f"needs the real recordings in {SHARED}, which are not part of the repository")
    return SHARED
