"""The recipe as the tests call it: in its own environment (PyTorch, Python 3.11), as `make train` does."""

from __future__ import annotations

import atexit
import json
import select
import subprocess
import tempfile
from functools import cache
from pathlib import Path

import pytest

from bot.places import PACKAGES

RECIPE = PACKAGES / "asr_models" / "recipe"
CANNOT_BE_HAD = 69
LIMIT_SECONDS = 600

IMPORTED = (
    "torch",
    "scipy.signal",
    *(f"recipe.{name}" for name in ("augment", "export", "graphs", "network", "sequence", "synthetic")),
    *(
        f"recipe.second_pass.{name}"
        for name in ("encoder", "examples", "export", "feed", "pack", "vocabulary", "weights")
    ),
)
"""What the scripts of tests import, which takes seconds. It is imported once, and each script runs in a fork of that
process: none sees what another one changed."""

FORKS = """
import importlib, json, os, sys, traceback
for name in sys.argv[1:]:
    importlib.import_module(name)
for line in sys.stdin:
    script, printed, complained = json.loads(line)
    child = os.fork()
    if child == 0:
        status = 1
        try:
            for number, path in ((0, os.devnull), (1, printed), (2, complained)):
                os.dup2(os.open(path, os.O_RDWR), number)
            exec(compile(script, "script", "exec"), {"__name__": "__main__"})
            status = 0
        except BaseException:
            traceback.print_exc()
        finally:
            sys.stdout.flush()
            sys.stderr.flush()
            os._exit(status)
    print(os.waitstatus_to_exitcode(os.waitpid(child, 0)[1]), flush=True)
"""
"""Of the recipe's Python: for each line, a script and the files for its output, its exit status."""


def recipe(*arguments: str) -> subprocess.CompletedProcess[str]:
    """`run.sh` with these arguments; skips where its environment cannot be made."""
    done = subprocess.run(
        [RECIPE / "run.sh", *arguments], capture_output=True, text=True, timeout=LIMIT_SECONDS, check=False
    )
    if done.returncode == CANNOT_BE_HAD:
        pytest.skip(f"the recipe cannot run here: {done.stderr.strip().splitlines()[-1]}")
    assert done.returncode == 0, done.stderr
    return done


@cache
def set_up(*stage: str) -> None:
    """Makes the environment of this stage; skips where it cannot be made."""
    recipe(*stage, "--help")


@cache
def _forks() -> subprocess.Popen[str]:
    command = [RECIPE / ".venv" / "bin" / "python", "-c", FORKS, *IMPORTED]
    process = subprocess.Popen(
        command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True, cwd=RECIPE.parent
    )  # it ends with its stdin
    assert process.stdin
    atexit.register(process.stdin.close)
    return process


def in_its_python(script: str, *stage: str) -> str:
    """What a script prints that imports the recipe's modules, in the environment of this stage."""
    set_up(*stage)
    forks = _forks()
    assert forks.stdin
    assert forks.stdout
    with tempfile.NamedTemporaryFile("r") as printed, tempfile.NamedTemporaryFile("r") as complained:
        print(json.dumps([script, printed.name, complained.name]), file=forks.stdin, flush=True)
        answers, _, _ = select.select([forks.stdout], [], [], LIMIT_SECONDS)
        assert answers, f"no end after {LIMIT_SECONDS} s"
        status = forks.stdout.readline().strip()
        assert status == "0", f"exit {status}\n{Path(complained.name).read_text('utf-8')}"
        return Path(printed.name).read_text("utf-8").strip()
