"""The command line is a contract: JSON fields, exit 0, 1 and 2, and errors of one line that say what to do."""

import json
import os
import re
import socket
import sqlite3
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

import pytest

from bot.__main__ import main
from bot.actions import executor
from bot.actions.services import Services
from bot.diagnosis import CHECKS
from bot.places import PACKAGES
from bot.settings import load
from tests.conftest import GENEROUS
from tests.rasa_tools import SECRET, SharedRasa

COMMANDS = ["call", "simulate", "transcribe", "digits", "speak", "accounts", "audit", "models", "notices", "operators"]
COMMANDS += ["doctor", "serve", "init", "setup", "prompts", "check-line"]
CALLS = PACKAGES / "tests" / "calls"


class Shell:
    """Runs `voicebot` in this process: exit status, lines of stdout, lines of stderr."""

    def __init__(self, monkeypatch: pytest.MonkeyPatch, capfd: pytest.CaptureFixture[str]) -> None:
        self._monkeypatch, self._capfd = monkeypatch, capfd

    def __call__(self, *arguments: str, **environ: str) -> tuple[int, list[str], list[str]]:
        self._monkeypatch.setattr("sys.argv", ["voicebot", *arguments])
        for name, value in environ.items():
            self._monkeypatch.setenv(name, value)
        self._capfd.readouterr()
        status = 0
        try:
            main()
        except SystemExit as end:
            status = int(end.code or 0)
        out, err = self._capfd.readouterr()
        return status, out.splitlines(), err.splitlines()


@pytest.fixture
def voicebot(monkeypatch: pytest.MonkeyPatch, capfd: pytest.CaptureFixture[str]) -> Shell:
    return Shell(monkeypatch, capfd)


@pytest.fixture
def ready(dialogue_model: Path, accounts_url: str) -> dict[str, str]:
    """Variables of a bot that is set up."""
    return {**GENEROUS, "VOICEBOT_RASA_MODEL": str(dialogue_model), "VOICEBOT_DATABASE_URL": accounts_url}


@pytest.fixture
def served(ready: dict[str, str], shared_rasa: SharedRasa) -> Callable[..., dict[str, str]]:
    """Variables of a bot whose Rasa and actions are served already, some of them changed."""

    def served(**changed: str) -> dict[str, str]:
        environ = {**ready, "VOICEBOT_RASA_URL": shared_rasa.url, "VOICEBOT_RASA_SECRET": SECRET, **changed}
        shared_rasa.answers_others(executor(Services(load(environ))))
        return environ

    return served


def assert_one_line(err: list[str], *words: str) -> None:
    told = [line for line in err if not line.endswith("…")]  # progress
    assert len(told) == 1, told
    assert all(word in told[0] for word in words), told
    assert "Traceback" not in told[0]


TOO_LONG = "x" * 300
"""No file system takes such a name."""


@pytest.mark.parametrize(
    "arguments",
    [("transcribe", TOO_LONG), ("accounts", "import", TOO_LONG), ("simulate", TOO_LONG), ("init", TOO_LONG)],
    ids=lambda arguments: arguments[0],
)
def test_a_name_that_no_file_can_have_is_an_error_of_one_line(arguments: tuple[str, ...], voicebot: Shell) -> None:
    status, _, err = voicebot(*arguments)
    assert status == 1
    assert_one_line(err, TOO_LONG, "File name too long")


@pytest.mark.parametrize("setting", ["MODEL", "PROMPTS"])
def test_nor_in_a_setting(setting: str, voicebot: Shell, tmp_path: Path) -> None:
    arguments = ("transcribe", "none.wav") if setting == "MODEL" else ("speak", "-o", str(tmp_path / "one.wav"), "một")
    status, _, err = voicebot(*arguments, **{f"VOICEBOT_{setting}": TOO_LONG})
    assert status == 1
    assert_one_line(err, TOO_LONG, "File name too long")


@pytest.mark.parametrize("quoted", ["one\ntwo", "\x1b[31mred", "\u202etxt.", "\udcff", "\r"])
def test_an_error_is_one_line_whatever_it_quotes(quoted: str, voicebot: Shell) -> None:
    status, _, err = voicebot("transcribe", f"{quoted}.wav")
    assert status == 1
    assert_one_line(err, "no such file")
    assert err[0].isprintable()


def test_a_folder_whose_name_is_no_text_is_told(tmp_path: Path) -> None:
    """In a process of its own: the streams of tests take anything."""
    command = [sys.executable, "-m", "bot", "init", tmp_path / os.fsdecode(b"\xff")]
    ended = subprocess.run(command, cwd=PACKAGES, capture_output=True, check=False, text=True)
    assert (ended.returncode, ended.stderr) == (0, "")
    assert "\\udcff" in ended.stdout


ENDLESS = "/dev/zero"
"""A file without an end, and without a line."""


@pytest.mark.parametrize("arguments", [("simulate",), ("accounts", "import"), ("audit", "verify", "--checkpoints")])
def test_a_file_without_an_end_is_given_up(arguments: tuple[str, ...], voicebot: Shell, ready: dict[str, str]) -> None:
    status, _, err = voicebot(*arguments, ENDLESS, **ready)
    assert status == 1
    assert_one_line(err, ENDLESS)


def test_nor_is_one_read_as_settings(voicebot: Shell) -> None:
    status, _, err = voicebot("accounts", "count", VOICEBOT_CONFIG=ENDLESS)
    assert status == 1
    assert_one_line(err, ENDLESS, "longer than")


@pytest.mark.parametrize("command", COMMANDS)
def test_every_command_answers_help(command: str, voicebot: Shell) -> None:
    status, out, _ = voicebot(command, "--help")
    assert status == 0
    assert any("Usage" in line for line in out)


@pytest.mark.parametrize("arguments", [["dance"], ["digits"], ["speak"], ["simulate"], ["digits", "--dance", "x"]])
def test_bad_usage_exits_2(arguments: list[str], voicebot: Shell) -> None:
    assert voicebot(*arguments)[0] == 2


class TestDigits:
    def test_one_object_a_line(self, voicebot: Shell) -> None:
        status, out, err = voicebot("digits", "--json", "không chín một hai, ba con tám", "một trăm hai", "xin chào")
        assert (status, err) == (0, [])
        assert [json.loads(line) for line in out] == [
            {"text": "không chín một hai, ba con tám", "digits": "0912888", "status": "ok"},
            {"text": "một trăm hai", "digits": None, "status": "ambiguous"},
            {"text": "xin chào", "digits": None, "status": "none"},
        ]


class TestSimulate:
    def test_json_and_report(self, voicebot: Shell, ready: dict[str, str], tmp_path: Path) -> None:
        script = CALLS / "keys_only.yml"
        to = ("--report", str(tmp_path), "--events", str(tmp_path / "events.jsonl"))
        status, out, _ = voicebot("simulate", str(script), "--json", *to, **ready)
        assert status == 0
        [line] = out
        call = json.loads(line)
        assert set(call) == {"script", "passed", "outcome", "turns", "seconds", "failure"}
        assert (call["script"], call["passed"], call["outcome"], call["failure"]) == (str(script), True, "reset", None)
        assert all(set(turn) == {"heard", "said", "ms"} for turn in call["turns"])
        assert {path.name for path in (tmp_path / "keys_only").iterdir()} == {
            "call.html",
            "call.vcon.json",
            "call.wav",
            "events.jsonl",
            "timeline.png",
            "transcript.txt",
        }
        events = [json.loads(line) for line in (tmp_path / "events.jsonl").read_text("utf-8").splitlines()]
        assert {event.pop("script") for event in events} == {str(script)}
        assert [event["room"] for event in events[:3]] == ["turn", "dialogue", "speech"]
        kept = (tmp_path / "keys_only" / "events.jsonl").read_text("utf-8").splitlines()
        assert [json.loads(line) for line in kept] == events

    def test_events_and_json_cannot_both_have_stdout(self, voicebot: Shell) -> None:
        status, out, error = voicebot("simulate", str(CALLS / "keys_only.yml"), "--json", "--events", "-")
        assert (status, out) == (2, [])
        assert "give --events a file" in " ".join(" ".join(error).replace("│", " ").split())

    def test_events_that_cannot_be_written_are_told_before_the_call(self, voicebot: Shell, tmp_path: Path) -> None:
        status, out, error = voicebot("simulate", str(CALLS / "keys_only.yml"), "--events", str(tmp_path))
        assert (status, out) == (1, [])
        [line] = error
        assert "cannot be written" in line

    def test_a_call_that_goes_otherwise_exits_1_and_says_how(
        self, voicebot: Shell, served: Callable[..., dict[str, str]], tmp_path: Path
    ) -> None:
        script = tmp_path / "wrong.yml"
        script.write_text('caller: "0912345678"\nsteps:\n  - press: "0"\nexpect: {outcome: reset}\n', "utf-8")
        status, out, _ = voicebot("simulate", str(script), "--json", **served())
        assert status == 1
        assert json.loads(out[0])["failure"] == "outcome transferred, expected reset"

    @pytest.mark.parametrize(
        ("text", "word"),
        [
            ("caller: 0912345678\nsteps: []", "quotes"),
            ('caller: "0912345678"\nsteps:\n  - shout: "8"', "shout"),
            ("[", "YAML"),
            ("", "empty"),
        ],
    )
    def test_a_malformed_script_is_told_before_anything_is_loaded(
        self, text: str, word: str, voicebot: Shell, tmp_path: Path
    ) -> None:
        script = tmp_path / "bad.yml"
        script.write_text(text, "utf-8")
        status, out, err = voicebot("simulate", str(script), VOICEBOT_RASA_MODEL="/nowhere")
        assert (status, out) == (1, [])
        assert_one_line(err, "bad.yml", word)


class TestWhatIsMissing:
    """Each missing part is one line that names it and says what to do."""

    SCRIPT = str(CALLS / "keys_only.yml")

    def test_no_trained_dialogue(self, voicebot: Shell, ready: dict[str, str], tmp_path: Path) -> None:
        status, _, err = voicebot("simulate", self.SCRIPT, **{**ready, "VOICEBOT_RASA_MODEL": str(tmp_path / "none")})
        assert status == 1
        assert_one_line(err, "trained dialogue", "make setup")

    def test_no_model_folder(self, voicebot: Shell, ready: dict[str, str], tmp_path: Path) -> None:
        status, _, err = voicebot("simulate", self.SCRIPT, **ready, VOICEBOT_MODEL=str(tmp_path / "none"))
        assert status == 1
        assert_one_line(err, "none")

    def test_no_account_store(self, voicebot: Shell, served: Callable[..., dict[str, str]], tmp_path: Path) -> None:
        url = f"sqlite:///{tmp_path}/none.sqlite"
        status, out, _ = voicebot("simulate", "--json", self.SCRIPT, **served(VOICEBOT_DATABASE_URL=url))
        call = json.loads(out[0])
        assert (status, call["outcome"]) == (1, "error")
        assert "sự cố" in call["turns"][-1]["said"]

    def test_a_locked_account_store_is_out_of_order_and_not_a_refusal(
        self, voicebot: Shell, served: Callable[..., dict[str, str]]
    ) -> None:
        ready = served()
        path = ready["VOICEBOT_DATABASE_URL"].removeprefix("sqlite:///")
        with sqlite3.connect(path) as other:
            other.execute("BEGIN EXCLUSIVE")
            status, out, _ = voicebot("simulate", "--json", self.SCRIPT, **ready)
            other.rollback()
        call = json.loads(out[0])
        assert (status, call["outcome"]) == (1, "error")
        assert "không khớp" not in call["turns"][-1]["said"]

    def test_a_wrong_setting(self, voicebot: Shell) -> None:
        status, out, _ = voicebot("doctor", VOICEBOT_SETTLE_SECONDS="soon")
        assert status == 1
        assert "settle_seconds: 'soon'" in out[0]

    @pytest.mark.parametrize(
        "url",
        [
            "postgresql://u:s3cret@h:port/db",
            "postgresql://u:s3cret@127.0.0.1:99999/db",
            "postgresql://u:s3cret@127.0.0.1:1/db?foo=bar",
            "postgresql://u:s3cret@127.0.0.1:1/db?connect_timeout=abc",
            "sqlite:///var/accounts.sqlite?timeout=abc",
            "sqlite:///var/%00.sqlite",
            "sqlite:////",
            ":::",
            "mysql://u:s3cret@h/db",
        ],
    )
    def test_a_database_that_is_none(self, voicebot: Shell, url: str) -> None:
        status, _, err = voicebot("accounts", "show", "0912345678", VOICEBOT_DATABASE_URL=url)
        assert status == 1
        assert_one_line(err, "account")
        assert "s3cret" not in err[0]

    def test_a_caller_that_is_no_phone_number(self, voicebot: Shell) -> None:
        status, _, err = voicebot("call", "--caller", "nobody")
        assert status == 1
        assert_one_line(err, "not a phone number", "write ten digits")

    def test_no_microphone(self, voicebot: Shell, monkeypatch: pytest.MonkeyPatch) -> None:
        why = "no microphone or no loudspeaker was found; connect one"
        monkeypatch.setattr("bot.channels.microphone.microphone_available", lambda: why)
        status, _, err = voicebot("call")
        assert status == 1
        assert_one_line(err, why, "--or-demo")


def test_the_version(voicebot: Shell) -> None:
    status, out, err = voicebot("--version")
    assert (status, err) == (0, [])
    assert re.fullmatch(r"voicebot \d+\.\d+\.\d+", out[0])


class TestDoctor:
    def test_names_every_part(self, voicebot: Shell, ready: dict[str, str]) -> None:
        with socket.socket() as free:
            free.bind(("127.0.0.1", 0))
            port = str(free.getsockname()[1])
        status, out, _ = voicebot("doctor", "--json", VOICEBOT_PORT=port, **ready)
        parts = {entry["part"]: entry for entry in map(json.loads, out)}
        assert status == 0, parts
        assert all(set(entry) == {"part", "ok", "needed", "detail"} for entry in parts.values())
        assert set(parts) == {"settings", *(part for part, _, _ in CHECKS)}
        assert {"settings", "recogniser", "voice", "dialogue", "accounts", "microphone"} <= set(parts)
        assert all(entry["ok"] for entry in parts.values() if entry["needed"])

    def test_exits_1_where_a_needed_part_is_missing(
        self, voicebot: Shell, ready: dict[str, str], tmp_path: Path
    ) -> None:
        status, out, _ = voicebot("doctor", "--json", **{**ready, "VOICEBOT_RASA_MODEL": str(tmp_path)})
        assert status == 1
        [dialogue] = [entry for entry in map(json.loads, out) if entry["part"] == "dialogue"]
        assert not dialogue["ok"]
        assert "make setup" in dialogue["detail"]


def test_the_settings_of_this_shell_do_not_leak_into_tests() -> None:
    allowed = {*GENEROUS, "VOICEBOT_TEST_DATABASE_URL"}
    assert not [name for name in os.environ if name.startswith("VOICEBOT_") and name not in allowed]
