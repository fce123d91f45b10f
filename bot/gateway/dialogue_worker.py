"""Rasa in a process of its own: `python -m bot.gateway.dialogue_worker`, started by bot/gateway/dialogue_process.py.

A process, because a turn of Rasa keeps Python busy for tens of milliseconds, in which no other call could be heard.

    stdin    the settings, then requests (number, call id, utterance) and pulses (None)
    stdout   None when everything is loaded, or a text that says why not; then answers (number, Reply or a text), and
             None for each pulse, and every few seconds a StoreHealth
    end      with stdin: the process never outlives its parent

Every message is a pickle behind its length, 4 bytes, big-endian: both ends are this program, nobody else has the pipe.
"""

from __future__ import annotations

import asyncio
import gc
import logging
import os
import pickle
import signal
import struct
import sys
from asyncio import StreamReader
from collections.abc import Callable
from typing import Any, BinaryIO

from bot.accounts.courier import open_courier
from bot.errors import VoicebotError
from bot.events import Dialogue, KeepsStore, Utterance
from bot.gateway import LOG
from bot.settings import Settings

STORE_SECONDS = 2.0
"""From one look after the account store to the next."""

_LENGTH = struct.Struct("!I")


def pack(message: object) -> bytes:
    """A message as it travels."""
    body = pickle.dumps(message)
    return _LENGTH.pack(len(body)) + body


async def unpack(reader: StreamReader) -> Any:
    """The next message. Raises IncompleteReadError at the end."""
    (size,) = _LENGTH.unpack(await reader.readexactly(_LENGTH.size))
    return pickle.loads(await reader.readexactly(size))  # noqa: S301  # from the other half of this program


def main(open_dialogue: Callable[[Settings], Dialogue]) -> None:
    """Answer until stdin ends."""
    for each in (signal.SIGINT, signal.SIGTERM):
        signal.signal(each, signal.SIG_IGN)  # they are the parent's, which lets its calls end before it closes stdin
    answers = os.fdopen(os.dup(1), "wb")
    os.dup2(2, 1)  # what libraries print is no answer
    logging.basicConfig(level=logging.WARNING, stream=sys.stderr, format=LOG)
    logging.getLogger("bot.accounts.audit").setLevel(logging.INFO)  # checkpoints: the log is a copy of them elsewhere
    asyncio.run(_work(open_dialogue, answers))


async def _work(open_dialogue: Callable[[Settings], Dialogue], answers: BinaryIO) -> None:
    reader = StreamReader()
    await asyncio.get_running_loop().connect_read_pipe(lambda: asyncio.StreamReaderProtocol(reader), sys.stdin)
    settings = await unpack(reader)
    try:
        dialogue = open_dialogue(settings)
    except VoicebotError as error:
        _answer(answers, str(error))
        return
    gc.collect()
    gc.freeze()  # what was loaded stays: looking through it again and again would hold turns up
    _answer(answers, None)
    tasks: set[asyncio.Task[None]] = set()
    watching = [asyncio.create_task(_watch_store(dialogue, answers))] if isinstance(dialogue, KeepsStore) else []
    if watching and (courier := open_courier(settings)):
        watching.append(asyncio.create_task(courier.run()))
    try:
        while True:
            request = await unpack(reader)
            if request is None:
                _answer(answers, None)
                continue
            task = asyncio.create_task(_turn(dialogue, answers, *request))
            tasks.add(task)
            task.add_done_callback(tasks.discard)
    except asyncio.IncompleteReadError:
        for each in watching:
            each.cancel()
        await dialogue.close()


async def _watch_store(dialogue: KeepsStore, answers: BinaryIO) -> None:
    while True:
        _answer(answers, await dialogue.health())
        await asyncio.sleep(STORE_SECONDS)


async def _turn(dialogue: Dialogue, answers: BinaryIO, number: int, call_id: str, utterance: Utterance) -> None:
    try:
        _answer(answers, (number, await dialogue.tell(call_id, utterance)))
    except VoicebotError as error:
        _answer(answers, (number, str(error)))
    except Exception as error:  # whatever Rasa raises ends one call, and its text may hold secrets
        _answer(answers, (number, f"Rasa failed in a turn ({type(error).__name__}); see its log"))


def _answer(answers: BinaryIO, message: object) -> None:
    answers.write(pack(message))
    answers.flush()


if __name__ == "__main__":
    from bot.dialogue import open_dialogue

    main(open_dialogue)
