"""A process that holds numbers and passwords leaves no picture of its memory behind when it dies."""

from __future__ import annotations

import os
import resource
import subprocess
import sys

import pytest

from bot.places import PACKAGES

RUN = """
import resource, sys
resource.setrlimit(resource.RLIMIT_CORE, (resource.getrlimit(resource.RLIMIT_CORE)[1],) * 2)
from bot import __main__
sys.argv = ["voicebot", *sys.argv[1:]]
try:
    __main__.main()
except SystemExit:
    pass
import subprocess
ask = "import resource; print(resource.getrlimit(resource.RLIMIT_CORE))"
exec(ask)
subprocess.run([sys.executable, "-c", ask], check=True)
"""


@pytest.mark.parametrize(
    "arguments", [["--version"], ["accounts", "--help"], ["serve", "--help"], ["actions", "--help"]]
)
def test_no_command_writes_a_core_file_and_neither_does_what_it_starts(arguments: list[str]) -> None:
    _, most = resource.getrlimit(resource.RLIMIT_CORE)
    if most == 0:
        pytest.skip("needs a hard limit for core files above 0: `ulimit -H -c` shows it")
    done = subprocess.run(
        [sys.executable, "-c", RUN, *arguments],
        env={**os.environ, "PYTHONPATH": str(PACKAGES)},
        cwd=PACKAGES,
        capture_output=True,
        text=True,
        check=True,
    )
    assert set(done.stdout.splitlines()[-2:]) == {"(0, 0)"}
