"""`voicebot models`: what operators and scripts rely on."""

import json
import os
from pathlib import Path

import pytest
from command_tools import lines
from typer.testing import CliRunner, Result

from bot.commands.models import app
from bot.errors import VoicebotError
from bot.hearing.catalogue import catalogue


@pytest.fixture(autouse=True)
def _settings_of_its_own(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("VOICEBOT_CONFIG", os.devnull)


def run(*arguments: str) -> Result:
    return CliRunner().invoke(app, arguments)


bundled = pytest.mark.skipif(
    not catalogue()["vi-digits"].folder.is_dir(), reason="needs the bundled model: git checkout asr_models/vi-digits"
)


def test_list_names_every_model_of_the_catalogue() -> None:
    assert [line["name"] for line in lines(run("list", "--json"))] == list(catalogue())
    assert "vosk-model-small-vn-0.4" in run("list").stdout


@bundled
def test_check_loads_every_graph_of_the_bundled_model() -> None:
    [found] = lines(run("check", "--json"))
    assert found["calibrated"] is True
    assert found["name"] == "vi-digits"
    assert found["graphs"] == ["any", "menu", "number", "yesno"]
    assert found["lacks"] == {}
    assert found["rate"] == 8000
    assert "sound" in run("check", "vi-digits").stdout


def test_check_tells_a_folder_that_is_no_model(tmp_path: Path) -> None:
    result = run("check", str(tmp_path))
    assert isinstance(result.exception, VoicebotError)
    assert "am/final.mdl is missing" in str(result.exception)


@pytest.mark.parametrize(
    ("arguments", "told"),
    [
        (["nonesuch"], "known are"),
        (["vi-digits"], "comes with this program"),
        (["vosk-model-vn-0.4"], "--sha256"),
    ],
)
def test_fetch_refuses_what_it_cannot_check(arguments: list[str], told: str) -> None:
    result = run("fetch", *arguments)
    assert isinstance(result.exception, VoicebotError)
    assert told in str(result.exception)


def test_what_was_fetched_is_told_as_json(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("bot.hearing.catalogue.FETCHED", tmp_path)
    folder = tmp_path / "vosk-model-vn-0.4"
    folder.mkdir()
    assert json.loads(run("fetch", folder.name, "--json").output) == {"name": folder.name, "path": str(folder)}


def test_a_digest_that_is_none_is_bad_usage() -> None:
    assert run("fetch", "vosk-model-vn-0.4", "--sha256", "abc").exit_code == 2
