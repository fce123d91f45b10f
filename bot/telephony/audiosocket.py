"""The channel `audiosocket`: a call that an older Asterisk brings over TCP (app_audiosocket, chan_audiosocket).

    message   1 byte kind · 2 bytes length, big-endian · payload
    00 hang up   01 the call's UUID, 16 bytes   03 a key, ASCII   10 8 kHz, 16 bit, little-endian   ff error
    11 … 18 the same at 12, 16, 24, 32, 44.1, 48, 96 and 192 kHz

The bot alone keeps the time: `tick` sends 20 ms of the reply or of silence; without sound Asterisk drops the call
after two seconds. Source: include/asterisk/res_audiosocket.h and res/res_audiosocket.c of Asterisk.
"""

from __future__ import annotations

import asyncio
import struct
import uuid
from collections import deque

import numpy as np

from bot.audio.playout import Playout
from bot.audio.resampling import Resampler
from bot.errors import VoicebotError
from bot.events import FRAME_MS, RATE, Played, Samples
from bot.telephony.line_channel import LineChannel
from bot.telephony.tcp import hold_short, unacknowledged

HANG_UP, UUID, DTMF, SOUND, ERROR = 0x00, 0x01, 0x03, 0x10, 0xFF
RATES = {SOUND: RATE, 0x11: 12000, 0x12: 16000, 0x13: 24000, 0x14: 32000, 0x15: 44100, 0x16: 48000, 0x17: 96000,
         0x18: 192000}  # fmt: skip
"""Hz of the kinds that hold sound; all sound is converted to 8 kHz, and answered at 8 kHz."""

LARGEST = 1 << 14
"""Bytes of a message: 20 ms at 192 kHz are 7,680."""

FRAME = RATE * FRAME_MS // 1000

HELLO_SECONDS = 5.0
"""Longest time from the connection to the UUID."""

SPEECH_SECONDS = 300
"""Seconds of the bot's sound that may be queued, far more than a reply has."""

JITTER_SECONDS = 0.04
"""Delays that the buffer of any telephone hides."""

BACKLOG_BYTES = 4 * RATE
"""Two seconds of sound. A peer that has not acknowledged so much is gone, or too slow to hold a call."""


WINDOW_MESSAGES, WINDOW_BYTES = 50, 1 << 16
"""Read of a call in one tick: a second of sound that was late, or eight times the sound of 192 kHz. Whoever sends more
waits: all calls share the event loop."""


class NotAudioSocket(VoicebotError):  # noqa: N818  # what came
    """The peer sent something that Asterisk's AudioSocket does not send."""


async def read_message(reader: asyncio.StreamReader) -> tuple[int, bytes]:
    """The next message as (kind, payload); the end of the connection is a hang-up. Raises NotAudioSocket."""
    try:
        kind, size = struct.unpack("!BH", await reader.readexactly(3))
        if size > LARGEST:
            raise NotAudioSocket("a message over AudioSocket is too long")
        return kind, await reader.readexactly(size)
    except (asyncio.IncompleteReadError, ConnectionError):
        return HANG_UP, b""


def message(kind: int, payload: bytes = b"") -> bytes:
    """A message as bytes."""
    return struct.pack("!BH", kind, len(payload)) + payload


async def read_name(reader: asyncio.StreamReader) -> uuid.UUID:
    """The UUID with which a call begins. Raises NotAudioSocket if something else comes, or nothing in time."""
    try:
        kind, payload = await asyncio.wait_for(read_message(reader), HELLO_SECONDS)
    except TimeoutError:
        raise NotAudioSocket("a connection to AudioSocket said nothing") from None
    if kind != UUID or len(payload) != 16:
        raise NotAudioSocket("a call over AudioSocket does not begin with its UUID")
    return uuid.UUID(bytes=payload)


class AudioSocketChannel(LineChannel):
    """A call on a connection that has sent its UUID."""

    def __init__(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter, caller: str | None) -> None:
        super().__init__(RATE, caller)
        self._from, self._to = reader, writer
        hold_short(writer.transport, send_buffer=True)
        self._late = 0
        self._playout = Playout(SPEECH_SECONDS * RATE)
        self._written = 0  # bytes
        self._due: deque[tuple[int, str]] = deque()  # marks, and the acknowledged bytes that reach them
        self._resamplers: dict[int, Resampler] = {}
        self._messages, self._bytes = WINDOW_MESSAGES, WINDOW_BYTES  # that may still be read before the next tick
        self._more = asyncio.Event()

    @property
    def late(self) -> int:
        """Frames of the bot's voice that were sent more than `JITTER_SECONDS` late."""
        return self._late

    async def stop(self) -> None:
        self._clear()

    def _advance(self, late: float) -> None:
        """Report what was played, and send the next 20 ms."""
        self._messages, self._bytes = WINDOW_MESSAGES, WINDOW_BYTES
        self._more.set()
        backlog = unacknowledged(self._to.transport)
        while self._due and self._due[0][0] <= self._written - backlog:
            self._inbox.put(Played(self._due.popleft()[1]))
        if backlog > BACKLOG_BYTES:
            self._to.transport.abort()
            self._end(drop=False)
            return
        self._late += late > JITTER_SECONDS and self._playout.pending > 0
        sound, marks = self._playout.take(FRAME)
        frame = message(SOUND, sound.astype("<i2").tobytes())
        self._to.write(frame)
        self._written += len(frame)
        self._due.extend((self._written, mark) for mark in marks)

    async def _read(self) -> None:
        try:
            while True:
                kind, payload = await read_message(self._from)
                if kind in RATES:
                    self._on_sound(kind, payload)
                elif kind == DTMF:
                    self._inbox.press(payload.decode("ascii", "replace"))
                elif kind in (HANG_UP, ERROR):
                    break
                else:
                    raise NotAudioSocket(f"there is no kind {kind:#04x} of AudioSocket")
                await self._keep_to_window(len(payload))
        except NotAudioSocket:
            await self.hang_up()
        finally:
            self._end(drop=False)

    async def _keep_to_window(self, size: int) -> None:
        """Count a message, and wait for the next tick where this one's are used up."""
        self._messages, self._bytes = self._messages - 1, self._bytes - size
        while min(self._messages, self._bytes) <= 0 and not self._ended:
            self._more.clear()
            await self._more.wait()

    def _on_sound(self, kind: int, payload: bytes) -> None:
        if len(payload) % 2:
            raise NotAudioSocket("half a sample came over AudioSocket")
        if kind not in self._resamplers:
            self._resamplers[kind] = Resampler(RATES[kind], RATE)
        self._hear(self._resamplers[kind].feed(np.frombuffer(payload, "<i2").astype(np.int16)))

    def _queue(self, samples: Samples, mark: str) -> None:
        self._playout.put(samples, mark)

    def _clear(self) -> None:
        self._playout.clear()
        self._due.clear()
        self._more.set()  # where the call is over, nobody waits for a tick

    def _say_goodbye(self) -> None:
        self._to.write(message(HANG_UP))

    async def _disconnect(self) -> None:
        self._to.transport.abort()
