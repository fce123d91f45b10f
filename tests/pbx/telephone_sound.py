"""What a caller's telephone sends, as a pcap file that sipp plays: A-law speech (RFC 3551) and keys as telephone events
(RFC 4733), one packet every 20 ms, all of one RTP stream, as a real telephone's."""

from __future__ import annotations

import struct
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np

from bot.audio.g711 import encode
from bot.events import RATE, Samples
from bot.simulation.caller_script import CallerVoice, Play, Press, Say, Wait
from bot.simulation.caller_voice import sound_of

PACKET = RATE // 50
"""Samples of a packet."""

ALAW, TELEPHONE_EVENT = 8, 101
"""RTP payload types; the scenario's SDP names the same."""

EVENTS = "0123456789*#"
"""RFC 4733, section 3.2: a key's event code is its place in this string."""

KEY_PACKETS, GAP_PACKETS, END_PACKETS = 5, 5, 3
"""A key lasts 100 ms, with 100 ms before the next; its end is told three times (RFC 4733, section 2.5.1.4)."""


Step = Press | Say | Play | Wait


@dataclass(frozen=True)
class _Packet:
    """`tick`: 20 ms since the call began; `timestamp` in samples."""

    tick: int
    timestamp: int
    payload_type: int
    marker: bool
    payload: bytes


def write_pcap(path: Path, steps: Sequence[Step], cache: Path) -> float:
    """Write the steps, one after the other; returns how many seconds they last. `cache` holds spoken sayings."""
    packets = list(_packets(steps, cache))
    with path.open("wb") as file:
        file.write(struct.pack("<IHHiIII", 0xA1B2C3D4, 2, 4, 0, 0, 65535, 1))  # Ethernet
        for sequence, packet in enumerate(packets):
            frame = _ethernet(_rtp(packet, sequence))
            file.write(struct.pack("<IIII", packet.tick // 50, packet.tick % 50 * 20_000, len(frame), len(frame)))
            file.write(frame)
    return (packets[-1].tick + 1) / 50


def _packets(steps: Sequence[Step], cache: Path) -> Iterator[_Packet]:
    tick = 0
    for step in steps:
        made = _key_packets(step.keys, tick) if isinstance(step, Press) else _sound_packets(_sound(step, cache), tick)
        for packet in made:
            tick = packet.tick + 1
            yield packet


def _sound(step: Say | Play | Wait, cache: Path) -> Samples:
    if isinstance(step, Wait):
        return np.zeros(round(step.seconds * RATE), np.int16)
    return sound_of(step, CallerVoice(), cache)


def _sound_packets(sound: Samples, tick: int) -> Iterator[_Packet]:
    sound = np.pad(sound, (0, -sound.size % PACKET))
    for index, payload in enumerate(encode(sound, "a").reshape(-1, PACKET)):
        yield _Packet(tick + index, (tick + index) * PACKET, ALAW, index == 0, payload.tobytes())


def _key_packets(keys: str, tick: int) -> Iterator[_Packet]:
    for key in keys:
        began = tick * PACKET
        for index in range(KEY_PACKETS + END_PACKETS - 1):
            ended = index >= KEY_PACKETS - 1
            duration = min(index + 1, KEY_PACKETS) * PACKET
            payload = struct.pack("!BBH", EVENTS.index(key), (0x80 if ended else 0) | 10, duration)
            yield _Packet(tick + index, began, TELEPHONE_EVENT, index == 0, payload)
        tick += KEY_PACKETS + END_PACKETS - 1
        yield from _sound_packets(np.zeros(GAP_PACKETS * PACKET, np.int16), tick)
        tick += GAP_PACKETS


def _rtp(packet: _Packet, sequence: int) -> bytes:
    second = (0x80 if packet.marker else 0) | packet.payload_type
    return struct.pack("!BBHII", 0x80, second, sequence & 0xFFFF, packet.timestamp, 0x0B07_CA11) + packet.payload


def _ethernet(rtp: bytes) -> bytes:
    """Wrapped for the file alone: sipp takes the RTP out and sends it from and to the ports of the call."""
    udp = struct.pack("!HHHH", 4000, 4000, 8 + len(rtp), 0) + rtp
    ip = struct.pack("!BBHHHBBHII", 0x45, 0, 20 + len(udp), 0, 0, 64, 17, 0, 0x7F000001, 0x7F000001) + udp
    return bytes(12) + b"\x08\x00" + ip
