"""What it costs the gateway's event loop to receive the sound of calls over WebSockets, without hearing or dialogue.

    python -m benchmarks.receiving                  calls that send a frame every 20 ms, over sockets of this machine
    python -m benchmarks.receiving --direct         the same frames handed to the protocol: no system calls, no waiting

Both print CPU time a frame; fifty frames are a second of a call. On a busy machine `--direct` is the steadier one.
"""

from __future__ import annotations

import argparse
import asyncio
import base64
import itertools
import os
import socket
import subprocess
import sys
import time
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from typing import Any

from bot.credentials import Credentials
from bot.doors.accepting import bound_socket
from bot.doors.idle_connections import Connection
from bot.events import HungUp, Outcome
from bot.gateway.admission import Admission
from bot.gateway.auth import LineAuth
from bot.gateway.call_registry import CallRegistry
from bot.gateway.metrics import Metrics
from bot.gateway.server import Gateway
from bot.gateway.serving import listening_for_http
from bot.gateway.ticker import Ticker
from bot.protocols import Channel
from bot.watching import Watch

WARM_UP_SECONDS = 1.0
"""Seconds of each call before measuring begins."""

START = b"MEDIA_START connection_id:bot channel:WebSocket/bot/0x1 format:slin optimal_frame_size:320 ptime:20"

OPEN = (
    "GET /asterisk?caller=0912345678 HTTP/1.1\r\nHost: x\r\nUpgrade: websocket\r\nConnection: Upgrade\r\n"
    "Sec-WebSocket-Version: 13\r\nSec-WebSocket-Protocol: media\r\n"
    f"Sec-WebSocket-Key: {base64.b64encode(bytes(16)).decode()}\r\n\r\n"
).encode()


def main() -> None:
    parser = argparse.ArgumentParser(prog="python -m benchmarks.receiving", description=__doc__.splitlines()[0])
    parser.add_argument("--calls", type=int, default=40, help="calls at once")
    parser.add_argument("--seconds", type=float, default=10.0, help="of each call")
    parser.add_argument("--direct", action="store_true", help="without sockets")
    parser.add_argument("--uvloop", action="store_true", help="on uvloop in place of asyncio's own event loop")
    parser.add_argument("--send", type=int, metavar="PORT", help=argparse.SUPPRESS)
    given = parser.parse_args()
    if given.send:
        send(given.send, given.calls)
        return
    measure = direct(given.calls, given.seconds) if given.direct else over_sockets(given.calls, given.seconds)
    if given.uvloop:
        import uvloop

        seconds, frames = uvloop.run(measure)
    else:
        seconds, frames = asyncio.run(measure)
    micros = seconds / frames * 1e6
    print(f"{micros:.1f} µs of CPU a frame, {micros * 50 / 1000:.2f} ms a second of a call ({frames} frames)")


class Sink:
    """Answers a call by fetching its events until the caller hangs up."""

    def __init__(self) -> None:
        self.samples = 0

    async def answer(self, channel: Channel, watch: Watch, name: str = "") -> Outcome:
        async for event in channel.events():
            if event == HungUp():
                break
            self.samples += event.samples.size  # type: ignore[union-attr]  # nothing else is sent here
        return Outcome.HUNG_UP


@asynccontextmanager
async def gateway(calls: int, sink: Sink) -> AsyncIterator[tuple[Gateway, int, Ticker]]:
    """A gateway that listens, with its port and its clock."""
    metrics = Metrics()
    ticker = Ticker(metrics.ticked)
    auth, call_registry = LineAuth(Credentials(""), False), CallRegistry(time.monotonic)
    made = Gateway(sink.answer, auth, Admission(calls), metrics, ticker, call_registry, call_seconds=10_000)
    http = bound_socket("127.0.0.1", 0, "VOICEBOT_PORT")
    async with listening_for_http(made, http, lambda: None):
        yield made, http.getsockname()[1], ticker


async def over_sockets(calls: int, seconds: float) -> tuple[float, int]:
    """CPU seconds of this process and frames received."""
    sink = Sink()
    async with gateway(calls, sink) as (_, port, ticker):
        beating = asyncio.ensure_future(ticker.run())
        arguments = ["-m", "benchmarks.receiving", "--send", str(port), "--calls", str(calls)]
        client = await asyncio.create_subprocess_exec(sys.executable, *arguments, stdout=subprocess.PIPE)
        assert client.stdout  # noqa: S101  # it was asked for
        await client.stdout.readline()
        await asyncio.sleep(WARM_UP_SECONDS)
        cpu, samples = time.process_time(), sink.samples
        await asyncio.sleep(seconds)
        cpu, samples = time.process_time() - cpu, sink.samples - samples
        client.kill()
        await client.wait()
        beating.cancel()
    return cpu, samples // 160


def send(port: int, calls: int) -> None:
    """The exchange: calls in step, their frames spread over the 20 ms, until it is killed."""
    lines = []
    for _ in range(calls):
        line = socket.create_connection(("127.0.0.1", port))
        line.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        line.sendall(OPEN)
        line.recv(4096)
        line.sendall(masked(1, START))
        lines.append(line)
    print("calling", flush=True)
    frame, due = masked(2, os.urandom(320)), time.monotonic()
    for line in itertools.cycle(lines):
        due += 0.02 / calls
        time.sleep(max(0.0, due - time.monotonic()))
        line.sendall(frame)


class Wire(asyncio.Transport):
    """A transport that accepts all that is written."""

    def get_extra_info(self, name: str, default: Any = None) -> Any:
        return default

    def get_protocol(self) -> asyncio.BaseProtocol:
        return self.protocol

    def set_protocol(self, protocol: asyncio.BaseProtocol) -> None:
        self.protocol = protocol

    def is_closing(self) -> bool:
        return False

    def write(self, data: bytes | bytearray | memoryview) -> None: ...

    def pause_reading(self) -> None: ...

    def resume_reading(self) -> None: ...

    def close(self) -> None: ...

    def abort(self) -> None: ...


async def direct(calls: int, seconds: float) -> tuple[float, int]:
    """CPU seconds and frames received."""
    sink = Sink()
    async with gateway(calls, sink) as (made, _, ticker):
        runner = made.runner()
        await runner.setup()
        assert runner.server  # noqa: S101  # it is set up
        lines = []
        for _ in range(calls):
            ours, theirs = socket.socketpair()
            line = Connection(ours, runner.server(), made.idle_connections)
            wire = Wire()
            wire.set_protocol(line)
            line.connection_made(wire)
            line.data_received(OPEN)
            await asyncio.sleep(0.01)
            line.data_received(masked(1, START))
            lines.append((line, theirs))
        frame = masked(2, os.urandom(320))

        async def going_on(rounds: int) -> None:
            for _ in range(rounds):
                for line, _ in lines:
                    line._window_ends = 0.0  # time passes faster here
                    line.data_received(frame)
                    await asyncio.sleep(0)
                ticker.beat(0.0)
                await asyncio.sleep(0)

        await going_on(round(WARM_UP_SECONDS * 50))
        cpu, samples = time.process_time(), sink.samples
        await going_on(round(seconds * 50))
        cpu, samples = time.process_time() - cpu, sink.samples - samples
        for line, _ in lines:
            line.connection_lost(None)
        await runner.cleanup()
    return cpu, samples // 160


def masked(kind: int, payload: bytes) -> bytes:
    """A WebSocket frame as a client sends it."""
    mask = b"\1\2\3\4"
    size = bytes([0x80 | len(payload)]) if len(payload) < 126 else b"\xfe" + len(payload).to_bytes(2, "big")
    return bytes([0x80 | kind]) + size + mask + bytes(byte ^ mask[i % 4] for i, byte in enumerate(payload))


if __name__ == "__main__":
    main()
