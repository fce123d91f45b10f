"""The service file for systemd, against the program that it starts."""

from configparser import ConfigParser

import pytest
from typer.main import get_command

from bot.command_line import app
from bot.gateway.server import UNWINDING_SECONDS
from bot.places import PACKAGES
from bot.settings import Settings


@pytest.fixture
def service() -> dict[str, str]:
    """The section [Service], with systemd's own spelling of its keys."""
    unit = ConfigParser(interpolation=None, strict=True)
    unit.optionxform = str  # type: ignore[assignment, method-assign]  # as the module's documentation says
    unit.read(PACKAGES / "deploy" / "systemd" / "voicebot.service", "utf-8")
    return dict(unit["Service"])


def test_it_starts_a_command_that_there_is(service: dict[str, str]) -> None:
    program, command = service["ExecStart"].split()
    assert program.endswith("/bin/voicebot")
    assert command in get_command(app).commands  # type: ignore[attr-defined]  # the program is a group of commands


def test_a_stop_lets_the_longest_call_end(service: dict[str, str]) -> None:
    assert int(service["TimeoutStopSec"]) > Settings.max_call_seconds + UNWINDING_SECONDS
    assert service["KillMode"] == "mixed", "Rasa and the actions are ended by the gateway, when its calls are over"


def test_it_is_no_root_writes_to_its_project_alone_and_leaves_no_core(service: dict[str, str]) -> None:
    assert service["User"] != "root"
    assert service["ProtectSystem"] == "strict"
    assert service["ReadWritePaths"] == service["WorkingDirectory"]
    assert service["LimitCORE"] == "0"


def test_secrets_come_from_a_file_and_stand_in_no_unit(service: dict[str, str]) -> None:
    assert service["EnvironmentFile"] == "/etc/voicebot.env"
    assert not {"Environment", "PassEnvironment"} & set(service)
