"""The live view: lines for what is over, cells for the digits being heard."""

import pytest
from rich.console import Console

from bot.call import Listens, Speaks, Understood
from bot.commands.view import TerminalView, listening
from bot.events import Expect, Grammar, Number


def drawn(notice: Listens) -> str:
    console = Console(width=60, file=None)
    with console.capture() as capture:
        console.print(listening(notice))
    return capture.get()


def test_the_digits_fill_their_cells() -> None:
    ten = Expect(Grammar.NUMBER, lengths=(10, 12))
    text = drawn(Listens(1.0, ten, "không một hai", "012"))
    assert "collecting the insurance number" in text
    assert "không một hai" in text
    assert "[0] [1] [2] [·] [·] [·] [·] [·] [·] [·]" in text
    assert text.count("[") == 10
    assert drawn(Listens(1.0, ten, "", "01234567890")).count("[") == 12


def test_yes_or_no_has_no_cells() -> None:
    text = drawn(Listens(1.0, Expect(Grammar.YESNO), "đúng", ""))
    assert "waiting for yes or no" in text
    assert "[" not in text


def test_what_is_over_stays_as_a_line(capsys: pytest.CaptureFixture[str]) -> None:
    view = TerminalView()
    with view:
        view.watch(Speaks(0.0, "xin chào", 1.0, None, None, False, Expect("nothing")))
        view.watch(Understood(2.0, 1.7, "8", Number("0123456789", spoken=False)))
    out = capsys.readouterr().out
    assert "bot     xin chào" in out
    assert "caller  8   → 10 digits, keyed" in out
    assert "0123456789" not in out
