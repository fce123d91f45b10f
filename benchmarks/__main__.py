"""Turn latency, real-time factor and memory of whole calls, and number words, on this machine; prints Markdown.
`--write` writes the figures of the calls in docs/figures.json, and where README and docs quote them.

A turn's latency runs from the end of the caller's last word or key to the first sample of the answer. It has two parts:
the wait that makes sure that the caller has finished, counted in samples; and the bot's own time, by this machine's
clock.
"""

from __future__ import annotations

import argparse
import asyncio
import dataclasses
import os
import platform
import resource
import sys
import tempfile
import time
from collections import defaultdict
from pathlib import Path
from typing import Any

import numpy as np

from benchmarks import bench_report, figures, numbers
from benchmarks.load_gauge import read
from bot.accounts import open_accounts
from bot.accounts.demo import DEMO
from bot.assembly import Voicebot, open_voicebot
from bot.events import RATE, Grammar, Number, Said, Utterance
from bot.hearing import open_hearing
from bot.settings import Settings, load
from bot.simulation.caller_script import CallerScript, parse_script
from bot.simulation.run import simulate_call
from bot.simulation.script import ScriptChannel
from bot.watching import Listens, Notice, Speaks, Understood
from vietnamese_numbers import DIGIT_WORDS


def main() -> None:
    parser = argparse.ArgumentParser(prog="python -m benchmarks", description=__doc__.splitlines()[0])
    parser.add_argument("--calls", type=int, default=20, help="calls of each kind")
    parser.add_argument("--write", action="store_true", help="write the figures in docs/figures.json, and quote them")
    arguments = parser.parse_args()
    found = asyncio.run(measure(arguments.calls))
    print("# Benchmarks\n\n" + bench_report.text({"measured": f"Python {platform.python_version()}", **found}) + "\n")
    numbers.measure()
    if arguments.write:
        figures.record("bench", found)


async def measure(calls: int) -> dict[str, Any]:
    """The figures that `bench_report` prints; times are milliseconds unless a name says otherwise."""
    with tempfile.TemporaryDirectory() as folder:
        settings = dataclasses.replace(
            load(),
            database_url=f"sqlite:///{folder}/accounts.sqlite",
            number_lengths=(10,),
            max_failures=100,
            max_resets=10_000,
        )
        _demo_accounts(settings)
        started = time.perf_counter()
        bot = await open_voicebot(settings, [RATE], lambda text: print(text, "…", file=sys.stderr))
        seconds_to_open = time.perf_counter() - started
        try:
            latency, cpu_share = await _latency(bot, calls)
        finally:
            await bot.close()
        return {
            "ready_seconds": round(seconds_to_open, 1),
            "turns": _in_short(latency),
            "call_share": round(cpu_share, 3),
            **_hearing(settings),
        }


def _demo_accounts(settings: Settings) -> None:
    accounts = open_accounts(settings)
    accounts.init()
    accounts.import_rows(DEMO)


def _script(name: str, steps: list[str]) -> CallerScript:
    text = f'caller: "{DEMO[0][0]}"\nvoice: {{line: g711}}\nsteps:\n' + "".join(f"  - {step}\n" for step in steps)
    return parse_script(text, Path(f"{name}.yml"))


async def _latency(bot: Voicebot, calls: int) -> tuple[dict[str, list[tuple[float, float]]], float]:
    """Kind of turn → (wait, answer after it) in milliseconds; and CPU seconds per second of call."""
    spoken = " ".join(DIGIT_WORDS[int(digit)] for digit in DEMO[0][1])
    keyed = _script("keys", ['press: "8"', f'press: "{DEMO[0][1]}"'])
    voiced = _script("voice", ['say: "cấp lại mật khẩu"', f'say: "{spoken}"', 'say: "đúng"'])
    latency: dict[str, list[tuple[float, float]]] = defaultdict(list)
    call_seconds, cpu = 0.0, _cpu_seconds()
    for _ in range(calls):
        for script in (keyed, voiced):
            result = await simulate_call(bot, script)
            call_seconds += result.seconds
            for kind, wait, answer in _turns(result.record.notices):
                latency[kind].append((wait, answer))
    return latency, (_cpu_seconds() - cpu) / call_seconds


def _cpu_seconds() -> float:
    """CPU seconds of this process, of Rasa and of the actions."""
    return sum(seconds for part, seconds in read(os.getpid()).cpu.items() if part != "load generator")


def _turns(notices: list[Notice]) -> list[tuple[str, float, float]]:
    turns, expected, utterance = [], None, None
    for notice in notices:
        if isinstance(notice, Listens):
            expected = notice.expect.kind
        elif isinstance(notice, Understood):
            utterance = notice.utterance
        elif isinstance(notice, Speaks) and utterance and notice.latency_ms is not None and notice.wait_ms is not None:
            turns.append((_kind(utterance, expected), notice.wait_ms, notice.latency_ms - notice.wait_ms))
            utterance = None
    return turns


def _kind(utterance: Utterance, expected: object) -> str:
    if isinstance(utterance, Number):
        return "spoken" if utterance.spoken else "keyed"
    if isinstance(utterance, Said):
        return "yes" if expected is Grammar.YESNO else "wish"
    return "menu_key"


def _in_short(latency: dict[str, list[tuple[float, float]]]) -> dict[str, dict[str, int]]:
    short = {}
    for kind, values in latency.items():
        waits, answers = np.array(values).T
        p50, p95 = np.percentile(answers, [50, 95])
        wait = round(float(np.percentile(waits, 95)))
        short[kind] = {"n": len(values), "wait_p95": wait, "p50": round(float(p50)), "p95": round(float(p95))}
    return short


def _hearing(settings: Settings) -> dict[str, float]:
    """`rtf`: CPU seconds per second of speech on one core; `caller_mb`: the memory of a further caller's hearing."""
    spoken = " ".join(DIGIT_WORDS[int(digit)] for digit in DEMO[0][1])
    channel = ScriptChannel(_script("speech", [f'say: "{spoken}"']))
    sound = next(iter(channel._caller._sounds.values()))
    hearing = open_hearing(settings, RATE)
    wanted = len(DEMO[0][1])
    hearing.expect(Grammar.NUMBER, wanted=wanted)
    hearing.feed(sound)  # warm
    before, repeats = time.process_time(), 20
    for _ in range(repeats):
        hearing.expect(Grammar.NUMBER, wanted=wanted)
        for start in range(0, len(sound), 160):
            hearing.feed(sound[start : start + 160])
    rtf = (time.process_time() - before) / (repeats * len(sound) / RATE)
    memory = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    callers = []
    for _ in range(20):
        another = open_hearing(settings, RATE)
        another.expect(Grammar.NUMBER)
        another.feed(sound)
        callers.append(another)
    grown = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss - memory
    return {"rtf": round(rtf, 4), "caller_mb": round(grown / 1024 / len(callers), 1)}


if __name__ == "__main__":
    main()
