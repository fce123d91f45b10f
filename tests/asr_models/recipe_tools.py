"""The recipe as the tests call it: in its own environment (PyTorch, Python 3.11), as `make train` does."""

from __future__ import annotations

import subprocess
from functools import cache

import pytest

from bot.places import PACKAGES

RECIPE = PACKAGES / "asr_models" / "recipe"
CANNOT_BE_HAD = 69
LIMIT_SECONDS = 600


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


def in_its_python(script: str, *stage: str) -> str:
    """What a script prints that imports the recipe's modules, in the environment of this stage."""
    set_up(*stage)
    done = subprocess.run(
        [RECIPE / ".venv" / "bin" / "python", "-c", script],
        capture_output=True, text=True, cwd=RECIPE.parent, timeout=LIMIT_SECONDS, check=False,
    )  # fmt: skip
    assert done.returncode == 0, done.stderr
    return done.stdout.strip()
