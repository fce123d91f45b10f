"""`voicebot audit`: what operators and scripts rely on."""

import json
from collections.abc import Callable
from pathlib import Path

import pytest
from command_tools import error, lines
from typer.testing import CliRunner, Result

from bot.accounts import Accounts, store
from bot.accounts.demo import DEMO
from bot.commands.audit import app
from bot.settings import load

PHONE, NUMBER = DEMO[0]
OTHER_PHONE, OTHER_NUMBER = DEMO[1]
Run = Callable[..., Result]


@pytest.fixture
def accounts(own_store: None) -> Accounts:
    """A store with a reset, a stranger who tried the same number, and somebody else's reset."""
    accounts = store.open_accounts(load())
    accounts.init()
    accounts.import_rows(DEMO)
    accounts.begin_reset("1764230000.12", PHONE, NUMBER)
    accounts.activate("1764230000.12")
    accounts.begin_reset("1764230000.13", "0966123123", NUMBER)
    accounts.begin_reset("1764230000.14", OTHER_PHONE, OTHER_NUMBER)
    return accounts


@pytest.fixture
def run(accounts: Accounts) -> Run:
    return lambda *arguments: CliRunner().invoke(app, [str(argument) for argument in arguments])


def test_who_reset_my_password(run: Run) -> None:
    text = run("show", PHONE).stdout.splitlines()
    assert len(text) == 3
    assert [line.split()[1] for line in text] == ["granted", "activated", "refused"]
    assert "call 1764230000.12  from this phone" in text[1]
    assert "call 1764230000.13  from another phone" in text[2]
    found = lines(run("show", "+84912345678", "--json"))
    assert [(each["event"], each["call"], each["from"]) for each in found] == [
        ("granted", "1764230000.12", "this"),
        ("activated", "1764230000.12", "this"),
        ("refused", "1764230000.13", "another"),
    ]
    assert not any(secret in run("show", PHONE).stdout for secret in (PHONE[1:], NUMBER, "966123123"))


def test_what_became_of_a_call(run: Run) -> None:
    found = lines(run("show", "--call", "1764230000.12", "--json"))
    assert [each["event"] for each in found] == ["granted", "activated"]
    assert "Nothing is recorded" in run("show", "--call", "1764230000.99").stdout
    assert "Nothing is recorded" in run("show", "0966999999").stdout


@pytest.mark.parametrize(
    "arguments", [("show",), ("show", PHONE, "--call", "7"), ("export", "--since", "yesterday"), ()]
)
def test_bad_usage_is_status_2(run: Run, arguments: tuple[str, ...]) -> None:
    assert run(*arguments).exit_code == 2


def test_a_trail_that_is_whole(run: Run) -> None:
    assert "whole: records 1 to 6" in run("verify").stdout
    (verdict,) = lines(run("verify", "--json"))
    assert verdict == {
        "ok": True, "records": 6, "first": 1, "last": 6, "checkpoints": 0, "broken": None, "reason": ""
    }  # fmt: skip


def test_a_trail_that_was_changed_names_the_record_and_is_status_1(run: Run, accounts: Accounts) -> None:
    with accounts._database.writing() as connection:
        connection.exec_driver_sql("DROP TRIGGER audit_unchanged")
        connection.exec_driver_sql("UPDATE audit SET phone = NULL WHERE seq = 4")
    result = run("verify")
    assert result.exit_code == 1
    assert "broken at record 4: it was changed" in error(result)
    result = run("verify", "--json")
    assert (result.exit_code, json.loads(result.stdout)["broken"]) == (1, 4)


def test_a_checkpoint_is_printed_kept_and_compared(run: Run, accounts: Accounts, tmp_path: Path) -> None:
    (made,) = lines(run("checkpoint"))
    assert set(made) == {"seq", "at", "hash", "key", "signature"}
    assert made["seq"] == 6
    kept = tmp_path / "kept.jsonl"
    kept.write_text("a line of a log\n" + json.dumps(made) + "\n")
    assert run("verify", "--checkpoints", kept).exit_code == 0
    with accounts._database.writing() as connection:
        connection.exec_driver_sql("DROP TRIGGER audit_kept")
        connection.exec_driver_sql("DELETE FROM checkpoints")
        connection.exec_driver_sql("DELETE FROM audit WHERE seq > 4")
    assert run("verify").exit_code == 0, "the store alone cannot know"
    assert "broken at record 5" in error(run("verify", "--checkpoints", kept))


@pytest.mark.parametrize("text", [None, "", "no checkpoint\n{}\n"])
def test_a_file_without_checkpoints_is_refused(run: Run, tmp_path: Path, text: str | None) -> None:
    file = tmp_path / "kept.jsonl"
    if text is not None:
        file.write_text(text)
    assert "checkpoint" in error(run("verify", "--checkpoints", file))


def test_an_export_is_one_object_a_line(run: Run) -> None:
    found = lines(run("export"))
    assert [each["seq"] for each in found] == list(range(1, 8))
    assert found[-1]["event"] == "audit_export"
    assert set(found[0]) == {
        "seq", "at", "actor", "event", "call", "phone", "insurance_number", "detail", "previous", "hash"
    }  # fmt: skip
    assert lines(run("export", "--until", "2020-01-01")) == []
    assert len(lines(run("export", "--since", "2020-01-01T00:00+07:00"))) == 9


@pytest.mark.parametrize("command", ["show", "verify", "export", "checkpoint"])
def test_every_audit_command_has_help(run: Run, command: str) -> None:
    assert run(command, "--help").exit_code == 0
