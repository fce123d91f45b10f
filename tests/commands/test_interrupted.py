"""Ctrl-C ends a command without a word and with status 130, whatever it is doing.

Nothing here waits for a time: a module is interrupted while it is imported, work at each of its steps."""

from __future__ import annotations

import asyncio
import gc
import os
import subprocess
import sys
import warnings
from collections.abc import Awaitable, Callable
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import pytest
import vosk

import bot.hearing
import tts.speech
from bot import assembly
from bot.call_keys import CallKeys
from bot.hearing.recogniser import vosk_model
from bot.places import PACKAGES
from bot.settings import Settings

INTERRUPTS = """
import importlib.abc, os, signal, sys

class Interrupting(importlib.abc.MetaPathFinder):
    def find_spec(self, name, path, target=None):
        if name == {module!r}:
            os.kill(os.getpid(), signal.SIGINT)

sys.meta_path.insert(0, Interrupting())
"""
"""Signals its own process when the module is imported."""

IMPORTED = {
    "typer": ["digits", "một"],
    "bot.command_line": ["digits", "một"],
    "bot.settings": ["accounts", "list"],
    "numpy": ["transcribe", "none.wav"],
    "bot.diagnosis": ["doctor"],
    "sqlalchemy": ["accounts", "list"],
    "tts.recorded": ["speak", "một", "-o", "none.wav"],
    "bot.gateway.serving": ["serve"],
    "bot.assembly": ["simulate", "tests/calls/keys_only.yml"],
}
"""Module → a command that imports it, some of them before its function begins and some within."""


@pytest.mark.parametrize("entry", ["bot.__main__ import main", "runpy"], ids=["script", "python -m bot"])
@pytest.mark.parametrize("module", IMPORTED)
def test_an_import_that_is_interrupted_is_a_quiet_end(module: str, entry: str) -> None:
    begin = (
        "import runpy; runpy.run_module('bot', run_name='__main__')"
        if entry == "runpy"
        else f"from {entry}; sys.exit(main())"
    )
    code = f"{INTERRUPTS.format(module=module)}\nsys.argv = ['voicebot', *sys.argv[1:]]\n{begin}"
    ended = subprocess.run(
        [sys.executable, "-c", code, *IMPORTED[module]],
        cwd=PACKAGES,
        env={**os.environ, "PYTHONPATH": str(PACKAGES)},
        capture_output=True,
        check=False,
        text=True,
    )
    told = [line for line in ended.stderr.splitlines() if not line.endswith("…")]  # progress
    assert (ended.returncode, ended.stdout, told) == (130, "", [])


# ── while the parts are opened ──


class Steps:
    """Parts that take some steps of the event loop each, and count those that were opened and closed."""

    def __init__(self) -> None:
        self.closed = 0

    async def warm(self, texts: object, rate: int) -> None:
        await asyncio.gather(*(self._clip() for _ in range(3)))

    async def _clip(self) -> None:
        await asyncio.shield(asyncio.ensure_future(asyncio.sleep(0)))
        await asyncio.sleep(0)

    async def close(self) -> None:
        self.closed += 1


async def _interrupted_after(steps: int, work: Callable[[], Awaitable[object]]) -> bool:
    """Whether the work had to be interrupted, that is, was not done after so many steps of the event loop."""
    task = asyncio.ensure_future(work())
    for _ in range(steps):
        await asyncio.sleep(0)
    if task.done():
        return False
    task.cancel()
    with pytest.raises(asyncio.CancelledError):
        await task
    return True


def test_opening_the_parts_says_nothing_at_whichever_step_it_is_interrupted(monkeypatch: pytest.MonkeyPatch) -> None:
    parts = Steps()
    monkeypatch.setattr(bot.hearing, "load_models", lambda _: None)
    monkeypatch.setattr(tts.speech, "open_speech", lambda *_: parts)
    monkeypatch.setattr("bot.sealing.load_seal", lambda _: SimpleNamespace(calls=CallKeys()))
    monkeypatch.setattr(asyncio, "to_thread", _in_a_step)

    async def dialogue(_: Settings) -> Any:
        await asyncio.sleep(0)
        return parts

    def opening() -> Awaitable[object]:
        return assembly.open_voicebot(Settings(), [8000, 16000], lambda _: None, dialogue=dialogue)

    said: list[str] = []

    async def whole(steps: int) -> bool:
        asyncio.get_running_loop().set_exception_handler(lambda _, context: said.append(context["message"]))
        return await _interrupted_after(steps, opening)

    with warnings.catch_warnings(record=True) as warned:
        warnings.simplefilter("always")
        steps = 0
        while asyncio.run(whole(steps)):
            steps += 1
    assert steps > 3
    assert said == []
    assert [str(each.message) for each in warned] == []
    assert parts.closed >= steps - 1, "whenever it had begun"


async def _in_a_step(work: Callable[..., object], *given: object) -> object:
    await asyncio.sleep(0)
    return work(*given)


# ── while the recogniser is read from the disk ──


def test_a_model_that_is_interrupted_has_nothing_to_free(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    def interrupted(_: bytes) -> None:
        raise KeyboardInterrupt

    complaints: list[object] = []
    monkeypatch.setattr(vosk, "_c", SimpleNamespace(vosk_model_new=interrupted, vosk_set_log_level=lambda _: None))
    monkeypatch.setattr("sys.unraisablehook", complaints.append)
    with pytest.raises(KeyboardInterrupt):
        vosk_model(tmp_path)
    gc.collect()
    assert complaints == []
