"""`voicebot doctor` finds what would keep `voicebot serve` from starting."""

from __future__ import annotations

import dataclasses
import socket
from collections.abc import Iterator
from pathlib import Path

import pytest

from bot.diagnosis import CHECKS, diagnose
from bot.errors import VoicebotError
from bot.settings import Settings

CHECK = {part: check for part, check, _ in CHECKS}


@pytest.fixture
def taken() -> Iterator[int]:
    """A port on which somebody listens."""
    with socket.socket() as other:
        other.bind(("127.0.0.1", 0))
        other.listen()
        yield other.getsockname()[1]


def free_port() -> int:
    with socket.socket() as other:
        other.bind(("127.0.0.1", 0))
        return int(other.getsockname()[1])


@pytest.mark.parametrize(
    ("part", "settings", "words"),
    [
        ("line", {"host": "0.0.0.0"}, "VOICEBOT_LINE_SECRET"),
        ("line", {"line_secret": "short"}, "shorter"),
        ("tls", {"tls_certificate": "nowhere.pem"}, "TLS"),
        ("tls", {"tls_client_ca": "ca.pem"}, "tls_certificate"),
        ("ports", {"host": "203.0.113.1"}, "VOICEBOT_PORT"),
        ("ports", {"port": 1, "audiosocket": "nonsense"}, "udiosocket|VOICEBOT"),
        ("secrets", {"rasa_secret": "short"}, "rasa_secret"),
        ("secrets", {"seal_key": "none"}, "seal key"),
        ("recogniser", {"model": "no-such-model"}, "no-such-model"),
        ("second pass", {"model": "vi-digits-free"}, "one pass"),
        ("voice", {"voice": "klingon"}, "klingon"),
        ("rasa", {"rasa_environment": "nowhere"}, "voicebot setup"),
        ("rasa", {"rasa_url": "http://127.0.0.1:1"}, "VOICEBOT_RASA_URL"),
        ("dialogue", {"rasa_model": "nowhere"}, "make setup"),
        ("accounts", {"database_url": "sqlite:////nowhere/accounts.sqlite"}, "account"),
    ],
)
def test_what_is_missing_is_found(part: str, settings: dict[str, object], words: str) -> None:
    with pytest.raises(VoicebotError, match=words) as found:
        CHECK[part](dataclasses.replace(Settings(), **settings))  # type: ignore[arg-type]  # each value has its field's type
    assert "\n" not in str(found.value)


def test_a_taken_port_is_found(taken: int) -> None:
    with pytest.raises(VoicebotError, match=f"{taken} is taken"):
        CHECK["ports"](Settings(port=taken))
    with pytest.raises(VoicebotError, match="VOICEBOT_AUDIOSOCKET"):
        CHECK["ports"](Settings(port=free_port(), audiosocket=f"127.0.0.1:{taken}"))


def test_a_port_that_was_looked_at_is_free_again() -> None:
    settings = Settings(port=free_port())
    assert CHECK["ports"](settings) == CHECK["ports"](settings)


def test_the_web_phone_is_told() -> None:
    assert "http://127.0.0.1:8080/" in CHECK["web phone"](Settings())
    assert "off" in CHECK["web phone"](Settings(web_phone="off"))


def test_a_served_rasa_s_own_parts_are_not_looked_for(tmp_path: Path) -> None:
    served = Settings(rasa_url="http://127.0.0.1:1", rasa_model=str(tmp_path), database_url="sqlite:////nowhere/a")
    assert "http://127.0.0.1:1" in CHECK["dialogue"](served)
    assert "action server" in CHECK["accounts"](served)


def test_with_wrong_settings_nothing_else_is_looked_at(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("VOICEBOT_PORT", "http")
    [found] = diagnose()
    assert (found.part, found.ok, found.needed) == ("settings", False, True)
    assert "port" in found.detail
