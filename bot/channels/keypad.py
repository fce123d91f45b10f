"""The keyboard of a terminal as the keypad of a telephone: 0-9 * #, and q, Ctrl-C or Ctrl-D to hang up."""

from __future__ import annotations

import asyncio
import contextlib
import os
import signal
import sys
import threading
from collections.abc import Callable, Iterator

from bot.events import KEYS

HANG_UP = "qQ\x03\x04"


@contextlib.contextmanager
def keypad(press: Callable[[str], None], hang_up: Callable[[], None], terminal: int = 0) -> Iterator[None]:
    """Read keys inside this context, on the running event loop. `terminal` is a file descriptor; if it is no
    terminal of this program, there are no keys, and the call goes on by voice."""

    def typed(text: str) -> None:
        for key in text:
            if key in KEYS:
                press(key)
            elif key in HANG_UP:
                hang_up()

    loop = asyncio.get_running_loop()
    with contextlib.ExitStack() as stack:
        stack.enter_context(_interrupt(loop, hang_up))
        if os.isatty(terminal):
            stack.enter_context(_keys(loop, typed, hang_up, terminal))
        yield


@contextlib.contextmanager
def _interrupt(loop: asyncio.AbstractEventLoop, hang_up: Callable[[], None]) -> Iterator[None]:
    """Ctrl-C hangs up, so that the call ends normally; a second one ends the program."""

    def interrupted() -> None:
        loop.remove_signal_handler(signal.SIGINT)
        hang_up()

    try:
        loop.add_signal_handler(signal.SIGINT, interrupted)
    except (NotImplementedError, RuntimeError, ValueError):  # on Windows, or outside the main thread
        yield
        return
    try:
        yield
    finally:
        loop.remove_signal_handler(signal.SIGINT)


if sys.platform == "win32":
    import msvcrt

    @contextlib.contextmanager
    def _keys(
        loop: asyncio.AbstractEventLoop, typed: Callable[[str], None], closed: Callable[[], None], terminal: int
    ) -> Iterator[None]:
        done = threading.Event()

        def read() -> None:
            while not done.wait(0.02):
                while msvcrt.kbhit():
                    loop.call_soon_threadsafe(typed, msvcrt.getwch())

        reader = threading.Thread(target=read, daemon=True)
        reader.start()
        try:
            yield
        finally:
            done.set()
            reader.join()

else:
    import termios
    import tty

    @contextlib.contextmanager
    def _keys(
        loop: asyncio.AbstractEventLoop, typed: Callable[[str], None], closed: Callable[[], None], terminal: int
    ) -> Iterator[None]:
        if not _is_ours(terminal):
            yield
            return

        def read() -> None:
            try:
                data = os.read(terminal, 64)
            except OSError:  # the terminal's window was closed
                data = b""
            if data:
                typed(data.decode("ascii", "ignore"))
            else:
                loop.remove_reader(terminal)
                closed()

        before = termios.tcgetattr(terminal)
        tty.setcbreak(terminal)
        loop.add_reader(terminal, read)
        try:
            yield
        finally:
            loop.remove_reader(terminal)
            with contextlib.suppress(termios.error):
                termios.tcsetattr(terminal, termios.TCSADRAIN, before)

    def _is_ours(terminal: int) -> bool:
        """False for a program in the background, which would be stopped for touching its terminal."""
        try:
            return os.tcgetpgrp(terminal) == os.getpgrp()
        except OSError:  # not this program's controlling terminal: nothing stops it there
            return True
