"""Tests that live in real time: sound servers, telephones, exchanges. They run in a process of their own.

A busy machine loses sound, and no code of ours can help it; so these tests may try again, and one that hangs is killed
with all it has started. The files they live in are not called `test_…`: pytest takes them up when they are named.
"""

import os
import signal
import subprocess
import sys

import pytest

from bot.places import PACKAGES


def run_apart(*files: str, tries: int, seconds: float) -> None:
    """Run these files of tests; fails if they fail each time, skips where all of them skip. `seconds`: of one try."""
    said = []
    for _ in range(tries):
        status, output = _run(files, seconds)
        if status == 0 and " passed" not in output:
            pytest.skip(next(line for line in output.splitlines() if line.startswith("SKIPPED")))
        if status == 0:
            return
        said.append(f"{'no end in time' if status is None else f'exit {status}'}: {output[-6000:]}")
    pytest.fail("\n".join(said))


def _run(files: tuple[str, ...], seconds: float) -> tuple[int | None, str]:
    """Exit status (None: no end in time) and output; nothing is left running."""
    command = [sys.executable, "-m", "pytest", "-q", "-rs", "-p", "no:cacheprovider", *files]
    with subprocess.Popen(command, cwd=PACKAGES, stdout=subprocess.PIPE, text=True, start_new_session=True) as tests:
        try:
            output, _ = tests.communicate(timeout=seconds)
        except subprocess.TimeoutExpired:
            os.killpg(tests.pid, signal.SIGKILL)
            return None, tests.communicate()[0]
    return tests.returncode, output
