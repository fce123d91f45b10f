"""How soon a key stops a prompt, as the caller's telephone hears it: from RTP packet to RTP packet.

telephone ──key (RFC 4733)──▶ Asterisk ──DTMF_END──▶ bot        the key counts when it is released:
telephone ◀───sound─────────  Asterisk ◀──FLUSH_MEDIA── bot     Asterisk tells nobody of a key before
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from pathlib import Path

import numpy as np
import numpy.typing as npt
import pytest

from bot.audio.g711 import decode
from bot.events import Samples
from bot.simulation.caller_script import Press, Wait
from tests.pbx.conftest import Prompts
from tests.pbx.exchange import AUDIOSOCKET_LINE, HOTLINE, Exchange
from tests.pbx.gateway import free_port
from tests.pbx.rtp import Capture, Packet
from tests.pbx.telephone_sound import ALAW, PACKET, TELEPHONE_EVENT, write_pcap
from tests.pbx.telephones import Number, dial

BATCHES, CALLS = 3, 10
"""So many calls at once, so many times."""

FIRST, BETWEEN = 1.0, 0.37
"""Seconds from the beginning of a call to its key: a little later in each call."""

LOUD = 200.0
"""RMS of a packet that is no pause of a prompt."""

ALIKE = 0.98
"""Least correlation of a packet with its place in the prompt; G.711 leaves 0.99."""

GOES_ON = 5
"""Packets after the last one that was heard, in which the prompt would have been loud: else nothing was cut."""

SLIP = 1
"""Packets that a busy machine may lose or add at once."""


def pieces(sound: Samples) -> npt.NDArray[np.float64]:
    """Sound in packets, shape (packets, PACKET)."""
    return np.pad(sound, (0, -sound.size % PACKET)).reshape(-1, PACKET).astype(np.float64)


def level(packets: npt.NDArray[np.float64]) -> npt.NDArray[np.float64]:
    return np.asarray(np.sqrt((packets**2).mean(axis=1)))


def last_heard(sound: Sequence[Packet], prompt: npt.NDArray[np.float64]) -> float | None:
    """When the last packet with sound of the prompt went; None where the prompt ended or paused there by itself."""
    heard = pieces(decode(np.frombuffer(b"".join(each.payload for each in sound), np.uint8), "a"))
    loud = [at for at, each in enumerate(level(heard)) if each > LOUD]
    start, last = loud[0], -1
    for at in loud:
        first = max(0, at - start - SLIP)
        near = prompt[first : at - start + SLIP + 1]
        alike = near @ heard[at] / (np.linalg.norm(near, axis=1) * np.linalg.norm(heard[at]) + 1e-9)
        if not alike.size or alike.max() < ALIKE:
            break
        start, last = at - first - int(alike.argmax()), at
    following = prompt[last - start + 1 : last - start + 1 + GOES_ON]
    return sound[last].at if len(following) == GOES_ON and (level(following) > LOUD).all() else None


def delays(packets: Iterable[Packet], prompt: npt.NDArray[np.float64]) -> list[tuple[float, float]]:
    """For each call whose prompt was cut: seconds from the key's first packet, and from the first that tells of its
    release, to the last packet with sound of the prompt."""
    packets = list(packets)
    keys: dict[int, list[Packet]] = {}
    for packet in packets:
        if packet.payload_type == TELEPHONE_EVENT:
            keys.setdefault(packet.to, []).append(packet)
    found = []
    for port, key in keys.items():  # of Asterisk: one for each call
        ended = last_heard([each for each in packets if each.source == port and each.payload_type == ALAW], prompt)
        released = next(each for each in key if each.payload[1] & 0x80)
        if ended is not None:
            found.append((ended - key[0].at, ended - released.at))
    return found


@pytest.mark.parametrize("line", [HOTLINE, AUDIOSOCKET_LINE], ids=["websocket", "audiosocket"])
def test_a_key_stops_the_prompt(tools: Path, exchange: Exchange, prompts: Prompts, tmp_path: Path, line: str) -> None:
    greeting, wish = prompts["utter_greet"], prompts["utter_ask_wish"]
    prompt = np.concatenate([pieces(greeting), pieces(wish)])
    if line == AUDIOSOCKET_LINE:  # nothing is padded there
        prompt = pieces(np.concatenate([greeting, wish]))
    found = []
    for batch in range(BATCHES):
        with Capture() as capture:
            ring(tools, exchange, tmp_path, line, FIRST + batch * BETWEEN / BATCHES)
        found += delays(capture.packets, prompt)
    assert found, "no prompt was cut"
    for what, seconds in zip(["press", "release"], zip(*found, strict=True), strict=True):
        half, most = np.percentile(seconds, [50, 95]) * 1000
        print(f"\n{line}: {len(found)} prompts, from {what} p50 {half:.0f} ms, p95 {most:.0f} ms", end="")


def ring(tools: Path, exchange: Exchange, folder: Path, line: str, first: float) -> None:
    """Calls that press a key, one `BETWEEN` seconds after the other, and hang up a little later."""
    telephones = []
    for call in range(CALLS):
        sound, number = folder / f"{call}.pcap", f"09{line[-2:]}{call:06d}"
        pressed = first + call * BETWEEN
        write_pcap(sound, [Wait(pressed), Press("8"), Wait(3)], folder)
        telephones.append(
            dial(
                tools,
                folder,
                number=Number(number, number),
                sound=sound,
                exchange=exchange.sites.sip,
                port=free_port(),
                called=line,
                hang_up_after=pressed + 1.5,
            )
        )
    assert [telephone.finish() for telephone in telephones] == [0] * CALLS
