"""The campaign over real sockets: a real `voicebot serve` whose processes are killed and stopped in mid-call.

python -m proof.sockets --calls 1000 --seed 1 --json proof/sockets.json
"""

from __future__ import annotations

import argparse
import asyncio
import json
import os
import platform
import random
import secrets
import signal
import sqlite3
import subprocess
import sys
import tempfile
import time
import urllib.error
import urllib.request
from collections import Counter, defaultdict
from collections.abc import Sequence
from contextlib import suppress
from pathlib import Path
from typing import Any

from cryptography.fernet import Fernet
from sqlalchemy import update

from bot.accounts import Accounts, open_accounts
from bot.accounts.phones import normalise
from bot.accounts.schema import accounts as table
from bot.places import PACKAGES
from bot.sealing import Seal
from bot.settings import Settings
from proof.__main__ import commit
from proof.campaign import MOST_SILENCE
from proof.faulty_store import HASHER
from proof.house import Citizen, citizen
from proof.sound import PASSWORD_DIGITS
from proof.wire import BYTES_A_SECOND, Wire, WireCall, readings
from tts.speech import open_speech

FAULTS = (
    *("none", "caller hangs up", "connection cut", "same call twice", "two calls of one account"),
    *("store locked", "store locked for long", "store gone", "dialogue stopped", "gateway stopped"),
    *("dialogue killed", "dialogue stopped for long", "gateway killed"),
)
"""The faults of the last line cost a restart, so they are less frequent; they hit every call."""

RARE = 3
BATCH = 16
READY_SECONDS = 180.0
LAST_WORDS = 14 * BYTES_A_SECOND
"""Bytes of sound after the last key: the first reading and most of the second."""


class Served:
    """`voicebot serve` as a process of its own."""

    def __init__(self, folder: Path) -> None:
        self.store, self.log = folder / "accounts.sqlite", folder / "gateway.log"
        self.secret, self.port = secrets.token_hex(24), 18000 + os.getpid() % 10000
        self._environ = {
            **os.environ,
            "VOICEBOT_DATABASE_URL": f"sqlite:///{self.store}",
            "VOICEBOT_LINE_SECRET": self.secret,
            "VOICEBOT_MAX_FAILURES": "100",
            "VOICEBOT_MAX_RESETS": "10000",
            "VOICEBOT_MAX_REFUSALS": "1000000",
        }
        self._process: subprocess.Popen[bytes] | None = None

    async def start(self) -> None:
        """Start it if it does not run, and wait until it takes calls."""
        if self._process is None or self._process.poll() is not None:
            self._process = self._begun()
        end = time.monotonic() + READY_SECONDS
        while not await asyncio.to_thread(self._ready):
            if time.monotonic() > end:
                raise SystemExit(f"the gateway is not ready: {self.log.read_text()[-1000:]}")
            await asyncio.sleep(0.2)

    def _begun(self) -> subprocess.Popen[bytes]:
        command = [sys.executable, "-m", "bot", "serve", "--port", str(self.port)]
        with self.log.open("ab") as out:
            return subprocess.Popen(command, cwd=PACKAGES, env=self._environ, stdout=out, stderr=out)

    def signal(self, number: int, dialogue: bool) -> int:
        """Send a signal to the gateway or to its Rasa. Returns the process id."""
        assert self._process is not None  # noqa: S101  # it was started
        pid = self._process.pid
        if dialogue:
            children = Path(f"/proc/{pid}/task/{pid}/children").read_text().split()
            pid = next(int(p) for p in children if b"rasa_components" in Path(f"/proc/{p}/cmdline").read_bytes())
        os.kill(pid, number)
        return pid

    def wait(self) -> None:
        """Wait until the gateway has ended."""
        assert self._process is not None  # noqa: S101  # it was started
        self._process.wait()

    def stop(self) -> None:
        if self._process and self._process.poll() is None:
            self._process.kill()
            self._process.wait()

    def _ready(self) -> bool:
        try:
            with urllib.request.urlopen(f"http://127.0.0.1:{self.port}/readyz", timeout=2) as answer:
                return bool(answer.status == 200)
        except (urllib.error.URLError, OSError):
            return False


async def strike(served: Served, fault: str, rng: random.Random) -> None:
    """Make the fault happen somewhere in the calls that have just begun."""
    await asyncio.sleep(rng.uniform(0.1, 4.0))
    with suppress(StopIteration, ProcessLookupError, FileNotFoundError, sqlite3.OperationalError):
        if fault in ("gateway killed", "dialogue killed"):
            served.signal(signal.SIGKILL, dialogue=fault == "dialogue killed")
            if fault == "gateway killed":
                await asyncio.to_thread(served.wait)
        elif "stopped" in fault:
            pid = served.signal(signal.SIGSTOP, dialogue=fault.startswith("dialogue"))
            await asyncio.sleep(12.5 if fault.endswith("long") else rng.uniform(0.5, 4.0))
            os.kill(pid, signal.SIGCONT)
        elif fault.startswith("store locked"):
            other = sqlite3.connect(served.store, isolation_level=None, timeout=0.5)
            other.execute("BEGIN IMMEDIATE")
            await asyncio.sleep(6.0 if fault.endswith("long") else rng.uniform(0.3, 2.5))
            other.close()
        elif fault == "store gone":
            away = served.store.with_suffix(".away")
            served.store.rename(away)
            await asyncio.sleep(2.0)
            away.rename(served.store)


class Sockets:
    """Batches of calls, each with one fault."""

    def __init__(self, served: Served, accounts: Accounts, digits: list[bytes], seed: int) -> None:
        self._served, self._accounts, self._digits, self._seed = served, accounts, digits, seed
        self.calls = self.fresh = 0
        self.outcomes: dict[str, Counter[str]] = defaultdict(Counter)
        self.violations: Counter[str] = Counter()
        self.examples: list[str] = []
        self.longest_gap = 0.0

    async def batch(self, number: int) -> None:
        rng = random.Random(f"{self._seed}/{number}")
        common, rare = FAULTS[:-RARE], FAULTS[-RARE:]
        fault = rare[number // 4 % RARE] if number % 4 == 3 else common[number * 7 % len(common)]
        first = number * BATCH
        pairs = fault in ("same call twice", "two calls of one account")
        who = [first + each // 2 if pairs else first + each for each in range(BATCH)]
        held = [
            self._call(n, f"b{number}-{each // 2 if fault == 'same call twice' else each}", fault, rng)
            for each, n in enumerate(who)
        ]
        striking = asyncio.ensure_future(strike(self._served, fault, rng))
        wires = await asyncio.gather(*held)
        await striking
        await self._served.start()
        of: dict[int, list[Wire]] = defaultdict(list)
        for n, wire in zip(who, wires, strict=True):
            of[n].append(wire)
        for n, each in of.items():
            await self._judge(n, fault, each)
        chosen = rng.choice(who)
        wire = await self._call(chosen, f"b{number}-fresh", "none", rng, after=rng.uniform(0, 0.1))
        self.fresh += 1
        last = self._heard(wire)
        if not last or not await asyncio.to_thread(self._accounts.verify, citizen(chosen).phone, last[0]):
            self._violated("stuck", chosen, fault, f"{wire.how}, {len(last)} readings")

    async def _call(self, n: int, name: str, fault: str, rng: random.Random, after: float | None = None) -> Wire:
        leaves = rng.randrange(LAST_WORDS) if fault in ("caller hangs up", "connection cut") else None
        someone = citizen(n)
        call = WireCall(
            self._served.port, self._served.secret, someone.phone, someone.number, name, leaves, fault.endswith("cut")
        )
        await asyncio.sleep(rng.uniform(0, 1.0) if after is None else after)
        return await call.hold()

    async def _judge(self, n: int, fault: str, wires: list[Wire]) -> None:
        someone = citizen(n)
        heard = [password for wire in wires for password in self._heard(wire)]
        candidates = list(dict.fromkeys([someone.password, *heard]))
        now = [each for each in candidates if await asyncio.to_thread(self._accounts.verify, someone.phone, each)]
        if len(now) != 1:
            self._violated("unheard or no password in force", n, fault, str([(w.how, self._heard(w)) for w in wires]))
        for wire in wires:
            self.calls += 1
            mine = self._heard(wire)
            what = f"{wire.how}, password heard {'twice' if len(mine) > 1 else 'once' if mine else 'never'}"
            self.outcomes[fault][what] += 1
            if len(mine) > 1 and mine[0] not in now and len(wires) == 1:
                self._violated("heard twice, not in force", n, fault, wire.how)
            if fault != "gateway stopped":
                self.longest_gap = max(self.longest_gap, wire.gap)
                if wire.gap > MOST_SILENCE:
                    self._violated("silence", n, fault, f"{wire.gap:.1f} s")

    def _heard(self, wire: Wire) -> list[str]:
        return [each for each in readings(bytes(wire.heard), self._digits) if len(each) == PASSWORD_DIGITS]

    def _violated(self, what: str, n: int, fault: str, seen: str) -> None:
        self.violations[what] += 1
        self.examples.append(f"{what}: account {n}, {fault}: {seen}")


async def prove(calls: int, seed: int, minutes: float, first: int = 0) -> dict[str, Any]:
    """Hold this many calls, or as many as there is time for. `first`: number of the first batch."""
    with tempfile.TemporaryDirectory(prefix="proof-") as made:
        served = Served(Path(made))
        accounts = open_accounts(Settings(database_url=f"sqlite:///{served.store}"))
        accounts.init()
        fill(accounts, [citizen(n) for n in range(first * BATCH, (first + 1) * BATCH + calls)])
        speech = open_speech(Settings(), Seal(Fernet.generate_key(), 600))
        digits = [clip.astype("<i2").tobytes() for clip in await speech._digit_clips(8000)]
        await speech.close()
        began, number = time.monotonic(), first
        sockets = Sockets(served, accounts, digits, seed)
        try:
            await served.start()
            while sockets.calls < calls and (not minutes or time.monotonic() - began < minutes * 60):
                await sockets.batch(number)
                number += 1
                seen = f"{sockets.calls} of {calls} calls, {sum(sockets.violations.values())} violations"
                print(f"{seen}, {time.monotonic() - began:.0f} s", file=sys.stderr, flush=True)
        finally:
            served.stop()
        wanted = [
            each for n in range(first * BATCH, first * BATCH + calls) for each in (citizen(n).phone, citizen(n).number)
        ]
        log = served.log.read_text("utf-8", "replace")
        found = sum(each in log for each in wanted)
        if found:
            sockets.violations["canary in the log"] = found
        return {
            **{"seed": seed, "calls": sockets.calls, "fresh": sockets.fresh, "first": first, "batches": number - first},
            "outcomes": {fault: dict(sorted(counts.items())) for fault, counts in sorted(sockets.outcomes.items())},
            "violations": dict(sorted(sockets.violations.items())),
            "examples": sockets.examples[:20],
            "longest_silence_seconds": round(sockets.longest_gap, 2),
            "seconds": round(time.monotonic() - began, 1),
            "commit": commit(),
            "machine": f"{platform.machine()}, {os.cpu_count()} cores, {platform.system()} {platform.release()}",
        }


def fill(accounts: Accounts, people: Sequence[Citizen]) -> None:
    """Make an account for each, with the password in force."""
    accounts.import_rows([(each.phone, each.number) for each in people])
    with accounts._database.creating() as connection:
        for each in people:
            phone = accounts._pseudonyms.phone(normalise(each.phone))
            kept = HASHER.hash(accounts._pseudonyms.password(each.password))
            connection.execute(update(table).where(table.c.phone == phone).values(password=kept))


def main() -> None:
    parser = argparse.ArgumentParser(prog="python -m proof.sockets", description=__doc__.splitlines()[0])
    parser.add_argument("--calls", type=int, default=1000)
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--first", type=int, default=0, metavar="BATCH", help="begin with another batch of 16 calls")
    parser.add_argument("--minutes", type=float, default=0.0, help="end after so many; 0: when all calls were held")
    parser.add_argument("--json", type=Path, help="where the results go")
    arguments = parser.parse_args()
    results = asyncio.run(prove(arguments.calls, arguments.seed, arguments.minutes, arguments.first))
    text = json.dumps(results, ensure_ascii=False, indent=1)
    if arguments.json:
        arguments.json.write_text(text + "\n", "utf-8")
    print(text)
    sys.exit(1 if results["violations"] else 0)


if __name__ == "__main__":
    main()
