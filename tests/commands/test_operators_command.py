"""`voicebot operators`: what operators and scripts rely on."""

import json
from collections.abc import Callable

import pytest
from typer.testing import CliRunner, Result

from bot.accounts import store
from bot.commands.operators import app
from bot.errors import VoicebotError
from bot.settings import load

Run = Callable[..., Result]
WORD = "correct horse battery"


@pytest.fixture
def run(own_store: None) -> Run:
    """Runs the command on an empty store, with these lines on stdin."""
    accounts = store.open_accounts(load())
    accounts.init()
    accounts.close()
    return lambda *arguments, lines="": CliRunner().invoke(app, list(arguments), input=lines)


def test_who_was_added_is_listed_until_removed(run: Run) -> None:
    assert "Nobody may" in run("list").stdout
    assert json.loads(run("add", "an", "--role", "operator", "--json", lines=f"{WORD}\n").stdout) == {
        "name": "an",
        "role": "operator",
    }
    assert run("add", "vy", lines=f"{WORD}\n").exit_code == 0
    listed = [json.loads(line) for line in run("list", "--json").stdout.splitlines()]
    assert listed == [{"name": "an", "role": "operator"}, {"name": "vy", "role": "viewer"}]
    assert run("remove", "an").exit_code == 0
    assert [json.loads(line)["name"] for line in run("list", "--json").stdout.splitlines()] == ["vy"]


@pytest.mark.parametrize("lines", ["", f"{WORD}\n{WORD}\n", "short\n"])
def test_a_password_of_one_line_is_wanted(run: Run, lines: str) -> None:
    result = run("add", "an", lines=lines)
    assert isinstance(result.exception, VoicebotError)
    assert "password" in str(result.exception)


def test_a_role_that_is_none_is_bad_usage(run: Run) -> None:
    assert run("add", "an", "--role", "admin", lines=f"{WORD}\n").exit_code == 2
