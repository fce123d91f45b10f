"""The call as it happens, in the terminal."""

from __future__ import annotations

import sys
from types import TracebackType

from rich.console import Console, Group
from rich.live import Live
from rich.panel import Panel
from rich.text import Text

from bot.call import Ended, Listens, Notice, Speaks, Understood, describe
from bot.events import Grammar

STATES = {
    Grammar.NUMBER: "collecting the insurance number",
    Grammar.YESNO: "waiting for yes or no",
    Grammar.MENU: "waiting for a choice",
    Grammar.ANY: "listening",
}


class TerminalView:
    """Finished lines scroll; below them stand the state of the dialogue, what is being heard, and the digits in their
    cells. Where the output is no terminal, only the lines are printed."""

    def __init__(self) -> None:
        self._console = Console(highlight=False)
        self._live = Live(console=self._console, transient=True, auto_refresh=False)

    def progress(self, text: str) -> None:
        print(f"{text} …", file=sys.stderr, flush=True)

    def __enter__(self) -> TerminalView:
        if self._console.is_terminal:
            self._live.start()
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._live.stop()

    def watch(self, notice: Notice) -> None:
        """Show a notice of the call."""
        if isinstance(notice, Listens):
            self._show(listening(notice))
            return
        self._console.print(_line(notice), soft_wrap=True)
        if isinstance(notice, Speaks):
            self._show(Panel(Text("the bot is speaking", style="dim")))

    def _show(self, panel: Panel) -> None:
        if self._console.is_terminal:
            self._live.update(panel, refresh=True)


def _line(notice: Speaks | Understood | Ended) -> Text:
    line = Text(f"{notice.at:6.1f} s  ", style="dim")
    if isinstance(notice, Speaks):
        line.append("bot     ", style="bold cyan").append(notice.text, style="cyan")
        if notice.latency_ms is not None:
            line.append(f"   ({notice.latency_ms:.0f} ms)", style="dim")
    elif isinstance(notice, Understood):
        line.append("caller  ", style="bold green").append(notice.text or "(nothing)", style="green")
        line.append(f"   → {describe(notice.utterance)}", style="dim")
    else:
        line.append(f"end: {notice.outcome.value}", style="bold")
        if notice.failure:
            line.append(f"   {notice.failure}", style="red")
    return line


def listening(notice: Listens) -> Panel:
    """What is being heard, and for a number as many cells as it has or, past that, as the longest may have."""
    state = STATES[notice.expect.kind] if isinstance(notice.expect.kind, Grammar) else "the bot is speaking"
    rows = [Text(notice.text or "…", style="green")]
    if notice.expect.kind is Grammar.NUMBER:
        length = next((n for n in notice.expect.lengths if n >= len(notice.cells)), max(notice.expect.lengths))
        rows.append(Text(" ".join(f"[{digit}]" for digit in notice.cells.ljust(length, "·")), style="bold yellow"))
    return Panel(Group(*rows), title=state, title_align="left")
