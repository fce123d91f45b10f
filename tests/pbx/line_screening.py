"""Whose number a real exchange brings where the gateway demands a signature that was checked (VOICEBOT_VERSTAT=require)
and where the trunk screens numbers. Nobody talks: the gateway has no bot behind it and keeps who called."""

from __future__ import annotations

import asyncio
from collections import Counter
from pathlib import Path

from bot.simulation.caller_script import Wait
from tests.gateway.conftest import SECRET, Listeners, site
from tests.pbx.exchange import FAILED_SCREENING, HOTLINE, Exchange, Sites
from tests.pbx.gateway import free_port
from tests.pbx.telephone_sound import write_pcap
from tests.pbx.telephones import ASSERTED, CHECK_FAILED, CHECK_PASSED, REMOTE_PARTY, Number, dial

CALLS = {
    "0911111111": (CHECK_PASSED, HOTLINE),
    "0922222222": (ASSERTED, HOTLINE),
    "0933333333": (REMOTE_PARTY, HOTLINE),
    "0944444444": (CHECK_FAILED, HOTLINE),
    "0955555555": (CHECK_PASSED, FAILED_SCREENING),
}
"""Number → what the carrier says of it, and the number that is rung."""


async def test_only_a_number_that_was_checked_and_not_screened_out_is_one(tools: Path, tmp_path: Path) -> None:
    listeners, sound = Listeners(), tmp_path / "silence.pcap"
    write_pcap(sound, [Wait(2)], tmp_path)
    async with site(listeners.answer, verstat="require") as here:
        sites = Sites(free_port(), free_port(), here.server.port, here.audiosocket[1], SECRET, None, False, free_port())
        exchange = Exchange(tools, tmp_path / "pbx", sites)
        telephones = []
        try:
            await asyncio.to_thread(exchange.start)
            telephones = [
                dial(
                    tools,
                    tmp_path,
                    number=Number(caller, caller, identity),
                    sound=sound,
                    exchange=sites.sip,
                    port=free_port(),
                    called=called,
                    hang_up_after=0.5,
                )
                for caller, (identity, called) in CALLS.items()
            ]
            assert [await asyncio.to_thread(each.finish) for each in telephones] == [0] * len(CALLS)
            await here.quiet()
        finally:
            for each in telephones:
                each.stop()
            exchange.stop()
    assert Counter(listeners.callers) == {"0911111111": 1, None: len(CALLS) - 1}
