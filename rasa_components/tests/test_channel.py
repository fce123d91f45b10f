"""Who may bring a turn."""

from __future__ import annotations

import logging

import pytest

from rasa_components.channel import STRANGERS_LOGS, GuardedRest, named
from rasa_components.log_filters import LINES

SECRET, OTHER = "s" * 24, "o" * 24


@pytest.mark.parametrize("address", ["127.0.0.1", "10.0.0.5", ""])
def test_with_a_secret_it_alone_opens_from_wherever(address: str) -> None:
    channel = GuardedRest(f"{SECRET}, {OTHER}")
    refused = [None, "", "Bearer", f"Bearer {SECRET}x", f"Basic {SECRET}", f"Bearer {SECRET}, {OTHER}", "Bearer \udcff"]
    assert [channel.admits(each, address) for each in refused] == [False] * len(refused)
    assert channel.admits(f"Bearer {SECRET}", address)
    assert channel.admits(f"bearer {OTHER}", address)


@pytest.mark.parametrize("setting", ["", " ", ","])
def test_without_one_this_machine_alone_may(setting: str) -> None:
    channel = GuardedRest(setting)
    addresses = ("127.0.0.1", "::1", "10.0.0.5", "voicebot.example", "")
    assert [channel.admits(None, each) for each in addresses] == [True, True, False, False, False]
    assert not channel.admits("Bearer ", "10.0.0.5")


@pytest.mark.parametrize("setting", ["", SECRET])
@pytest.mark.parametrize("origin", ["https://evil.example", "http://localhost:5005", "null", ""])
def test_a_page_in_a_browser_never_may(setting: str, origin: str) -> None:
    """One on this machine could post turns to a Rasa without a secret, and reset the password of an account."""
    assert not GuardedRest(setting).admits(f"Bearer {SECRET}", "127.0.0.1", origin)


@pytest.mark.parametrize("name", STRANGERS_LOGS)
def test_what_strangers_send_is_a_few_lines_of_the_log_and_not_quoted(
    name: str, caplog: pytest.LogCaptureFixture
) -> None:
    """Sanic writes thirty lines for a request that is none, and quotes it."""
    GuardedRest.from_credentials(None)
    for _ in range(2 * LINES):
        try:
            raise ValueError("invalid url b'0912345678'")
        except ValueError:
            logging.getLogger(name).exception("protocol.connection_task uncaught")
    assert len(caplog.text.splitlines()) == LINES
    assert "ValueError at " in caplog.text
    assert "0912345678" not in caplog.text


def test_a_text_that_names_its_intent_needs_no_understanding() -> None:
    found = named('/give_number{"insurance_number": "sealed", "number_source": "keys"}')
    assert found is not None
    assert found["intent"]["name"] == "give_number"
    assert [(each["entity"], each["value"]) for each in found["entities"]] == [
        ("insurance_number", "sealed"),
        ("number_source", "keys"),
    ]
    plain = named("/played")
    assert plain is not None
    assert (plain["intent"]["name"], plain["entities"], plain["text"]) == ("played", [], "/played")


@pytest.mark.parametrize("text", ["cấp lại mật khẩu", "", "/", "1/2"])
def test_a_sentence_does(text: str) -> None:
    assert named(text) is None
