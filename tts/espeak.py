"""espeak-ng's voices, in a worker process that is started when it is first needed and replaced when it fails."""

from __future__ import annotations

import json
import subprocess
import sys
import threading
from collections.abc import Sequence

import numpy as np

from bot.errors import VoicebotError
from bot.events import Samples
from bot.places import PACKAGES
from tts.sound import finish

DEADLINE = 10.0
"""Seconds for one utterance, the worker's start included; a sentence takes 0.05 s and a cold start under 3 s."""


class Espeak:
    """A `tts.voice.Voice`: one worker, one text at a time. Safe to call from several threads.

    `name` is espeak-ng's voice, `speed` its words a minute; `command` starts the worker."""

    def __init__(
        self, name: str, speed: int, *, command: Sequence[str] | None = None, deadline: float = DEADLINE
    ) -> None:
        self.key = f"espeak-ng {name} {speed}"
        self._name = name
        self._command = command or (sys.executable, "-m", "tts.worker", name, str(speed))
        self._deadline = deadline
        self._lock = threading.Lock()
        self._worker: subprocess.Popen[bytes] | None = None

    @property
    def pid(self) -> int | None:
        """Process id of the worker; None while there is none."""
        return self._worker.pid if self._worker else None

    def render(self, text: str, rate: int) -> Samples:
        """The words of `text` at `rate` Hz. Raises VoicebotError if espeak-ng is missing, fails twice or makes no
        sound."""
        with self._lock:
            try:
                raw, source = self._ask_twice(text)
            except VoicebotError:
                self._stop()
                raise
        try:
            sound = np.frombuffer(raw, np.dtype("<i2")).astype(np.float32) / np.float32(32768)
            return finish(sound, source, rate)
        except ValueError:
            raise VoicebotError(
                f"espeak-ng's voice {self._name} makes no sound of a text; write it otherwise"
            ) from None

    def close(self) -> None:
        """End the worker."""
        with self._lock:
            self._stop()

    def _ask_twice(self, text: str) -> tuple[bytes, int]:
        """Samples and their rate in Hz; a second try uses a new worker."""
        try:
            return self._ask(text)
        except _WorkerError:
            self._stop()
        try:
            return self._ask(text)
        except _WorkerError as error:
            test = f'espeak-ng -v {self._name} "xin chào"'
            raise VoicebotError(f"espeak-ng {error} twice; see whether this speaks: {test}") from None

    def _ask(self, text: str) -> tuple[bytes, int]:
        """Samples and their rate in Hz. At the deadline the worker is killed, and its answer ends early."""
        worker = self._worker = self._worker or self._start()
        late = threading.Event()

        def give_up() -> None:
            late.set()
            worker.kill()

        timer = threading.Timer(self._deadline, give_up)
        timer.daemon = True
        timer.start()
        try:
            return _exchange(worker, text)
        except (OSError, ValueError):
            raise _WorkerError(f"gave no answer within {self._deadline:g} s" if late.is_set() else "died") from None
        finally:
            timer.cancel()

    def _start(self) -> subprocess.Popen[bytes]:
        return subprocess.Popen(
            self._command,
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=subprocess.DEVNULL,
            cwd=PACKAGES,
        )

    def _stop(self) -> None:
        if worker := self._worker:
            self._worker = None
            worker.kill()
            worker.communicate()


class _WorkerError(Exception):
    """The worker cannot be used any more."""


def _exchange(worker: subprocess.Popen[bytes], text: str) -> tuple[bytes, int]:
    """The sound of one text. Raises OSError or ValueError if the worker died, VoicebotError if it gives a reason."""
    assert worker.stdin is not None  # noqa: S101  # for the type checker: both are pipes
    assert worker.stdout is not None  # noqa: S101  # as above
    worker.stdin.write(json.dumps(text).encode() + b"\n")
    worker.stdin.flush()
    head = json.loads(worker.stdout.readline())
    if "error" in head:
        raise VoicebotError(head["error"])
    raw = worker.stdout.read(head["bytes"])
    if not raw or len(raw) < head["bytes"]:
        raise ValueError("the answer ends early")
    return raw, head["rate"]
