"""The program and the project are two places: nothing is written beside the program."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

import pytest

from bot import places
from bot.errors import VoicebotError
from bot.places import PACKAGES, find_home, link, require_home
from bot.settings import Settings, as_environ


@pytest.fixture
def project(tmp_path: Path) -> Path:
    folder = tmp_path / "hotline"
    (folder / "data" / "nlu").mkdir(parents=True)
    (folder / "domain.yml").touch()
    return folder


class TestTheProjectFolder:
    def test_is_the_current_directory_or_one_above_it(self, project: Path, tmp_path: Path) -> None:
        for current in (project, project / "data", project / "data" / "nlu"):
            assert find_home("", current, tmp_path / "packages") == project

    def test_is_the_one_that_is_named(self, project: Path, tmp_path: Path) -> None:
        assert find_home(str(tmp_path / "other"), project, PACKAGES) == tmp_path / "other"

    def test_a_relative_name_is_made_absolute(self, project: Path, monkeypatch: pytest.MonkeyPatch) -> None:
        monkeypatch.chdir(project.parent)
        assert find_home("hotline", Path("/"), PACKAGES) == project

    def test_of_a_checkout_s_commands_is_the_checkout_where_no_other_is_meant(self, tmp_path: Path) -> None:
        assert find_home("", tmp_path, PACKAGES) == PACKAGES

    def test_is_none_for_an_installed_program_outside_of_any(self, tmp_path: Path) -> None:
        assert find_home("", tmp_path, tmp_path / "site-packages") is None


class TestWithoutAProject:
    def test_it_is_told_what_to_do(self, monkeypatch: pytest.MonkeyPatch) -> None:
        monkeypatch.setattr(places, "_FOUND", None)
        with pytest.raises(VoicebotError, match=r"domain\.yml.*voicebot init DIR.*VOICEBOT_HOME"):
            require_home()

    def test_a_named_folder_that_is_not_there_is_told(self, monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
        monkeypatch.setattr(places, "_FOUND", tmp_path / "none")
        with pytest.raises(VoicebotError, match="VOICEBOT_HOME"):
            require_home()


def test_state_lies_in_the_project_folder(project: Path) -> None:
    """Each module that keeps something says where, and none of it is beside the packages."""
    program = """
import bot.accounts.store, bot.assembly, bot.hearing.catalogue, bot.sealing, bot.simulation.caller_voice, tts.speech
from bot.accounts.database import Database
from bot.settings import load
print(bot.accounts.store.ACCOUNTS_KEY, bot.sealing.SEAL_KEY, bot.hearing.catalogue.FETCHED, tts.speech.CLIPS,
      bot.simulation.caller_voice.CACHE, bot.assembly.DOMAIN, load().path("models"),
      Database(load().database_url, 1).name.removeprefix("sqlite:///"))
"""
    environ = {**os.environ, "PYTHONPATH": str(PACKAGES)}
    run = subprocess.run(
        [sys.executable, "-c", program], cwd=project / "data", env=environ, capture_output=True, text=True, check=True
    )
    assert run.stdout.split() == [
        str(project / name)
        for name in (
            "var/accounts.key",
            "var/seal.key",
            "asr_models/fetched",
            "var/clips",
            "var/callers",
            "domain.yml",
            "models",
            "var/accounts.sqlite",
        )
    ]


def test_other_processes_of_this_bot_work_for_the_same_project() -> None:
    assert as_environ(Settings())["VOICEBOT_HOME"] == str(places.HOME)


def test_a_folder_is_copied_where_links_cannot_be_made(
    project: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def refuse(*_: object, **__: object) -> None:
        raise OSError

    monkeypatch.setattr(Path, "symlink_to", refuse)
    link(project, tmp_path / "copy")
    assert (tmp_path / "copy" / "domain.yml").is_file()
    assert not (tmp_path / "copy").is_symlink()
