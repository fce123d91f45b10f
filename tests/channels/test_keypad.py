"""The keyboard as a keypad, on a pseudo-terminal."""

import asyncio
import contextlib
import os
import signal
import sys
from collections.abc import AsyncIterator

import pytest

from bot.channels.keypad import keypad

if sys.platform == "win32":
    pytest.skip("needs Unix: Windows has no pseudo-terminals", allow_module_level=True)

import termios

GUARD = 10


class Keyboard:
    def __init__(self) -> None:
        self.hand, self.terminal = os.openpty()
        self.pressed: asyncio.Queue[str] = asyncio.Queue()

    def press(self, key: str) -> None:
        self.pressed.put_nowait(key)

    def hang_up(self) -> None:
        self.pressed.put_nowait("hung up")

    async def types(self, text: bytes, count: int) -> list[str]:
        os.write(self.hand, text)
        return [await asyncio.wait_for(self.pressed.get(), GUARD) for _ in range(count)]


@pytest.fixture
async def keyboard() -> AsyncIterator[Keyboard]:
    keyboard = Keyboard()
    yield keyboard
    for end in (keyboard.hand, keyboard.terminal):
        with contextlib.suppress(OSError):  # closed by the test
            os.close(end)


async def test_keys_arrive_at_once_and_without_return(keyboard: Keyboard) -> None:
    with keypad(keyboard.press, keyboard.hang_up, keyboard.terminal):
        assert await keyboard.types(b"08*", 3) == ["0", "8", "*"]
        assert await keyboard.types("x\r\nâ#".encode(), 1) == ["#"]


@pytest.mark.parametrize("key", [b"q", b"Q", b"\x04"])
async def test_q_and_the_end_of_input_hang_up(keyboard: Keyboard, key: bytes) -> None:
    with keypad(keyboard.press, keyboard.hang_up, keyboard.terminal):
        assert await keyboard.types(key, 1) == ["hung up"]


async def test_closing_the_terminal_hangs_up(keyboard: Keyboard) -> None:
    with keypad(keyboard.press, keyboard.hang_up, keyboard.terminal):
        os.close(keyboard.hand)
        assert await asyncio.wait_for(keyboard.pressed.get(), GUARD) == "hung up"


async def test_control_c_hangs_up_and_the_next_one_ends_the_program(keyboard: Keyboard) -> None:
    before = signal.getsignal(signal.SIGINT)
    with keypad(keyboard.press, keyboard.hang_up, keyboard.terminal):
        os.kill(os.getpid(), signal.SIGINT)
        assert await asyncio.wait_for(keyboard.pressed.get(), GUARD) == "hung up"
        assert signal.getsignal(signal.SIGINT) is signal.default_int_handler
    signal.signal(signal.SIGINT, before)


async def test_the_terminal_is_left_as_it_was(keyboard: Keyboard) -> None:
    before = termios.tcgetattr(keyboard.terminal)
    with keypad(keyboard.press, keyboard.hang_up, keyboard.terminal):
        assert termios.tcgetattr(keyboard.terminal) != before
    assert termios.tcgetattr(keyboard.terminal) == before


async def test_without_a_terminal_there_are_no_keys_and_no_hanging_up(keyboard: Keyboard) -> None:
    reading, writing = os.pipe()
    with keypad(keyboard.press, keyboard.hang_up, reading):
        os.write(writing, b"8")
        os.close(writing)
        await asyncio.sleep(0)
        assert keyboard.pressed.empty()
    os.close(reading)
