"""Secrets that open a door."""

from __future__ import annotations

import pytest

from bot.credentials import Credentials, checked
from bot.errors import VoicebotError

SECRET, OTHER = "secret of the line here", "the other one of them"


@pytest.mark.parametrize("address", ["127.0.0.1", "::1", "10.0.0.5", "192.0.2.1", ""])
def test_with_a_secret_it_alone_opens_from_wherever(address: str) -> None:
    secrets = Credentials(f"{SECRET}, {OTHER}")
    given = [
        None,
        "",
        "Bearer",
        f"Bearer {SECRET}x",
        f"Bearer {SECRET}",
        f"bearer {OTHER}",
        f"Bearer {SECRET}, {OTHER}",
    ]
    assert [secrets.admit_here(each, address) for each in given] == [False, False, False, False, True, True, False]


@pytest.mark.parametrize("setting", ["", " ", ",", " , "])
def test_without_one_this_machine_alone_may(setting: str) -> None:
    secrets = Credentials(setting)
    assert not secrets
    assert [secrets.admit_here(None, each) for each in ("127.0.0.1", "::1", "10.0.0.5", "voicebot.example", "")] == [
        *(True, True),
        *(False, False, False),
    ]
    assert not secrets.admit_here(f"Bearer {SECRET}", "10.0.0.5")
    assert not secrets.admit("Bearer ")


def test_the_first_of_several_is_sent_and_none_where_there_is_none() -> None:
    assert Credentials(f"{SECRET},{OTHER}").headers == {"Authorization": f"Bearer {SECRET}"}
    assert Credentials("").headers == {}


@pytest.mark.parametrize(
    ("setting", "why"),
    [
        ("tooshort", "shorter than 16"),
        (f"{SECRET}, tooshort", "shorter than 16"),
        ("change-me-to-something-else", "example"),
        ("a" * 48, "guess"),
        ("1234" * 4, "guess"),
        ("mật khẩu của tổng đài", "HTTP header"),
        ("a secret\nof two lines", "HTTP header"),
    ],
)
def test_a_weak_one_is_refused_and_never_told(setting: str, why: str) -> None:
    with pytest.raises(VoicebotError, match=f"^rasa_secret .*{why}") as caught:
        checked("rasa_secret", setting, sent=True)
    assert setting not in str(caught.value)
