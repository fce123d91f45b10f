"""The live view: finished lines, what stands below them, loading, resizing. Drawn to a console of a known size."""

import asyncio
import io
import os
import pty
import re
import sys

import numpy as np
import pytest
from rich.console import Console

from bot.commands.call_screen import CallScreen
from bot.commands.view import TerminalView, libraries_quiet, processes_shown
from bot.events import Chosen, Expect, FinalResult, Grammar, Number, Outcome, Played, Prompt, Said
from bot.tap import Plays
from bot.watching import Ended, Speaks, Understood

MENU = Expect(Grammar.MENU, keys={"8": "ask_reset"})
GREETING = Speaks(0.0, "xin chào", 1.0, None, None, False, MENU)


class Clock:
    """Seconds, as the test says."""

    def __init__(self) -> None:
        self.now = 100.0

    def __call__(self) -> float:
        return self.now


def terminal(width: int = 80) -> Console:
    return Console(file=io.StringIO(), force_terminal=True, width=width, height=24, highlight=False, color_system=None)


def drawn(console: Console) -> str:
    """What was drawn last, since the last time, without control codes: all that came after the last erased row."""
    assert isinstance(console.file, io.StringIO)
    text = console.file.getvalue()
    console.file.seek(0)
    console.file.truncate()
    return re.sub(r"\x1b\[[0-9;?]*[A-Za-z]|\r", "", text.rsplit("\x1b[2K", 1)[-1])


def view_on(console: Console | None, clock: Clock | None = None) -> TerminalView:
    return TerminalView(CallScreen(6.0), lambda: -30.0, console=console, clock=clock or Clock())


class TestWithoutATerminal:
    async def test_what_is_over_is_a_line_and_nothing_else_is_printed(self, capsys: pytest.CaptureFixture[str]) -> None:
        async with view_on(None) as view:
            view.watch(Speaks(0.0, "xin chào", 1.0, None, None, False, Expect("nothing")))
            view.watch(Understood(2.0, 1.7, "8", Number("0123456789", spoken=False)))
            view.watch(Ended(3.0, Outcome.ERROR, "no account store"))
        assert capsys.readouterr().out == (
            "   0.0 s  bot     xin chào\n"
            "   2.0 s  caller  8   → 10 digits, keyed\n"
            "   3.0 s  end: error   no account store\n"
        )

    async def test_loading_and_complaints_are_lines_on_standard_error(self, capsys: pytest.CaptureFixture[str]) -> None:
        clock = Clock()
        async with view_on(None, clock) as view:
            view.progress("loading the parts")
            for part in ("recogniser", "voice", "dialogue"):
                clock.now += 1.5
                view.loaded(part)
            view.complain("sound was lost")
        assert capsys.readouterr() == (
            "",
            "loading the parts …\nready: recogniser 1.5 s, voice 3.0 s, dialogue 4.5 s\nvoicebot: sound was lost\n",
        )


class TestOnATerminal:
    async def test_your_turn_is_drawn_the_moment_the_prompt_ends(self) -> None:
        console = terminal()
        async with view_on(console) as view:
            view.tap(0.0, Plays(Prompt("xin chào"), np.zeros(1, np.int16), "1"))
            view.watch(GREETING)
            assert "The hotline is speaking" in drawn(console)
            view.tap(1.0, Played("1"))
            assert drawn(console).splitlines() == [
                "Your turn · Choosing a service",
                "Waiting for your choice, 6 s more",
                "You      ██████████░░░░░░░░░░  -30 dB",
                "Hearing  …",
                "Keys     8 reset · q hang up",
            ]

    async def test_a_line_never_stands_above_what_was_before_it(self) -> None:
        console = terminal()
        async with view_on(console) as view:
            view.watch(GREETING)
            drawn(console)
            view.watch(Understood(2.0, 2.0, "8", Chosen("ask_reset")))
            rows = [row.rstrip() for row in drawn(console).splitlines()]
            assert rows[:2] == ["   2.0 s  caller  8   → ask_reset", "The hotline is working · Choosing a service"]

    @pytest.mark.parametrize("width", [80, 50, 20])
    async def test_no_row_is_wider_than_the_terminal(self, width: int) -> None:
        console = terminal(width)
        async with view_on(console) as view:
            view.watch(Speaks(0.0, "Cấp lại mật khẩu, xin nói hoặc bấm phím tám. " * 2, 1.0, None, None, False, MENU))
            assert max(map(len, drawn(console).splitlines())) <= width

    async def test_words_keep_their_column(self) -> None:
        console = terminal(40)
        async with view_on(console) as view:
            view.watch(Speaks(0.0, "Cấp lại mật khẩu, xin nói hoặc bấm phím tám.", 1.0, None, None, False, MENU))
            assert [row.rstrip() for row in drawn(console).splitlines()[:3]] == [
                "   0.0 s  bot     Cấp lại mật khẩu, xin",
                "                  nói hoặc bấm phím tám.",
                "The hotline is speaking · Choosing a",
            ]

    async def test_a_finished_turn_keeps_its_confidence(self) -> None:
        console = terminal()
        async with view_on(console) as view:
            view.watch(GREETING)
            view.tap(2.0, FinalResult(("đúng",), 0.931, 16000, 16000))
            drawn(console)
            view.watch(Understood(2.5, 2.0, "đúng", Said("đúng", 0.931)))
            assert "   2.5 s  caller  đúng   → words, 93%" in drawn(console)
            view.watch(Understood(3.0, 3.0, "8", Chosen("ask_reset")))
            assert "   3.0 s  caller  8   → ask_reset" in [row.rstrip() for row in drawn(console).splitlines()]

    async def test_loading_shows_which_part_and_for_how_long(self) -> None:
        console, clock = terminal(), Clock()
        async with view_on(console, clock) as view:
            view.progress("loading")
            clock.now += 2.0
            view.loaded("recogniser")
            drawn(console)
            clock.now += 3.0
            view.draw()
            assert drawn(console).splitlines() == [
                "Loading",
                "recogniser  ready after 2.0 s",
                "voice       … 5 s",
                "dialogue    … 5 s",
            ]
            view.loaded("voice")
            clock.now += 1.0
            view.loaded("dialogue")
            assert "ready: recogniser 2.0 s, voice 5.0 s, dialogue 6.0 s" in drawn(console)

    async def test_a_terminal_that_was_resized_is_filled_anew(self) -> None:
        console = terminal()
        async with view_on(console) as view:
            view.watch(GREETING)
            view.complain("sound was lost")
            drawn(console)
            console.size = (50, 24)
            view.draw()
            assert isinstance(console.file, io.StringIO)
            assert "\x1b[2J\x1b[H" in console.file.getvalue()
            rows = [row.rstrip() for row in drawn(console).splitlines()]
            assert rows.count("   0.0 s  bot     xin chào") == 1
            assert rows.count("sound was lost") == 1
            assert rows[-1] == "Keys     8 reset · q hang up"
            assert max(map(len, rows)) <= 50

    async def test_after_resizing_the_last_lines_are_there_that_have_room(self) -> None:
        console = terminal()
        async with view_on(console) as view:
            for at in range(40):
                view.watch(Speaks(float(at), "xin chào", 1.0, None, None, False, MENU))
            drawn(console)
            console.size = (80, 12)
            view.draw()
            rows = [row for row in drawn(console).splitlines() if "xin chào" in row]
            assert 4 <= len(rows) <= 7
            assert rows[-1].startswith("  39.0 s")

    async def test_what_python_writes_to_standard_error_stands_above(self) -> None:
        console = terminal()
        async with view_on(console) as view:
            view.draw()
            drawn(console)
            print("a warning", file=sys.stderr)
            assert drawn(console).lstrip().startswith("a warning\n")


def test_what_sound_libraries_write_past_python_stays_off_the_terminal() -> None:
    ours, terminal_of_error = pty.openpty()
    before = os.dup(2)
    try:
        os.dup2(terminal_of_error, 2)
        with libraries_quiet():
            os.write(2, b"ALSA lib pcm.c: underrun occurred\n")
        os.write(2, b"after\n")
    finally:
        os.dup2(before, 2)
        os.close(before)
    assert os.read(ours, 100) == b"after\r\n"
    os.close(ours)
    os.close(terminal_of_error)


async def test_what_processes_write_to_standard_error_is_told_line_by_line() -> None:
    ours, terminal_of_error = pty.openpty()
    before = os.dup(2)
    lines: asyncio.Queue[str] = asyncio.Queue()
    try:
        os.dup2(terminal_of_error, 2)
        with processes_shown(lines.put_nowait):
            process = await asyncio.create_subprocess_exec(
                "sh", "-c", "read line; echo a warning >&2", stdin=asyncio.subprocess.PIPE
            )
        await process.communicate(b"go\n")
        os.write(2, b"after\n")
    finally:
        os.dup2(before, 2)
        os.close(before)
    assert await lines.get() == "a warning"
    assert os.read(ours, 100) == b"after\r\n"
    os.close(ours)
    os.close(terminal_of_error)


def test_without_a_drawing_processes_write_where_they_always_did() -> None:
    before = os.fstat(2)
    with view_on(Console(file=io.StringIO(), width=80)).processes_shown():
        assert os.fstat(2) == before
