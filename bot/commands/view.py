"""The call as it happens, in the terminal: this file draws, `bot.commands.call_screen` says what."""

from __future__ import annotations

import asyncio
import contextlib
import os
import sys
import threading
import time
from collections import deque
from collections.abc import Callable, Iterator
from types import TracebackType

from rich.console import Console, Group
from rich.control import Control
from rich.live import Live
from rich.table import Table
from rich.text import Text

from bot.assembly import PARTS
from bot.channels.sound_device import quietly
from bot.commands.call_screen import CallScreen
from bot.tap import RoomEvent
from bot.watching import Ended, Listens, Notice, Speaks, Understood, describe

DRAWINGS = 10
"""A second, while nothing happens that is to be seen at once."""

KEPT = 200
"""Finished lines that can be shown again when the terminal was resized."""


class TerminalView:
    """Finished lines scroll; below them stands what `screen` shows now, or what is being loaded. Where the output is no
    terminal, only the lines are printed.

    level   of the microphone in dBFS; None where it is not listened to
    clock   seconds, for the time that loading takes
    """

    def __init__(
        self,
        screen: CallScreen,
        level: Callable[[], float | None] = lambda: None,
        *,
        console: Console | None = None,
        clock: Callable[[], float] = time.monotonic,
    ) -> None:
        self._screen, self._level, self._clock = screen, level, clock
        self._console = console or Console(highlight=False)
        self._size = self._console.size
        self._live = self._new_live()
        self._lines: deque[Text | Table] = deque(maxlen=KEPT)
        self._began: float | None = None  # of loading, by the clock; None when that is over
        self._ready: dict[str, float] = {}  # seconds that each part took
        self._ticker: asyncio.Task[None] | None = None

    async def __aenter__(self) -> TerminalView:
        if self._console.is_terminal:
            self._live.start()
            self._ticker = asyncio.create_task(self._tick())
        return self

    async def __aexit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        if self._ticker:
            self._ticker.cancel()
        self._live.stop()

    # ── what happens ──

    def progress(self, text: str) -> None:
        """Loading begins."""
        self._began = self._clock()
        if not self._console.is_terminal:
            print(f"{text} …", file=sys.stderr, flush=True)

    def loaded(self, part: str) -> None:
        """One of `PARTS` is ready. With the last one loading is over."""
        self._ready[part] = self._clock() - (self._began or 0.0)
        over = len(self._ready) == len(PARTS)
        if over:
            self._began = None
        self.draw()
        if over:
            took = ", ".join(f"{name} {seconds:.1f} s" for name, seconds in self._ready.items())
            if self._console.is_terminal:
                self._print(Text(f"ready: {took}", style="dim"))
            else:
                print(f"ready: {took}", file=sys.stderr, flush=True)

    def watch(self, notice: Notice) -> None:
        """Show a notice of the call."""
        confidence = self._screen.confidence
        self._screen.watch(notice)
        self.draw()  # first, or the line would stand above what was before it
        if not isinstance(notice, Listens):
            self._print(_columns(notice, confidence) if self._console.is_terminal else _line(notice))

    def tap(self, at: float, event: RoomEvent) -> None:
        """Follow an event between the rooms of the call."""
        if self._screen.tap(at, event):
            self.draw()

    def complain(self, text: str) -> None:
        """Show a line about the sound card."""
        if self._console.is_terminal:
            self._print(Text(text, style="red"))
        else:
            print(f"voicebot: {text}", file=sys.stderr, flush=True)

    def processes_shown(self) -> contextlib.AbstractContextManager[None]:
        """While processes are started: what they write to standard error comes to `complain`, where there is a drawing
        that it would spoil."""
        return processes_shown(self.complain) if self._console.is_terminal else contextlib.nullcontext()

    def draw(self) -> None:
        """Draw what is now; all of it, where the terminal was resized."""
        if not self._console.is_terminal:
            return
        if self._console.size != self._size:
            self._resize()
        self._live.update(self._block(), refresh=True)

    # ── drawing ──

    async def _tick(self) -> None:
        while True:
            self.draw()
            await asyncio.sleep(1 / DRAWINGS)

    def _block(self) -> Group:
        if self._began is None:
            return Group(*self._screen.rows(self._console.width, self._level()))
        now = self._clock() - self._began
        rows = [Text("Loading", style="bold cyan")]
        for part in PARTS:
            state = f"ready after {self._ready[part]:.1f} s" if part in self._ready else f"… {now:.0f} s"
            rows.append(Text(f"{part:12}", style="dim").append(state, style="default"))
        return Group(*rows)

    def _print(self, line: Text | Table) -> None:
        self._lines.append(line)
        self._console.print(line, soft_wrap=not self._console.is_terminal)

    def _resize(self) -> None:
        """Terminals disagree on what becomes of lines that are on the screen. So the screen is cleared and filled anew
        with the last lines, as many as there is room for."""
        self._size = self._console.size
        self._live.stop()
        self._console.control(Control.clear(), Control.home())
        room, shown = self._console.height - len(self._block().renderables) - 1, 0
        for line in reversed(self._lines):
            room -= len(self._console.render_lines(line))
            if room < 0:
                break
            shown += 1
        for line in list(self._lines)[len(self._lines) - shown :]:
            self._console.print(line)
        self._live = self._new_live()
        self._live.start()

    def _new_live(self) -> Live:
        return Live(console=self._console, transient=True, auto_refresh=False)


@contextlib.contextmanager
def processes_shown(tell: Callable[[str], None]) -> Iterator[None]:
    """Have each line that a process started in here writes to standard error told to `tell`, on the event loop, and not
    written over what is drawn. Where standard error is no terminal nothing changes."""
    if not os.isatty(2):
        yield
        return
    loop, error = asyncio.get_running_loop(), os.dup(2)
    ours, theirs = os.pipe()
    os.dup2(theirs, 2)
    os.close(theirs)

    def read() -> None:
        with os.fdopen(ours, encoding="utf-8", errors="replace") as lines, contextlib.suppress(RuntimeError):
            for line in lines:  # a RuntimeError: the loop has ended
                loop.call_soon_threadsafe(tell, line.rstrip())

    threading.Thread(target=read, daemon=True).start()
    try:
        yield
    finally:
        os.dup2(error, 2)
        os.close(error)


@contextlib.contextmanager
def libraries_quiet() -> Iterator[None]:
    """Keep what sound libraries write to standard error, past Python, off the terminal that is drawn on. Nothing that
    Python writes is lost while a view is open: rich shows it above what is drawn."""
    with quietly() if os.isatty(2) else contextlib.nullcontext():
        yield


def _line(notice: Speaks | Understood | Ended) -> Text:
    time, who, words = _parts(notice)
    return time.append_text(who).append_text(words)


def _columns(notice: Speaks | Understood | Ended, confidence: float | None) -> Text | Table:
    """The same, where the words keep their column when they need several lines, with the confidence of what the caller
    said."""
    if isinstance(notice, Ended):
        return _line(notice)
    grid = Table.grid(expand=False)
    grid.add_column(no_wrap=True)
    grid.add_column(no_wrap=True)
    grid.add_column(overflow="fold")
    time, who, words = _parts(notice)
    if isinstance(notice, Understood) and confidence is not None:
        words.append(f", {confidence:.0%}", style="dim")
    grid.add_row(time, who, words)
    return grid


def _parts(notice: Speaks | Understood | Ended) -> tuple[Text, Text, Text]:
    """When, who, and what."""
    time, who = Text(f"{notice.at:6.1f} s  ", style="dim"), Text()
    if isinstance(notice, Speaks):
        who.append("bot     ", style="bold cyan")
        words = Text(notice.text, style="cyan")
        if notice.latency_ms is not None:
            words.append(f"   ({notice.latency_ms:.0f} ms)", style="dim")
    elif isinstance(notice, Understood):
        who.append("caller  ", style="bold green")
        words = Text(notice.text or "(nothing)", style="green")
        words.append(f"   → {describe(notice.utterance)}", style="dim")
    else:
        words = Text(f"end: {notice.outcome.value}", style="bold")
        if notice.failure:
            words.append(f"   {notice.failure}", style="red")
    return time, who, words
