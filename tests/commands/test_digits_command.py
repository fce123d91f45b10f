"""`voicebot digits`: what scripts rely on beyond the contract."""

import json
import unicodedata

import pytest
from typer import Typer
from typer.testing import CliRunner, Result

from bot.commands.digits import digits


def run(*arguments: str) -> Result:
    app = Typer()
    app.command()(digits)
    return CliRunner().invoke(app, arguments)


@pytest.mark.parametrize(
    ("text", "line"),
    [
        ("hai mươi ba bốn lăm", "2345\tok\thai mươi ba bốn lăm"),
        ("không trăm linh năm", "005\tok\tkhông trăm linh năm"),
        ("một hai ba à nhầm bốn", "124\tok\tmột hai ba à nhầm bốn"),
        ("một trăm hai", "-\tambiguous\tmột trăm hai"),
        ("một trăm linh", "-\tincomplete\tmột trăm linh"),
        ("", "-\tnone\t"),
    ],
)
def test_a_line_has_digits_status_and_text(text: str, line: str) -> None:
    result = run(text)
    assert (result.exit_code, result.stdout) == (0, line + "\n")


def test_a_text_comes_back_as_it_was_given() -> None:
    text = unicodedata.normalize("NFD", "Dạ, KHÔNG một")
    assert json.loads(run("--json", text).stdout) == {"text": text, "digits": "01", "status": "ok"}


def test_each_text_has_its_line_in_order() -> None:
    result = run("--json", "một", "một trăm hai", "hai")
    assert [json.loads(line)["digits"] for line in result.stdout.splitlines()] == ["1", None, "2"]
