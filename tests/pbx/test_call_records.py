"""A real Asterisk writes down, for each call, the name by which the bot's log and audit trail know it. No gateway is
needed for that, and no telephone."""

import csv
import time
from pathlib import Path

from tests.pbx.exchange import HOTLINE, Exchange, Sites
from tests.pbx.gateway import free_port

SECONDS = 20


def test_the_call_detail_record_holds_the_name_of_the_call(tools: Path, tmp_path: Path) -> None:
    exchange = Exchange(tools, tmp_path, Sites(*(free_port() for _ in range(4)), "secret", None, False, free_port()))
    etc, records = tmp_path / "etc", tmp_path / "var" / "cdr-custom"
    records.mkdir()
    with (etc / "site" / "modules.conf").open("a") as modules:
        for module in ("res_cdrel_custom", "cdr_custom", "res_clioriginate"):
            modules.write(f"load = {module}.so\n")
    fields = ",".join(f"${{CSV_QUOTE(${{CDR({field})}})}}" for field in ("uniqueid", "dst", "voicebot"))
    (etc / "cdr_custom.conf").write_text(f"[mappings]\nvoicebot.csv => {fields}\n")
    (etc / "cdr.conf").write_text("[general]\nenable = yes\nunanswered = yes\n")
    try:
        exchange.start()
        exchange.ask(f"channel originate Local/{HOTLINE}@voicebot application Wait 1")
        file, deadline = records / "voicebot.csv", time.monotonic() + SECONDS
        found: list[list[str]] = []
        while time.monotonic() < deadline and not found:
            time.sleep(0.2)
            rows = csv.reader(file.read_text().splitlines()) if file.exists() else []
            found = [row for row in rows if row[1] == HOTLINE and row[2]]  # that of the half that is no caller has none
    finally:
        exchange.stop()
    assert found, exchange.log()[-2000:]
    for uniqueid, _, voicebot in found:
        assert voicebot == uniqueid
