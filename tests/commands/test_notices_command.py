"""`voicebot notices`: what operators and scripts rely on."""

import json
import sys
from collections.abc import Callable
from pathlib import Path

import pytest
from typer.testing import CliRunner, Result

from bot.accounts import store
from bot.accounts.demo import DEMO
from bot.commands.notices import app
from bot.errors import VoicebotError
from bot.settings import load

Run = Callable[..., Result]


@pytest.fixture
def told(tmp_path: Path) -> Path:
    """What the SMS gateway was given."""
    return tmp_path / "told"


@pytest.fixture
def run(own_store: None, tmp_path: Path, told: Path, monkeypatch: pytest.MonkeyPatch) -> Run:
    """Runs the command on a store with one notice, and a command that keeps what it is given."""
    script = tmp_path / "sms.py"
    script.write_text(f"import sys\nwith open({str(told)!r}, 'a') as file:\n    file.write(sys.stdin.read())\n")
    monkeypatch.setenv("VOICEBOT_NOTICE_COMMAND", f"{sys.executable} {script}")
    accounts = store.open_accounts(load())
    accounts.init()
    accounts.import_rows(DEMO)
    accounts.begin_reset("1764.7", *DEMO[0])
    accounts.activate("1764.7")
    accounts.close()
    return lambda *arguments: CliRunner().invoke(app, list(arguments))


def test_what_is_due_is_sent_once(run: Run, told: Path) -> None:
    result = run("send", "--json")
    assert result.exit_code == 0, result.output
    assert json.loads(result.stdout) == {"sent": 1, "failed": 0, "waiting": 0}
    assert run("send").stdout == "0 sent, 0 could not be sent, 0 waiting.\n"
    (line,) = told.read_text().splitlines()
    assert json.loads(line)["phone"] == "+84912345678"


def test_what_cannot_be_sent_stays_and_is_status_1(run: Run, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("VOICEBOT_NOTICE_COMMAND", "false")
    result = run("send", "--json")
    assert (result.exit_code, json.loads(result.stdout)) == (1, {"sent": 0, "failed": 1, "waiting": 1})


def test_without_a_setting_it_says_which(run: Run, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("VOICEBOT_NOTICE_COMMAND")
    result = run("send")
    assert isinstance(result.exception, VoicebotError)
    assert "VOICEBOT_NOTICE_COMMAND or VOICEBOT_NOTICE_URL" in str(result.exception)


def test_the_command_has_help(run: Run) -> None:
    assert run("send", "--help").exit_code == 0
    assert run("dance").exit_code == 2
