"""pyttsx3 and espeak-ng in a process of their own: `python -m tts.worker VOICE SPEED`, started by tts/espeak.py.

It is a process, because pyttsx3 hangs if several threads hold an engine, because espeak-ng ends its process when its
data is missing, and because a synthesiser that hangs can then be killed. Only the standard library and pyttsx3 are
imported here, so that it starts in a quarter of a second.

    stdin    one JSON string a line: the words to speak
    stdout   for each line {"rate": Hz, "bytes": n} and n bytes of signed 16-bit samples; if there is no voice,
             one {"error": "what to do"}, and the end
    end      when stdin ends, also in the middle of a text: the process never outlives its parent
"""

from __future__ import annotations

import io
import json
import os
import queue
import signal
import sys
import threading
import wave
from typing import Any, BinaryIO

VOLUME = 0.7
"""espeak-ng's default of 1.0 clips its own peaks; the level is set afterwards (tts/sound.py)."""

TRIES = 5
"""How often settings are tried: on a busy machine one is lost in some thousand starts."""

MISSING = "espeak-ng is missing: apt-get install espeak-ng (macOS: brew install espeak-ng)"


def main(voice: str, speed: int) -> None:
    """Speak line after line until stdin ends."""
    signal.signal(signal.SIGINT, signal.SIG_IGN)  # the parent handles Ctrl-C, and closes stdin
    answers = os.fdopen(os.dup(1), "wb")
    os.dup2(os.open(os.devnull, os.O_WRONLY), 1)  # pyttsx3 prints a line for each utterance
    try:
        engine = _engine(voice, speed)
    except Exception:
        # pyttsx3 raises any kind of error if its driver does not find the library
        _answer(answers, {"error": MISSING})
        return
    if not _has(engine, "voice", voice):
        _answer(answers, {"error": f"espeak-ng has no voice {voice}: apt-get install --reinstall espeak-ng-data"})
        return
    lines: queue.SimpleQueue[bytes] = queue.SimpleQueue()
    threading.Thread(target=_read, args=(lines,), daemon=True).start()
    while True:
        rate, samples = _speak(engine, json.loads(lines.get()))
        _answer(answers, {"rate": rate, "bytes": len(samples)}, samples)


def _read(lines: queue.SimpleQueue[bytes]) -> None:
    for line in sys.stdin.buffer:
        lines.put(line)
    os._exit(0)


def _engine(voice: str, speed: int) -> Any:
    """An engine with its voice, speed and volume set."""
    import pyttsx3

    engine = pyttsx3.init("espeak")
    settle(engine, {"voice": voice, "rate": speed, "volume": VOLUME})
    return engine


def settle(engine: Any, wanted: dict[str, Any]) -> None:
    """Set the wanted values until the engine has them; each try speaks a text that is thrown away.

    espeak-ng keeps settings in a queue, and pyttsx3 empties that queue at the end of each text: a setting that
    espeak-ng has not reached by then is lost. So settings are made only before the first words, and then checked (when
    they were set before every text, one in two hundred was lost). Gives up after `TRIES`: espeak-ng may not know the
    value."""
    for _ in range(TRIES):
        for name, value in wanted.items():
            engine.setProperty(name, value)
        _speak(engine, "a")
        if all(_has(engine, name, value) for name, value in wanted.items()):
            return


def _has(engine: Any, name: str, value: Any) -> bool:
    found = engine.getProperty(name)
    return str(found).endswith(value) if name == "voice" else bool(found == value)


def _speak(engine: Any, text: str) -> tuple[int, bytes]:
    """Rate in Hz and samples. One save for each runAndWait: of two, pyttsx3 keeps only the last."""
    sound = io.BytesIO()  # pyttsx3 gives the "file name" to wave.open, which also takes a file: nothing is on the disk
    engine.save_to_file(text, sound)
    engine.runAndWait()
    sound.seek(0)
    with wave.open(sound, "rb") as file:
        return file.getframerate(), file.readframes(file.getnframes())


def _answer(answers: BinaryIO, head: dict[str, object], body: bytes = b"") -> None:
    answers.write(json.dumps(head).encode() + b"\n" + body)
    answers.flush()


if __name__ == "__main__":
    main(sys.argv[1], int(sys.argv[2]))
