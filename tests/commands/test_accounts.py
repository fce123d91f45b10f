"""`voicebot accounts`: what operators and scripts rely on."""

import json
from collections.abc import Callable
from pathlib import Path

import pytest
from command_tools import error, lines
from typer.testing import CliRunner, Result

from bot.accounts import store
from bot.accounts.demo import DEMO
from bot.commands.accounts import app

PHONE, NUMBER = DEMO[0]
Run = Callable[..., Result]


@pytest.fixture
def run(own_store: None) -> Run:
    """Runs the command on a store of the test's own."""
    return lambda *arguments, stdin=None: CliRunner().invoke(app, [str(each) for each in arguments], input=stdin)


@pytest.fixture
def file(tmp_path: Path) -> Path:
    return tmp_path / "accounts.csv"


def printed(result: Result) -> dict[str, object]:
    """The one JSON object on stdout."""
    [found] = lines(result)
    return found


def test_init_makes_an_empty_store(run: Run, tmp_path: Path) -> None:
    assert printed(run("init", "--json")) == {"store": f"sqlite:///{tmp_path}/accounts.sqlite", "added": 0}
    assert "no account has this phone number" in error(run("show", PHONE))


def test_init_demo_adds_the_demo_accounts_once(run: Run) -> None:
    assert printed(run("init", "--demo", "--json"))["added"] == len(DEMO)
    assert printed(run("init", "--demo", "--json"))["added"] == 0
    assert run("init").exit_code == 0
    for phone, _ in DEMO:
        assert run("show", phone).exit_code == 0


@pytest.mark.parametrize("arguments", [("show", PHONE), ("add", PHONE, NUMBER), ("unlock", PHONE)])
def test_before_init_every_command_says_what_to_do(run: Run, arguments: tuple[str, ...]) -> None:
    assert "run `voicebot accounts init`" in error(run(*arguments))


def test_an_account_is_added_and_shown_masked(run: Run) -> None:
    run("init")
    assert printed(run("add", PHONE, NUMBER, "--json")) == {"added": True}
    assert printed(run("add", "+84" + PHONE[1:], NUMBER, "--json")) == {"added": False}
    assert printed(run("show", PHONE, "--json")) == {
        "phone": "*********678",
        "insurance_number": "*******789",
        "state": "new",
        "failures": 0,
        "locked_until": None,
        "must_change": False,
        "expires_at": None,
    }
    plain = run("show", PHONE).output
    assert "*******789" in plain
    assert PHONE[1:] not in plain
    assert NUMBER not in plain


@pytest.mark.parametrize("arguments", [("12", NUMBER), (PHONE, "12"), ("", ""), (PHONE, "không một hai")])
def test_what_is_no_account_is_refused_in_one_line(run: Run, arguments: tuple[str, str]) -> None:
    run("init")
    message = error(run("add", *arguments))
    assert not any(len(argument) > 2 and argument in message for argument in arguments)


def test_a_locked_account_is_shown_and_unlocked(run: Run, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("VOICEBOT_MAX_FAILURES", "2")
    run("init", "--demo")
    from bot.settings import load

    accounts = store.open_accounts(load())
    for i in range(2):
        assert accounts.begin_reset(f"wrong {i}", PHONE, DEMO[1 + i][1]) is None
    accounts.close()
    shown = printed(run("show", PHONE, "--json"))
    assert (shown["state"], shown["failures"]) == ("locked", 2)
    assert "locked until 2" in run("show", PHONE).output
    assert printed(run("unlock", PHONE, "--json")) == {"forgiven": 2}
    assert printed(run("show", PHONE, "--json"))["state"] == "new"
    assert "0 guesses" in run("unlock", PHONE).output


def handed_out() -> str:
    """A password that was just heard."""
    from bot.settings import load

    accounts = store.open_accounts(load())
    password = accounts.begin_reset("call", PHONE, NUMBER)
    accounts.activate("call")
    accounts.close()
    assert password
    return password


def test_the_application_behind_checks_a_password_and_changes_it(run: Run) -> None:
    run("init", "--demo")
    password = handed_out()
    assert printed(run("show", PHONE, "--json"))["must_change"] is True
    assert "must be changed before 20" in run("show", PHONE).output
    wrong = run("check", PHONE, "--json", stdin="12345678\n")
    assert (wrong.exit_code, json.loads(wrong.stdout)) == (
        1,
        {"valid": False, "must_change": False, "expires_at": None, "reason": "wrong"},
    )
    first = printed(run("check", PHONE, "--json", stdin=f"{password}\n"))
    assert (first["valid"], first["must_change"], first["reason"]) == (True, True, None)
    assert str(first["expires_at"]).endswith("+00:00")
    again = run("check", PHONE, stdin=password)
    assert (again.exit_code, again.stdout) == (1, "The password is not valid: used.\n")
    assert printed(run("change-password", PHONE, "--json", stdin=f"{password}\nmột câu dài\n")) == {"changed": True}
    assert printed(run("check", PHONE, "--json", stdin="một câu dài\n")) == {
        "valid": True,
        "must_change": False,
        "expires_at": None,
        "reason": None,
    }
    assert "the present one is wrong" in error(run("change-password", PHONE, stdin=f"{password}\nanother one\n"))


@pytest.mark.parametrize("stdin", ["", "one\ntwo\n"])
def test_a_password_is_one_line_of_stdin(run: Run, stdin: str) -> None:
    run("init", "--demo")
    message = error(run("check", PHONE, stdin=stdin))
    assert "give 1 line on stdin" in message
    assert "one" not in message.replace("stdin", "")


def test_an_account_is_removed(run: Run) -> None:
    run("init", "--demo")
    assert printed(run("remove", PHONE, "--json")) == {"removed": True}
    assert "no account has this phone number" in error(run("remove", PHONE))
    assert printed(run("count", "--json")) == {"accounts": len(DEMO) - 1}
    assert printed(run("add", PHONE, NUMBER, "--json")) == {"added": True}


def test_an_account_moves_to_another_phone(run: Run) -> None:
    run("init", "--demo")
    assert printed(run("change-phone", PHONE, "+84966123123", "--json")) == {"changed": True}
    assert printed(run("show", "0966123123", "--json"))["insurance_number"] == "*******789"
    assert "no account has this phone number" in error(run("show", PHONE))
    assert "has an account already" in error(run("change-phone", "0966123123", DEMO[1][0]))
    for arguments in ((PHONE, "0966123124"), ("0966123123", "12"), ("x", "y")):
        error(run("change-phone", *arguments))


def test_accounts_are_listed_and_exported_without_a_readable_number(run: Run, tmp_path: Path) -> None:
    run("init", "--demo")
    listed = [json.loads(line) for line in run("list", "--json").stdout.splitlines()]
    assert len(listed) == len(DEMO)
    assert listed[0] == {"insurance_number": "*******789", "state": "new"}
    path = tmp_path / "accounts-of-today.csv"
    assert printed(run("export", path, "--json")) == {"path": str(path), "accounts": len(DEMO)}
    text = path.read_text()
    assert text.startswith("insurance_number,state\n*******789,new\n")
    assert path.stat().st_mode & 0o777 == 0o600
    assert not any(number in text + run("list").output for pair in DEMO for number in pair)
    assert "cannot be written" in error(run("export", path))
    from bot.settings import load

    accounts = store.open_accounts(load())
    assert [record.event for record in accounts.audit._records()][:4] == ["init", "import", "list", "export"]
    accounts.close()
    assert path.read_text() == text


def test_a_good_file_is_imported(run: Run, file: Path) -> None:
    run("init")
    file.write_text(f"phone,insurance_number\n{PHONE},{NUMBER}\n")
    assert printed(run("import", file, "--json")) == {"path": str(file), "added": 1, "unchanged": 0, "bad": 0}
    assert "0 accounts added, 1 there already, 0 rows wrong" in run("import", file).stdout


def test_bad_rows_go_to_stderr_and_make_the_status_1(run: Run, file: Path) -> None:
    run("init")
    file.write_text(f"phone,insurance_number\n{PHONE},{NUMBER}\n{DEMO[1][0]},123\nabc,{DEMO[1][1]}\n")
    result = run("import", file, "--json")
    assert result.exit_code == 1
    assert result.exception is None or isinstance(result.exception, SystemExit)
    assert json.loads(result.stdout) == {"path": str(file), "added": 1, "unchanged": 0, "bad": 2}
    lines = result.stderr.splitlines()
    assert len(lines) == 2
    assert lines[0].startswith(f"{file}: line 3: ")
    assert lines[1].startswith(f"{file}: line 4: ")
    assert run("show", PHONE).exit_code == 0


def test_rejected_rows_go_to_a_file_of_their_own_if_wanted(run: Run, file: Path) -> None:
    run("init")
    file.write_text(f"phone,insurance_number\n{PHONE},{NUMBER}\n{DEMO[1][0]},123\n")
    rejected = file.with_name("rejected.csv")
    assert run("import", file, "--rejected", rejected).exit_code == 1
    assert rejected.read_text() == f"phone,insurance_number\n{DEMO[1][0]},123\n"
    assert rejected.stat().st_mode & 0o777 == 0o600
    assert "not there yet" in error(run("import", file, "--rejected", rejected))


def test_a_malformed_header_and_a_missing_file_are_one_line(run: Run, file: Path) -> None:
    run("init")
    assert "cannot be read" in error(run("import", file))
    file.write_bytes("phone,insurance_number\n".encode("utf-16"))
    assert "line 1 must be phone,insurance_number, in UTF-8" in error(run("import", file))


@pytest.mark.parametrize("arguments", [(), ("forget",), ("add", PHONE), ("show", PHONE, "--xml"), ("import",)])
def test_bad_usage_is_status_2(run: Run, arguments: tuple[str, ...]) -> None:
    assert run(*arguments).exit_code == 2


@pytest.mark.parametrize("command", [each.name or each.callback.__name__ for each in app.registered_commands])
def test_every_command_has_help(run: Run, command: str) -> None:
    assert run(command, "--help").exit_code == 0
