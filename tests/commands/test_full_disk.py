"""What cannot be written is named: standard output, or the file.

/dev/full stands for a full disk; only Linux has it. In processes of their own: the streams of tests take anything."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

import pytest

from bot.commands import simulate
from bot.errors import of_file
from bot.places import PACKAGES

FULL = Path("/dev/full")

pytestmark = pytest.mark.skipif(not FULL.exists(), reason="this system has no /dev/full")

PRINTING = [["digits", "một"], ["models", "list", "--json"], ["--version"], ["doctor", "--help"]]


@pytest.mark.parametrize("unbuffered", ["", "1"], ids=["at the end", "at once"])
@pytest.mark.parametrize("arguments", PRINTING, ids=lambda arguments: arguments[0])
def test_standard_output_is_named(arguments: list[str], unbuffered: str) -> None:
    with FULL.open("w") as full:
        ended = subprocess.run(
            [sys.executable, "-m", "bot", *arguments],
            cwd=PACKAGES,
            env={**os.environ, "PYTHONUNBUFFERED": unbuffered},
            stdout=full,
            stderr=subprocess.PIPE,
            check=False,
            text=True,
        )
    assert (ended.returncode, ended.stderr) == (
        1,
        "voicebot: standard output: cannot be used (No space left on device); make room, or name another file\n",
    )


def test_a_reader_that_has_enough_is_no_error() -> None:
    """As `voicebot digits … | head -n 0`."""
    reading, writing = os.pipe()
    os.close(reading)
    command = [sys.executable, "-m", "bot", "digits", "một"]
    ended = subprocess.run(command, cwd=PACKAGES, stdout=writing, stderr=subprocess.PIPE, check=False, text=True)
    os.close(writing)
    assert (ended.returncode, ended.stderr) == (1, "")


def test_a_file_of_events_is_named() -> None:
    with pytest.raises(OSError, match="No space left") as error, simulate._opened(str(FULL)) as out:
        simulate._tell(out, "one.yml", {"at": 0.0})
    assert error.value.filename == str(FULL)


def test_a_name_that_an_error_has_already_is_kept(tmp_path: Path) -> None:
    with pytest.raises(FileNotFoundError) as error, of_file("another"):
        (tmp_path / "none").read_bytes()
    assert error.value.filename == str(tmp_path / "none")
