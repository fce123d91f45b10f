"""What a command printed, as its tests look at it."""

import json

from typer.testing import Result

from bot.errors import VoicebotError


def lines(result: Result) -> list[dict[str, object]]:
    """The JSON objects on stdout of a command that succeeded."""
    assert result.exit_code == 0, result.output
    return [json.loads(line) for line in result.stdout.splitlines()]


def error(result: Result) -> str:
    """What the command line prints as one line."""
    assert isinstance(result.exception, VoicebotError)
    assert "\n" not in str(result.exception)
    return str(result.exception)
