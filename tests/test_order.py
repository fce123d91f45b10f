"""`make test` begins with the files of tests that take longest."""

from bot.places import PACKAGES
from tests.conftest import LONGEST


def test_each_of_the_longest_files_is_there() -> None:
    assert [name for name in LONGEST if not (PACKAGES / name).is_file()] == []


def test_the_processes_keep_that_order() -> None:
    """Left alone, pytest-xdist begins with the files of most tests: a file of one long test comes last."""
    assert "--dist loadfile --no-loadscope-reorder" in (PACKAGES / "Makefile").read_text("utf-8")
