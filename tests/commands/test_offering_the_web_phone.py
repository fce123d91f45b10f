"""What `make run` says on a machine without a sound card, when the demo call is over."""

import sys

import pytest

from bot.commands.call import offer_web_phone
from bot.gateway import serving
from bot.settings import Settings


def test_the_address_is_told_and_how_to_open_it(capsys: pytest.CaptureFixture[str]) -> None:
    offer_web_phone(Settings(port=8123))
    out = capsys.readouterr().out
    assert "voicebot serve" in out
    assert "http://127.0.0.1:8123/" in out
    assert "ssh -L 8123:127.0.0.1:8123" in out


def test_at_a_terminal_it_is_opened(monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> None:
    served: list[Settings] = []

    async def serve(settings: Settings, tell: object) -> None:
        served.append(settings)

    monkeypatch.setattr(serving, "serve", serve)
    monkeypatch.setattr(sys.stdout, "isatty", lambda: True, raising=False)
    offer_web_phone(Settings())
    assert served == [Settings()]
    assert "http://127.0.0.1:8080/" in capsys.readouterr().out


@pytest.mark.parametrize(
    "settings", [Settings(web_phone="off"), Settings(line_secret="a secret of sixteen characters")]
)
def test_where_there_is_none_nothing_is_said(settings: Settings, capsys: pytest.CaptureFixture[str]) -> None:
    offer_web_phone(settings)
    assert capsys.readouterr().out == ""
