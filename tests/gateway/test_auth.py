"""Who may bring calls, and where `voicebot serve` refuses to listen."""

import base64
import re

import pytest

from bot.credentials import Credentials
from bot.errors import VoicebotError
from bot.gateway.auth import LineAuth, open_auth
from bot.places import PACKAGES
from bot.settings import Settings
from bot.settings_values import host_and_port

SECRET = "sixteen characters and more: ấy"


def basic(user: str, password: str) -> str:
    return "Basic " + base64.b64encode(f"{user}:{password}".encode()).decode()


@pytest.mark.parametrize(
    "header", [basic("asterisk", SECRET), basic("", SECRET), f"Bearer {SECRET}", f"bearer  {SECRET} "]
)
def test_the_secret_opens(header: str) -> None:
    assert LineAuth(Credentials(SECRET), certificates=False).admits(header, None)


@pytest.mark.parametrize(
    "header",
    [
        None,
        "",
        SECRET,
        basic("asterisk", ""),
        basic(SECRET, ""),
        basic("asterisk", SECRET[:-1]),
        basic("asterisk", SECRET + " "),
        "Basic " + base64.b64encode(SECRET.encode()).decode(),
        "Basic ===",
        "Basic ấy",
        "Bearer",
        "Digest " + SECRET,
        "Bearer \udcff\udcfe",
        "Basic \udcff",
        "\udcff",
    ],
)
def test_anything_else_does_not(header: str | None) -> None:
    assert not LineAuth(Credentials(SECRET), certificates=False).admits(header, None)


def test_where_certificates_are_asked_for_the_secret_alone_does_not_open() -> None:
    certificate = {"subject": ((("commonName", "pbx"),),)}
    assert not LineAuth(Credentials(SECRET), certificates=True).admits(basic("asterisk", SECRET), None)
    assert not LineAuth(Credentials(SECRET), certificates=True).admits(None, certificate)
    assert LineAuth(Credentials(SECRET), certificates=True).admits(basic("asterisk", SECRET), certificate)
    assert not LineAuth(Credentials(""), certificates=True).admits(None, {})
    assert LineAuth(Credentials(""), certificates=True).admits(None, certificate)


@pytest.mark.parametrize("host", ["0.0.0.0", "::", "10.0.0.5", "voicebot.example", ""])
def test_strangers_could_reach_it_so_it_does_not_listen_without_a_auth(host: str) -> None:
    with pytest.raises(VoicebotError, match="VOICEBOT_LINE_SECRET"):
        open_auth(Settings(host=host))
    open_auth(Settings(host=host, line_secret=SECRET))
    open_auth(Settings(host=host, tls_client_ca="ca.pem"))


@pytest.mark.parametrize("host", ["127.0.0.1", "127.8.8.8", "::1", "localhost"])
def test_on_this_machine_alone_it_needs_none(host: str) -> None:
    assert open_auth(Settings(host=host)).admits(None, None)


@pytest.mark.parametrize("secret", ["short", f"{SECRET}, short"])
def test_a_short_secret_is_none(secret: str) -> None:
    with pytest.raises(VoicebotError, match="16 characters"):
        open_auth(Settings(line_secret=secret))


def test_the_secret_of_the_example_is_none() -> None:
    for file in (PACKAGES / "deploy" / "asterisk" / "site.example").iterdir():
        for secret in re.findall(r"(?:VOICEBOT_SECRET|password) = (\S+)", file.read_text("utf-8")):
            with pytest.raises(VoicebotError, match="example"):
                open_auth(Settings(line_secret=secret))


def test_while_the_secret_is_changed_the_old_one_and_the_new_one_open() -> None:
    old, new = "the secret that is old", "the secret that is new"
    auth = open_auth(Settings(line_secret=f"{new}, {old}"))
    assert [auth.admits(f"Bearer {each}", None) for each in (old, new, f"{new}, {old}", "", ",")] == [
        *(True, True),
        *(False, False, False),
    ]


@pytest.mark.parametrize("secret", [",", " , "])
def test_commas_alone_are_no_secret(secret: str) -> None:
    with pytest.raises(VoicebotError, match="VOICEBOT_LINE_SECRET"):
        open_auth(Settings(host="0.0.0.0", line_secret=secret))


@pytest.mark.parametrize(
    "setting", ["9092", ":9092", "localhost:", "localhost:x", "localhost:0", "localhost:65536", "127.0.0.1:٩٠"]
)
def test_a_wrong_address_of_audiosocket_is_told(setting: str) -> None:
    with pytest.raises(VoicebotError, match="audiosocket"):
        host_and_port(setting)


def test_addresses_of_audiosocket() -> None:
    assert host_and_port("127.0.0.1:9092") == ("127.0.0.1", 9092)
    assert host_and_port("[::1]:9092") == ("::1", 9092)
