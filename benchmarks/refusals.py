"""Does the time of an answer show why a password was refused, and did answers become slower? On the wire; Markdown.

    python -m benchmarks.refusals --json now.json                 250 keyed calls of each cause, some 25 minutes
    python -m benchmarks.refusals --causes given --checkout ../before --json before.json
    python -m benchmarks.refusals --compare before.json now.json  exit 1 if an answer is later by more than 50 ms

It measures the time from the last key to the first sound of the answer, over the WebSocket of chan_websocket, at a real
`voicebot serve` with SQLite. Causes are in random order. Exit 1 if two causes of a refusal can be told apart.
Nothing else should run on the machine. `--checkout`: another version of this project, with its own .venv.
"""

from __future__ import annotations

import argparse
import asyncio
import csv
import json
import os
import random
import secrets
import subprocess
import sys
import tempfile
import time
from collections import defaultdict
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import aiohttp
import numpy as np
from sqlalchemy import insert

from benchmarks.load_gateway import Gateway, _free_port, _ready
from bot.accounts import Accounts
from bot.accounts.schema import State, resets
from bot.places import PACKAGES
from proof.wire import WireCall

CAUSES = ("given", "wrong number", "of another", "unknown phone", "locked phone", "locked number")
"""given: the pair is right, and a password begins to be read; all others are refused. There is no withheld number: its
caller hears at once that it cannot be served."""

REFUSED = CAUSES[1:]

MAX_FAILURES, MAX_REFUSALS = 5, 1_000_000
"""Settings of the gateway."""

GUESSES = {"locked phone": 12, "locked number": 62}
"""Guesses that are written before the calls of these causes. A number is locked after ten times as many as a phone."""

KEY_SECONDS = 0.02

SIGNIFICANT = 0.01
"""Limit of the smallest p (Kolmogorov-Smirnov), for all pairs of causes together (Bonferroni)."""

MOST_LATER_MS = 50.0


class Answered(WireCall):
    """Keys a number, and hangs up when the answer begins, `seconds` after the last key."""

    speed = 8.0
    waited: float | None = None

    async def _press(self, socket: aiohttp.ClientWebSocketResponse) -> None:
        for keys in ("8", f"{self._number}#"):
            self._sounded.clear()
            await self._sounded.wait()
            for key in keys:
                await socket.send_str(f"DTMF_END digit:{key} duration_ms:80")
                await asyncio.sleep(KEY_SECONDS)
        pressed = time.monotonic() - KEY_SECONDS
        self._sounded.clear()
        await self._sounded.wait()
        self.waited = time.monotonic() - pressed
        await socket.close()


def main() -> None:
    parser = argparse.ArgumentParser(
        prog="python -m benchmarks.refusals", description=__doc__, formatter_class=argparse.RawTextHelpFormatter
    )
    parser.add_argument("--calls", type=int, default=250, help="of each cause")
    parser.add_argument("--causes", nargs="+", choices=CAUSES, default=CAUSES)
    parser.add_argument("--lines", type=int, default=2, help="calls at once")
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--json", type=Path, help="where the milliseconds of each call go")
    parser.add_argument(
        "--checkout", type=Path, default=PACKAGES, help="of the version that is measured; `given` alone"
    )
    parser.add_argument("--compare", type=Path, nargs=2, metavar=("BEFORE", "NOW"), help="files of --json")
    options = parser.parse_args()
    if options.compare:
        before, now = (json.loads(path.read_text("utf-8"))["given"] for path in options.compare)
        sys.exit(later(before, now))
    if options.checkout != PACKAGES and list(options.causes) != ["given"]:
        parser.error("another checkout can be measured with --causes given alone")
    todo = plan(options.calls, options.causes, options.seed)
    with serving(todo, options.checkout.resolve()) as gateway:
        times = asyncio.run(measured(gateway, todo, options.lines))
    if options.json:
        options.json.write_text(json.dumps(times) + "\n", "utf-8")
    sys.exit(told(times))


def plan(calls: int, causes: Sequence[str], seed: int) -> list[tuple[str, str, str, str]]:
    """Cause, phone and number of each call, and the number of the phone's account; no phone occurs twice."""
    found = []
    for index, cause in enumerate(CAUSES):
        for n in range(calls if cause in causes else 0):
            phone, own = f"09{index}{n:07d}", f"1{index}{n:08d}"
            given = {"wrong number": f"9{index}{n:08d}", "of another": f"1{index}{(n + 1) % calls:08d}"}.get(cause, own)
            found.append((cause, phone, given, own))
    random.Random(seed).shuffle(found)
    return found


@contextmanager
def serving(todo: Sequence[tuple[str, str, str, str]], checkout: Path) -> Iterator[Gateway]:
    """`voicebot serve` of a checkout, which knows the accounts of these calls. It may still be loading."""
    with tempfile.TemporaryDirectory() as folder:
        url, secret, port = f"sqlite:///{folder}/accounts.sqlite", secrets.token_hex(24), _free_port()
        environ = {
            **os.environ,
            "PYTHONPATH": str(checkout),
            "VOICEBOT_DATABASE_URL": url,
            "VOICEBOT_LINE_SECRET": secret,
            "VOICEBOT_MAX_FAILURES": str(MAX_FAILURES),
            "VOICEBOT_MAX_REFUSALS": str(MAX_REFUSALS),
        }
        voicebot = [str(checkout / ".venv" / "bin" / "python"), "-m", "bot"]
        with (Path(folder) / "list.csv").open("w", newline="") as file:
            rows = csv.writer(file)
            rows.writerow(["phone", "insurance_number"])
            rows.writerows((phone, own) for cause, phone, _, own in todo if cause != "unknown phone")
        for act in (["init"], ["import", f"{folder}/list.csv"]):
            subprocess.run([*voicebot, "accounts", *act], cwd=checkout, env=environ, check=True, capture_output=True)
        if checkout == PACKAGES:
            lock(url, todo)
        serve = [*voicebot, "serve", "--port", str(port)]
        with (Path(folder) / "gateway.log").open("wb") as log:
            process = subprocess.Popen(serve, cwd=checkout, env=environ, stdout=log, stderr=log)
        try:
            asyncio.run(_ready(Gateway(process.pid, port, secret), process))
            if process.poll() is not None:
                raise SystemExit((Path(folder) / "gateway.log").read_text("utf-8")[-1000:])
            yield Gateway(process.pid, port, secret)
        finally:
            process.terminate()
            process.wait()


async def measured(gateway: Gateway, todo: Sequence[tuple[str, str, str, str]], lines: int) -> dict[str, list[float]]:
    """Milliseconds of each call, by cause."""
    times, waiting = defaultdict[str, list[float]](list), iter(todo)

    async def line() -> None:
        for cause, phone, number, _ in waiting:
            call = Answered(gateway.port, gateway.secret, phone, number, secrets.token_hex(8), None)
            result = await call.hold()
            if call.waited is None:
                raise SystemExit(f"a call was not answered ({cause}): {result.how}")
            times[cause].append(round(call.waited * 1000, 3))

    await asyncio.gather(*(line() for _ in range(lines)))
    return dict(times)


def lock(url: str, todo: Sequence[tuple[str, str, str, str]]) -> None:
    """Write the guesses that lock the phones, or the numbers, of the calls that must be locked."""
    accounts = Accounts(url, max_failures=MAX_FAILURES, max_refusals=MAX_REFUSALS, lock_seconds=3600)
    now, rows = datetime.now(UTC).replace(tzinfo=None), list[dict[str, Any]]()
    for cause, phone, _, own in todo:
        for k in range(GUESSES.get(cause, 0)):
            mine, strange = cause == "locked phone", f"{secrets.randbelow(10**8):08d}"
            row = {
                "call_id": secrets.token_hex(8),
                "at": now - timedelta(seconds=GUESSES[cause] - k),
                "state": State.REFUSED.value,
                "phone": accounts.backing.pseudonym(phone if mine else f"099{strange[1:]}"),
                "insurance_number": accounts.backing.pseudonyms.insurance_number(f"88{strange}" if mine else own),
            }
            rows.append(row)
    if rows:
        with accounts.backing.database.writing(rows=len(rows)) as connection:
            connection.execute(insert(resets), rows)
    accounts.close()


def told(times: dict[str, list[float]]) -> int:
    """Print the times, and whether two causes can be told apart. Returns 1 if so."""
    print("| cause | n | p10, ms | p50 | p90 |\n|---|---|---|---|---|")
    for cause, each in times.items():
        p10, p50, p90 = np.percentile(each, [10, 50, 90])
        print(f"| {cause} | {len(each)} | {p10:.1f} | {p50:.1f} | {p90:.1f} |")
    refused = [cause for cause in REFUSED if cause in times]
    pairs = [(a, b) for i, a in enumerate(refused) for b in refused[i + 1 :]]
    if not pairs:
        return 0
    print("\n| two causes | Kolmogorov-Smirnov p | how often the second is later |\n|---|---|---|")
    lowest = 1.0
    for a, b in pairs:
        p, auc = apart(times[a], times[b])
        lowest = min(lowest, p)
        print(f"| {a}, {b} | {p:.3f} | {auc:.3f} |")
    told_apart = lowest * len(pairs) < SIGNIFICANT
    print(f"\nThe causes of a refusal {'CAN' if told_apart else 'cannot'} be told apart by time.")
    return int(told_apart)


def apart(a: Sequence[float], b: Sequence[float]) -> tuple[float, float]:
    """Whether two samples have the same distribution: p of the Kolmogorov-Smirnov test (asymptotic), and how often a
    value of `b` is above one of `a`."""
    both = np.sort(np.concatenate([a, b]))
    shares = [np.searchsorted(np.sort(each), both, side="right") / len(each) for each in (a, b)]
    root = np.sqrt(len(a) * len(b) / (len(a) + len(b)))
    width = float(np.abs(shares[0] - shares[1]).max() * root)
    p = 2 * sum((-1) ** (k - 1) * np.exp(-2 * (k * width) ** 2) for k in range(1, 101)) if width > 0.2 else 1.0
    below, beneath = (np.searchsorted(np.sort(a), b, side="left"), np.searchsorted(np.sort(a), b, side="right"))
    return min(1.0, max(0.0, float(p))), float((below + beneath).mean() / 2 / len(a))


def later(before: Sequence[float], now: Sequence[float]) -> int:
    """Print how much later answers come now. Returns 1 if it is more than `MOST_LATER_MS` at p50 or p95."""
    most = 0.0
    for percentile in (50, 95):
        old, new = np.percentile(before, percentile), np.percentile(now, percentile)
        most = max(most, float(new - old))
        print(f"p{percentile}: {old:.0f} ms before, {new:.0f} ms now")
    return int(most > MOST_LATER_MS)


if __name__ == "__main__":
    main()
