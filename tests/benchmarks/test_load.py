"""The load bench's own ears: what it takes for late, for answered and for a failed call."""

from __future__ import annotations

import asyncio
import dataclasses
import struct
from dataclasses import dataclass, field

import pytest

from benchmarks.load_line import BINARY, CLOSE, TEXT, Line, frame, handshake
from benchmarks.load_people import NOISE, Act, Caller, Part

TICK = 0.02
HANDSHAKE = b"HTTP/1.1 101 Switching Protocols\r\nUpgrade: websocket\r\n\r\n"


def sent_by_gateway(opcode: int, payload: bytes) -> bytes:
    """A server's frame: not masked."""
    size = bytes([len(payload)]) if len(payload) < 126 else b"\x7e" + struct.pack("!H", len(payload))
    return bytes([0x80 | opcode]) + size + payload


@dataclass
class Wire(asyncio.Transport):
    """Keeps what the line writes."""

    written: list[bytes] = field(default_factory=list)

    def write(self, data: bytes) -> None:  # type: ignore[override]  # bytes are all that is written here
        self.written.append(data)

    def close(self) -> None:
        pass


class Clock:
    """Of the loop: as many ticks as were made."""

    def __init__(self) -> None:
        self.ticks = 0

    def time(self) -> float:
        return self.ticks * TICK


class Rehearsal:
    """A caller with one key to press, on a line whose clock is the number of ticks."""

    def __init__(self, *acts: Act) -> None:
        self.over: list[str | None] = []
        self.clock = Clock()
        self.caller = Caller(Part("0912345678", acts, impatient=False), 1, lambda who: self.over.append(who.how))
        self.line = Line(handshake("gateway", "/asterisk", "secret"), self.caller, self.clock)  # type: ignore[arg-type]  # only its clock is used
        self.wire = Wire()
        self.line.connection_made(self.wire)

    def hear(self, *messages: bytes) -> None:
        self.line.data_received(b"".join(messages))

    def pass_(self, seconds: float) -> None:
        for _ in range(round(seconds / TICK)):
            self.clock.ticks += 1
            self.line.tick(self.clock.time())

    @property
    def texts(self) -> list[bytes]:
        return [text for each in self.wire.written for text in (b"MARK", b"DTMF_END", b"MEDIA_START") if text in each]


def sound(seconds: float) -> bytes:
    return sent_by_gateway(BINARY, bytes(round(seconds * 50) * 320))


KEY = Act("menu key", [NOISE[0], NOISE[1] + frame(TEXT, b"DTMF_END digit:8 channel_id:load")], 2)


def test_a_call_begins_with_the_secret_and_media_start() -> None:
    call = Rehearsal()
    assert b"Authorization: Basic YXN0ZXJpc2s6c2VjcmV0" in call.wire.written[0]
    call.hear(HANDSHAKE)
    assert call.wire.written[1] == frame(TEXT, b"MEDIA_START connection_id:load channel:WebSocket/load format:slin "
                                               b"optimal_frame_size:320 ptime:20")  # fmt: skip


def test_every_tick_sends_20_ms_of_the_callers_room() -> None:
    call = Rehearsal()
    call.hear(HANDSHAKE)
    call.pass_(1.0)
    assert len([each for each in call.wire.written if each in NOISE]) == 50


def test_a_mark_is_told_when_all_sound_before_it_was_played() -> None:
    call = Rehearsal()
    call.hear(HANDSHAKE, sound(0.5), sent_by_gateway(TEXT, b"MARK_MEDIA 1"))
    call.pass_(0.5)
    assert b"MARK" not in call.texts
    call.pass_(TICK)
    assert call.wire.written[-1].endswith(frame(TEXT, b"MEDIA_MARK_PROCESSED 1"))


def test_sound_and_marks_that_are_flushed_are_never_played() -> None:
    call = Rehearsal()
    call.hear(HANDSHAKE, sound(0.5), sent_by_gateway(TEXT, b"MARK_MEDIA 1"), sent_by_gateway(TEXT, b"FLUSH_MEDIA"))
    call.pass_(1.0)
    assert b"MARK" not in call.texts


def test_messages_may_arrive_in_any_pieces() -> None:
    call = Rehearsal()
    for byte in HANDSHAKE + sound(0.1) + sent_by_gateway(TEXT, b"MARK_MEDIA 1"):
        call.hear(bytes([byte]))
    call.pass_(0.12)
    assert b"MARK" in call.texts


@pytest.mark.parametrize(("wait", "seconds"), [(0.0, 0.3), (0.2, 0.1)])
def test_an_answer_is_timed_from_the_last_key_and_the_time_in_which_the_caller_may_go_on(
    wait: float, seconds: float
) -> None:
    call = Rehearsal(dataclasses.replace(KEY, wait=wait))
    call.hear(HANDSHAKE, sound(0.5))
    while not call.caller.acted or b"DTMF_END" not in call.texts:
        call.pass_(TICK)
    call.pass_(0.3)
    call.hear(sound(0.5))
    assert [(each.kind, pytest.approx(each.seconds)) for each in call.caller.answers] == [("menu key", seconds)]


def test_sound_that_breaks_off_and_goes_on_is_late() -> None:
    call = Rehearsal(KEY)
    call.hear(HANDSHAKE, sound(0.2))
    call.pass_(0.3)
    call.hear(sound(0.2))
    assert call.caller.late == 1


def test_sound_that_comes_before_the_last_was_played_is_not_late() -> None:
    call = Rehearsal(KEY)
    call.hear(HANDSHAKE, sound(0.2))
    call.pass_(0.2)
    call.hear(sound(0.2))
    assert call.caller.late == 0


def test_the_pause_between_the_two_readings_at_the_end_is_not_late_but_a_second_one_is() -> None:
    call = Rehearsal()
    call.hear(HANDSHAKE, sound(0.2))
    for late in (0, 1):
        call.pass_(0.3)
        call.hear(sound(0.2))
        assert call.caller.late == late


@pytest.mark.parametrize(
    ("answer", "how"),
    [
        (HANDSHAKE + sent_by_gateway(TEXT, b"HANGUP"), "hung up"),
        (HANDSHAKE + sent_by_gateway(CLOSE, b"\x03\xe8"), "hung up"),
        (b"HTTP/1.1 503 Service Unavailable\r\n\r\n", "refused 503"),
        (HANDSHAKE, "dropped"),
    ],
)
def test_how_a_call_ended(answer: bytes, how: str) -> None:
    call = Rehearsal()
    call.hear(answer)
    call.line.connection_lost(None)
    assert call.over == [how]
