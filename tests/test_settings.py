"""Settings come from a file and the environment, and a wrong one is named."""

import base64
import dataclasses
from collections.abc import Callable
from pathlib import Path

import pytest

from bot.errors import VoicebotError
from bot.settings import Settings, load

KEY = base64.urlsafe_b64encode(bytes(range(32))).decode()


@pytest.fixture
def file(tmp_path: Path) -> Path:
    return tmp_path / "voicebot.toml"


def test_without_file_and_variables_the_defaults_hold(file: Path) -> None:
    assert load({}, file) == Settings()


def test_the_file_is_read_and_a_variable_wins(file: Path) -> None:
    file.write_text('voice = "vi-vn-x-south"\nno_input_seconds = 4\nnumber_lengths = [12, 10]\n', "utf-8")
    settings = load({"VOICEBOT_NO_INPUT_SECONDS": "5.5"}, file)
    assert (settings.voice, settings.no_input_seconds, settings.number_lengths) == ("vi-vn-x-south", 5.5, (10, 12))


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("no_input_seconds", "soon"),
        ("no_input_seconds", "-1"),
        ("max_failures", "0"),
        ("max_failures", "2.5"),
        ("settle_seconds", "nan"),
        ("settle_seconds", "inf"),
        ("number_lengths", ""),
        ("number_lengths", "ten"),
        ("number_lengths", "3"),
        ("verstat", "perhaps"),
        ("verstat", ""),
        ("call_back", "true"),
        ("web_phone", "yes"),
        ("max_call_backs", "0"),
        ("max_call_backs_hour", "0"),
        ("number_lengths", "1٠"),
        ("number_lengths", "9" * 50),
        ("max_failures", "٣"),
        ("max_failures", "1_0"),
        ("max_failures", "101"),
        ("lock_seconds", "1000000000000"),
        ("lock_seconds", "9" * 50),
        ("lock_seconds", "5"),
        ("seal_seconds", "601"),
        ("settle_seconds", "1e400"),
        ("speech_rate", "1000000000"),
        ("port", "http"),
        ("port", "0"),
        ("port", "99999"),
        ("max_calls", "1000000000000000000000000000000"),
        ("max_call_seconds", "1000000000000000000000000000000"),
        ("rasa_url", "http://[::1"),
        ("rasa_url", "file:///etc/passwd"),
        ("rasa_url", "http://"),
        ("rasa_url", "http://localhost:port"),
        ("rasa_url", "localhost:5005"),
        ("voice", "vi\0"),
        ("notice_url", "http://sms.example.vn/send"),
        ("notice_url", "sms.example.vn"),
        ("notice_url", "https://"),
        ("notice_command", "'send"),
        ("notice_command", " "),
        ("database_url", ""),
        ("database_url", "foo"),
        ("database_url", "accounts.sqlite"),
        ("database_url", "sqlite:/accounts.sqlite"),
        ("host", ""),
        ("host", "300.1.1.1"),
        ("host", "127.0.0"),
        ("host", "0"),
        ("host", "::g"),
        ("host", "127.0.0.1:8080"),
        ("host", "http://localhost"),
        ("host", "two words"),
        ("host", "a..b"),
        ("host", "a" * 64),
        ("host", "a." * 127),
        ("audiosocket", "9092"),
        ("audiosocket", "300.1.1.1:9092"),
        ("audiosocket", "127.0.0.1:70000"),
        ("audiosocket", ":9092"),
        ("seal_key", "abc"),
        ("seal_key", "A" * 43 + "="),
        ("seal_key", f"{KEY},abc"),
    ],
)
def test_a_wrong_value_is_refused_by_name(name: str, value: str, file: Path) -> None:
    with pytest.raises(VoicebotError, match=name):
        load({f"VOICEBOT_{name.upper()}": value}, file)


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("database_url", "postgresql+psycopg2://u:p@h/db"),
        *(("host", host) for host in ("0.0.0.0", "::", "::1", "localhost", "bot.example.org.", "my_bot", "máy-chủ")),
        ("audiosocket", ""),
        ("audiosocket", "[::1]:9092"),
        ("audiosocket", "gateway:9092"),
        ("seal_key", ""),
        ("seal_key", KEY),
        ("seal_key", f"{KEY}, {KEY}"),
    ],
)
def test_a_right_value_is_taken(name: str, value: str, file: Path) -> None:
    assert getattr(load({f"VOICEBOT_{name.upper()}": value}, file), name) == value


@pytest.mark.parametrize(("name", "value"), [("database_url", "u:s3cret@host"), ("seal_key", "s3cret")])
def test_a_wrong_secret_is_not_quoted(name: str, value: str, file: Path) -> None:
    with pytest.raises(VoicebotError, match=name) as error:
        load({f"VOICEBOT_{name.upper()}": value}, file)
    assert "s3cret" not in str(error.value)


def test_a_file_that_was_named_and_is_not_there_is_told(tmp_path: Path) -> None:
    nowhere = str(tmp_path / "nope.toml")
    with pytest.raises(VoicebotError, match=r"nope\.toml: there is no such file; let VOICEBOT_CONFIG"):
        load({"VOICEBOT_CONFIG": nowhere})


def test_every_number_has_a_range_that_holds_its_default(file: Path) -> None:
    for field in dataclasses.fields(Settings):
        if isinstance(field.default, (int, float)):
            least, most = field.metadata["range"]
            assert least <= field.default <= most
            for value in (least, most):
                assert getattr(load({f"VOICEBOT_{field.name.upper()}": str(value)}, file), field.name) == value


@pytest.mark.parametrize("make", [Path.mkdir, lambda path: path.symlink_to(path)])
def test_a_path_that_is_no_file_is_told(make: Callable[[Path], None], file: Path) -> None:
    make(file)
    with pytest.raises(VoicebotError, match="VOICEBOT_CONFIG"):
        load({}, file)


@pytest.mark.parametrize(
    "content", [b"\xff\xfe", b"voice = " + b"[" * 100_000, b"voice = 1979-05-27"], ids=["no text", "deep", "a date"]
)
def test_a_file_that_is_no_toml_is_told(content: bytes, file: Path) -> None:
    file.write_bytes(content)
    with pytest.raises(VoicebotError, match=r"voicebot\.toml|voice"):
        load({}, file)


@pytest.mark.parametrize("text", ["voise = 'vi'", "voice = ", "voice = 3", "max_failures = true"])
def test_a_wrong_file_is_refused_by_name(text: str, file: Path) -> None:
    file.write_text(text, "utf-8")
    with pytest.raises(VoicebotError, match=r"voicebot\.toml|voice|max_failures"):
        load({}, file)


@pytest.mark.parametrize(
    ("name", "nearest"),
    [
        ("VOICEBOT_MAX_CALL", "VOICEBOT_MAX_CALLS"),
        ("VOICEBOT_LINESECRET", "VOICEBOT_LINE_SECRET"),
        ("VOICEBOT_DATABASE", "VOICEBOT_DATABASE_URL"),
        ("VOICEBOT_HOMES", "VOICEBOT_HOME"),
    ],
)
def test_a_mistyped_variable_names_the_nearest(name: str, nearest: str, file: Path) -> None:
    with pytest.raises(VoicebotError, match=f"no setting {name};.* nearest is {nearest}:") as error:
        load({name: "a secret value"}, file)
    assert "a secret value" not in str(error.value)


def test_a_mistyped_key_of_the_file_names_the_nearest(file: Path) -> None:
    file.write_text("max_cals = 5\n", "utf-8")
    with pytest.raises(VoicebotError, match=r"voicebot\.toml.* max_cals;.* nearest is max_calls"):
        load({}, file)


def test_variables_of_others_are_none_of_its_business(file: Path) -> None:
    others = {"PATH": "/bin", "VOICEBOT_HOME": "/srv", "VOICEBOT_TEST_DATABASE_URL": "x", "MY_VOICEBOT_X": "y"}
    assert load(others, file) == Settings()


@pytest.mark.parametrize("url", ["https://sms.example.vn/send", "http://localhost:9000/", "http://[::1]:9000/"])
def test_numbers_are_sent_where_nobody_can_read_them(url: str, file: Path) -> None:
    assert load({"VOICEBOT_NOTICE_URL": url}, file).notice_url == url


def test_owners_are_told_in_one_way(file: Path) -> None:
    with pytest.raises(VoicebotError, match="one of the two"):
        load({"VOICEBOT_NOTICE_URL": "https://sms.example.vn/", "VOICEBOT_NOTICE_COMMAND": "send"}, file)


def test_secrets_do_not_show() -> None:
    notices = repr(Settings(notice_command="hidden", notice_url="hidden", notice_secret="hidden"))
    assert "hidden" not in notices
    assert "hidden" not in repr(Settings(seal_key="hidden", caller="hidden", line_secret="hidden"))
