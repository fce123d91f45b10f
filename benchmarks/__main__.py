"""Turn latency, real-time factor and memory of whole calls, and number words, on this machine; prints Markdown.

A turn's latency runs from the end of the caller's last word or key to the first sample of the answer. It is the wait
that makes sure the caller has finished, counted in samples, and what the bot then takes, on this machine's clock.
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

import numpy as np

from benchmarks import numbers
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
    asyncio.run(measure(parser.parse_args().calls))


async def measure(calls: int) -> None:
    """Measure and print."""
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
        print(f"# Benchmarks\n\n{platform.machine()}, {os.cpu_count()} cores, Python {platform.python_version()}\n")
        print(f"From nothing to ready for calls: {seconds_to_open:.1f} s\n")
        _print_latency(latency)
        print(f"\nA whole call takes {cpu_share:.3f} of one core, at the pace of a real call.\n")
        _print_hearing(settings)
        print()
        numbers.measure()


def _demo_accounts(settings: Settings) -> None:

    accounts = open_accounts(settings)
    accounts.init()
    accounts.import_rows(DEMO)


def _script(name: str, steps: list[str]) -> CallerScript:
    text = f'caller: "{DEMO[0][0]}"\nvoice: {{line: g711}}\nsteps:\n' + "".join(f"  - {step}\n" for step in steps)
    return parse_script(text, Path(f"{name}.yml"))


async def _latency(bot: Voicebot, calls: int) -> tuple[dict[str, list[tuple[float, float]]], float]:
    """Kind of turn → (wait, then answer) in milliseconds, and CPU seconds per second of call."""
    spoken = " ".join(DIGIT_WORDS[int(digit)] for digit in DEMO[0][1])
    keyed = _script("keys", ['press: "8"', f'press: "{DEMO[0][1]}"'])
    voiced = _script("voice", ['say: "cấp lại mật khẩu"', f'say: "{spoken}"', 'say: "đúng"'])
    latency: dict[str, list[tuple[float, float]]] = defaultdict(list)
    call_seconds, cpu = 0.0, time.process_time()
    for _ in range(calls):
        for script in (keyed, voiced):
            result = await simulate_call(bot, script)
            call_seconds += result.seconds
            for kind, wait, answer in _turns(result.record.notices):
                latency[kind].append((wait, answer))
    return latency, (time.process_time() - cpu) / call_seconds


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
        return "number, last digit spoken" if utterance.spoken else "number, last digit keyed (account checked)"
    if isinstance(utterance, Said):
        return "yes in words (account checked)" if expected is Grammar.YESNO else "wish in words"
    return "menu key"


def _print_latency(latency: dict[str, list[tuple[float, float]]]) -> None:
    print("| turn | n | end-of-speech wait, p95 ms | then first audio, p50 ms | p95 ms |\n|---|---|---|---|---|")
    for kind, values in sorted(latency.items()):
        waits, answers = np.array(values).T
        p50, p95 = np.percentile(answers, [50, 95])
        print(f"| {kind} | {len(values)} | {np.percentile(waits, 95):.0f} | {p50:.0f} | {p95:.0f} |")


def _print_hearing(settings: Settings) -> None:
    """CPU seconds per second of speech on one core, and the memory of a further caller."""
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
    print("| hearing | |\n|---|---|")
    print(f"| real-time factor, all of hearing on speech without pause, one core | {rtf:.4f} |")
    print(f"| memory of the bot's process | {memory / 1024:.0f} MB |")
    print(f"| memory of a further caller's hearing | {grown / 1024 / len(callers):.1f} MB |")


if __name__ == "__main__":
    main()
