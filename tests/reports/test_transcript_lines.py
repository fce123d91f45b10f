"""When a line of a transcript ends."""

from __future__ import annotations

from bot.events import Expect, Grammar
from bot.reports.transcript import lines_of
from bot.watching import Notice, Speaks


def speaks(at: float, seconds: float) -> Speaks:
    return Speaks(at, "xin chào", seconds, None, None, False, Expect(Grammar.MENU))


def test_a_reply_that_was_interrupted_ends_where_the_next_one_begins() -> None:
    notices: list[Notice] = [speaks(0.0, 11.0), speaks(4.5, 2.5), speaks(12.0, 1.0)]
    assert [(line.at_s, line.end_s) for line in lines_of(notices)] == [(0.0, 4.5), (4.5, 7.0), (12.0, 13.0)]
