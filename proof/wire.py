"""A keyed call over the WebSocket of Asterisk's chan_websocket, several times faster than real time."""

from __future__ import annotations

import asyncio
import contextlib
import time
from collections import deque
from collections.abc import Sequence
from dataclasses import dataclass, field

import aiohttp

from bot.telephony.line_check import START

SPEED = 4
"""How many times faster than real time the bot's sound is played."""

FRAME_BYTES = 320
"""20 ms of signed 16-bit samples at 8 kHz."""

BYTES_A_SECOND = 16000

APART_SECONDS = 1.2
"""Seconds between two digits from which on they belong to two readings."""

CALL_SECONDS = 60.0


@dataclass
class Wire:
    """What the caller heard of a call, and how it ended: refused, hung up by bot or caller, or lost."""

    how: str = "lost"
    heard: bytearray = field(default_factory=bytearray, repr=False)
    gap: float = 0.0
    """Seconds: the longest time without sound after the caller pressed a key or the bot's sound ended."""


class WireCall:
    """`leaves_after`: bytes of sound, counted from the last key, after which the caller hangs up; None: the caller
    stays. `cuts`: the connection is cut without a close message."""

    speed, seconds = float(SPEED), CALL_SECONDS

    def __init__(
        self, port: int, secret: str, phone: str, number: str, name: str, leaves_after: int | None, cuts: bool = False
    ) -> None:
        self._port, self._auth = port, aiohttp.BasicAuth("asterisk", secret)
        self._phone, self._number, self._name = phone, number, name
        self._leaves_after, self._cuts = leaves_after, cuts
        self._queue: deque[bytes | str] = deque()
        self._sounded = asyncio.Event()
        self._silent_from = time.monotonic()  # when the sound so far ends at the pace of a telephone, or the last key
        self._keyed_at: int | None = None
        self.result = Wire()

    async def hold(self) -> Wire:
        """Hold the call to its end, whatever happens to it."""
        query = {"call": self._name, "caller": self._phone}
        url = f"http://127.0.0.1:{self._port}/asterisk"
        try:
            async with (
                aiohttp.ClientSession() as session,
                session.ws_connect(
                    url,
                    params=query,
                    protocols=("media",),
                    auth=self._auth,
                    timeout=aiohttp.ClientWSTimeout(ws_close=5.0),
                ) as socket,
            ):
                await asyncio.wait_for(self._talk(socket), self.seconds)
        except aiohttp.WSServerHandshakeError as error:
            self.result.how = f"refused {error.status}"
        except TimeoutError:
            self.result.how = "never ended"
        except (aiohttp.ClientError, OSError):
            pass
        return self.result

    async def _talk(self, socket: aiohttp.ClientWebSocketResponse) -> None:
        await socket.send_str(START)
        self._silent_from = time.monotonic()
        tasks = [asyncio.ensure_future(each) for each in (self._play(socket), self._press(socket))]
        try:
            async for message in socket:
                if message.type is aiohttp.WSMsgType.BINARY:
                    self._hear(message.data)
                elif message.data.startswith("MARK_MEDIA "):
                    self._queue.append(message.data.partition(" ")[2])
                elif message.data == "FLUSH_MEDIA":
                    self._queue.clear()
                    self._silent_from = time.monotonic()
                elif message.data == "HANGUP":
                    self.result.how = "bot hung up"
                    await socket.close()
        finally:
            for task in tasks:
                task.cancel()

    def _hear(self, sound: bytes) -> None:
        now = time.monotonic()
        self.result.gap = max(self.result.gap, now - self._silent_from)
        self._silent_from = max(now, self._silent_from) + len(sound) / BYTES_A_SECOND
        self._queue.append(sound)
        self._sounded.set()

    async def _play(self, socket: aiohttp.ClientWebSocketResponse) -> None:
        began, played = time.monotonic(), 0
        while True:
            await asyncio.sleep(0.01)
            due = int((time.monotonic() - began) * self.speed / 0.02)
            for _ in range(due - played):
                await self._frame(socket)
            played = due

    async def _frame(self, socket: aiohttp.ClientWebSocketResponse) -> None:
        while self._queue and isinstance(mark := self._queue[0], str):
            self._queue.popleft()
            with contextlib.suppress(ConnectionError):
                await socket.send_str(f"MEDIA_MARK_PROCESSED {mark}")
        if not self._queue:
            return
        sound = self._queue.popleft()
        assert isinstance(sound, bytes)  # noqa: S101  # marks are gone
        self.result.heard += sound[:FRAME_BYTES]
        if sound[FRAME_BYTES:]:
            self._queue.appendleft(sound[FRAME_BYTES:])
        if self._leaves_after is None or self._keyed_at is None:
            return
        if len(self.result.heard) - self._keyed_at >= self._leaves_after:
            self.result.how = "caller hung up"
            if self._cuts and (transport := socket.get_extra_info("socket")) is not None:
                transport.shutdown(2)
            await socket.close()

    async def _press(self, socket: aiohttp.ClientWebSocketResponse) -> None:
        for keys in ("8", f"{self._number}#"):
            self._sounded.clear()
            await self._sounded.wait()
            self._keyed_at = len(self.result.heard)
            for key in keys:
                await socket.send_str(f"DTMF_END digit:{key} duration_ms:80")
            # What the bot says while it doesn't listen ("xin chờ") is still heard; else it clears the rest.
            self._silent_from = max(time.monotonic(), self._silent_from)


def readings(heard: bytes, digits: Sequence[bytes]) -> list[str]:
    """The digits in a sound: a text for each reading. `digits`: the clips of the ten digits, from 0 to 9."""
    found = []
    for digit, clip in enumerate(digits):
        at = heard.find(clip)
        while at >= 0:
            if at % 2 == 0:
                found.append((at, str(digit), len(clip)))
            at = heard.find(clip, at + 2)
    texts: list[str] = []
    end = -BYTES_A_SECOND * 60
    for begin, name, size in sorted(found):
        if begin - end > APART_SECONDS * BYTES_A_SECOND:
            texts.append("")
        texts[-1] += name
        end = begin + size
    return texts
