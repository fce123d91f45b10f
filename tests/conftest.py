"""Fixtures for all rooms."""

import hashlib
import os
import subprocess
from collections.abc import Iterator
from pathlib import Path

import pytest

from bot.accounts import open_accounts
from bot.accounts.demo import DEMO
from bot.places import PACKAGES
from bot.settings import Settings
from tests.rasa_tools import SharedRasa

SHARED = PACKAGES.parent / "shared"

LONGEST = (
    "tests/pbx/test_pbx.py",  # 150 s: most of it waiting for telephones, in real time
    "tests/asr_models/test_recipe.py",  # 140 s: a short training
    "tests/calls/test_calls.py",  # 150 s: every scripted call
    "tests/asr_models/test_second_pass.py",  # 60 s: a short training
    "tests/test_wheel.py",  # 60 s: an environment of its own
    "tests/dialogue/test_tutorial_second_service.py",  # 60 s: trains a dialogue
    "tests/deploy/test_doc_commands.py",
    "tests/gateway/test_served_recording.py",  # 50 s
    "tests/proof/test_proof.py",
    "tests/calls/test_recorded_calls.py",
    "tests/commands/test_contract.py",
    "tests/numbers/test_every_reading.py",
    "tests/web/test_in_chromium.py",  # 70 s, in real time: not beside the telephones, and not beside a training
)
"""The files of tests that take longest, on two quiet cores. `make test` gives whole files to three processes, one more
than there are cores, because some files wait in real time. One of these files at the end would leave the others
idle."""

GENEROUS = {"VOICEBOT_MAX_FAILURES": "100", "VOICEBOT_MAX_RESETS": "10000", "VOICEBOT_MAX_REFUSALS": "1000000"}
"""Tests of whole calls share a few accounts, and call more often than callers may."""


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """The longest files first, the others in their order."""
    rank = {PACKAGES / name: at for at, name in enumerate(LONGEST)}
    items.sort(key=lambda item: rank.get(item.path, len(rank)))


@pytest.fixture(scope="session")
def shared() -> Path:
    """The folder of real recordings beside the checkout; they are not redistributed with the project."""
    if not (SHARED / "speech" / "utterances.tsv").exists():
        pytest.skip(f"needs the real recordings in {SHARED}, which are not part of the repository")
    return SHARED


@pytest.fixture(scope="session")
def dialogue_model() -> Path:
    """The trained dialogue: that of `make setup` where it is up to date, otherwise trained once for these files."""
    parts = sorted(
        [
            *(PACKAGES / "data").rglob("*.yml"),
            *(PACKAGES / "rasa_components").glob("*.py"),
            PACKAGES / "config.yml",
            PACKAGES / "domain.yml",
        ]
    )
    made = PACKAGES / "models" / "dialogue.tar.gz"
    if made.exists() and all(part.stat().st_mtime <= made.stat().st_mtime for part in parts):
        return made
    digest = hashlib.sha256(b"".join(part.read_bytes() for part in parts)).hexdigest()[:16]
    folder = PACKAGES / ".pytest_cache" / "dialogue"
    model = folder / f"{digest}.tar.gz"
    if not model.exists():
        train(PACKAGES, digest, folder)
    return model


def train(project: Path, name: str, folder: Path) -> None:
    """Train the dialogue of a folder with Rasa's files; the model lands in `folder` as `name`.tar.gz."""
    python = PACKAGES / Settings.rasa_environment / "bin" / "python"
    command = ["rasa", "train", "--quiet", "--fixed-model-name", name, "--out", str(folder)]
    environ = {**os.environ, "RASA_TELEMETRY_ENABLED": "false", "PYTHONPATH": str(PACKAGES)}
    subprocess.run([python, "-m", *command], cwd=project, env=environ, check=True, capture_output=True)


@pytest.fixture(scope="session")
def shared_rasa(dialogue_model: Path) -> Iterator[SharedRasa]:
    """The trained dialogue, served."""
    rasa = SharedRasa(dialogue_model)
    yield rasa
    rasa.close()


@pytest.fixture(scope="session")
def accounts_url(tmp_path_factory: pytest.TempPathFactory) -> str:
    """An account store with the demo accounts."""
    url = f"sqlite:///{tmp_path_factory.mktemp('accounts')}/accounts.sqlite"
    accounts = open_accounts(Settings(database_url=url))
    accounts.init()
    accounts.import_rows(DEMO)
    accounts.close()
    return url
