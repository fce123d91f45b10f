"""Who may bring calls over a real line: exchanges that know the secret, or show a certificate, and nobody else
(line_call_back.py: one that does)."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

from bot.accounts.demo import DEMO
from bot.simulation.caller_script import Wait
from tests.pbx.conftest import exchanging
from tests.pbx.exchange import Exchange
from tests.pbx.gateway import Gateway, free_port
from tests.pbx.telephone_sound import Step, write_pcap
from tests.pbx.telephones import Number, Telephone, dial

CALLER = DEMO[0][0]


def ring(tools: Path, folder: Path, exchange: Exchange, steps: Sequence[Step]) -> Telephone:
    sound = folder / "caller.pcap"
    write_pcap(sound, steps, folder)
    return dial(
        tools, folder, number=Number(CALLER, CALLER), sound=sound, exchange=exchange.sites.sip, port=free_port()
    )


def assert_refused(telephone: Telephone, exchange: Exchange) -> None:
    assert telephone.finish() == 1, "the call was taken"
    assert "486 Busy Here" in telephone.log.read_text()
    assert "WebSocket connection failed" in exchange.log()


def test_an_exchange_with_a_wrong_secret_brings_no_call(gateway: Gateway, tools: Path, tmp_path: Path) -> None:
    with exchanging(tools, tmp_path, gateway, "f" * 48) as impostor:
        assert_refused(ring(tools, tmp_path, impostor, [Wait(1)]), impostor)
    assert gateway.figure('voicebot_calls_refused_total{reason="unauthorised"}') == 1


def test_an_exchange_without_a_certificate_brings_no_call(tls_gateway: Gateway, tools: Path, tmp_path: Path) -> None:
    with exchanging(tools, tmp_path, tls_gateway, "") as impostor:
        assert_refused(ring(tools, tmp_path, impostor, [Wait(1)]), impostor)
    assert tls_gateway.figure('voicebot_calls_refused_total{reason="unauthorised"}') == 1
